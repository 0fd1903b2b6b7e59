import {useEffect, useState} from 'preact/hooks';

/** A value that tells those who look at it when it is another. */
export interface Signal<T> {
  readonly value: T;
  set(value: T): void;
  update(change: (value: T) => T): void;
  /** @returns what ends it. */
  subscribe(listener: () => void): () => void;
}

export function signal<T>(initial: T): Signal<T> {
  let value = initial;
  const listeners = new Set<() => void>();
  const set = (next: T) => {
    if (Object.is(next, value)) return;
    value = next;
    for (const listener of [...listeners]) listener();
  };
  return {
    get value() {
      return value;
    },
    set,
    update: (change) => set(change(value)),
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}

/** The value, for a component that is drawn anew when it changes. */
export function useSignal<T>(source: Signal<T>): T {
  return useSelected(source, (value) => value);
}

/** A part of it: drawn anew only when that part is another (by `Object.is`). */
export function useSelected<T, Part>(source: Signal<T>, select: (value: T) => Part): Part {
  const part = select(source.value);
  const [, redraw] = useState(0);
  useEffect(() => {
    let seen = part;
    const look = () => {
      const now = select(source.value);
      if (Object.is(now, seen)) return;
      seen = now;
      redraw((n) => n + 1);
    };
    look();  // It may have changed since it was drawn.
    return source.subscribe(look);
  });
  return part;
}
