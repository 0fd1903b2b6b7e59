import type {ComponentChildren} from 'preact';
import {number} from '../format';
import {Button} from './button';

/** How many rows are selected, and what one can do with them. */
export function SelectionBar({count, of, more, busy, note, onSelectAll, onClear, children}: {
  count: number;
  /** How many there are, where that is known. */
  of?: number | undefined;
  /** Whether there are rows that match and are not selected. */
  more: boolean;
  busy?: boolean;
  /** What else is to be known of them. */
  note?: string;
  onSelectAll: () => void;
  onClear: () => void;
  children: ComponentChildren;
}) {
  return (
    <div class="selection-bar">
      <p role="status"><strong>{number(count)}</strong>{count > 0 && of !== undefined ? ` of ${number(of)}` : ''} selected{note && <span class="selection-note">. {note}</span>}</p>
      {more && <Button kind="quiet" small busy={busy ?? false} onClick={onSelectAll}>Select all that match</Button>}
      {count > 0 && <Button kind="quiet" small onClick={onClear}>Clear<span class="hidden"> selection</span></Button>}
      <span class="selection-actions">{children}</span>
    </div>
  );
}
