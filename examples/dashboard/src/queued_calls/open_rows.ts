import {queue} from '../api/queue';
import type {Id, PageOf, QueuedCall, UpcomingCall} from '../api/types';
import {number} from '../format';
import {allRows} from '../store/all_rows';

/** A row; one that waits with its place, when it is expected to start, and whether its hours keep it from that. */
export type Row = QueuedCall & Partial<Pick<UpcomingCall, 'queue_position' | 'starts_at' | 'closed' | 'opens_at'>>;

export type OpenRows = 'open' | 'queued' | 'processing';

const kMostOn = 10_000;

/** How a list of what is open is read, page by page: who is being called, then who waits in the order of calling. */
export function openRows(shown: OpenRows, limit: number, campaignId: Id | '') {
  const on = (signal?: AbortSignal) =>
    allRows((cursor) => queue.list({limit: 1000, cursor, status: ['processing'], campaign_id: campaignId}, signal), kMostOn);
  return async (cursor: string, signal?: AbortSignal): Promise<PageOf<Row>> => {
    if (shown === 'processing') return {items: await on(signal), next_cursor: null};
    const isFirst = shown === 'open' && cursor === '';
    const [calling, waiting] = await Promise.all([isFirst ? on(signal) : [], queue.upcoming({limit, cursor, campaign_id: campaignId}, signal)]);
    return {...waiting, items: [...calling, ...waiting.items]};
  };
}

/** Where it stands among those that are listed; a draft's and a paused campaign's have no place. */
export const placeText = (row: Row): string =>
  row.status !== 'queued' ? '' : row.queue_position ? number(row.queue_position) : '–';
