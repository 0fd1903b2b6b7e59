import type {ImportReport} from '../api/types';
import {counted, number} from '../format';

const kShown = 50;

/** The rows that were not taken, each with its reason. */
export function ImportErrors({report, title}: {report: ImportReport; title: string}) {
  const {errors, errors_total: total} = report;
  return (
    <details class="import-errors" open={total <= 10}>
      <summary>{title} ({counted(total, 'row')})</summary>
      <div class="scroll-x errors-box" role="region" aria-label={title} tabIndex={0}>
        <table class="table-plain">
          <thead><tr><th scope="col">Line</th><th scope="col">Column</th><th scope="col">It says</th><th scope="col">What is wrong</th></tr></thead>
          <tbody>
            {errors.slice(0, kShown).map((error, i) => (
              <tr key={i}><td>{number(error.line)}</td><td>{error.field}</td><td><code>{error.value || 'nothing'}</code></td><td>{error.reason}</td></tr>
            ))}
          </tbody>
        </table>
      </div>
      {total > kShown && <p class="hint">And {number(total - kShown)} more.</p>}
    </details>
  );
}
