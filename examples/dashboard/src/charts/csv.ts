import type {ChartData} from './chart_card';

/** A cell; one that a spreadsheet would run is made text. */
export function cellOf(value: string | number): string {
  const text = typeof value === 'string' && /^[=+\-@\t\r]/.test(value) ? `'${value}` : String(value);
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

export function csvOf({head, rows}: ChartData): string {
  return [head, ...rows.map((row) => [row.label, ...row.values])].map((cells) => cells.map(cellOf).join(',') + '\r\n').join('');
}
