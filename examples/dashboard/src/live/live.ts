// What the page knows of the user's campaigns, queue and slots, and how fresh that is.

import {campaigns as campaignApi} from '../api/campaigns';
import {agents as agentApi} from '../api/people';
import {queue as queueApi} from '../api/queue';
import {settings as settingsApi} from '../api/settings';
import {currentCaller} from '../api/client';
import type {Agent, Campaign, Concurrency, Id, LiveMessage, QueueStatistics} from '../api/types';
import {kEnded, signOut} from '../session';
import {signal} from '../store/signal';
import {publish} from '../store/topics';
import {type Change, type CampaignList, changed, nothingRead} from './campaign_list';
import {LiveSocket} from './socket';

export type Link =
  | {state: 'connecting'}
  | {state: 'live'}
  | {state: 'offline'; retryAt: number};

export const link = signal<Link>({state: 'connecting'});
export const campaignList = signal<CampaignList>(nothingRead);
export const queueStatistics = signal<QueueStatistics | null>(null);
export const concurrency = signal<Concurrency | null>(null);
export const agentNames = signal<ReadonlyMap<Id, string>>(new Map());

const kFirstPage = 200;
const kPage = 1000;
const kMostCampaigns = 5000;  // Of more the server does not tell either.
const kGreetingPatience = 1500;

let socket: LiveSocket<LiveMessage & {seq: number}> | undefined;
let pending: Change[] = [];
let flushing: number | undefined;
let reading: AbortController | undefined;
/** What has been told since the reading began: what was read may be older. */
let meanwhile: Change[] = [];
let isReading = false;
let slotsTimer: number | undefined;
let slotsReadAt = -Infinity;

const limitsOf = (now: Concurrency | null) => JSON.stringify(now && [now.user.limit, now.system.limit]);
let knownLimits = limitsOf(null);
concurrency.subscribe(() => {
  const limits = limitsOf(concurrency.value);
  if (limits === knownLimits) return;
  knownLimits = limits;
  publish('limits');
});

/** Begins to listen for whoever is signed in. */
export function startLive(): void {
  stopLive();
  let hasBegun = false;
  const begin = () => {
    if (hasBegun) return;
    hasBegun = true;
    window.clearTimeout(patience);
    readEverything();
  };
  // First to hear of changes, then to read: so nothing falls in between. But not to wait for it.
  const patience = window.setTimeout(begin, kGreetingPatience);
  socket = new LiveSocket('/api/events', currentCaller(), {
    onMessage(message) {
      take(message);
      if (message.type === 'hello' && hasBegun && !campaignList.value.isComplete) readEverything();
      begin();
    },
    onDown(retryAt) {
      link.set({state: 'offline', retryAt});
      begin();
    },
    onRefused() {
      window.clearTimeout(patience);
      signOut(kEnded);
    },
  });
}

export function stopLive(): void {
  socket?.close();
  socket = undefined;
  reading?.abort();
  window.clearTimeout(flushing);
  window.clearTimeout(slotsTimer);
  flushing = slotsTimer = undefined;
  pending = [];
  link.set({state: 'connecting'});
  campaignList.set(nothingRead);
  queueStatistics.set(null);
  concurrency.set(null);
  agentNames.set(new Map());
}

export function retryNow(): void {
  socket?.retryNow();
}

/** What this page has just changed shows at once, before the server tells of it. */
export function note(change: Change): void {
  apply([change]);
  publish(`campaign:${'deleted' in change ? change.deleted : change.campaign.id}`);
}

export function noteAgent(agent: Agent): void {
  agentNames.update((names) => new Map(names).set(agent.id, agent.name));
}

function take(message: LiveMessage): void {
  switch (message.type) {
    case 'hello':
      // Events go on where they were; what was asked for in between may have failed.
      if (link.value.state === 'offline') {
        publish('everything');
        readSlotsSoon();
      }
      link.set({state: 'live'});
      break;
    case 'resync':
      link.set({state: 'live'});
      if (campaignList.value !== nothingRead) {
        readEverything();
        publish('everything');
      }
      break;
    case 'campaign':
      pending.push({campaign: message.campaign});
      break;
    case 'campaign_deleted':
      pending.push({deleted: message.campaign_id});
      break;
    case 'queue':
      queueStatistics.set(message.queue);
      publish('queue');
      break;
    case 'calls': {
      const {limit, initiated, ringing, in_progress: talking} = message.calls;
      concurrency.update((now) => now && {...now, concurrent_calls_limit: limit, user: {limit, active: initiated + ringing + talking}});
      readSlotsSoon();  // The system's are others' as well.
      publish('calls');
      break;
    }
    case 'problem':
      break;
    default:
      readSlotsSoon();  // A limit is another: that is told of by itself.
  }
  // Some hundred may come at once: drawn as one.
  if (pending.length > 0 && flushing === undefined) flushing = window.setTimeout(flush, 30);
}

function flush(): void {
  flushing = undefined;
  const changes = pending;
  pending = [];
  apply(changes);
  for (const change of changes) publish(`campaign:${'deleted' in change ? change.deleted : change.campaign.id}`);
  publish('campaigns');
}

function apply(changes: readonly Change[]): void {
  if (isReading) meanwhile.push(...changes);
  campaignList.update((list) => changed(list, changes));
}

function readEverything(): void {
  reading?.abort();
  reading = new AbortController();
  const {signal: aborted} = reading;
  void readCampaigns(aborted);
  void quietly(queueApi.statistics(aborted).then((statistics) => queueStatistics.set(statistics)));
  void quietly(readAgents(aborted));
  readSlotsSoon();
}

async function readCampaigns(aborted: AbortSignal): Promise<void> {
  const found = new Map<Id, Campaign>();
  meanwhile = [];
  isReading = true;
  try {
    for (let cursor: string | null = ''; cursor !== null && found.size < kMostCampaigns;) {
      const page: {items: Campaign[]; next_cursor: string | null} =
        await campaignApi.list({limit: cursor === '' ? kFirstPage : kPage, cursor}, aborted);
      for (const campaign of page.items) found.set(campaign.id, campaign);
      cursor = page.next_cursor;
      const isComplete = cursor === null || found.size >= kMostCampaigns;
      const isFirst = !campaignList.value.isComplete;
      // What is read again replaces what was there only when it is whole.
      if (isComplete || isFirst) campaignList.set(changed({byId: new Map(found), isComplete, error: undefined}, meanwhile));
    }
  } catch (error) {
    if (!aborted.aborted) campaignList.update((list) => ({...list, error: error as Error}));
  }
  if (!aborted.aborted) isReading = false;
}

async function readAgents(aborted: AbortSignal): Promise<void> {
  const names = new Map<Id, string>();
  for (let cursor: string | null = ''; cursor !== null;) {
    const page: {items: Agent[]; next_cursor: string | null} = await agentApi.list({limit: 1000, cursor}, aborted);
    for (const agent of page.items) names.set(agent.id, agent.name);
    cursor = page.next_cursor;
  }
  agentNames.set(names);
}

function readSlotsSoon(): void {
  if (slotsTimer !== undefined) return;
  slotsTimer = window.setTimeout(() => {
    slotsTimer = undefined;
    slotsReadAt = performance.now();
    void quietly(settingsApi.concurrency().then((now) => concurrency.set(now)));
  }, Math.max(0, slotsReadAt + 500 - performance.now()));
}

/** What fails here shows as offline, or is read again with the next event. */
async function quietly(work: Promise<unknown>): Promise<void> {
  await work.catch(() => {});
}
