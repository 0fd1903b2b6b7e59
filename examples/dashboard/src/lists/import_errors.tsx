import type {ImportReport} from '../api/types';
import {counted, number} from '../format';

const kShown = 50;

/** The rows that were not taken, each with its reason. */
export function ImportErrors({report, title}: {report: ImportReport; title: string}) {
  const {errors, errors_total: total} = report;
  return (
    <details class="import-errors" open={total <= 10}>
      <summary>{title} ({counted(total, 'row')})</summary>
      <div class="errors-box" role="region" aria-label={title} tabIndex={0}><ul>
        {errors.slice(0, kShown).map((error, i) => (
          <li key={i}>
            <span class="error-place"><strong>Line {number(error.line)}</strong> <span class="muted">{error.field}</span> <code>{error.value || 'nothing'}</code></span>
            <span>{inPageWords(error.reason)}</span>
          </li>
        ))}
      </ul></div>
      {total > kShown && <p class="hint">And {number(total - kShown)} more.</p>}
    </details>
  );
}

/** The library speaks of an import's options; here they are fields. */
const inPageWords = (reason: string): string =>
  reason.replace('name the country of national numbers when importing', 'enter its country as “Country of national numbers”');
