import type {Campaign, CampaignStatistics, Concurrency, Forecast, Reason} from '../api/types';
import {counted, moment, number} from '../format';

export type Advice = 'start' | 'resume' | 'add_contacts' | 'edit' | 'settings';

export interface Told {
  /** In a few words. */
  title: string;
  tone: 'good' | 'info' | 'warn' | 'neutral';
  /** What one can do about it. */
  advice?: Advice;
  /** What it means, where that is not plain. */
  meaning?: string;
}

const kNoLimit = {
  title: 'No call may start', tone: 'warn', advice: 'settings',
} as const;

/** The library's codes in a person's words; what is new there shows by its own text. */
const kTold: Record<string, Told> = {
  dialing: {title: 'Calling now', tone: 'good'},
  in_flight_only: {title: 'Finishing the last calls', tone: 'good', meaning: 'The campaign ends with them, unless one is to be made again.'},
  not_started: {title: 'Not started', tone: 'neutral', advice: 'start', meaning: 'Nobody is called before you start it.'},
  paused: {title: 'Paused', tone: 'warn', advice: 'resume', meaning: 'No new call starts until you resume it.'},
  completed: {title: 'All calls are done', tone: 'neutral'},
  cancelled: {title: 'Cancelled', tone: 'neutral'},
  no_contacts: {title: 'No contacts left to call', tone: 'warn', advice: 'add_contacts', meaning: 'Upload a list into the campaign to go on.'},
  import_running: {title: 'A list is being imported', tone: 'info', meaning: 'Its contacts appear when that is done.'},
  outside_window: {title: 'Outside its calling hours', tone: 'info', advice: 'edit', meaning: 'It goes on by itself when the next window opens.'},
  window_unknown: {title: 'Calling hours are being worked out', tone: 'info', meaning: 'No call starts before that is done.'},
  no_more_windows: {title: 'Its last calling hours are over', tone: 'warn', advice: 'edit', meaning: 'Set a later end date to go on.'},
  nothing_due: {title: 'Nobody is due yet', tone: 'info', meaning: 'Those who are left are to be called later.'},
  user_limit_zero: {...kNoLimit, meaning: 'Your administrator has set your calls at a time to 0. It does not go on before that is changed.'},
  system_limit_zero: {...kNoLimit, meaning: 'Your administrator has set the calls of all users together to 0. It does not go on before that is changed.'},
  user_at_limit: {title: 'All your calls at a time are in use', tone: 'info', advice: 'settings', meaning: 'The next call starts as soon as one ends.'},
  system_at_limit: {title: 'The system is at its limit', tone: 'warn', advice: 'settings', meaning: 'The next free place goes round in turn.'},
  user_ceiling: {title: 'Waiting while the system is busy', tone: 'warn', advice: 'settings', meaning: 'You are dealt no call while the whole system has that many.'},
  number_busy: {title: 'These numbers are being called right now', tone: 'info', meaning: 'Nobody is called twice at a time.'},
};

/** Of one that is going: no reason of the library's. */
export const kDeleting = {title: 'It is being deleted', meaning: 'With a long list that takes a while. It goes from here by itself.'} as const;

/** Why nobody can say when a campaign ends. */
export function whyNoEnd({reason, unreached_rows: left}: Forecast): string {
  if (!reason) return '–';
  if (reason === 'no_more_windows' && left > 0) return `None: ${counted(left, 'contact')} ${left === 1 ? 'is' : 'are'} not reached in its calling hours`;
  return kNoEnd[reason] ?? kTold[reason]?.title ?? reason;
}

const kNoEnd: Record<string, string> = {
  user_limit_zero: 'Never: your calls at a time are set to 0',
  system_limit_zero: 'Never: the calls of all users together are set to 0',
  window_unknown: 'Not known: some calling hours are still being worked out',
};

/** What is known beside the reasons themselves. */
export interface Scene {
  campaign: Campaign;
  limits: Concurrency | null;
  statistics?: CampaignStatistics | undefined;
}

