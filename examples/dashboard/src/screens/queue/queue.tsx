import {useEffect, useMemo, useState} from 'preact/hooks';
import {queue} from '../../api/queue';
import type {Id, QueuedCallStatus} from '../../api/types';
import {Button, ButtonLink} from '../../components/button';
import {Empty, Failed, Skeleton} from '../../components/empty';
import {Filter} from '../../components/filter';
import {SelectionBar} from '../../components/selection_bar';
import {Table} from '../../components/table';
import {failed} from '../../components/toast';
import {counted, phone} from '../../format';
import {campaignList, queueStatistics} from '../../live/live';
import {inOrder} from '../../live/campaign_list';
import {QueuedCallDialog} from '../../queued_calls/dialog';
import {useCallsOn} from '../../queued_calls/calls_on';
import {type OpenRows, openRows, type Row} from '../../queued_calls/open_rows';
import {go, here, href} from '../../router';
import {ScreenHead} from '../../shell/shell';
import {allRows} from '../../store/all_rows';
import {usePages} from '../../store/pages';
import {useSignal} from '../../store/signal';
import {cancelCalls} from './cancelling';
import {columnsOf} from './columns';
import {DirectCallDialog} from './direct_call';

type Shown = OpenRows | 'ended';
const kShown: readonly string[] = ['open', 'queued', 'processing', 'ended'] satisfies Shown[];
const kEnded: QueuedCallStatus[] = ['completed', 'failed', 'cancelled', 'skipped'];
const kMost = 100_000;
const isShown = (text: string | null): text is Shown => text !== null && kShown.includes(text);

/** All queued calls of all campaigns, and direct ones. What is shown stands in the address. */
export function QueueScreen() {
  const {query} = useSignal(here);
  const show = query.get('show');
  const shown: Shown = isShown(show) ? show : 'open';
  const campaignId = query.get('campaign') ?? '';
  const [selected, setSelected] = useState<ReadonlySet<Id>>(new Set());
  const [opened, setOpened] = useState<Row | null>(null);
  const [isCalling, setCalling] = useState(false);
  const [busy, setBusy] = useState<'' | 'select' | 'cancel'>('');
  const load = (limit: number, status: QueuedCallStatus[]) => (cursor: string, signal?: AbortSignal) =>
    queue.list({limit, cursor, status, campaign_id: campaignId}, signal);
  const pages = usePages<Row>(`all queued ${shown} ${campaignId}`, shown === 'ended' ? load(500, kEnded) : openRows(shown, 500, campaignId),
                              {on: ['queue', 'campaigns']});
  const {rows} = pages;
  const byId = useSignal(campaignList).byId;
  const counts = useSignal(queueStatistics);
  const columns = columnsOf({campaigns: byId, callsOn: useCallsOn(rows, campaignId), isOfOne: campaignId !== '', isEnded: shown === 'ended'});
  useEffect(() => setSelected(new Set()), [shown, campaignId]);

  // What is being called, or has been, cannot be cancelled any more.
  const waiting = useMemo(() => new Set(rows.filter(({status}) => status === 'queued').map(({id}) => id)), [rows]);
  const gone = useMemo(() => new Set(rows.filter(({status}) => status !== 'queued').map(({id}) => id)), [rows]);
  const chosen = useMemo(() => [...selected].filter((id) => !gone.has(id)), [selected, gone]);
  const canSelect = shown === 'open' || shown === 'queued';

  const filter = (next: {show?: Shown; campaign?: string}) => {
    const parameters = new URLSearchParams({show: next.show ?? shown, campaign: next.campaign ?? campaignId});
    go(`/queue?${parameters}`, {replace: true});
  };
  const selectAll = async () => {
    setBusy('select');
    await allRows(load(1000, ['queued']), kMost).then((found) => setSelected(new Set(found.map(({id}) => id))),
                                                      (error: unknown) => failed(error, 'They could not be selected'));
    setBusy('');
  };
  const cancel = async () => {
    setBusy('cancel');
    if (await cancelCalls(chosen)) {
      setSelected(new Set());
      pages.reload();
      // The button has nothing to do now. The rows above those in sight have gone: from the top.
      const table = document.querySelector<HTMLElement>('.table-box');
      table?.scrollTo(0, 0);
      (table ?? document.getElementById('main'))?.focus({preventScroll: true});
    }
    setBusy('');
  };

  return (
    <>
      <ScreenHead title="Queue">
        <Button kind="primary" icon="phone" onClick={() => setCalling(true)}>Direct call</Button>
      </ScreenHead>
      <div class="form-stack">
        <Filters shown={shown} campaignId={campaignId} onChange={filter} />
        {canSelect && rows.length > 0 && (
          <SelectionBar count={chosen.length} of={campaignId === '' ? counts?.queued : undefined} busy={busy === 'select'} onSelectAll={() => void selectAll()} onClear={() => setSelected(new Set())}
                        more={!pages.isComplete || [...waiting].some((id) => !selected.has(id))}>
            <Button icon="stop" kind={chosen.length > 0 ? 'danger' : 'plain'} disabled={chosen.length === 0} busy={busy === 'cancel'}
                    onClick={() => void cancel()}>{busy === 'cancel' ? 'Cancelling…' : chosen.length > 0 ? `Cancel ${counted(chosen.length, 'call')}` : 'Cancel calls'}</Button>
          </SelectionBar>
        )}
        {pages.error && rows.length === 0 ? <Failed error={pages.error} onRetry={pages.reload} />
          : pages.isLoading ? <Skeleton lines={6} />
          : rows.length === 0 ? <Nothing shown={shown} isFiltered={campaignId !== ''} onAll={() => filter({campaign: ''})} />
          : <Table caption="Queued calls" columns={columns} rows={rows} rowKey={({id}) => id} onOpen={setOpened}
                   onRange={pages.onRange}
                   {...(canSelect ? {selection: {
                     selected: new Set(chosen),
                     onChange: (now: Set<Id>) => setSelected(new Set([...now].filter((id) => !gone.has(id)))),
                     label: (row: Row) => `Select ${row.contact_name ?? phone(row.phone_number)}`,
                     can: (row: Row) => row.status === 'queued',
                   }} : {})} />}
      </div>
      {opened && <QueuedCallDialog row={opened} zone={byId.get(opened.campaign_id ?? '')?.rules.timezone} onClose={() => setOpened(null)} />}
      {isCalling && <DirectCallDialog onClose={() => setCalling(false)} />}
    </>
  );
}

