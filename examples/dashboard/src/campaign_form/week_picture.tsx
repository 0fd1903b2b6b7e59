import type {OpenInterval} from '../api/types';
import {clock, day, isoDay, placeOf} from '../format';

interface Bar {
  from: number;
  to: number;
  text: string;
}
interface Day {
  iso: string;
  name: string;
  bars: Bar[];
}

const kDayMs = 86_400_000;

/** Minutes from midnight on the zone's clock. */
function minutes(at: Date, zone: string): number {
  const [hours = '0', rest = '0'] = clock(at, zone).split(':');
  return Number(hours) * 60 + Number(rest);
}

/** 90 as 01:30. */
const hours = (of: number): string => [Math.floor(of / 60), of % 60].map((part) => String(part).padStart(2, '0')).join(':');

/** The next seven days on the zone's calendar, with the parts in which calls may start. */
export function weekOf(intervals: readonly OpenInterval[], zone: string, now: Date): Day[] {
  const days: Day[] = [];
  const byDay = new Map<string, Day>();
  // By noon: no change of the clocks takes a day away.
  const noon = new Date(now.getTime() + (12 * 60 - minutes(now, zone)) * 60_000);
  for (let i = 0; i < 7; ++i) {
    const at = new Date(noon.getTime() + i * kDayMs);
    const made = {iso: isoDay(at, zone), name: day(at, zone), bars: []};
    days.push(made);
    byDay.set(made.iso, made);
  }
  for (const {opens_at, closes_at} of intervals) {
    const [opens, closes] = [new Date(opens_at), new Date(closes_at)];
    const whole = `${clock(opens, zone)} to ${clock(closes, zone)}`;
    const isLong = closes.getTime() - opens.getTime() >= kDayMs;
    const first = isoDay(opens, zone);
    const last = isoDay(closes, zone);
    for (const {iso, bars} of days) {
      if (iso < first || iso > last) continue;
      const from = iso === first ? minutes(opens, zone) : 0;
      const to = iso === last ? minutes(closes, zone) : 24 * 60;
      if (to > from) bars.push({from, to, text: from === 0 && to === 24 * 60 ? 'all day' : isLong ? `${hours(from)} to ${hours(to)}` : whole});
    }
  }
  return days;
}

/** When calls may start within the next seven days. */
export function WeekPicture({intervals, zone, now}: {intervals: readonly OpenInterval[]; zone: string; now: Date}) {
  const days = weekOf(intervals, zone, now);
  const share = (value: number) => `${(100 * value) / (24 * 60)}%`;
  return (
    <figure class="week">
      <figcaption>Calling hours of the next seven days, {placeOf(zone)} time</figcaption>
      <div class="week-scale" aria-hidden="true">{[0, 6, 12, 18, 24].map((hour) => <span key={hour}>{hour}</span>)}</div>
      <ul>
        {days.map(({iso, name, bars}, i) => (
          <li key={iso} class="week-day">
            <span class="week-name">{i === 0 ? 'Today' : name}</span>
            <span class="week-track" aria-hidden="true">
              {bars.map((bar) => (
                <span key={bar.from} class="week-open" title={bar.text} style={{left: share(bar.from), width: share(bar.to - bar.from)}} />
              ))}
              {i === 0 && <span class="week-now" style={{left: share(minutes(now, zone))}} />}
            </span>
            <span class="hidden">{bars.length === 0 ? 'closed' : bars.map((bar) => bar.text).join(', ')}</span>
          </li>
        ))}
      </ul>
    </figure>
  );
}
