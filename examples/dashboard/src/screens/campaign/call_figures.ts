import {calls} from '../../api/queue';
import type {Call, Id} from '../../api/types';
import type {ChartData} from '../../charts/chart_card';
import {number} from '../../format';
import {useResource} from '../../store/resource';
import type {Topic} from '../../store/topics';

const kMostCalls = 5000;

/** Edges of the classes, in seconds. */
const kLengths: readonly [string, number][] = [
  ['under 15 s', 15], ['15–30 s', 30], ['30–60 s', 60], ['1–2 min', 120], ['2–5 min', 300], ['5–10 min', 600], ['longer', Infinity],
];

/** How long people talked: the calls that were answered, by class. */
export function durationsOf(all: readonly Call[]): ChartData {
  const counts = kLengths.map(() => 0);
  for (const {outcome, duration_seconds: seconds} of all) {
    if (seconds === null || (outcome !== 'answered' && outcome !== 'voicemail')) continue;
    const at = kLengths.findIndex(([, end]) => seconds < end);
    counts[at] = (counts[at] ?? 0) + 1;
  }
  return {head: ['Length', 'Calls'], of: 'the calls with a person or voicemail', tones: ['accent'], rows: kLengths.map(([label], i) => ({label, values: [counts[i] ?? 0]}))};
}

/** On which attempt those who were reached were reached. */
export function attemptsOf(all: readonly Call[]): ChartData {
  const counts = new Map<number, number>();
  for (const call of all) {
    if (call.success) counts.set(call.attempt, (counts.get(call.attempt) ?? 0) + 1);
  }
  const most = Math.max(3, ...counts.keys());
  return {
    head: ['Attempt', 'Successes'], of: 'the successes', tones: ['good'],
    rows: Array.from({length: most}, (_, i) => ({label: `Attempt ${i + 1}`, values: [counts.get(i + 1) ?? 0]})),
  };
}

/** What the server does not add up: from the calls themselves, the last thousands of them. */
export function useCallFigures(campaignId: Id, on: readonly Topic[]): {durations: ChartData; attempts: ChartData; note: string} | undefined {
  const found = useResource(`figures ${campaignId}`, async (signal) => {
    const all: Call[] = [];
    let cursor: string | null = '';
    while (cursor !== null && all.length < kMostCalls) {
      const page: {items: Call[]; next_cursor: string | null} =
        await calls.list({campaign_id: campaignId, limit: 1000, order: 'newest', cursor}, signal);
      all.push(...page.items);
      cursor = page.next_cursor;
    }
    return {durations: durationsOf(all), attempts: attemptsOf(all), note: cursor === null ? '' : `Of the last ${number(all.length)} calls.`};
  }, {on, everyMs: 5000});
  return found.data;
}
