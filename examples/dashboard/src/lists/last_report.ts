import type {Id, Imported} from '../api/types';

// The report of the last list that was uploaded in this tab: to be seen again after a reload.

const kName = 'callqueue.report';
const kErrors = 100;

/** What is kept of an answer: the campaign itself is known elsewhere. */
export type Report = Omit<Imported, 'campaign'>;

export function keepReport({campaign, report, not_started}: Imported): void {
  const kept: Report = {report: {...report, errors: report.errors.slice(0, kErrors)}, not_started};
  sessionStorage.setItem(kName, JSON.stringify({id: campaign.id, kept}));
}

export function reportOf(id: Id): Report | undefined {
  const found = JSON.parse(sessionStorage.getItem(kName) ?? 'null') as {id: Id; kept: Report} | null;
  return found?.id === id ? found.kept : undefined;
}

export function forgetReport(): void {
  sessionStorage.removeItem(kName);
}
