import type {Campaign} from '../api/types';

/** Why none of the campaign's rows has a place in the queue; empty: they have. */
export function standsStill({status}: Campaign): string {
  if (status === 'draft') return 'Not started';
  return status === 'paused' ? 'Paused' : '';
}
