import {useRef, useState} from 'preact/hooks';
import {queue} from '../../api/queue';
import type {Id, QueuedCall} from '../../api/types';
import {Button} from '../../components/button';
import {Moment} from '../../components/moment';
import {QueuedBadge} from '../../components/status';
import {counted} from '../../format';
import {campaignList} from '../../live/live';
import {allRows} from '../../store/all_rows';
import {useResource} from '../../store/resource';
import {useSignal} from '../../store/signal';
import {cancelCalls} from '../queue/cancelling';

const kMost = 1000;

/** What was, is and will be called of a contact, the newest first; what waits can be cancelled. */
export function ContactCalls({id}: {id: Id}) {
  const found = useResource(`calls of contact ${id}`, (signal) =>
    allRows((cursor) => queue.list({contact_id: id, limit: kMost, cursor}, signal), kMost), {on: ['queue']});
  const campaigns = useSignal(campaignList).byId;
  const nameOf = ({campaign_id: campaign}: QueuedCall) => (campaign === null ? 'Direct call' : campaigns.get(campaign)?.name ?? 'A campaign');
  const rows = found.data && [...found.data].reverse();
  const list = useRef<HTMLUListElement>(null);
  const [cancelling, setCancelling] = useState<Id | null>(null);
  const cancel = async (row: QueuedCall) => {
    setCancelling(row.id);
    if (await cancelCalls([row.id])) {
      found.reload();
      list.current?.focus();  // The button goes.
    }
    setCancelling(null);
  };
  return (
    <section class="form-stack" aria-labelledby="contact-calls">
      <h3 id="contact-calls">Calls</h3>
      {!rows && <p class="muted">{found.error ? found.error.message : 'Loading…'}</p>}
      {rows?.length === 0 && <p class="muted">Not on any list, and not called yet.</p>}
      {rows && rows.length > 0 && (
        <ul class="contact-calls" ref={list} tabIndex={0} aria-labelledby="contact-calls">
          {rows.map((row) => (
            <li key={row.id}>
              <span>{nameOf(row)}<small class="muted"><When row={row} /></small></span>
              <span class="contact-call-state">
                {row.status === 'queued' && (
                  <Button small label={`Cancel this call: ${nameOf(row)}`} busy={cancelling === row.id} onClick={() => void cancel(row)}>
                    Cancel this call
                  </Button>
                )}
                <QueuedBadge status={row.status} />
              </span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function When({row}: {row: QueuedCall}) {
  const attempts = row.attempts > 0 ? ` · ${counted(row.attempts, 'attempt')}` : '';
  const at = row.completed_at ?? row.started_at;
  return <>{at ? <Moment at={at} /> : 'Not called yet'}{attempts}</>;
}
