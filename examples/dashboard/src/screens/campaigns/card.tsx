import {useRef} from 'preact/hooks';
import {campaigns} from '../../api/campaigns';
import type {Campaign, CampaignStatistics} from '../../api/types';
import {useCampaignActions} from '../../campaign_actions';
import {Button} from '../../components/button';
import {Menu} from '../../components/menu';
import {CampaignProgress} from '../../components/campaign_progress';
import {CampaignBadge} from '../../components/status';
import {IdleLine} from '../../explain/idle_line';
import {useExplanation} from '../../explain/use_explanation';
import {number} from '../../format';
import {agentNames} from '../../live/live';
import {href} from '../../router';
import {useResource} from '../../store/resource';
import {useSelected} from '../../store/signal';
import {useVisible} from '../../store/visible';

/** One campaign at a glance. What needs a question of its own is asked once the card is in sight. */
export function CampaignCard({campaign}: {campaign: Campaign}) {
  const {id, name} = campaign;
  const card = useRef<HTMLLIElement>(null);
  const isVisible = useVisible(card);
  const agent = useSelected(agentNames, (names) => names.get(campaign.agent_id));
  const reasons = useExplanation(campaign, isVisible);
  const statistics = useResource(`statistics ${id}`, (signal) => campaigns.statistics(id, signal),
                                 {on: [`campaign:${id}`, 'queue'], everyMs: 1000, enabled: isVisible});
  const actions = useCampaignActions(campaign);
  const {main} = actions;
  return (
    <li class="card campaign-card" ref={card} aria-label={name}>
      <div class="card-head">
        <h2><a href={href(`/campaigns/${id}`)}>{name}</a></h2>
        <CampaignBadge campaign={campaign} />
      </div>
      <p class="card-agent muted">{agent ?? '\u00a0'}</p>
      <CampaignProgress campaign={campaign} statistics={statistics.data} />
      <Figures campaign={campaign} statistics={statistics.data} />
      <div class="card-foot">
        <IdleLine campaign={campaign} reasons={reasons.data} />
        <div class="card-actions">
          {main && (
            <Button small icon={main.icon} kind={main.action === 'pause' ? 'plain' : 'primary'} busy={actions.busy}
                    onClick={(event) => void actions.run(main.action, event)}>{main.label}</Button>
          )}
          <Menu label={`More for ${name}`} items={actions.menu} />
        </div>
      </div>
    </li>
  );
}

function Figures({campaign, statistics}: {campaign: Campaign; statistics: CampaignStatistics | undefined}) {
  const figures: [string, number | undefined][] = [
    ['Successful', campaign.successful_calls],
    ['Failed', campaign.failed_calls],
    ['Queued', statistics?.queued],
    ['Calling', statistics?.processing],
  ];
  return (
    <dl class="figures">
      {figures.map(([label, value]) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>{value === undefined ? '–' : number(value)}</dd>
        </div>
      ))}
    </dl>
  );
}
