import {useMemo} from 'preact/hooks';
import {calls} from '../api/queue';
import type {Call, Id} from '../api/types';
import {now} from '../store/now';
import {useResource} from '../store/resource';
import {useSelected} from '../store/signal';
import type {Row} from './open_rows';
import {kLong} from './silent_for';

const kMost = 1000;

/** The calls of those who are being called, by their rows; read only where one of these is on for so long that it may be silent. */
export function useCallsOn(rows: readonly Row[], campaignId: Id | ''): ReadonlyMap<Id, Call> {
  const isLong = useSelected(now, (at) => rows.some(({status, started_at: since}) =>
    status === 'processing' && since !== null && at - Date.parse(since) > 1000 * kLong));
  const found = useResource(
    `calls on ${campaignId}`,
    (signal) => calls.list({status: ['initiated', 'ringing', 'in_progress'], campaign_id: campaignId, limit: kMost}, signal),
    {on: ['calls'], everyMs: 3000, enabled: isLong});
  return useMemo(() => new Map((found.data?.items ?? []).flatMap((call) => (call.queue_id ? [[call.queue_id, call]] : []))), [found.data]);
}
