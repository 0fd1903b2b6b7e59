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

window.addEventListener('hashchange', () => here.set(read()));

export function go(path: string, options: {replace?: boolean} = {}): void {
  const url = '#' + path;
  if (options.replace) window.history.replaceState(null, '', url);
  else window.history.pushState(null, '', url);
  here.set(read());
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
