import type {CampaignStatus} from '../api/types';
import type {Counts} from '../campaign_counts';
import {number, percent} from '../format';
import {Progress} from './progress';

/** How much of its list a campaign has dealt with: called, or left out. */
export function CampaignProgress({status, counts}: {status: CampaignStatus; counts: Counts}) {
  const {total, successful, unsuccessful, failed, skipped, cancelled, calling = 0} = counts;
  const left = skipped + cancelled;
  const finished = Math.min(total, successful + unsuccessful + failed + left);
  return (
    <div class="campaign-progress">
      <Progress total={total} label="Progress" parts={[
        {tone: 'good', count: successful, label: 'successful'},
        {tone: 'accent', count: unsuccessful, label: 'completed without success'},
        {tone: 'bad', count: failed, label: 'failed'},
        {tone: 'neutral', count: left, label: 'skipped or cancelled'},
        {tone: 'busy', count: calling, label: 'being called'},
      ]} />
      <p class="progress-text">
        <strong>{total === 0 ? 'No contacts yet' : status === 'cancelled' ? 'Cancelled' : percent(finished / total)}</strong>
        {total > 0 && (
          <span class="muted">
            {number(finished)} of {number(total)} dealt with{left > 0 && `, ${number(left)} of them left out`}
          </span>
        )}
      </p>
    </div>
  );
}
