import {ask} from './client';
import type {Concurrency, ConcurrencyLimits} from './types';

export const settings = {
  concurrency: (signal?: AbortSignal) => ask<Concurrency>('/api/settings/concurrency', {signal}),
  setConcurrency: (limits: ConcurrencyLimits) =>
    ask<void>('/api/settings/concurrency', {method: 'PUT', body: limits}),
};
