import {number} from '../format';

/** One of few, in a row. */
export function Filter<Key extends string>({label, options, chosen, onChoose}: {
  label: string;
  options: readonly {key: Key; label: string; count?: number}[];
  chosen: Key;
  onChoose: (key: Key) => void;
}) {
  return (
    <div class="filter" role="group" aria-label={label}>
      {options.map((option) => (
        <button key={option.key} type="button" aria-pressed={option.key === chosen}
                class={option.key === chosen ? 'filter-option is-chosen' : 'filter-option'} onClick={() => onChoose(option.key)}>
          {option.label}{option.count !== undefined && <span class="muted"> {number(option.count)}</span>}
        </button>
      ))}
    </div>
  );
}
