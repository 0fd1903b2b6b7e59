import {number} from '../format';

export interface Part {
  tone: 'good' | 'neutral' | 'bad' | 'busy' | 'accent';
  count: number;
  label: string;
}

const told = ({count, label}: Part): string => `${number(count)} ${label}`;

/** How far something is, in parts of a whole. */
export function Progress({parts, total, label}: {parts: readonly Part[]; total: number; label: string}) {
  const done = parts.reduce((sum, part) => sum + (part.tone === 'busy' ? 0 : part.count), 0);
  return (
    <div class="progress" role="progressbar" aria-label={label} aria-valuemin={0} aria-valuemax={Math.max(total, 1)}
         aria-valuenow={Math.min(done, Math.max(total, 1))}
         aria-valuetext={parts.map(told).join(', ')}>
      {total > 0 && parts.filter((part) => part.count > 0).map((part) => (
        <span key={part.label} class={`progress-part is-${part.tone}`} title={told(part)}
              style={{width: `${(100 * part.count) / total}%`}} />
      ))}
    </div>
  );
}
