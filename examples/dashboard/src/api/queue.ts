import {ask} from './client';
import type {
  Call, CallEnd, CallStatus, Cancelled, Id, NewDirectCall, PageOf, PlacedCall, QueuedCall, QueuedCallStatus, QueueStatistics,
  UpcomingCall,
} from './types';

export const queue = {
  list: (query: {limit?: number; cursor?: string; campaign_id?: Id; contact_id?: Id; status?: QueuedCallStatus[]},
         signal?: AbortSignal) => ask<PageOf<QueuedCall>>('/api/queue', {query, signal}),
  /** Those that wait, in the order of calling; of one campaign or of all. */
  upcoming: (query: {limit?: number; cursor?: string; campaign_id?: Id}, signal?: AbortSignal) =>
    ask<PageOf<UpcomingCall>>('/api/queue', {query: {...query, order: 'position'}, signal}),
  get: (id: Id, signal?: AbortSignal) => ask<PlacedCall>(`/api/queue/${id}`, {signal}),
  statistics: (signal?: AbortSignal) => ask<QueueStatistics>('/api/queue/statistics', {signal}),
  cancel: (id: Id) => ask<QueuedCall>(`/api/queue/${id}`, {method: 'DELETE'}),
  cancelMany: (ids: Id[]) => ask<Cancelled>('/api/queue/cancel', {body: {ids}}),
};

export const calls = {
  get: (id: Id, signal?: AbortSignal) => ask<Call>(`/api/calls/${id}`, {signal}),
  list: (query: {limit?: number; cursor?: string; campaign_id?: Id; queue_id?: Id; status?: CallStatus[]; order?: 'oldest' | 'newest'},
         signal?: AbortSignal) => ask<PageOf<Call>>('/api/calls', {query, signal}),
  /** For what nobody reports. */
  end: (id: Id, status: CallEnd) => ask<Call>(`/api/calls/${id}/end`, {body: {status}}),
  call: (request: NewDirectCall, key: string) => ask<PlacedCall>('/api/calls', {body: request, key}),
};
