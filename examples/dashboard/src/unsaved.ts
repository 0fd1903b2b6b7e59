// What has been entered and not saved: nobody leaves it without being asked, and it outlives a
// sign-in that ends by itself.
import {useEffect, useLayoutEffect, useState} from 'preact/hooks';
import {mayGiveUp} from './components/confirm';
import {session} from './session';

/** What stands in forms, by whose and which. In memory only: it goes with the tab. */
const kept = new Map<string, unknown>();
const dirty = new Set<string | symbol>();

const keyOf = (form: string): string => `${session.value?.user.id} ${form}`;

export const isUnsaved = (): boolean => dirty.size > 0;

/** Nothing is left to be saved, or it is given up. */
export function forgetUnsaved(): void {
  dirty.clear();
  kept.clear();
}

/** Asks whoever has something unsaved. @returns whether it may be left. */
export async function mayLeave(): Promise<boolean> {
  if (!isUnsaved()) return true;
  const leaves = await mayGiveUp();
  if (leaves) forgetUnsaved();
  return leaves;
}

/** A form's contents. What is changed (but by the page itself) is unsaved, until `forgetUnsaved`. */
export function useEntered<T>(form: string, initial: () => T): [T, (make: (before: T) => T, isByPage?: boolean) => void] {
  const [key] = useState(() => keyOf(form));
  const [value, setValue] = useState<T>(() => (kept.has(key) ? kept.get(key) as T : initial()));
  useEffect(() => {
    if (kept.has(key)) dirty.add(key);
    return () => void dirty.delete(key);
  }, [key]);
  const change = (make: (before: T) => T, isByPage = false) => setValue((before) => {
    const next = make(before);
    if (!isByPage) dirty.add(key);
    if (dirty.has(key)) kept.set(key, next);
    return next;
  });
  return [value, change];
}

/** What is entered in a dialog, say: unsaved as long as `is` holds and it is drawn. @returns what says that it is saved, or given up. */
export function useUnsaved(is: boolean): () => void {
  const [key] = useState(() => Symbol());
  // At once: Back may be pressed before the next frame.
  useLayoutEffect(() => {
    if (is) dirty.add(key);
    return () => void dirty.delete(key);
  }, [is]);
  return () => void dirty.delete(key);
}

window.addEventListener('beforeunload', (event) => {
  if (isUnsaved()) event.preventDefault();
});
