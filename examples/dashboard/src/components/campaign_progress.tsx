import type {Campaign, CampaignStatistics} from '../api/types';
import {number, percent} from '../format';
import {Progress} from './progress';

/** How much of its list a campaign is through with. */
export function CampaignProgress({campaign, statistics}: {campaign: Campaign; statistics: CampaignStatistics | undefined}) {
  const {total_contacts: total, completed_calls: completed, successful_calls: successful, failed_calls: failed} = campaign;
  const left = (statistics?.skipped ?? 0) + (statistics?.cancelled ?? 0);
  const finished = Math.min(total, completed + failed + left);
  return (
    <div class="campaign-progress">
      <Progress total={total} label="Progress" parts={[
        {tone: 'good', count: successful, label: 'successful'},
        {tone: 'accent', count: completed - successful, label: 'completed without success'},
        {tone: 'bad', count: failed, label: 'failed'},
        {tone: 'neutral', count: left, label: 'skipped or cancelled'},
        {tone: 'busy', count: statistics?.processing ?? 0, label: 'being called'},
      ]} />
      <p class="progress-text">
        <strong>{total === 0 ? 'No contacts yet' : campaign.status === 'cancelled' ? 'Cancelled' : percent(finished / total)}</strong>
        {total > 0 && (
          <span class="muted">
            {left > 0 ? `${number(completed + failed)} of ${number(total)} called, ${number(left)} left out` : `${number(finished)} of ${number(total)} done`}
          </span>
        )}
      </p>
    </div>
  );
}
