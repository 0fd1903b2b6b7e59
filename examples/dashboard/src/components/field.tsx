import type {ComponentChildren} from 'preact';
import {useId} from 'preact/hooks';

export interface InputProps {
  id: string;
  'aria-describedby': string | undefined;
  'aria-invalid': true | undefined;
}

interface Props {
  label: string;
  hint?: ComponentChildren;
  error?: string | undefined;
  optional?: boolean;
  /** Further below it. */
  beside?: ComponentChildren;
  /** The input, with the props it is handed. */
  children: (input: InputProps) => ComponentChildren;
}

/** An input with its label, and what is wrong with it. */
export function Field({label, hint, error, optional, beside, children}: Props) {
  const id = useId();
  const described = [hint ? `${id}-hint` : '', error ? `${id}-error` : ''].filter(Boolean).join(' ');
  return (
    <div class={error ? 'field field-wrong' : 'field'}>
      <label for={id}>
        {label}
        {optional && <span class="muted"> (optional)</span>}
      </label>
      {children({id, 'aria-describedby': described || undefined, 'aria-invalid': error ? true : undefined})}
      {hint && <p class="hint" id={`${id}-hint`}>{hint}</p>}
      {error && <p class="field-error" id={`${id}-error`}>{error}</p>}
      {beside}
    </div>
  );
}

/** One of few, all in sight. */
export function Choice<T extends string>({legend, value, options, onChange, name}: {
  legend: string;
  name: string;
  value: T;
  options: readonly {value: T; label: string; hint?: string}[];
  onChange: (value: T) => void;
}) {
  return (
    <fieldset class="choice">
      <legend>{legend}</legend>
      {options.map((option) => (
        <label key={option.value} class={option.value === value ? 'choice-option is-chosen' : 'choice-option'}>
          <input type="radio" name={name} value={option.value} checked={option.value === value}
                 onChange={() => onChange(option.value)} />
          <span>
            {option.label}
            {option.hint && <small class="muted">{option.hint}</small>}
          </span>
        </label>
      ))}
    </fieldset>
  );
}

export function Checkbox({label, checked, onChange, hint}: {
  label: string;
  checked: boolean;
  onChange: (checked: boolean) => void;
  hint?: string;
}) {
  return (
    <label class="checkbox">
      <input type="checkbox" checked={checked} onChange={(event) => onChange(event.currentTarget.checked)} />
      <span>
        {label}
        {hint && <small class="muted">{hint}</small>}
      </span>
    </label>
  );
}
