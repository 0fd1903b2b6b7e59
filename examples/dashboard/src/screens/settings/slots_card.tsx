import type {SlotUse} from '../../api/types';
import {number} from '../../format';

/** Calls that are on, the limit, and what is free of it. */
export function SlotsCard({title, use: {active, limit}}: {title: string; use: SlotUse}) {
  const free = Math.max(0, limit - active);
  const share = limit === 0 ? 1 : Math.min(1, active / limit);
  return (
    <section class="card slots-card" aria-label={title}>
      <h3>{title}</h3>
      <p class="slots-free"><strong>{number(free)}</strong> {free === 1 ? 'slot' : 'slots'} free</p>
      <div class="meter" role="meter" aria-label={`${title}, in use`} aria-valuemin={0} aria-valuemax={Math.max(limit, active, 1)}
           aria-valuenow={active}>
        <span class={share >= 1 ? 'is-full' : ''} style={{width: `${100 * share}%`}} />
      </div>
      <dl class="slots-facts">
        <div><dt>Active calls</dt><dd>{number(active)}</dd></div>
        <div><dt>Limit</dt><dd>{number(limit)}</dd></div>
      </dl>
    </section>
  );
}