/** Somebody has to start or resume it: nothing goes on by itself. */
export const isHeld = ({status}: Campaign): boolean => status === 'draft' || status === 'paused';

const kBehind: ReadonlySet<string> = new Set(['user_at_limit', 'system_at_limit', 'user_ceiling', 'number_busy']);

/** Where these hold a campaign, the end of a call of one's own lets none start. */
const kAboveOwn: ReadonlySet<string> = new Set(['user_limit_zero', 'system_limit_zero', 'system_at_limit', 'user_ceiling']);

/** Those that are worth saying: of a campaign that is held, slots that are in use are no matter. */
export function worthSaying(reasons: readonly Reason[], {campaign}: Scene): Reason[] {
  const isHeldByOthers = reasons.some(({code}) => kAboveOwn.has(code));
  return reasons.filter(({code}) => code !== 'user_at_limit' || !isHeldByOthers)
    .filter(({code}, i) => i === 0 || !isHeld(campaign) || !kBehind.has(code));
}

export function told(reason: Reason, {campaign, limits, statistics}: Scene): Told {
  const {code} = reason;
  if (code === 'not_started' && campaign.status === 'scheduled') return {title: 'Starts by itself', tone: 'info'};
  if (code === 'completed') return ended(campaign, statistics);
  if (code === 'nothing_due' && reason.until) return {...kTold['nothing_due'] as Told, meaning: `The next is due ${moment(reason.until)}.`};
  if (code === 'user_at_limit' && limits) return {...kTold['user_at_limit'] as Told, meaning: inUse(limits.user)};
  return kTold[code] ?? {title: reason.text, tone: 'info'};
}

/** That it is over, and who was left out. */
function ended(campaign: Campaign, statistics: CampaignStatistics | undefined): Told {
  const {total_contacts: total, completed_calls: completed, failed_calls: failed} = statistics ?? campaign;
  if (completed + failed === total) return kTold['completed'] as Told;
  if (!statistics) return {title: 'Completed', tone: 'neutral'};
  const {skipped, cancelled, processing, attempts} = statistics;
  const said = [
    ...(skipped > 0 ? [`${number(skipped)} ${skipped === 1 ? 'was' : 'were'} never called: the campaign’s last hour has passed.`] : []),
    ...(cancelled > 0 ? [`${counted(cancelled, 'call')} ${cancelled === 1 ? 'was' : 'were'} cancelled.`] : []),
  ];
  const title = processing > 0 ? 'Finishing the last calls' : attempts === 0 ? 'Nobody was called'
    : skipped > 0 ? `${number(skipped)} ${skipped === 1 ? 'was' : 'were'} never called` : 'Completed';
  return {title, tone: processing > 0 ? 'good' : 'neutral', meaning: said.join(' ')};
}

function inUse({active, limit}: Concurrency['user']): string {
  if (active > limit) return `${counted(active, 'call')} are on, ${number(limit)} may be: the limit was higher before. The next one starts when fewer are on.`;
  return `You may have ${counted(limit, 'call')} at a time. The next one starts as soon as one ends.`;
}

/** Whether the library's sentence says no more than is said already, or has an instant on nobody's clock. */
export const isSaidAlready = ({code}: Reason): boolean =>
  ['nothing_due', 'outside_window', 'user_at_limit', 'user_limit_zero', 'system_limit_zero', 'paused', 'not_started', 'completed'].includes(code);

export const isDialling = (reasons: readonly Reason[]): boolean =>
  reasons[0]?.code === 'dialing' || reasons[0]?.code === 'in_flight_only';

/** Whether calls come as slots become free: there is no time to count down to. */
export const isAtLimit = ({code}: Reason): boolean =>
  ['user_at_limit', 'system_at_limit', 'user_ceiling', 'number_busy'].includes(code);

/** When the next call can start by itself, if that is known. */
export const nextCallAt = (reasons: readonly Reason[]): string | null =>
  reasons.find(({until, conditional}) => until !== null && !conditional)?.until ?? null;
