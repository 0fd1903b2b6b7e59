import {useState} from 'preact/hooks';
import {save} from '../api/client';
import {Button} from '../components/button';
import {number} from '../format';
import {csvOf} from './csv';
import {Plot} from './plot';
import {RowChart} from './row_chart';

export type Tone = 'neutral' | 'accent' | 'good';

export interface ChartData {
  /** Of what the labels are, then of each series. */
  head: readonly string[];
  /** Of what shares are told, where they are. */
  of: string;
  /** Of each series. */
  tones: readonly Tone[];
  rows: readonly {label: string; values: readonly number[]}[];
}

/** A picture of some figures, their table, and both as a file. */
export function ChartCard({title, data, kind, file, note}: {
  title: string;
  data: ChartData;
  kind: 'line' | 'bars' | 'rows';
  file: string;
  note?: string;
}) {
  const [isTable, setTable] = useState(false);
  return (
    <section class="card chart-card" aria-label={title}>
      <header class="chart-head">
        <h2>{title}</h2>
        <Button kind="quiet" icon={isTable ? 'chart' : 'table'} label={isTable ? `${title} as a picture` : `${title} as a table`}
                aria-pressed={isTable} onClick={() => setTable(!isTable)} />
        <Button kind="quiet" icon="download" label={`${title} as CSV`}
                onClick={() => save(new Blob([csvOf(data)], {type: 'text/csv'}), file)} />
      </header>
      {isTable ? <DataTable title={title} data={data} />
        : data.rows.length === 0 ? <p class="muted">Nothing yet.</p>
        : kind === 'rows' ? <RowChart title={title} data={data} />
        : data.rows.length === 1 ? <OneStep title={title} data={data} />
        : <Plot title={title} data={data} kind={kind} />}
      {note && <p class="hint">{note}</p>}
    </section>
  );
}

/** Of a single hour or day there is no course to be drawn: its figures, beside each other. */
function OneStep({title, data}: {title: string; data: ChartData}) {
  const [step] = data.rows;
  const [, ...names] = data.head;
  const values = step?.values ?? [];
  return (
    <div class="form-stack">
      <p class="muted">{step?.label}</p>
      <RowChart title={title} whole={values[0] ?? 0} tones={data.tones}
                data={{...data, rows: names.map((label, i) => ({label, values: [values[i] ?? 0]}))}} />
    </div>
  );
}

function DataTable({title, data}: {title: string; data: ChartData}) {
  return (
    <div class="scroll-x chart-table" role="region" aria-label={`${title}, figures`} tabIndex={0}>
      <table class="table-plain">
        <thead><tr>{data.head.map((name, i) => <th key={name} scope="col" class={i > 0 ? 'cell-end' : undefined}>{name}</th>)}</tr></thead>
        <tbody>
          {data.rows.map((row) => (
            <tr key={row.label}>
              <th scope="row">{row.label}</th>
              {row.values.map((value, i) => <td key={i} class="cell-end">{number(value)}</td>)}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
