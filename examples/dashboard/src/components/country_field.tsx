import type {ComponentChildren} from 'preact';
import {useState} from 'preact/hooks';
import {countryName, countryOf, isNoCountry, kNoCountry} from '../countries';
import {useRested} from '../store/rested';
import {Field} from './field';

/** A country by its name or two letters, with which one was understood. What is neither is refused once nobody types. */
export function CountryField({label, optional, hint, error, text, onChange}: {
  label: string;
  optional?: boolean;
  hint?: ComponentChildren;
  error: string | undefined;
  text: string;
  onChange: (text: string) => void;
}) {
  const rested = useRested(text);
  const [isLeft, setLeft] = useState(false);
  const code = countryOf(text);
  const isWrong = isNoCountry(text) && (isLeft || rested === text);
  return (
    <Field label={label} optional={optional} hint={hint} error={error ?? (isWrong ? kNoCountry : undefined)}>
      {(input) => (
        <div class="country">
          <input {...input} value={text} autoComplete="off" spellcheck={false} onBlur={() => setLeft(true)} onInput={(event) => {
            setLeft(false);
            onChange(event.currentTarget.value);
          }} />
          <span class="country-name" role="status">{code && countryName(code)}</span>
        </div>
      )}
    </Field>
  );
}
