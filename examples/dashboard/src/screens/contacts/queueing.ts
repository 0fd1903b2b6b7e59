import {campaigns} from '../../api/campaigns';
import {Refusal} from '../../api/client';
import {newKey} from '../../api/key';
import {contacts as contactApi} from '../../api/people';
import {calls, queue} from '../../api/queue';
import type {BulkCall, Campaign, Contact, Id, Instant} from '../../api/types';
import {allRows, eachOf} from '../../store/all_rows';

export interface Skipped {
  contact: Contact;
  reason: string;
}

/** What became of everybody who was to be called. */
export interface Queued {
  queued: number;
  skipped: Skipped[];
  /** Where they are queued; null: as direct calls. */
  campaign: Campaign | null;
}

const kAtOnce = 6;
const kMostWaiting = 100_000;

/** Splits off those who wait for a call already, or are being called. */
export async function withoutWaiting(chosen: readonly Contact[]): Promise<{left: Contact[]; skipped: Skipped[]}> {
  const open = await allRows((cursor) => queue.list({limit: 1000, cursor, status: ['queued', 'processing']}), kMostWaiting);
  const waiting = new Map(open.map((row) => [row.contact_id, row.status]));
  const left: Contact[] = [];
  const skipped: Skipped[] = [];
  for (const contact of chosen) {
    const status = waiting.get(contact.id);
    if (!status) left.push(contact);
    else skipped.push({contact, reason: status === 'queued' ? 'Is in the queue already' : 'Is being called right now'});
  }
  return {left, skipped};
}

/** Splits off those whom somebody has deleted meanwhile. */
async function withoutDeleted(chosen: readonly Contact[]): Promise<{left: Contact[]; skipped: Skipped[]}> {
  const gone = new Set<Id>();
  await eachOf(chosen, kAtOnce, async ({id}) => {
    await contactApi.get(id).catch((error: unknown) => {
      if (!(error instanceof Refusal) || error.status !== 404) throw error;
      gone.add(id);
    });
  });
  return {
    left: chosen.filter(({id}) => !gone.has(id)),
    skipped: chosen.filter(({id}) => gone.has(id)).map((contact) => ({contact, reason: 'Has been deleted'})),
  };
}

/** A campaign for them: the server takes all of them or none, so those who are gone are left out. */
export async function queueCampaign(chosen: readonly Contact[], fields: Omit<BulkCall, 'contact_ids'>): Promise<Queued> {
  const make = (those: readonly Contact[]) => campaigns.callContacts({...fields, contact_ids: those.map(({id}) => id)}, newKey());
  try {
    return {queued: chosen.length, skipped: [], campaign: await make(chosen)};
  } catch (error) {
    if (!(error instanceof Refusal) || error.field !== 'contact_id') throw error;
    const {left, skipped} = await withoutDeleted(chosen);
    if (skipped.length === 0) throw error;
    return {queued: left.length, skipped, campaign: left.length > 0 ? await make(left) : null};
  }
}

/** A direct call to each. One that is refused does not keep the others from being called. */
export async function queueDirect(chosen: readonly Contact[], options: {agent_id: Id; not_after?: Instant},
                                  onProgress: (done: number) => void): Promise<Queued> {
  const skipped: Skipped[] = [];
  let done = 0;
  let lost: unknown;
  await eachOf(chosen, kAtOnce, async (contact) => {
    if (lost) return void skipped.push({contact, reason: 'Was not asked for: the connection was lost'});
    await calls.call({...options, contact_id: contact.id}, newKey()).catch((error: unknown) => {
      if (!(error instanceof Refusal)) lost = error;
      const reason = !(error instanceof Refusal) ? 'Nobody knows: the connection was lost'
        : error.status === 404 ? 'Has been deleted' : error.message;
      skipped.push({contact, reason});
    });
    onProgress(++done);
  });
  return {queued: chosen.length - skipped.length, skipped, campaign: null};
}
