import type {Preview} from '../api/types';
import type {Draft} from '../campaign_form/draft';
import {OwnHours} from '../campaign_form/own_hours';
import {counted, listed, number, phone} from '../format';
import {ImportErrors} from './import_errors';

const kMeanings: Record<string, string> = {
  phone_number: 'Phone number', name: 'Name', email: 'E-mail', company: 'Company', notes: 'Notes', timezone: 'Time zone',
  priority: 'Added to the priority', import_error: 'Read over', user_data: 'Kept as it is',
};
/** What contacts who are there already keep. */
const kOfContacts: readonly string[] = ['email', 'company', 'notes', 'timezone'];
const kRows = 5;

/** In which the first rows are. */
export const zonesOf = ({rows}: Preview): string[] => [...new Set(rows.flatMap(({timezone}) => timezone || []))];

/** How a file is understood, before anything is written. */
export function PreviewCard({preview, isWhole, isAddition, draft, isCalling}: {
  preview: Preview;
  isWhole: boolean;
  isAddition: boolean;
  draft: Draft;
  isCalling?: boolean;
}) {
  const {columns, mapping, rows, report} = preview;
  const usable = report.imported;
  const zones = zonesOf(preview);
  const own = mapping.filter((meaning) => kOfContacts.includes(meaning)).map((meaning) => kMeanings[meaning]?.toLowerCase() ?? meaning);
  const isKnown = usable === 0 && report.failed === 0 && report.skipped > 0;
  const tone = isKnown ? 'is-warn' : usable === 0 ? 'is-bad' : report.failed > 0 ? 'is-warn' : 'is-good';
  return (
    <div class="form-stack">
      <p class={`notice ${tone}`} role="status">
        {isWhole ? '' : `Of the first ${number(report.total)} rows `}
        {report.total === 0 ? 'The file has no rows below its header' : isKnown ? 'Nobody is new' : usable === 0 ? 'Nobody can be called'
          : isWhole ? `${counted(usable, 'row')} can be called` : `${usable === report.total ? 'all' : number(usable)} can be called`}
        {report.failed > 0 && `, ${number(report.failed)} cannot`}
        {report.skipped > 0 && `, ${number(report.skipped)} ${report.skipped === 1 ? 'is' : 'are'} left out ${isAddition ? 'as on the list already' : 'as a repetition'}`}.
      </p>
      {own.length > 0 && <p class="hint">Whoever is among your contacts already keeps their own data: the {listed(own)} of the file {own.length === 1 ? 'counts' : 'count'} for new contacts only.</p>}
      {zones.length > 0 && <OwnHours draft={draft} zones={zones} isCalling={isCalling} />}
      <div class="scroll-x" role="region" aria-label="First rows" tabIndex={0}>
        <table class="table-plain preview">
          <thead>
            <tr>
              {columns.map((column, i) => (
                <th key={i} scope="col">
                  {column}
                  <small class="muted">{kMeanings[mapping[i] ?? ''] ?? mapping[i]}</small>
                </th>
              ))}
              <th scope="col" class="cell-end">
                Priority
                <small class="muted">A larger one is called sooner</small>
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.slice(0, kRows).map((row) => (
              <tr key={row.line}>
                {columns.map((column, i) => <td key={i}>{cell(row as unknown as Row, column, mapping[i] ?? '')}</td>)}
                <td class="cell-end">{number(row.priority)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {report.errors.length > 0 && <ImportErrors report={report} title="What cannot be taken" />}
    </div>
  );
}

interface Row {
  [field: string]: unknown;
  user_data?: unknown;
}

function cell(row: Row, column: string, meaning: string): string {
  const data = row.user_data as Record<string, unknown> | undefined;
  // What a column of its own adds to the priority is among the data.
  const value = meaning === 'user_data' ? data?.[column] : meaning === 'priority' ? data?.[meaning] : row[meaning];
  if (value === null || value === undefined) return '';
  return meaning === 'phone_number' ? phone(String(value)) : String(value);
}
