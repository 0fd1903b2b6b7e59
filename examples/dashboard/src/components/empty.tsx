import type {ComponentChildren} from 'preact';
import {Button} from './button';
import {Icon, type IconName} from './icon';

/** Nothing is here: why, and what to do. */
export function Empty({icon, title, children, actions}: {
  icon: IconName;
  title: string;
  children?: ComponentChildren;
  actions?: ComponentChildren;
}) {
  return (
    <div class="empty">
      <span class="empty-icon"><Icon name={icon} size={26} /></span>
      <h2>{title}</h2>
      {children && <p class="muted">{children}</p>}
      {actions && <div class="empty-actions">{actions}</div>}
    </div>
  );
}

export function Failed({error, onRetry}: {error: Error; onRetry?: () => void}) {
  return (
    <div role="alert">
      <Empty icon="alert" title="This could not be read"
             actions={onRetry && <Button icon="refresh" onClick={onRetry}>Try again</Button>}>
        {error.message}
      </Empty>
    </div>
  );
}

/** Grey where something will be. */
export function Skeleton({lines = 3}: {lines?: number}) {
  return (
    <div class="skeleton" role="status" aria-label="Loading">
      {Array.from({length: lines}, (_, i) => <span key={i} />)}
    </div>
  );
}
