import {useEffect} from 'preact/hooks';
import {campaigns} from '../api/campaigns';
import type {Campaign, CampaignStatistics, Reason} from '../api/types';
import {type Resource, useResource} from '../store/resource';
import {concurrency} from '../live/live';
import {useSignal} from '../store/signal';
import {nextCallAt, type Scene} from './reasons';

export function useScene(campaign: Campaign, statistics: CampaignStatistics | undefined): Scene {
  return {campaign, limits: useSignal(concurrency), statistics};
}

/** Why the campaign is, or is not, being called; kept fresh while it is `enabled`. */
export function useExplanation(campaign: Campaign, enabled = true): Resource<Reason[]> {
  const isFinal = campaign.status === 'completed' || campaign.status === 'cancelled';
  const reasons = useResource(
    `explain ${campaign.id} ${campaign.status}`, async (signal) => (await campaigns.explain(campaign.id, signal)).reasons,
    {on: isFinal ? [] : ['queue', 'limits', `campaign:${campaign.id}`], everyMs: 1000, enabled});
  const until = reasons.data && nextCallAt(reasons.data);
  useEffect(() => {
    if (!until || !enabled) return;
    // Nobody tells that time has passed.
    const wait = Date.parse(until) - Date.now() + 300;
    if (wait < 0 || wait > 2 ** 31 - 1) return;
    const timer = window.setTimeout(reasons.reload, wait);
    return () => window.clearTimeout(timer);
  }, [until, enabled]);
  return reasons;
}
