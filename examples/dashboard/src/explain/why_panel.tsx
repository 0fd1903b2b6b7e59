import type {Campaign, Reason} from '../api/types';
import {Button, ButtonLink} from '../components/button';
import {Failed, Skeleton} from '../components/empty';
import {Icon, type IconName} from '../components/icon';
import {Countdown, Moment} from '../components/moment';
import type {Actions} from '../campaign_actions';
import {href} from '../router';
import type {Resource} from '../store/resource';
import {type Advice, isAtLimit, isDialling, nextCallAt, told} from './reasons';

const kIcons: Record<string, IconName> = {good: 'phone', info: 'clock', warn: 'alert', neutral: 'info'};

/** Why it is, or is not, calling: every reason, what it means, and what one can do about it. */
export function WhyPanel({campaign, reasons, actions}: {campaign: Campaign; reasons: Resource<Reason[]>; actions: Actions}) {
  const all = reasons.data;
  if (reasons.error && !all) return <Failed error={reasons.error} onRetry={reasons.reload} />;
  const first = all?.[0];
  const isFinal = campaign.status === 'completed' || campaign.status === 'cancelled';
  const next = all && !isDialling(all) ? nextCallAt(all) : null;
  return (
    <section class="card why" aria-labelledby="why" aria-live="polite">
      <h2 id="why">{all && (isDialling(all) || isFinal) ? 'What it is doing' : 'Why is it not dialling?'}</h2>
      {!all && <Skeleton lines={1} />}
      {all && (
        <ul class="reasons">
          {all.map((reason) => <ReasonLine key={reason.code} campaign={campaign} reason={reason} actions={actions} />)}
        </ul>
      )}
      {first && next && !isAtLimit(first) && (
        <p class="why-next"><Icon name="clock" />Next call <Moment at={next} zone={campaign.rules.timezone} /> <strong><Countdown to={next} /></strong></p>
      )}
    </section>
  );
}

function ReasonLine({campaign, reason, actions}: {campaign: Campaign; reason: Reason; actions: Actions}) {
  const {title, tone, meaning, advice} = told(reason);
  return (
    <li class={`reason is-${tone}`}>
      <Icon name={kIcons[tone] ?? 'info'} size={20} />
      <div>
        <strong>{title}</strong>
        <p class="muted">{said(reason)}{meaning ? ` ${meaning}` : ''}</p>
      </div>
      {advice && <AdviceButton campaign={campaign} advice={advice} actions={actions} />}
    </li>
  );
}

/** The library's sentence, unless its only news is an instant on nobody's clock: that is shown beside. */
function said(reason: Reason): string {
  return reason.code === 'nothing_due' || reason.code === 'outside_window' ? '' : reason.text;
}

function AdviceButton({campaign, advice, actions}: {campaign: Campaign; advice: Advice; actions: Actions}) {
  const {id} = campaign;
  switch (advice) {
    case 'start': return <Button small kind="primary" icon="play" busy={actions.busy} onClick={() => void actions.run('start')}>Start</Button>;
    case 'resume': return <Button small kind="primary" icon="play" busy={actions.busy} onClick={() => void actions.run('resume')}>Resume</Button>;
    case 'add_contacts': return <ButtonLink small icon="upload" href={href(`/campaigns/${id}/add`)}>Add a list</ButtonLink>;
    case 'edit': return <ButtonLink small icon="edit" href={href(`/campaigns/${id}/edit`)}>Change hours</ButtonLink>;
    case 'settings': return <ButtonLink small icon="settings" href={href('/settings')}>See limits</ButtonLink>;
  }
}
