import {signal} from './store/signal';

// Routes are in the address behind #: the server knows nothing of them, and what stands there is
// never sent to it.

export interface Location {
  path: string;
  query: URLSearchParams;
}

function read(): Location {
  const [path = '', query = ''] = window.location.hash.replace(/^#/, '').split('?');
  return {path: path || '/', query: new URLSearchParams(query)};
}

export const here = signal<Location>(read());

/** Whether one may go from here; asked before every step. */
let mayLeave: () => boolean | Promise<boolean> = () => true;
export function askBeforeLeaving(ask: typeof mayLeave): void {
  mayLeave = ask;
}

// Entries of the history are numbered: so it is known in which direction somebody goes.
const numberOf = (state: unknown): number | undefined => (state as {at?: number} | null)?.at;
let at = numberOf(window.history.state) ?? 0;
window.history.replaceState({at}, '');
let url = window.location.hash;
/** A step that was asked for already. */
let isAllowed = false;

function arrive(): void {
  url = window.location.hash;
  here.set(read());
}

/** By a link, an address that was typed, Back or Forward: the browser has gone there already. */
async function follow(): Promise<void> {
  if (window.location.hash === url) return;
  const asked = isAllowed ? true : mayLeave();
  isAllowed = false;
  let to = numberOf(window.history.state);
  if (to === undefined) window.history.replaceState({at: (to = at + 1)}, '');
  if (asked === true) {
    at = to;
    arrive();
    return;
  }
  const steps = to - at;
  if (steps !== 0) window.history.go(-steps);
  if (!await asked) return;
  isAllowed = true;
  if (steps !== 0) window.history.go(steps);
}

window.addEventListener('hashchange', () => void follow());

/** @param options.isSame what is shown stays: there is nothing to be left. */
export function go(path: string, options: {replace?: boolean; isSame?: boolean} = {}): void {
  const set = () => {
    if (options.replace) window.history.replaceState({at}, '', '#' + path);
    else window.history.pushState({at: ++at}, '', '#' + path);
    arrive();
  };
  const asked = options.isSame || mayLeave();
  if (typeof asked !== 'boolean') void asked.then((may) => may && set());
  else if (asked) set();
}

export const href = (path: string): string => '#' + path;

/** What each `:name` of the pattern stands for; null: it is another path. */
export function matched(pattern: string, path: string): Record<string, string> | null {
  const wanted = pattern.split('/');
  const given = path.split('/');
  if (wanted.length !== given.length) return null;
  const found: Record<string, string> = {};
  for (const [i, part] of wanted.entries()) {
    const text = given[i] ?? '';
    if (part.startsWith(':')) {
      if (!text) return null;
      try {
        found[part.slice(1)] = decodeURIComponent(text);
      } catch {
        return null;
      }
    } else if (part !== text) {
      return null;
    }
  }
  return found;
}
