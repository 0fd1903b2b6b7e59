import {Icon} from './icon';

export function SearchField({label, placeholder, value, onChange, autoFocus = false}: {
  label: string;
  placeholder: string;
  value: string;
  onChange: (text: string) => void;
  autoFocus?: boolean;
}) {
  return (
    <label class="search">
      <span class="hidden">{label}</span>
      <Icon name="search" />
      <input type="search" placeholder={placeholder} value={value} autoFocus={autoFocus} onInput={(event) => onChange(event.currentTarget.value)} />
    </label>
  );
}
