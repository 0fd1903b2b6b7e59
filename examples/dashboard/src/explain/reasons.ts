import type {Reason} from '../api/types';

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

/** The library's codes in a person's words; what is new there shows by its own text. */
const kTold: Record<string, Told> = {
  dialing: {title: 'Calling now', tone: 'good'},
  in_flight_only: {title: 'Finishing the last calls', tone: 'good', meaning: 'Everybody has been called. The calls that are on will end the campaign.'},
  not_started: {title: 'Not started', tone: 'neutral', advice: 'start'},
  paused: {title: 'Paused', tone: 'warn', advice: 'resume', meaning: 'No new call starts until you resume it.'},
  completed: {title: 'All calls are done', tone: 'neutral'},
  cancelled: {title: 'Cancelled', tone: 'neutral'},
  no_contacts: {title: 'No contacts left to call', tone: 'warn', advice: 'add_contacts', meaning: 'Upload a list into the campaign to go on.'},
  import_running: {title: 'A list is being imported', tone: 'info', meaning: 'Its contacts appear when that is done.'},
  outside_window: {title: 'Outside its calling hours', tone: 'info', advice: 'edit', meaning: 'It goes on by itself when the next window opens.'},
  window_unknown: {title: 'Calling hours are being worked out', tone: 'info', meaning: 'No call starts before that is done.'},
  no_more_windows: {title: 'Its last calling hours are over', tone: 'warn', advice: 'edit', meaning: 'Set a later end date to go on.'},
  nothing_due: {title: 'Nobody is due yet', tone: 'info', meaning: 'Those who are left are to be called again later.'},
  user_at_limit: {title: 'All your calls at a time are in use', tone: 'info', advice: 'settings', meaning: 'The next call starts as soon as one ends.'},
  system_at_limit: {title: 'The system is at its limit', tone: 'warn', advice: 'settings', meaning: 'All users together may not have more calls. The next free place goes round in turn.'},
  user_ceiling: {title: 'Waiting while the system is busy', tone: 'warn', advice: 'settings', meaning: 'You are dealt no call while the whole system has that many.'},
  number_busy: {title: 'These numbers are being called right now', tone: 'info', meaning: 'Nobody is called twice at a time.'},
};

export function told(reason: Reason): Told {
  if (reason.code === 'not_started' && reason.text.includes('scheduled')) {
    return {title: 'Starts by itself', tone: 'info'};
  }
  return kTold[reason.code] ?? {title: reason.text, tone: 'info'};
}

export const isDialling = (reasons: readonly Reason[]): boolean =>
  reasons[0]?.code === 'dialing' || reasons[0]?.code === 'in_flight_only';

/** Whether calls come as slots become free: there is no time to count down to. */
export const isAtLimit = (reason: Reason): boolean =>
  ['user_at_limit', 'system_at_limit', 'user_ceiling', 'number_busy'].includes(reason.code);

/** When the next call can start, if that is known. */
export const nextCallAt = (reasons: readonly Reason[]): string | null =>
  reasons.find((reason) => reason.until !== null)?.until ?? null;
