import {useEffect, useRef, useState} from 'preact/hooks';
import {calls, queue} from '../../api/queue';
import type {Call, CallOutcome, Id, QueuedCall} from '../../api/types';
import {eachOf} from '../../store/all_rows';

const kRest = 150;
const kAtOnce = 4;

/** What `ask` says of each id; of each asked once. It says undefined where it is to be asked again. */
function useAsked<Answer>(wanted: readonly Id[], ask: (id: Id, signal: AbortSignal) => Promise<Answer | undefined>): ReadonlyMap<Id, Answer> {
  const known = useRef(new Map<Id, Answer>()).current;
  const [, redraw] = useState(0);
  const ids = [...new Set(wanted)].filter((id) => !known.has(id));
  useEffect(() => {
    if (ids.length === 0) return;
    const abort = new AbortController();
    const timer = window.setTimeout(() => {  // Not while it is scrolled through.
      void eachOf(ids, kAtOnce, async (id) => {
        const answer = await ask(id, abort.signal);
        if (answer !== undefined) known.set(id, answer);
      }).catch(() => {}).then(() => {  // What is missing comes with the next change.
        if (!abort.signal.aborted) redraw((n) => n + 1);
      });
    }, kRest);
    return () => {
      window.clearTimeout(timer);
      abort.abort();
    };
  }, [ids.join()]);
  return known;
}

/** Whether its own fields do not say how the last call ended: a voicemail is completed, and so is talk to no avail. */
const isAsked = ({status, success}: QueuedCall): boolean => status === 'completed' && !success;

/** How the last calls of the rows in sight have ended, by their ids. */
export const useOutcomes = (rows: readonly QueuedCall[]): ReadonlyMap<Id, CallOutcome> =>
  useAsked(rows.filter(isAsked).flatMap(({call_id: id}) => (id === null ? [] : [id])),
           async (id, signal) => (await calls.get(id, signal)).outcome ?? undefined);

/** The names of those whom the calls in sight went to, by their rows; null: has none. */
export const useNames = (shown: readonly Call[]): ReadonlyMap<Id, string | null> =>
  useAsked(shown.flatMap(({queue_id: id}) => (id === null ? [] : [id])),
           async (id, signal) => (await queue.get(id, signal)).contact_name);
