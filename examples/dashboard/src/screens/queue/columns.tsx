import type {Call, Campaign, Id} from '../../api/types';
import {Moment} from '../../components/moment';
import type {Column} from '../../components/table';
import {kNumberWidth} from '../../components/who';
import {duration, moment, phone} from '../../format';
import {placeText, type Row} from '../../queued_calls/open_rows';
import {RowBadge} from '../../queued_calls/row_badge';
import {SilenceInRow} from '../../queued_calls/silence';
import {kNoHours, standsStill} from '../../queued_calls/standing';
import {now} from '../../store/now';
import {useSelected} from '../../store/signal';

interface Listed {
  campaigns: ReadonlyMap<Id, Campaign>;
  /** By their rows, as far as they are known. */
  callsOn: ReadonlyMap<Id, Call>;
  /** Of one campaign, within which places are counted then. */
  isOfOne: boolean;
  /** Nothing is expected of them any more. */
  isEnded: boolean;
}

export function columnsOf({campaigns, callsOn, isOfOne, isEnded}: Listed): Column<Row>[] {
  const campaignOf = (row: Row) => campaigns.get(row.campaign_id ?? '');
  const expected = (row: Row) => <Expected row={row} campaign={campaignOf(row)} call={callsOn.get(row.id)} />;
  return [
    {key: 'name', title: 'Contact', cell: (row) => (
      <>
        <span class="name-lines" title={row.contact_name ?? undefined}>{row.contact_name ?? phone(row.phone_number)}</span>
        <span class="row-more muted">{expected(row)}</span>
      </>
    )},
    {key: 'phone', title: 'Number', cell: (row) => phone(row.phone_number), width: kNumberWidth, wide: 'very' as const},
    {key: 'campaign', title: 'Campaign', cell: (row) => (row.campaign_id === null ? <span class="muted">Direct call</span> : <span class="two-lines" title={campaignOf(row)?.name}>{campaignOf(row)?.name}</span>),
     width: '14%', wide: true},
    {key: 'status', title: 'Status', cell: (row) => <RowBadge row={row} campaign={campaignOf(row)} />, width: '152px'},
    ...(isEnded ? [
      {key: 'ended', title: 'Ended', cell: (row: Row) => (row.completed_at ? <Moment at={row.completed_at} /> : expected(row)), width: '178px', wide: true},
    ] : [
      {key: 'position', title: isOfOne ? 'In campaign' : 'Position', cell: placeText, align: 'end' as const, width: isOfOne ? '112px' : '88px', wide: 'very' as const},
      {key: 'expected', title: 'Expected', cell: expected, width: '180px', wide: true},
    ]),
  ];
}

/** How long a row waits, or why nobody knows; when the call began, or how it ended. */
function Expected({row, campaign, call}: {row: Row; campaign: Campaign | undefined; call: Call | undefined}) {
  if (row.status === 'processing') {
    return (
      <SilenceInRow call={call} deadline={campaign?.rules.call_deadline_seconds}>
        {row.started_at && <span>since <Moment at={row.started_at} /></span>}
      </SilenceInRow>
    );
  }
  if (row.status !== 'queued') return row.completed_at ? <span>ended <Moment at={row.completed_at} /></span> : <span class="muted">{row.failure_reason}</span>;
  const still = campaign && standsStill(campaign);
  if (still) return <span class="muted">{still}</span>;
  if (!row.starts_at) return <span class="muted" title={row.closed && !row.opens_at ? kNoHours : 'No slot is expected to become free.'}>Not known</span>;
  return <Wait to={row.starts_at} />;
}

const kHoursAway = 12 * 3600;

function Wait({to}: {to: string}) {
  const text = useSelected(now, (at) => {
    const seconds = (Date.parse(to) - at) / 1000;
    if (seconds <= 0) return 'as soon as possible';
    return seconds > kHoursAway ? moment(to) : seconds < 60 ? 'within a minute' : `in about ${duration(60 * Math.ceil(seconds / 60)).replace(' 00 s', '').replace(' 00 min', '')}`;
  });
  return <time dateTime={to} title={moment(to)}>{text}</time>;
}
