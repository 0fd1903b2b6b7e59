// A campaign's rules as they are read.
import type {Campaign} from '../api/types';
import {outcomeName} from '../components/status';
import {duration, number, timeOfDay} from '../format';
import {kWeekdays} from './hours';

type Of = {campaign: Campaign};

export const Clock = ({campaign}: Of) => <>{campaign.rules.clock === 'campaign' ? 'One for all' : 'Each contact’s own'}</>;
export const Pace = ({campaign}: Of) => <>{campaign.rules.spread ? 'Spread' : 'As soon as possible'}</>;

export function Hours({campaign}: Of) {
  const weekly = campaign.rules.weekly_windows;
  if (!weekly) return <>{timeOfDay(campaign.first_call_time)} to {timeOfDay(campaign.last_call_time)}, every day</>;
  return (
    <ul class="hours">
      {weekly.map((windows, i) => windows.length > 0 && (
        <li key={i}>{kWeekdays[i]?.slice(0, 3)} {windows.map(({opens, closes}) => `${timeOfDay(opens)}–${timeOfDay(closes)}`).join(', ')}</li>
      ))}
    </ul>
  );
}

export function Retries({campaign}: Of) {
  const {outcomes = [], max_attempts: most = 1, delays_seconds: delays = []} = campaign.rules.retry ?? {};
  if (most <= 1 || outcomes.length === 0) return <>One for each contact</>;
  return (
    <>
      Up to {number(most)}, again after {outcomes.map((outcome) => outcomeName(outcome).toLowerCase()).join(', ')}
      {delays.length > 0 && <span class="muted"> ({delays.map((seconds) => duration(seconds)).join(', ')} later)</span>}
    </>
  );
}
