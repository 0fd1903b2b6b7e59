import type {Campaign, CampaignStatistics, Reason} from '../api/types';
import {Icon, type IconName} from '../components/icon';
import {Countdown, Moment} from '../components/moment';
import {isAtLimit, isDialling, kDeleting, nextCallAt, told, worthSaying} from './reasons';
import {useScene} from './use_explanation';

const kIcons: Record<string, IconName> = {good: 'phone', info: 'clock', warn: 'alert', neutral: 'info'};

/** In one line: that it is calling, or why not and when the next call comes. */
export function IdleLine({campaign, reasons, statistics}: {
  campaign: Campaign;
  reasons: readonly Reason[] | undefined;
  statistics: CampaignStatistics | undefined;
}) {
  const scene = useScene(campaign, statistics);
  const first = reasons && worthSaying(reasons, scene)[0];
  if (campaign.deleting) {
    return <p class="idle-line is-warn"><Icon name="trash" size={16} /><span><span class="idle-title">{kDeleting.title}</span></span></p>;
  }
  if (!reasons || !first) return <p class="idle-line"><span class="idle-wait" /></p>;
  const {title, tone} = told(first, scene);
  const next = isDialling(reasons) ? null : nextCallAt(reasons);
  return (
    <p class={`idle-line is-${tone}`}>
      <Icon name={kIcons[tone] ?? 'info'} size={16} />
      <span>
        <span class="idle-title">{title}</span>
        {next && !isAtLimit(first) && (
          <span class="idle-next">Next call <Moment at={next} zone={campaign.rules.timezone} /> · <Countdown to={next} /></span>
        )}
        {first.code === 'user_at_limit' && <span class="idle-next">Next call as soon as {isOver(first) ? 'fewer are on' : 'one ends'}</span>}
      </span>
    </p>
  );
}

/** More calls are on than may be: the limit was higher. */
const isOver = ({active, limit}: Reason): boolean => active !== null && limit !== null && active > limit;
