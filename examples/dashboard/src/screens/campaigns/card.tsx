import {useRef} from 'preact/hooks';
import {campaigns} from '../../api/campaigns';
import type {Campaign} from '../../api/types';
import {useCampaignActions} from '../../campaign_actions';
import {type Counts, countsOf} from '../../campaign_counts';
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
  const counts = countsOf(campaign, statistics.data);
  return (
    <li class="card campaign-card" ref={card} aria-label={name}>
      <div class="card-head">
        <h2><a href={href(`/campaigns/${id}`)}>{name}</a></h2>
        <CampaignBadge campaign={campaign} />
      </div>
      <p class="card-agent muted">{agent ?? '\u00a0'}</p>
      <CampaignProgress status={campaign.status} counts={counts} />
      <Figures counts={counts} />
      <div class="card-foot">
        <IdleLine campaign={campaign} reasons={reasons.data} statistics={statistics.data} />
        <div class="card-actions">
          {main && (
            <Button small icon={main.icon} kind={main.action === 'pause' ? 'plain' : 'primary'} busy={actions.busy}
                    label={`${main.label} ${name}`} onClick={(event) => void actions.run(main.action, event)}>{main.label}</Button>
          )}
          <Menu label={`More for ${name}`} items={actions.menu} />
        </div>
      </div>
    </li>
  );
}

/** Where everybody on the list is; the rest only where there are any. */
function Figures({counts}: {counts: Counts}) {
  const {successful, unsuccessful, failed, skipped, cancelled, queued, calling} = counts;
  const figures: [string, number | undefined][] = [['Successful', successful], ['Failed', failed], ['Queued', queued], ['Calling', calling]];
  const rest = [[unsuccessful, 'completed without success'], [skipped, 'skipped'], [cancelled, 'cancelled']] as const;
  const others = rest.filter(([count]) => count > 0).map(([count, what]) => `${number(count)} ${what}`);
  return (
    <div>
      <dl class="figures">
        {figures.map(([label, value]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{value === undefined ? '–' : number(value)}</dd>
          </div>
        ))}
      </dl>
      {others.length > 0 && <p class="figures-rest muted">{others.join(' · ')}</p>}
    </div>
  );
}
