import {useState} from 'preact/hooks';
import {campaigns} from '../../api/campaigns';
import {calls} from '../../api/queue';
import type {Call, CallOutcome, Campaign, Id, QueuedCall, QueuedCallStatus} from '../../api/types';
import {Empty, Failed, Skeleton} from '../../components/empty';
import {Filter} from '../../components/filter';
import {Moment} from '../../components/moment';
import {CallBadge, OutcomeBadge, outcomeName, QueuedBadge, queuedName} from '../../components/status';
import {type Column, Table} from '../../components/table';
import {kNumberWidth, Who} from '../../components/who';
import {duration, phone, sentence} from '../../format';
import {QueuedCallById, QueuedCallDialog} from '../../queued_calls/dialog';
import {DownloadResults} from '../../results';
import {type Pages, usePages} from '../../store/pages';
import {useNames, useOutcomes} from './asked';

type Shown = 'people' | 'completed' | 'failed' | 'others' | 'attempts';
const kStatuses: Record<Exclude<Shown, 'attempts'>, QueuedCallStatus[]> = {
  people: ['completed', 'failed', 'cancelled', 'skipped'],
  completed: ['completed'],
  failed: ['failed'],
  others: ['cancelled', 'skipped'],
};

/** Who has been called, with what result; or every attempt by itself. */
export function HistoryTab({campaign}: {campaign: Campaign}) {
  const [shown, setShown] = useState<Shown>('people');
  return (
    <div class="form-stack">
      <div class="picker-head">
        <Filter label="Show" chosen={shown} onChoose={setShown} options={[
          {key: 'people', label: 'Everybody'}, {key: 'completed', label: 'Completed'}, {key: 'failed', label: 'Failed'},
          {key: 'others', label: 'Not called'}, {key: 'attempts', label: 'Every attempt'}]} />
        <DownloadResults id={campaign.id} name={campaign.name} />
      </div>
      {shown === 'attempts' ? <Attempts campaign={campaign} /> : <People key={shown} campaign={campaign} statuses={kStatuses[shown]} />}
    </div>
  );
}

function People({campaign, statuses}: {campaign: Campaign; statuses: QueuedCallStatus[]}) {
  const [opened, setOpened] = useState<QueuedCall | null>(null);
  const [range, setRange] = useState<[number, number]>([0, 0]);
  const pages = usePages(`history ${campaign.id} ${statuses.join()}`,
                         (cursor, signal) => campaigns.queue(campaign.id, {limit: 500, cursor, status: statuses}, signal),
                         {on: [`campaign:${campaign.id}`, 'queue']});
  const outcomes = useOutcomes(pages.rows.slice(...range));
  return (
    <>
      <Rows pages={pages} caption="History" columns={peopleColumns(outcomes)} isOver={isOver(campaign)} onOpen={setOpened}
            onRange={(first, last) => setRange([first, last])} />
      {opened && <QueuedCallDialog row={opened} zone={campaign.rules.timezone} onClose={() => setOpened(null)} />}
    </>
  );
}

const isOver = ({status}: Campaign): boolean => status === 'completed' || status === 'cancelled';

function Attempts({campaign}: {campaign: Campaign}) {
  const [openId, setOpenId] = useState<Id | null>(null);
  const [range, setRange] = useState<[number, number]>([0, 0]);
  const pages = usePages(`attempts of ${campaign.id}`,
                         (cursor, signal) => calls.list({campaign_id: campaign.id, limit: 500, order: 'newest', cursor}, signal),
                         {on: [`campaign:${campaign.id}`, 'calls']});
  const names = useNames(pages.rows.slice(...range));
  return (
    <>
      <Rows pages={pages} caption="Attempts" columns={attemptColumns(names)} isOver={isOver(campaign)} onOpen={(call) => setOpenId(call.queue_id)}
            onRange={(first, last) => setRange([first, last])} />
      {openId && <QueuedCallById id={openId} zone={campaign.rules.timezone} onClose={() => setOpenId(null)} />}
    </>
  );
}

function Rows<Row extends {id: string}>({pages, caption, columns, isOver, onOpen, onRange}: {
  pages: Pages<Row>;
  caption: string;
  columns: readonly Column<Row>[];
  /** Nothing comes any more. */
  isOver: boolean;
  onOpen?: (row: Row) => void;
  onRange?: (first: number, last: number) => void;
}) {
  if (pages.error && pages.rows.length === 0) return <Failed error={pages.error} onRetry={pages.reload} />;
  if (pages.isLoading) return <Skeleton lines={5} />;
  if (pages.rows.length === 0) return isOver ? <Empty icon="phone" title="Nobody">There is nobody of this kind in this campaign.</Empty>
    : <Empty icon="phone" title="Nothing here yet">As calls end, their results come here by themselves.</Empty>;
  return <Table caption={caption} columns={columns} rows={pages.rows} rowKey={({id}) => id} onOpen={onOpen} onRange={(first, last) => {
    pages.onRange(first, last);
    onRange?.(first, last);
  }} />;
}

function resultOf(row: QueuedCall, outcome: CallOutcome | undefined): string {
  if (row.success) return 'Successful';
  if (row.status !== 'completed') return row.failure_reason ? sentence(row.failure_reason) : queuedName(row.status);
  return outcome && outcome !== 'answered' ? outcomeName(outcome) : 'Without success';
}

const peopleColumns = (outcomes: ReadonlyMap<Id, CallOutcome>): Column<QueuedCall>[] => [
  {key: 'name', title: 'Contact', cell: (row) => <Who name={row.contact_name} number={row.phone_number} />},
  {key: 'phone', title: 'Number', cell: (row) => phone(row.phone_number), width: kNumberWidth, wide: true},
  {key: 'status', title: 'Status', cell: (row) => <QueuedBadge status={row.status} />, width: '122px', wide: true},
  {key: 'result', title: 'Result', cell: (row) => resultOf(row, outcomes.get(row.call_id ?? ''))},
  {key: 'ended', title: 'Ended', cell: (row) => row.completed_at && <Moment at={row.completed_at} />, width: '178px', wide: true},
  {key: 'attempts', title: 'Attempts', cell: (row) => row.attempts, align: 'end', width: '116px', wide: true},
];

/** What it says beyond its outcome. */
const remarkOf = (reason: string | null, outcome: string | null): string => (reason === null || reason === outcome ? '' : sentence(reason));

const attemptColumns = (names: ReadonlyMap<Id, string | null>): Column<Call>[] => [
  {key: 'name', title: 'Contact', cell: (call) => <>{names.get(call.queue_id ?? '') ?? phone(call.phone_number)}<span class="row-more muted"><Moment at={call.started_at ?? call.created_at} /></span></>},
  {key: 'phone', title: 'Number', cell: (call) => phone(call.phone_number), width: kNumberWidth, wide: true},
  {key: 'when', title: 'When', cell: (call) => <Moment at={call.started_at ?? call.created_at} />, width: '164px', wide: true},
  {key: 'attempt', title: 'Attempt', cell: (call) => call.attempt, align: 'end', width: '92px', wide: true},
  {key: 'outcome', title: 'Outcome', cell: (call) => (call.outcome ? <OutcomeBadge outcome={call.outcome} /> : <CallBadge status={call.status} />), width: '122px'},
  {key: 'talked', title: 'Talked', cell: (call) => (call.duration_seconds === null ? '–' : duration(call.duration_seconds)), align: 'end', width: '108px', wide: true},
  {key: 'remark', title: 'Remark', cell: (call) => (call.success ? 'Successful' : remarkOf(call.failure_reason, call.outcome)), width: '14%', wide: true},
];
