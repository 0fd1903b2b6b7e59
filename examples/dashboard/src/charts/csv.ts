import type {ChartData} from './chart_card';

/** A cell; one that a spreadsheet would run is made text. */
export function cellOf(value: string | number): string {
  const text = typeof value === 'string' && /^[=+\-@\t\r]/.test(value) ? `'${value}` : String(value);
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** With a byte-order mark, by which a spreadsheet knows its letters. */
export function csvOf({head, rows}: ChartData): string {
  return '\uFEFF' + [head, ...rows.map((row) => [row.label, ...row.values])].map((cells) => cells.map(cellOf).join(',') + '\r\n').join('');
}
