import {useCallback, useEffect, useRef, useState} from 'preact/hooks';
import type {PageOf} from '../api/types';
import {type Topic, subscribe} from './topics';

export interface Pages<Row> {
  rows: readonly Row[];
  /** Whether there are none behind these. */
  isComplete: boolean;
  isLoading: boolean;
  error: Error | undefined;
  /** Tell it what is in sight: that is kept fresh, and read further before its end comes. */
  onRange: (first: number, last: number) => void;
  reload(): void;
}

interface Page<Row> {
  cursor: string;
  rows: Row[];
  next: string | null;
  isStale: boolean;
}

interface Options {
  on?: readonly Topic[];
  everyMs?: number;
}

/**
 * A list that the server hands out by pages, as one. When its topics are published the pages in
 * sight are read again where they stand; the others when they come into sight.
 */
export function usePages<Row extends {id: string}>(
  key: string, load: (cursor: string, signal: AbortSignal) => Promise<PageOf<Row>>, options: Options = {}): Pages<Row> {
  const {on = [], everyMs = 1000} = options;
  const [, redraw] = useState(0);
  const loadNow = useRef(load);
  loadNow.current = load;
  const reader = useRef<Reader<Row>>();
  if (reader.current?.key !== key) {
    reader.current?.close();
    reader.current = new Reader<Row>(key, everyMs, (cursor, signal) => loadNow.current(cursor, signal), () => redraw((n) => n + 1));
  }
  const current = reader.current;
  useEffect(() => {
    current.start();
    const unsubscribe = subscribe(on, () => current.spoil());
    return () => {
      unsubscribe();
      current.close();
    };
  }, [current, on.join(' ')]);
  const onRange = useCallback((first: number, last: number) => current.look(first, last), [current]);
  const reload = useCallback(() => current.spoil(0), [current]);
  return {
    rows: current.rows, isComplete: current.isComplete, isLoading: !current.hasRead && !current.error,
    error: current.error, onRange, reload,
  };
}

class Reader<Row extends {id: string}> {
  rows: readonly Row[] = [];
  error: Error | undefined;
  hasRead = false;
  private pages: Page<Row>[] = [];
  private first = 0;
  private last = 1;
  private isReading = false;
  private readAt = -Infinity;
  private timer: number | undefined;
  private abort = new AbortController();

  constructor(readonly key: string, private readonly everyMs: number,
              private readonly load: (cursor: string, signal: AbortSignal) => Promise<PageOf<Row>>,
              private readonly onChange: () => void) {}

  get isComplete(): boolean {
    return this.pages.length > 0 && this.pages[this.pages.length - 1]?.next === null;
  }

  start(): void {
    if (this.abort.signal.aborted) this.abort = new AbortController();
    if (!this.hasRead) void this.read();
    else this.spoil();
  }

  close(): void {
    this.abort.abort();
    window.clearTimeout(this.timer);
    this.timer = undefined;
    this.isReading = false;
  }

  look(first: number, last: number): void {
    this.first = first;
    this.last = last;
    if (this.hasRead) void this.read();
  }

  /** What has been read may be old. @param everyMs what whoever looks has done itself is awaited: at once. */
  spoil(everyMs = this.everyMs): void {
    for (const page of this.pages) page.isStale = true;
    if (this.timer !== undefined && everyMs > 0) return;
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => {
      this.timer = undefined;
      void this.read();
    }, Math.max(0, this.readAt + everyMs - performance.now()));
  }

  /** The page to be read now: one in sight that is old, or the one behind the last. */
  private wanted(): Page<Row> | undefined {
    let at = 0;
    for (const page of this.pages) {
      const end = at + page.rows.length;
      if (page.isStale && at <= this.last && end >= this.first) return page;
      at = end;
    }
    const last = this.pages[this.pages.length - 1];
    const isNear = this.last + 100 >= at;
    if (last && (last.next === null || !isNear)) return undefined;
    return {cursor: last?.next ?? '', rows: [], next: null, isStale: false};
  }

  private async read(): Promise<void> {
    if (this.isReading) return;
    this.isReading = true;
    const {signal} = this.abort;
    for (let page = this.wanted(); page; page = this.wanted()) {
      page.isStale = false;
      this.readAt = performance.now();
      try {
        const got = await this.load(page.cursor, signal);
        if (signal.aborted) return;
        this.put(page, got);
        this.error = undefined;
      } catch (error) {
        if (signal.aborted) return;
        this.error = error as Error;
        page.isStale = true;
        break;
      }
    }
    this.isReading = false;
    this.onChange();
  }

  private put(page: Page<Row>, got: PageOf<Row>): void {
    page.rows = got.items;
    page.next = got.next_cursor;
    this.hasRead = true;
    const at = this.pages.indexOf(page);
    if (at < 0) this.pages.push(page);
    const behind = at < 0 ? undefined : this.pages[at + 1];
    if (page.next === null) {
      if (at >= 0) this.pages.length = at + 1;
    } else if (behind && behind.cursor !== page.next) {
      behind.cursor = page.next;
      behind.isStale = true;
    }
    const seen = new Set<string>();
    this.rows = this.pages.flatMap(({rows}) => rows).filter(({id}) => !seen.has(id) && seen.add(id));
    this.onChange();
  }
}
