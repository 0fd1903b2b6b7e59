import type {ComponentChildren} from 'preact';
import {useEffect, useLayoutEffect, useRef, useState} from 'preact/hooks';

export interface Column<Row> {
  key: string;
  title: string;
  cell: (row: Row, index: number) => ComponentChildren;
  /** A CSS width; what has none shares the rest. */
  width?: string;
  align?: 'end';
  /** Left out where there is no room; `very`: also where there is little. */
  wide?: boolean | 'very';
}

interface Props<Row> {
  /** What it holds, for those who hear it. */
  caption: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  rowKey: (row: Row) => string;
  /** How many there are in all, where not all have been read. */
  total?: number | undefined;
  /** Rows that are about to be seen, the last one excluded. */
  onRange?: ((first: number, last: number) => void) | undefined;
  /** A row is a way to more: by a click on it, or by the button that its first cell is then. */
  onOpen?: ((row: Row) => void) | undefined;
  selection?: {
    selected: ReadonlySet<string>;
    onChange: (selected: Set<string>) => void;
    label: (row: Row) => string;
    /** Which rows may be selected; without it all. */
    can?: (row: Row) => boolean;
  };
  /** Rows in sight at most. */
  maxRows?: number;
}

const kRowHeight = 48;
const kAhead = 10;

/**
 * A table that draws only what is in sight, so that ten thousand rows scroll as ten do. Rows are
 * one line high.
 */
export function Table<Row>(props: Props<Row>) {
  const {caption, columns, rows, rowKey, total = rows.length, onRange, onOpen, selection, maxRows = 12} = props;
  const box = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  const [height, setHeight] = useState(kRowHeight * maxRows);
  const first = Math.max(0, Math.floor(top / kRowHeight) - kAhead);
  const last = Math.min(rows.length, Math.ceil((top + height) / kRowHeight) + kAhead);

  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    const measure = new ResizeObserver(() => setHeight(element.clientHeight));
    measure.observe(element);
    return () => measure.disconnect();
  }, []);
  useEffect(() => onRange?.(first, last), [first, last, rows.length]);

  const can = selection?.can ?? (() => true);
  const selectable = selection ? rows.filter(can) : [];
  const allSelected = selection !== undefined && selectable.length > 0 && selectable.every((row) => selection.selected.has(rowKey(row)));
  const toggleAll = () => selection?.onChange(new Set(allSelected ? [] : selectable.map(rowKey)));
  const toggle = (key: string) => {
    if (!selection) return;
    const selected = new Set(selection.selected);
    if (!selected.delete(key)) selected.add(key);
    selection.onChange(selected);
  };

  return (
    <div class="table-box" ref={box} role="region" aria-label={caption} tabIndex={0}
         style={{maxHeight: `${kRowHeight * (maxRows + 1)}px`}}
         onScroll={(event) => setTop(Math.floor(event.currentTarget.scrollTop / kRowHeight) * kRowHeight)}>
      <table aria-rowcount={total + 1} aria-label={caption}>
        <thead>
          <tr aria-rowindex={1}>
            {selection && (
              <th scope="col" class="cell-select">
                <input type="checkbox" aria-label="Select all that are shown" checked={allSelected} disabled={selectable.length === 0}
                       onClick={unlessFurther} onChange={toggleAll} />
              </th>
            )}
            {columns.map((column) => (
              <th key={column.key} scope="col" class={cellClass(column)} style={column.width ? {width: column.width} : {}}>
                {column.title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {first > 0 && <tr aria-hidden="true" style={{height: `${first * kRowHeight}px`}} />}
          {rows.slice(first, last).map((row, i) => {
            const key = rowKey(row);
            return (
              <tr key={key} aria-rowindex={first + i + 2} class={selection?.selected.has(key) ? 'is-selected' : undefined}
                  onClick={onOpen && ((event) => isPlain(event) && onOpen(row))} data-opens={onOpen ? '' : undefined}
                  onMouseDown={unlessFurther}>
                {selection && (
                  <td class="cell-select">
                    <label onClick={unlessFurther}>
                      <input type="checkbox" aria-label={selection.label(row)} checked={selection.selected.has(key)} disabled={!can(row)}
                             onChange={() => toggle(key)} />
                    </label>
                  </td>
                )}
                {columns.map((column) => (
                  <td key={column.key} class={cellClass(column)}>
                    {onOpen && column === columns[0]
                      ? <button type="button" class="row-open" onClick={() => onOpen(row)}>{column.cell(row, first + i)}</button>
                      : column.cell(row, first + i)}
                  </td>
                ))}
              </tr>
            );
          })}
          {last < total && <tr aria-hidden="true" style={{height: `${(total - last) * kRowHeight}px`}} />}
        </tbody>
      </table>
    </div>
  );
}

function cellClass<Row>(column: Column<Row>): string | undefined {
  return [column.align === 'end' ? 'cell-end' : '', column.wide ? 'cell-wide' : '', column.wide === 'very' ? 'cell-very-wide' : ''].filter(Boolean).join(' ') || undefined;
}

/** The second click of a double click marks no text, and does not undo the first. */
function unlessFurther(event: MouseEvent): void {
  if (event.detail > 1) event.preventDefault();
}

/** Not on a button within the row, and not at the end of marking text. */
function isPlain(event: MouseEvent): boolean {
  const isOnControl = (event.target as Element).closest('button, a, input, select, label') !== null;
  return !isOnControl && (window.getSelection()?.toString() ?? '') === '';
}
