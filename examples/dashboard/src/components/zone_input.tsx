import {placeOf, zoneNamed, zones} from '../format';
import type {InputProps} from './field';

/** A time zone by its name, or by its city as one writes it. */
export function ZoneInput({input, zone, placeholder, onChange}: {
  input: InputProps;
  zone: string;
  placeholder?: string;
  onChange: (zone: string) => void;
}) {
  const list = `${input.id}-zones`;
  return (
    <>
      <input {...input} list={list} value={zone} placeholder={placeholder} spellcheck={false} autoComplete="off"
             onInput={(event) => onChange(event.currentTarget.value)}
             onBlur={() => zone !== zoneNamed(zone) && onChange(zoneNamed(zone))} />
      <datalist id={list}>{zones.map((name) => <option key={name} value={name} label={placeOf(name)} />)}</datalist>
    </>
  );
}
