import {signal} from './store/signal';

export type Theme = 'light' | 'dark';

const kTheme = 'callqueue.theme';
const dark = window.matchMedia('(prefers-color-scheme: dark)');

function wished(): Theme | null {
  const stored = localStorage.getItem(kTheme);
  return stored === 'light' || stored === 'dark' ? stored : null;
}
const current = (): Theme => wished() ?? (dark.matches ? 'dark' : 'light');

/** What is shown: what was chosen here, else what the system is set to. */
export const theme = signal<Theme>(current());

function apply(): void {
  const now = current();
  document.documentElement.dataset['theme'] = now;
  theme.set(now);
}

export function restoreTheme(): void {
  dark.addEventListener('change', apply);
  apply();
}

export function toggleTheme(): void {
  localStorage.setItem(kTheme, theme.value === 'dark' ? 'light' : 'dark');
  apply();
}
