import {useEffect, useRef, useState} from 'preact/hooks';
import {calls} from '../../api/queue';
import type {CallOutcome, Id, QueuedCall} from '../../api/types';
import {eachOf} from '../../store/all_rows';

const kRest = 150;
const kAtOnce = 4;

/** Whether its own fields do not say how the last call ended: a voicemail is completed, and so is talk to no avail. */
const isAsked = ({status, success}: QueuedCall): boolean => status === 'completed' && !success;

/** How the last calls of the rows in sight have ended, by their ids; of each asked once. */
export function useOutcomes(rows: readonly QueuedCall[]): ReadonlyMap<Id, CallOutcome> {
  const known = useRef(new Map<Id, CallOutcome>()).current;
  const [, redraw] = useState(0);
  const ids = rows.filter(isAsked).flatMap(({call_id: id}) => (id !== null && !known.has(id) ? [id] : []));
  useEffect(() => {
    if (ids.length === 0) return;
    const abort = new AbortController();
    const timer = window.setTimeout(() => {  // Not while it is scrolled through.
      void eachOf(ids, kAtOnce, async (id) => {
        const {outcome} = await calls.get(id, abort.signal);
        if (outcome) known.set(id, outcome);
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
