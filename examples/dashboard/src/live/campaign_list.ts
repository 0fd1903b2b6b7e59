import type {Campaign, CampaignStatus, Id} from '../api/types';

/** The user's campaigns as far as they have been read, kept up to date by live events. */
export interface CampaignList {
  byId: ReadonlyMap<Id, Campaign>;
  /** Whether all that the server tells of have been read. */
  isComplete: boolean;
  error: Error | undefined;
}

export const nothingRead: CampaignList = {byId: new Map(), isComplete: false, error: undefined};

export type Change = {campaign: Campaign} | {deleted: Id};

export function changed(list: CampaignList, changes: readonly Change[]): CampaignList {
  if (changes.length === 0) return list;
  const byId = new Map(list.byId);
  for (const change of changes) {
    if ('deleted' in change) byId.delete(change.deleted);
    else byId.set(change.campaign.id, change.campaign);
  }
  return {...list, byId};
}

/** Newest first, as the server lists them. */
export function inOrder(list: CampaignList): Campaign[] {
  return [...list.byId.values()].sort(
    (a, b) => b.created_at.localeCompare(a.created_at) || b.id.localeCompare(a.id));
}

export function countByStatus(list: CampaignList): Record<CampaignStatus, number> {
  const counts = {draft: 0, scheduled: 0, active: 0, paused: 0, completed: 0, cancelled: 0};
  for (const campaign of list.byId.values()) ++counts[campaign.status];
  return counts;
}
