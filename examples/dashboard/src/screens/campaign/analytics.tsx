import {campaigns} from '../../api/campaigns';
import type {CallOutcome, Campaign, CampaignAnalytics, SeriesPoint} from '../../api/types';
import {ChartCard, type ChartData} from '../../charts/chart_card';
import {Empty, Failed, Skeleton} from '../../components/empty';
import {outcomeName} from '../../components/status';
import {date, duration, number, percent, placeOf} from '../../format';
import {session} from '../../session';
import {useResource} from '../../store/resource';
import {useCallFigures} from './call_figures';

/** How the campaign went so far, in figures and pictures; behind each picture is its table. */
export function AnalyticsTab({campaign}: {campaign: Campaign}) {
  const on = [`campaign:${campaign.id}`];
  const analytics = useResource(`analytics ${campaign.id}`, (signal) => campaigns.analytics(campaign.id, signal), {on, everyMs: 2000});
  const figures = useCallFigures(campaign.id, on);
  const {data} = analytics;
  if (!data && analytics.error) return <Failed error={analytics.error} onRetry={analytics.reload} />;
  if (!data) return <Skeleton lines={5} />;
  if (data.statistics.attempts === 0) {
    return <Empty icon="chart" title="No calls yet">Charts of outcomes, hours and durations come with the first calls.</Empty>;
  }
  const zone = `On the clock of ${placeOf(campaign.rules.timezone ?? session.value?.user.timezone ?? 'UTC')}.`;
  const file = (what: string) => `${campaign.name} ${what}.csv`;
  return (
    <div class="analytics">
      <KeyFigures data={data} />
      <div class="charts">
        <ChartCard title="Progress" file={file('progress')} data={progressOf(data)} kind="line" note={zone} />
        <ChartCard title="Outcomes" file={file('outcomes')} data={outcomesOf(data)} kind="rows" />
        <ChartCard title="Calls per hour" file={file('calls per hour')} data={seriesOf(data.hourly, 'Hour')} kind="bars" note={zone} />
        <ChartCard title="Calls per day" file={file('calls per day')} data={seriesOf(data.daily, 'Day')} kind="bars" note={zone} />
        {figures && <ChartCard title="Length of calls" file={file('length of calls')} data={figures.durations} kind="rows" note={figures.note} />}
        {figures && <ChartCard title="Attempts until success" file={file('attempts until success')} data={figures.attempts} kind="rows" note={figures.note} />}
      </div>
    </div>
  );
}

function KeyFigures({data}: {data: CampaignAnalytics}) {
  const ended = Object.values(data.outcomes).reduce((sum, count) => sum + count, 0);
  const share = (outcome: CallOutcome) => (ended > 0 ? percent((data.outcomes[outcome] ?? 0) / ended) : '–');
  const figures: [string, string, string][] = [
    ['Done', percent(data.progress), 'of the list'],
    ['Connection rate', percent(data.connection_rate), `of the calls that have ended: ${share('answered')} a person, ${share('voicemail')} voicemail`],
    ['Success rate', percent(data.success_rate), 'of those completed or failed'],
    ['Mean length', data.mean_duration_seconds === null ? '–' : duration(data.mean_duration_seconds), 'answered or voicemail'],
    ['Calls', number(data.statistics.attempts), 'every attempt'],
  ];
  return (
    <dl class="key-figures">
      {figures.map(([label, value, of]) => <div key={label} class="card"><dt>{label}</dt><dd>{value}<small class="muted">{of}</small></dd></div>)}
    </dl>
  );
}

/** Hours as `14:00`, with the day where there are several. */
function label(at: string, several: boolean): string {
  const [on = '', hour] = at.split('T');
  if (hour === undefined) return date(on);
  return several ? `${date(on).slice(0, -5)}, ${hour}:00` : `${hour}:00`;
}

/** What the server's series count: not those alone that have ended. */
const kAll = 'all calls, also those that are on';
/** Of the server's figures: whoever answers, a person or a machine, has picked up. */
const kSeries = ['Calls', 'Answered or voicemail', 'Successful'] as const;

function seriesOf(series: readonly SeriesPoint[], unit: string): ChartData {
  const several = new Set(series.map(({at}) => at.slice(0, 10))).size > 1;
  return {
    head: [unit, ...kSeries],
    of: kAll,
    tones: ['neutral', 'accent', 'good'],
    rows: series.map((point) => ({label: label(point.at, several), values: [point.attempts, point.answered, point.successful]})),
  };
}

/** Calls added up, hour by hour. */
function progressOf(data: CampaignAnalytics): ChartData {
  const series = data.hourly.length > 1 ? data.hourly : data.daily;
  const several = new Set(series.map(({at}) => at.slice(0, 10))).size > 1;
  let [attempts, answered, successful] = [0, 0, 0];
  return {
    head: ['Until', ...kSeries],
    of: kAll,
    tones: ['neutral', 'accent', 'good'],
    rows: series.map((point) => {
      attempts += point.attempts;
      answered += point.answered;
      successful += point.successful;
      return {label: label(point.at, several), values: [attempts, answered, successful]};
    }),
  };
}

const kOrder: readonly CallOutcome[] = ['answered', 'voicemail', 'busy', 'no_answer', 'rejected', 'failed', 'cancelled', 'unknown'];

function outcomesOf(data: CampaignAnalytics): ChartData {
  return {
    head: ['Outcome', 'Calls'],
    of: 'the calls that have ended',
    tones: ['accent'],
    rows: kOrder.filter((outcome) => (data.outcomes[outcome] ?? 0) > 0)
      .map((outcome) => ({label: outcomeName(outcome), values: [data.outcomes[outcome] ?? 0]})),
  };
}
