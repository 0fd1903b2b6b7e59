import type {ComponentChildren} from 'preact';
import {campaigns} from '../../api/campaigns';
import {calls} from '../../api/queue';
import type {Call, Campaign, Forecast, Instant} from '../../api/types';
import type {Actions} from '../../campaign_actions';
import {type Counts, countsOf} from '../../campaign_counts';
import {CampaignProgress} from '../../components/campaign_progress';
import {Moment} from '../../components/moment';
import {CallBadge} from '../../components/status';
import {nextCallAt, whyNoEnd} from '../../explain/reasons';
import {useExplanation} from '../../explain/use_explanation';
import {WhyPanel} from '../../explain/why_panel';
import {date, duration, number, phone} from '../../format';
import {Clock, Hours, Pace, Retries} from '../../campaign_form/in_words';
import {isZoneUnset, zoneWords} from '../../campaign_form/zone_words';
import {href} from '../../router';
import {now} from '../../store/now';
import {useResource} from '../../store/resource';
import {useSelected} from '../../store/signal';
import {Silence} from '../../queued_calls/silence';

export function OverviewTab({campaign, agent, actions}: {campaign: Campaign; agent: string | undefined; actions: Actions}) {
  const on = [`campaign:${campaign.id}`, 'queue'];
  const reasons = useExplanation(campaign);
  const statistics = useResource(`statistics ${campaign.id}`, (signal) => campaigns.statistics(campaign.id, signal), {on});
  const counts = countsOf(campaign, statistics.data);
  return (
    <div class="overview">
      <div class="form-main">
        <WhyPanel campaign={campaign} reasons={reasons} actions={actions} statistics={statistics.data} />
        <section class="card form-stack" aria-labelledby="progress">
          <h2 id="progress">Progress</h2>
          <CampaignProgress status={campaign.status} counts={counts} />
          <Numbers counts={counts} attempts={statistics.data?.attempts} />
        </section>
        <CallsNow campaign={campaign} />
      </div>
      <Facts campaign={campaign} agent={agent} next={reasons.data && nextCallAt(reasons.data)} />
    </div>
  );
}

/** All but the first and the last add up to the first. */
function Numbers({counts, attempts}: {counts: Counts; attempts: number | undefined}) {
  const numbers: [string, number | undefined][] = [
    ['Contacts', counts.total],
    ['Successful', counts.successful],
    ['Without success', counts.unsuccessful],
    ['Failed', counts.failed],
    ['Queued', counts.queued],
    ['Calling', counts.calling],
    ['Skipped', counts.skipped],
    ['Cancelled', counts.cancelled],
    ['Attempts', attempts],
  ];
  return (
    <dl class="figures figures-wide">
      {numbers.map(([label, value]) => (
        <div key={label}><dt>{label}</dt><dd>{value === undefined ? '–' : number(value)}</dd></div>
      ))}
    </dl>
  );
}

const kShown = 20;
const kMostOn = 200;

/** The calls that are on. */
function CallsNow({campaign}: {campaign: Campaign}) {
  const active = useResource(
    `calls ${campaign.id}`,
    async (signal) => {
      const [{items}, rows] = await Promise.all([
        calls.list({campaign_id: campaign.id, status: ['initiated', 'ringing', 'in_progress'], limit: kShown}, signal),
        campaigns.queue(campaign.id, {status: ['processing'], limit: kMostOn}, signal)]);
      return {items, names: new Map(rows.items.map((row) => [row.id, row.contact_name]))};
    },
    {on: ['calls'], everyMs: 300});
  const items = active.data?.items ?? [];
  const nameOf = (call: Call) => active.data?.names.get(call.queue_id ?? '');
  return (
    <section class="card form-stack" aria-labelledby="calls-now">
      <h2 id="calls-now">Calls now</h2>
      {!active.data && <p class="muted">{active.error ? 'Not known: it could not be read.' : 'Loading…'}</p>}
      {active.data && items.length === 0 && <p class="muted">No call is on.</p>}
      {items.length > 0 && (
        <ul class="calls-now">
          {items.map((call) => (
            <li key={call.id}>
              <span class="call-who">{nameOf(call)}<span class="number muted">{phone(call.phone_number)}</span></span>
              <CallBadge status={call.status} />
              <Since call={call} />
              <Silence call={call} deadline={campaign.rules.call_deadline_seconds} />
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function Since({call}: {call: Call}) {
  const begun = Date.parse(call.started_at ?? call.created_at);
  const text = useSelected(now, (at) => duration((at - begun) / 1000));
  return <span class="muted number">{text}</span>;
}

function Facts({campaign, agent, next}: {
  campaign: Campaign;
  agent: string | undefined;
  next: Instant | null | undefined;
}) {
  const isOpen = campaign.status === 'active' || campaign.status === 'scheduled';
  const forecast = useResource(`forecast ${campaign.id} ${campaign.status}`, (signal) => campaigns.forecast(campaign.id, signal),
                               {on: [`campaign:${campaign.id}`, 'limits'], everyMs: 3000, enabled: isOpen});
  const isFinal = campaign.status === 'completed' || campaign.status === 'cancelled';
  const zone = campaign.rules.timezone;
  return (
    <section class="card form-stack" aria-labelledby="facts">
      <h2 id="facts">Settings</h2>
      {campaign.description && <p>{campaign.description}</p>}
      <dl class="facts">
        <Fact name="Agent">{agent ?? '–'}</Fact>
        {campaign.next_action && <Fact name="Next action">{campaign.next_action}</Fact>}
        <Fact name="Calling hours"><Hours campaign={campaign} /></Fact>
        <Fact name="Clock">
          <Clock campaign={campaign} />
          <span class="muted"> ({zoneWords(campaign)}{campaign.rules.clock === 'campaign' ? '' : ' if unknown'})</span>
          {isZoneUnset(campaign) && <span class="muted"> No time zone is set: {isFinal ? 'it went by UTC.' : <><a href={href(`/campaigns/${campaign.id}/edit`)}>set one under Edit</a>.</>}</span>}
        </Fact>
        <Fact name="Dates">{campaign.end_date ? `${date(campaign.start_date)} to ${date(campaign.end_date)}` : `From ${date(campaign.start_date)}`}</Fact>
        {(campaign.rules.excluded_dates ?? []).length > 0 && <Fact name="Days off">{campaign.rules.excluded_dates?.map(date).join(', ')}</Fact>}
        <Fact name="Attempts"><Retries campaign={campaign} /></Fact>
        <Fact name="Pace"><Pace campaign={campaign} /></Fact>
        {isOpen && <Fact name="Estimated end"><EstimatedEnd forecast={forecast.data} next={next ?? null} zone={zone} /></Fact>}
        <Fact name="Created"><Moment at={campaign.created_at} /></Fact>
        {campaign.started_at && <Fact name="Started"><Moment at={campaign.started_at} /></Fact>}
        {campaign.completed_at && <Fact name="Ended"><Moment at={campaign.completed_at} /></Fact>}
      </dl>
    </section>
  );
}

/** The forecast counts no waits between attempts: it can be no sooner than the next call. */
function EstimatedEnd({forecast, next, zone}: {forecast: Forecast | undefined; next: Instant | null; zone: string | null | undefined}) {
  const end = forecast?.ends_at;
  if (!end) return <>{forecast ? whyNoEnd(forecast) : '–'}</>;
  return next && next > end ? <>After <Moment at={next} zone={zone} /></> : <Moment at={end} zone={zone} />;
}

const Fact = ({name, children}: {name: string; children: ComponentChildren}) => <div><dt>{name}</dt><dd>{children}</dd></div>;
