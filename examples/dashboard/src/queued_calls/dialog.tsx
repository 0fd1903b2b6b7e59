import type {ComponentChildren} from 'preact';
import {useEffect, useState} from 'preact/hooks';
import {calls, queue} from '../api/queue';
import type {Call, Id, QueuedCall} from '../api/types';
import {Button} from '../components/button';
import {Dialog} from '../components/dialog';
import {Countdown, Moment} from '../components/moment';
import {CallBadge, OutcomeBadge, QueuedBadge} from '../components/status';
import {done, failed} from '../components/toast';
import {duration, number, phone, sentence} from '../format';
import {campaignList} from '../live/live';
import {useResource} from '../store/resource';
import {useSelected} from '../store/signal';
import {EndCallDialog} from './end_call';
import {Silence} from './silence';
import {standsStill} from './standing';

/** One queued call: where it stands, and every attempt. Kept fresh while it is open. */
export function QueuedCallDialog({row: first, zone, onClose}: {row: QueuedCall; zone: string | null | undefined; onClose: () => void}) {
  const on = ['queue', ...(first.campaign_id ? [`campaign:${first.campaign_id}`] : [])];
  const placed = useResource(`row ${first.id}`, (signal) => queue.get(first.id, signal), {on});
  const attempts = useResource(`attempts ${first.id}`, (signal) => calls.list({queue_id: first.id, limit: 100}, signal), {on: [...on, 'calls']});
  const [isBusy, setBusy] = useState(false);
  const [ending, setEnding] = useState<Call | null>(null);
  const row = placed.data ?? {...first, queue_position: null, starts_at: null};
  const campaign = useSelected(campaignList, (list) => list.byId.get(first.campaign_id ?? ''));
  const still = campaign && row.status === 'queued' ? standsStill(campaign) : '';
  const cancel = async () => {
    setBusy(true);
    await queue.cancel(row.id).then(() => {
      done('The call is cancelled.', `row ${row.id}`);
      onClose();
    }, (error: unknown) => failed(error, 'The call was not cancelled', `row ${row.id}`));
    setBusy(false);
  };
  return (
    <Dialog title={row.contact_name ?? phone(row.phone_number)} onClose={onClose} wide
            actions={row.status === 'queued' && <Button kind="danger" busy={isBusy} onClick={() => void cancel()}>Cancel this call</Button>}>
      <dl class="facts">
        <Fact name="Number">{phone(row.phone_number)}</Fact>
        <Fact name="Status"><QueuedBadge status={row.status} />{row.failure_reason && <span class="muted"> {sentence(row.failure_reason)}</span>}</Fact>
        {still && <Fact name="Position">None: the campaign is {still === 'Paused' ? 'paused' : 'not started'}</Fact>}
        {!still && row.queue_position !== null && <Fact name="Position">{number(row.queue_position)} <span class="muted">in the whole queue</span></Fact>}
        {!still && row.status === 'queued' && row.starts_at && (
          <Fact name="Expected"><Moment at={row.starts_at} zone={row.timezone ?? zone} /> · <Countdown to={row.starts_at} /></Fact>
        )}
        {Object.entries(typeof row.user_data === 'string' ? {} : row.user_data).filter(([, value]) => value !== '' && value !== null).map(([name, value]) => (
          <Fact key={name} name={name}>{String(value)}</Fact>
        ))}
      </dl>
      {attempts.data?.items.filter(({outcome}) => outcome === null).map((call) => (
        <Silence key={call.id} call={call} deadline={campaign?.rules.call_deadline_seconds}>
          <div><Button small onClick={() => setEnding(call)}>This call is over</Button></div>
        </Silence>
      ))}
      <h3>Attempts</h3>
      <AttemptList calls={attempts.data?.items} />
      {ending && (
        <EndCallDialog call={ending} onClose={() => setEnding(null)} onEnded={() => {
          placed.reload();
          attempts.reload();
        }} />
      )}
    </Dialog>
  );
}

/** The same of a row that is known by its id alone. */
export function QueuedCallById({id, zone, onClose}: {id: Id; zone: string | null | undefined; onClose: () => void}) {
  const found = useResource(`row ${id}`, (signal) => queue.get(id, signal));
  useEffect(() => {
    if (!found.error) return;
    failed(found.error, 'It cannot be shown');
    onClose();
  }, [found.error]);
  return found.data ? <QueuedCallDialog row={found.data} zone={zone} onClose={onClose} /> : null;
}

const Fact = ({name, children}: {name: string; children: ComponentChildren}) => <div><dt>{name}</dt><dd>{children}</dd></div>;

export function AttemptList({calls: all}: {calls: readonly Call[] | undefined}) {
  if (!all) return <p class="muted">Loading…</p>;
  if (all.length === 0) return <p class="muted">Not called yet.</p>;
  return (
    <div class="scroll-x" role="region" aria-label="Attempts" tabIndex={0}>
      <table class="table-plain">
        <thead><tr><th scope="col">#</th><th scope="col">When</th><th scope="col">Outcome</th><th scope="col">Talked</th><th scope="col">Remark</th></tr></thead>
        <tbody>
          {all.map((call) => (
            <tr key={call.id}>
              <td>{call.attempt}</td>
              <td><Moment at={call.started_at ?? call.created_at} /></td>
              <td>{call.outcome ? <OutcomeBadge outcome={call.outcome} /> : <CallBadge status={call.status} />}</td>
              <td>{call.duration_seconds === null ? '–' : duration(call.duration_seconds)}</td>
              <td>{call.success ? 'Successful' : call.failure_reason === null || call.failure_reason === call.outcome ? '' : sentence(call.failure_reason)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
