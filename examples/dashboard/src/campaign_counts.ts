import type {Campaign, CampaignStatistics} from './api/types';

/** What has become of a campaign's list: the parts add up to the whole, but for who is not known yet. */
export interface Counts {
  total: number;
  successful: number;
  /** Completed, to no avail. */
  unsuccessful: number;
  failed: number;
  skipped: number;
  cancelled: number;
  /** Not known before the statistics are. */
  queued: number | undefined;
  calling: number | undefined;
}

/** From one answer, where there is one: figures of two instants do not add up. */
export function countsOf(campaign: Campaign, statistics: CampaignStatistics | undefined): Counts {
  const {total_contacts: total, completed_calls: completed, successful_calls: successful, failed_calls: failed} = statistics ?? campaign;
  return {
    total, successful, unsuccessful: completed - successful, failed, skipped: statistics?.skipped ?? 0, cancelled: statistics?.cancelled ?? 0,
    queued: statistics?.queued, calling: statistics?.processing,
  };
}
