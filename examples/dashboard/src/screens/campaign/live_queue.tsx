import {useState} from 'preact/hooks';
import type {Call, Campaign, Id} from '../../api/types';
import {Empty, Failed, Skeleton} from '../../components/empty';
import {Filter} from '../../components/filter';
import {Moment} from '../../components/moment';
import {type Column, Table} from '../../components/table';
import {kNumberWidth, Who} from '../../components/who';
import {date, isoDay, phone} from '../../format';
import {useCallsOn} from '../../queued_calls/calls_on';
import {QueuedCallDialog} from '../../queued_calls/dialog';
import {type OpenRows, openRows, placeText, type Row} from '../../queued_calls/open_rows';
import {RowBadge} from '../../queued_calls/row_badge';
import {SilenceInRow} from '../../queued_calls/silence';
import {isOutsideHours, kNoHours, standsStill} from '../../queued_calls/standing';
import {now} from '../../store/now';
import {usePages} from '../../store/pages';
import {useSelected} from '../../store/signal';

/** Who is being called, and who is still to be, in the order of calling. */
export function LiveQueueTab({campaign}: {campaign: Campaign}) {
  const [shown, setShown] = useState<OpenRows>('open');
  const [opened, setOpened] = useState<Row | null>(null);
  const pages = usePages<Row>(`queue ${campaign.id} ${shown}`, openRows(shown, 500, campaign.id), {on: ['queue', `campaign:${campaign.id}`]});
  const callsOn = useCallsOn(pages.rows, campaign.id);
  return (
    <div class="form-stack">
      <Filter label="Show" chosen={shown} onChoose={setShown} options={[
        {key: 'open', label: 'Everybody'}, {key: 'processing', label: 'Being called'}, {key: 'queued', label: 'Waiting'}]} />
      {pages.error && pages.rows.length === 0 ? <Failed error={pages.error} onRetry={pages.reload} />
        : pages.isLoading ? <Skeleton lines={5} />
        : pages.rows.length === 0 ? <Empty icon="queue" title="Nobody is waiting">Who has been called is under History.</Empty>
        : <Table caption="Queued calls" columns={columns(campaign, callsOn)} rows={pages.rows} rowKey={({id}) => id}
                 onRange={pages.onRange} onOpen={setOpened} />}
      {opened && <QueuedCallDialog row={opened} zone={campaign.rules.timezone} onClose={() => setOpened(null)} />}
    </div>
  );
}

const columns = (campaign: Campaign, callsOn: ReadonlyMap<Id, Call>): Column<Row>[] => [
  {key: 'name', title: 'Contact', cell: (row) => <Who name={row.contact_name} number={row.phone_number} />},
  {key: 'phone', title: 'Number', cell: (row) => phone(row.phone_number), width: kNumberWidth, wide: true},
  {key: 'status', title: 'Status', cell: (row) => <RowBadge row={row} campaign={campaign} />, width: '152px'},
  {key: 'position', title: 'In campaign', cell: placeText, align: 'end', width: '132px', wide: true},
  {key: 'due', title: 'Due', cell: (row) => (row.status === 'queued' ? <Due row={row} campaign={campaign} />
    : <SilenceInRow call={callsOn.get(row.id)} deadline={campaign.rules.call_deadline_seconds} />), width: '220px', wide: true},
  {key: 'attempts', title: 'Attempts', cell: (row) => row.attempts, align: 'end', width: '116px', wide: true},
];

function Due({row, campaign}: {row: Row; campaign: Campaign}) {
  const still = standsStill(campaign);
  const zone = row.timezone ?? campaign.rules.timezone;
  const isOutside = useSelected(now, (at) => isOutsideHours(row, campaign, at));
  if (still) return <span class="muted">{still}</span>;
  if (isOutside) return row.opens_at ? <span class="two-lines">Opens <Moment at={row.opens_at} zone={zone} /></span> : <span class="muted" title={kNoHours}>Not known</span>;
  if (Date.parse(row.scheduled_for) <= Date.now()) return <>{campaign.status === 'scheduled' ? scheduled(campaign) : 'Ready'}</>;
  return <Moment at={row.scheduled_for} zone={zone} />;
}

/** Its rows are due, and it has not begun. */
function scheduled({start_date: first, rules}: Campaign): string {
  return first > isoDay(new Date(), rules.timezone ?? undefined) ? `From ${date(first)}` : 'Scheduled';
}
