import {useRef} from 'preact/hooks';
import type {CampaignAction} from '../api/campaigns';
import type {Campaign, CampaignStatistics, Reason} from '../api/types';
import {Button, ButtonLink} from '../components/button';
import {Failed, Skeleton} from '../components/empty';
import {Icon, type IconName} from '../components/icon';
import {Countdown, Moment} from '../components/moment';
import type {Actions} from '../campaign_actions';
import {counted, grouped} from '../format';
import {href} from '../router';
import type {Resource} from '../store/resource';
import {type Advice, isAtLimit, isDialling, isHeld, isSaidAlready, kDeleting, nextCallAt, type Scene, told, worthSaying} from './reasons';
import {useScene} from './use_explanation';

const kIcons: Record<string, IconName> = {good: 'phone', info: 'clock', warn: 'alert', neutral: 'info'};

/** Why it is, or is not, calling: every reason, what it means, and what one can do about it. */
export function WhyPanel({campaign, reasons, actions, statistics}: {
  campaign: Campaign;
  reasons: Resource<Reason[]>;
  actions: Actions;
  statistics: CampaignStatistics | undefined;
}) {
  const heading = useRef<HTMLHeadingElement>(null);
  const scene = useScene(campaign, statistics);
  const callsOn = statistics?.processing ?? 0;
  if (campaign.deleting) {
    return (
      <section class="card why" aria-labelledby="why" aria-live="polite">
        <h2 id="why">What it is doing</h2>
        <div class="reason is-warn"><Icon name="trash" size={20} /><div><strong>{kDeleting.title}</strong><p class="muted">{kDeleting.meaning}</p></div></div>
      </section>
    );
  }
  const all = reasons.data && worthSaying(reasons.data, scene);
  if (reasons.error && !all) return <Failed error={reasons.error} onRetry={reasons.reload} />;
  const first = all?.[0];
  const isFinal = campaign.status === 'completed' || campaign.status === 'cancelled';
  const next = all && !isDialling(all) ? nextCallAt(all) : null;
  return (
    <section class="card why" aria-labelledby="why" aria-live="polite">
      <h2 id="why" ref={heading} tabIndex={-1}>{all && (isDialling(all) || isFinal || callsOn > 0) ? 'What it is doing' : 'Why is it not dialling?'}</h2>
      {!all && <Skeleton lines={1} />}
      {all && (
        <ul class="reasons">
          {callsOn > 0 && !isDialling(all) && (
            <li class="reason is-good">
              <Icon name="phone" size={20} />
              <div><strong>Calling now</strong><p class="muted">{counted(callsOn, 'call')} of this campaign {callsOn === 1 ? 'is' : 'are'} on.</p></div>
            </li>
          )}
          {all.map((reason, i) => (
            <ReasonLine key={reason.code} reason={reason} scene={scene} isFirst={i === 0} actions={actions}
                        onGone={() => heading.current?.focus()} />
          ))}
        </ul>
      )}
      {first && next && !isAtLimit(first) && (
        <p class="why-next"><Icon name="clock" />Next call <Moment at={next} zone={campaign.rules.timezone} /> <strong><Countdown to={next} /></strong></p>
      )}
    </section>
  );
}

function ReasonLine({reason, scene, isFirst, actions, onGone}: {
  reason: Reason;
  scene: Scene;
  isFirst: boolean;
  actions: Actions;
  onGone: () => void;
}) {
  const {campaign} = scene;
  const isBehind = !isFirst && isHeld(campaign);
  const {title, tone, meaning, advice} = told(reason, scene);
  return (
    <li class={`reason is-${tone}`}>
      <Icon name={kIcons[tone] ?? 'info'} size={20} />
      <div>
        <strong>{title}</strong>
        {isBehind && reason.until
          ? <p class="muted">Once you {campaign.status === 'draft' ? 'start' : 'resume'} it: not before <Moment at={reason.until} zone={campaign.rules.timezone} />.</p>
          : <p class="muted">{isSaidAlready(reason) ? '' : grouped(reason.text)}{meaning ? ` ${meaning}` : ''}</p>}
      </div>
      {advice && <AdviceButton campaign={campaign} advice={advice} actions={actions} onGone={onGone} />}
    </li>
  );
}

function AdviceButton({campaign, advice, actions, onGone}: {
  campaign: Campaign;
  advice: Advice;
  actions: Actions;
  /** It has done its work, and is not needed any more. */
  onGone: () => void;
}) {
  const {id} = campaign;
  const run = (action: CampaignAction) => (event: MouseEvent) => {
    void actions.run(action, event).then(() => {
      if (document.activeElement === document.body) onGone();
    });
  };
  switch (advice) {
    case 'start': return <Button small kind="primary" icon="play" busy={actions.busy} onClick={run('start')}>Start</Button>;
    case 'resume': return <Button small kind="primary" icon="play" busy={actions.busy} onClick={run('resume')}>Resume</Button>;
    case 'add_contacts': return <ButtonLink small icon="upload" href={href(`/campaigns/${id}/add`)}>Add a list</ButtonLink>;
    case 'edit': return <ButtonLink small icon="edit" href={href(`/campaigns/${id}/edit`)}>Change hours</ButtonLink>;
    case 'settings': return <ButtonLink small icon="settings" href={href('/settings')}>See limits</ButtonLink>;
  }
}
