import {useCallback, useEffect, useRef, useState} from 'preact/hooks';
import {type Topic, subscribe} from './topics';

export interface Resource<T> {
  data: T | undefined;
  error: Error | undefined;
  isLoading: boolean;
  reload(): void;
}

interface Options {
  /** Read again when one of these is published. */
  on?: readonly Topic[];
  /** But not sooner than this after the last time. */
  everyMs?: number;
  /** false: not now (out of sight, say). */
  enabled?: boolean;
}

interface State<T> {
  key: string;
  data: T | undefined;
  error: Error | undefined;
  isLoading: boolean;
}

/**
 * What `load` reads, read again when its topics are published. `key` says what is read: another
 * one begins anew. Data stays while it is read again, and when that fails.
 */
export function useResource<T>(key: string, load: (signal: AbortSignal) => Promise<T>, options: Options = {}): Resource<T> {
  const {on = [], everyMs = 700, enabled = true} = options;
  const nothing: State<T> = {key, data: undefined, error: undefined, isLoading: true};
  const [state, setState] = useState<State<T>>(nothing);
  const loadNow = useRef(load);
  loadNow.current = load;
  const request = useRef<() => void>(() => {});

  useEffect(() => {
    if (!enabled) return;
    const abort = new AbortController();
    let isBusy = false;
    let isStale = false;
    let last = -Infinity;
    let timer: number | undefined;

    const run = async () => {
      isBusy = true;
      isStale = false;
      last = performance.now();
      const begun = await loadNow.current(abort.signal).then(
        (data): Partial<State<T>> => ({data, error: undefined}),
        (error: unknown): Partial<State<T>> => ({error: error instanceof Error ? error : new Error(String(error))}));
      isBusy = false;
      if (abort.signal.aborted) return;
      setState((before) => ({...(before.key === key ? before : nothing), ...begun, isLoading: false}));
      if (isStale) ask();
    };
    const ask = () => {
      isStale = true;
      if (isBusy || timer !== undefined) return;
      timer = window.setTimeout(() => {
        timer = undefined;
        void run();
      }, Math.max(0, last + everyMs - performance.now()));
    };
    request.current = ask;
    void run();
    const unsubscribe = subscribe(on, ask);
    return () => {
      unsubscribe();
      window.clearTimeout(timer);
      abort.abort();
    };
  }, [key, enabled, everyMs, on.join(' ')]);

  const reload = useCallback(() => request.current(), []);
  const shown = state.key === key ? state : nothing;
  return {data: shown.data, error: shown.error, isLoading: shown.isLoading, reload};
}
