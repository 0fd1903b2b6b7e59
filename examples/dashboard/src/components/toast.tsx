import {Unreachable} from '../api/client';
import {signal, useSignal} from '../store/signal';
import {Button} from './button';
import {Icon} from './icon';

interface Toast {
  id: number;
  text: string;
  tone: 'good' | 'bad';
  /** Of what it tells; of one thing nothing is left wrong once it has been done. */
  about: string;
}

const kGoodStays = 5000;
const kMost = 4;
const toasts = signal<readonly Toast[]>([]);
let last = 0;

function dismiss(id: number): void {
  toasts.update((all) => all.filter((toast) => toast.id !== id));
}

/** What went wrong with it does not count any more. */
export function settled(about: string): void {
  toasts.update((all) => all.filter((toast) => toast.tone === 'good' || toast.about !== about));
}

/** Nor does what went wrong on a screen that is left. */
export function forgetFailures(): void {
  toasts.update((all) => all.filter((toast) => toast.tone === 'good'));
}

function show(text: string, tone: Toast['tone'], about: string): void {
  const id = ++last;
  toasts.update((all) => [...all.filter((toast) => toast.text !== text), {id, text, tone, about}].slice(-kMost));
  if (tone === 'good') setTimeout(() => dismiss(id), kGoodStays);
}

export function done(text: string, about: string): void {
  settled(about);
  show(text, 'good', about);
}

/** What went wrong stays until it is closed, has been done, or its screen is left. */
export function failed(error: unknown, what = '', about = what): void {
  const text = error instanceof Error ? error.message : String(error);
  const hint = error instanceof Unreachable ? ' We do not know whether it was changed; look before you try again.' : '';
  settled(about);
  show((what ? `${what}: ${text}` : text) + hint, 'bad', about);
}

/** Where they appear: once in the page. */
export function ToastHost() {
  const all = useSignal(toasts);
  return (
    <div class="toasts">
      <div role="status" aria-live="polite">
        {all.filter((toast) => toast.tone === 'good').map((toast) => <Box key={toast.id} toast={toast} />)}
      </div>
      <div role="alert">
        {all.filter((toast) => toast.tone === 'bad').map((toast) => <Box key={toast.id} toast={toast} />)}
      </div>
    </div>
  );
}

function Box({toast}: {toast: Toast}) {
  return (
    <div class={`toast toast-${toast.tone}`}>
      <Icon name={toast.tone === 'good' ? 'check' : 'alert'} />
      <p>{toast.text}</p>
      <Button kind="quiet" icon="close" label="Dismiss" small onClick={() => dismiss(toast.id)} />
    </div>
  );
}
