import {queue} from '../../api/queue';
import type {Id} from '../../api/types';
import {confirm} from '../../components/confirm';
import {done, failed} from '../../components/toast';
import {counted} from '../../format';

const kAtOnce = 1000;

/** Asks, then cancels these. @returns whether anything was done. */
export async function cancelCalls(ids: readonly Id[]): Promise<boolean> {
  const calls = counted(ids.length, 'call');
  if (!await confirm({
    title: `Cancel ${calls}?`, action: `Cancel ${calls}`, keep: ids.length === 1 ? 'Keep it' : 'Keep them', danger: true,
    text: ids.length === 1 ? 'This call leaves the queue for good. If it is on already it goes on.'
      : 'They leave the queue for good. Those that are on already go on.',
  })) return false;
  let cancelled = 0;
  const refused: string[] = [];
  try {
    for (let i = 0; i < ids.length; i += kAtOnce) {
      const answer = await queue.cancelMany(ids.slice(i, i + kAtOnce));
      cancelled += answer.cancelled.length;
      refused.push(...answer.refused.map(({detail}) => detail));
    }
  } catch (error) {
    failed(error, cancelled > 0 ? `Only ${counted(cancelled, 'call')} cancelled` : 'Nothing was cancelled', 'cancelling');
    return cancelled > 0;
  }
  if (cancelled > 0) done(`${counted(cancelled, 'call')} cancelled.`, 'cancelling');
  if (refused.length > 0) failed(new Error(`${counted(refused.length, 'call')} could not be cancelled: ${[...new Set(refused)].join('; ')}.`), '', 'cancelling');
  return true;
}
