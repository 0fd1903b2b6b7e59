import type {Campaign} from '../api/types';
import type {Row} from './open_rows';

/** Why none of the campaign's rows has a place in the queue; empty: they have. */
export function standsStill({status}: Campaign): string {
  if (status === 'draft') return 'Not started';
  return status === 'paused' ? 'Paused' : '';
}

export const kNoHours = 'Its next calling hours are not known.';

/** Whether a row that is due is not called before its hours begin. A campaign that has not begun says so itself. */
export function isOutsideHours(row: Row, campaign: Campaign | undefined, at: number): boolean {
  if (!row.closed || campaign?.status !== 'active' || Date.parse(row.scheduled_for) > at) return false;
  return !row.opens_at || Date.parse(row.opens_at) > at;
}
