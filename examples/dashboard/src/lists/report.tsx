import {useEffect, useRef} from 'preact/hooks';
import type {Campaign} from '../api/types';
import {Button, ButtonLink} from '../components/button';
import {counted, number} from '../format';
import {downloadFailedRows} from '../results';
import {href} from '../router';
import {ImportErrors} from './import_errors';
import type {Report} from './last_report';

/** What became of a list. */
export function ImportReportCard({campaign, imported}: {campaign: Campaign; imported: Report}) {
  const {report, not_started: notStarted} = imported;
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  const figures: [string, number, string][] = [
    ['On the list', report.imported, 'can be called'],
    ['Known already', report.matched, report.matched === 1 ? 'of them was a contact before' : 'of them were contacts before'],
    ['Left out', report.skipped, 'twice in the file, or on this list already'],
    ['Failed', report.failed, 'could not be read'],
  ];
  return (
    <section class="card report" aria-label="Report">
      <h2 tabIndex={-1} ref={heading}>{counted(report.total, 'row')} read into “{campaign.name}”</h2>
      <dl class="report-figures">
        {figures.map(([label, value, meaning]) => (
          <div key={label} class={label === 'Failed' && value > 0 ? 'is-bad' : undefined}>
            <dt>{label}</dt>
            <dd>{number(value)}<small class="muted">{meaning}</small></dd>
          </div>
        ))}
      </dl>
      {report.matched > 0 && <p class="hint">Whoever was among your contacts before keeps their own data: a time zone, e-mail, company or notes in the file did not change them.</p>}
      {notStarted && <p class="notice is-warn" role="alert">The campaign was not started: {notStarted.message}</p>}
      {report.errors_total > 0 && <ImportErrors report={report} title="Rows that were not taken" />}
      {report.failed > 0 && <p class="hint">Download the rows that failed, mend them in that file, and add it to this campaign as a further list. Its last column says what is wrong; it may stay.</p>}
      <div class="form-actions">
        <ButtonLink kind="primary" href={href(`/campaigns/${campaign.id}`)}>Go to the campaign</ButtonLink>
        {report.failed > 0 && (
          <Button icon="download" onClick={() => void downloadFailedRows(campaign)}>Rows that failed, as CSV</Button>
        )}
      </div>
    </section>
  );
}
