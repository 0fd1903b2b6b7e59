import {useEffect, useRef, useState} from 'preact/hooks';
import {queue} from '../../api/queue';
import type {Id, Instant, QueuedCall} from '../../api/types';
import {eachOf} from '../../store/all_rows';
import {subscribe} from '../../store/topics';

export interface Place {
  position: number | null;
  startsAt: Instant | null;
}

const kRest = 150;
const kEveryMs = 3000;
const kAtOnce = 4;

/** Where the queued rows stand that are in sight, and when they may start; asked again as the queue moves. */
export function usePlaces(rows: readonly QueuedCall[]): ReadonlyMap<Id, Place> {
  const [places, setPlaces] = useState<ReadonlyMap<Id, Place>>(new Map());
  const readAt = useRef(-Infinity);
  const ids = rows.filter(({status}) => status === 'queued').map(({id}) => id);
  const key = ids.join();

  useEffect(() => {
    if (ids.length === 0) return;
    const abort = new AbortController();
    let timer: number | undefined;
    const read = async () => {
      timer = undefined;
      readAt.current = performance.now();
      const found = new Map<Id, Place>();
      await eachOf(ids, kAtOnce, async (id) => {
        if (abort.signal.aborted) return;
        const row = await queue.get(id, abort.signal);
        found.set(id, {position: row.queue_position, startsAt: row.starts_at});
      }).catch(() => {});  // What is missing comes with the next change.
      if (!abort.signal.aborted) setPlaces((before) => new Map([...before, ...found]));
    };
    const ask = (wait: number) => {
      timer ??= window.setTimeout(() => void read(), wait);
    };
    ask(kRest);  // Not while it is scrolled through.
    const unsubscribe = subscribe(['queue'], () => ask(Math.max(kRest, readAt.current + kEveryMs - performance.now())));
    return () => {
      unsubscribe();
      window.clearTimeout(timer);
      abort.abort();
    };
  }, [key]);
  return places;
}
