import {ask} from './client';
import type {
  BulkCall, Campaign, CampaignAnalytics, CampaignFields, CampaignStatistics, CampaignStatus, Explanation, Forecast, Id,
  NewCampaign, Outlook, PageOf, Plan, QueuedCall, QueuedCallStatus,
} from './types';

const at = (id: Id) => `/api/campaigns/${id}`;

export type CampaignAction = 'start' | 'pause' | 'resume' | 'cancel';

export const campaigns = {
  list: (query: {limit?: number; cursor?: string; status?: CampaignStatus[]; name?: string} = {}, signal?: AbortSignal) =>
    ask<PageOf<Campaign>>('/api/campaigns', {query, signal}),
  get: (id: Id, signal?: AbortSignal) => ask<Campaign>(at(id), {signal}),
  create: (fields: NewCampaign, key: string) => ask<Campaign>('/api/campaigns', {body: fields, key}),
  callContacts: (fields: BulkCall, key: string) => ask<Campaign>('/api/campaigns/bulk-call', {body: fields, key}),
  change: (id: Id, fields: CampaignFields) => ask<Campaign>(at(id), {method: 'PATCH', body: fields}),
  remove: (id: Id) => ask<void>(at(id), {method: 'DELETE'}),
  act: (id: Id, action: CampaignAction) => ask<Campaign>(`${at(id)}/${action}`, {method: 'POST'}),
  statistics: (id: Id, signal?: AbortSignal) => ask<CampaignStatistics>(`${at(id)}/statistics`, {signal}),
  analytics: (id: Id, signal?: AbortSignal) => ask<CampaignAnalytics>(`${at(id)}/analytics`, {signal}),
  forecast: (id: Id, signal?: AbortSignal) => ask<Forecast>(`${at(id)}/forecast`, {signal}),
  preview: (plan: Plan, signal?: AbortSignal) => ask<Outlook>('/api/campaigns/forecast', {body: plan, signal}),
  explain: (id: Id, signal?: AbortSignal) => ask<Explanation>(`${at(id)}/explain`, {signal}),
  queue: (id: Id, query: {limit?: number; cursor?: string; status?: QueuedCallStatus[]}, signal?: AbortSignal) =>
    ask<PageOf<QueuedCall>>(`${at(id)}/queue`, {query, signal}),
};
