import {number, percent} from '../format';
import type {ChartData} from './chart_card';

/** One bar a row, with its name and figure: plain text with a picture beside it. */
export function RowChart({title, data, whole, tones}: {
  title: string;
  data: ChartData;
  /** Of what shares are told; else of all rows together. */
  whole?: number;
  /** Of each row; else the first for all. */
  tones?: ChartData['tones'];
}) {
  const total = whole ?? data.rows.reduce((sum, row) => sum + (row.values[0] ?? 0), 0);
  const most = Math.max(1, ...data.rows.map((row) => row.values[0] ?? 0));
  return (
    <>
      <ul class="row-chart" aria-label={title}>
        {data.rows.map((row, i) => {
          const value = row.values[0] ?? 0;
          return (
            <li key={row.label}>
              <span>{row.label}</span>
              <span class="row-track"><span class={`row-bar is-${tones?.[i] ?? data.tones[0]}`} style={{width: `${(100 * value) / most}%`}} /></span>
              <span class="number">{number(value)}<span class="muted"> {total > 0 ? percent(value / total) : ''}</span></span>
            </li>
          );
        })}
      </ul>
      {total > 0 && <p class="hint">Shares of {data.of}.</p>}
    </>
  );
}
