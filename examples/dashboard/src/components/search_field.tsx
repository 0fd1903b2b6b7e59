import {Icon} from './icon';

export function SearchField({label, placeholder, value, onChange}: {
  label: string;
  placeholder: string;
  value: string;
  onChange: (text: string) => void;
}) {
  return (
    <label class="search">
      <span class="hidden">{label}</span>
      <Icon name="search" />
      <input type="search" placeholder={placeholder} value={value} onInput={(event) => onChange(event.currentTarget.value)} />
    </label>
  );
}
