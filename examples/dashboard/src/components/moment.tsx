import type {Instant} from '../api/types';
import {browserZone, duration, moment, placeOf} from '../format';
import {now} from '../store/now';
import {useSelected} from '../store/signal';

/** An instant on the clock of whoever looks, and on the campaign's where that is another. */
export function Moment({at, zone}: {at: Instant; zone?: string | null | undefined}) {
  const here = moment(at);
  const there = zone ? moment(at, zone) : here;
  return (
    <time dateTime={at} title={`${at} · shown in ${browserZone()}`}>
      {here}
      {there !== here && zone && <span class="muted"> ({there} in {placeOf(zone)})</span>}
    </time>
  );
}

/** `in 2 h 05 min`, counting down; `now` once it has come. */
export function Countdown({to}: {to: Instant}) {
  const text = useSelected(now, (at) => {
    const seconds = (Date.parse(to) - at) / 1000;
    return seconds <= 0 ? 'now' : `in ${duration(seconds)}`;
  });
  return <span class="countdown" role="timer" aria-live="off">{text}</span>;
}