function Filters({shown, campaignId, onChange}: {
  shown: Shown;
  campaignId: Id;
  onChange: (next: {show?: Shown; campaign?: string}) => void;
}) {
  const counts = useSignal(queueStatistics);
  const campaigns = inOrder(useSignal(campaignList));
  // Counts are those of all campaigns.
  const count = (value: number | undefined) => (campaignId === '' && value !== undefined ? {count: value} : {});
  return (
    <div class="queue-filters">
      <Filter label="Show" chosen={shown} onChoose={(show) => onChange({show})} options={[
        {key: 'open', label: 'All that is open', ...count(counts ? counts.queued + counts.processing : undefined)},
        {key: 'queued', label: 'Waiting', ...count(counts?.queued)},
        {key: 'processing', label: 'Being called', ...count(counts?.processing)},
        {key: 'ended', label: 'Ended', ...count(counts ? counts.completed + counts.failed + counts.cancelled + counts.skipped : undefined)},
      ]} />
      <select class="queue-campaign" aria-label="Campaign" value={campaignId} onChange={(event) => onChange({campaign: event.currentTarget.value})}>
        <option value="">All campaigns</option>
        {campaigns.map(({id, name}) => <option key={id} value={id}>{name}</option>)}
      </select>
    </div>
  );
}

function Nothing({shown, isFiltered, onAll}: {shown: Shown; isFiltered: boolean; onAll: () => void}) {
  if (isFiltered) return <Empty icon="queue" title="Nothing of this campaign" actions={<Button onClick={onAll}>Show all campaigns</Button>} />;
  if (shown === 'ended') return <Empty icon="queue" title="No call has ended yet">As calls end they come here by themselves.</Empty>;
  if (shown === 'processing') return <Empty icon="phone" title="Nobody is being called right now">Each campaign says why: look at its card.</Empty>;
  return (
    <Empty icon="queue" title="The queue is empty" actions={<>
      <ButtonLink kind="primary" icon="upload" href={href('/campaigns/new')}>Upload a list</ButtonLink>
      <ButtonLink icon="contacts" href={href('/contacts')}>Choose from contacts</ButtonLink>
    </>}>
      Calls wait here until a slot is free and the hour is right.
    </Empty>
  );
}
