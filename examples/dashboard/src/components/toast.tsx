import {Unreachable} from '../api/client';
import {signal, useSignal} from '../store/signal';
import {Button} from './button';
import {Icon} from './icon';

interface Toast {
  id: number;
  text: string;
  tone: 'good' | 'bad';
}

const kGoodStays = 5000;
const kMost = 4;
const toasts = signal<readonly Toast[]>([]);
let last = 0;

function dismiss(id: number): void {
  toasts.update((all) => all.filter((toast) => toast.id !== id));
}

function show(text: string, tone: Toast['tone']): void {
  const id = ++last;
  toasts.update((all) => [...all.filter((toast) => toast.text !== text), {id, text, tone}].slice(-kMost));
  if (tone === 'good') setTimeout(() => dismiss(id), kGoodStays);
}

export const done = (text: string): void => show(text, 'good');

/** What went wrong stays until it is closed. */
export function failed(error: unknown, what = ''): void {
  const text = error instanceof Error ? error.message : String(error);
  const hint = error instanceof Unreachable ? ' Nothing may have been changed; look before you try again.' : '';
  show((what ? `${what}: ${text}` : text) + hint, 'bad');
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
