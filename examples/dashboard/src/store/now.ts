import {signal} from './signal';

/** The time, a second apart, while the page is seen. */
export const now = signal(Date.now());

function tick(): void {
  if (document.visibilityState === 'visible') now.set(Date.now());
}
setInterval(tick, 1000);
document.addEventListener('visibilitychange', tick);
