import {useEffect, useState} from 'preact/hooks';
import {campaigns} from '../api/campaigns';
import type {OpenInterval, Plan} from '../api/types';
import {listed, placeOf} from '../format';
import {now} from '../store/now';
import {useSelected} from '../store/signal';
import {type Draft, planOf} from './draft';

const kQuiet = 300;
/** Of so many zones the server is asked. */
const kMost = 8;

/** The zones, of these, in whose own hours calls may start now. */
function useOpenZones(draft: Draft, zones: readonly string[]): string[] {
  const [hours, setHours] = useState<ReadonlyMap<string, readonly OpenInterval[]>>(new Map());
  const wanted = draft.clock === 'contact' ? [...new Set(zones)].slice(0, kMost) : [];
  const plan = JSON.stringify(planOf(draft));
  useEffect(() => {
    setHours(new Map());
    if (wanted.length === 0) return;
    const abort = new AbortController();
    const timer = window.setTimeout(() => {
      const {rules, ...fields} = JSON.parse(plan) as Plan;
      for (const timezone of wanted) {
        campaigns.preview({...fields, rules: {...rules, clock: 'campaign', timezone}}, abort.signal).then(
          ({open_intervals: intervals}) => setHours((before) => new Map(before).set(timezone, intervals)),
          () => {});  // What is wrong with the rules is said at their fields.
      }
    }, kQuiet);
    return () => {
      window.clearTimeout(timer);
      abort.abort();
    };
  }, [plan, wanted.join()]);
  const isOpen = (at: number) => (zone: string) =>
    (hours.get(zone) ?? []).some(({opens_at, closes_at}) => Date.parse(opens_at) <= at && at < Date.parse(closes_at));
  return useSelected(now, (at) => wanted.filter(isOpen(at)).join()).split(',').filter(Boolean);
}

/** Each contact's own clock: the hours shown are not everybody's. `zones`: of contacts that are known. */
export function OwnHours({draft, zones, isCalling = false}: {
  draft: Draft;
  zones: readonly string[];
  /** It is active already. */
  isCalling?: boolean;
}) {
  const open = useOpenZones(draft, zones);
  if (draft.clock !== 'contact') return null;
  return (
    <p class={open.length > 0 ? 'notice is-warn own-hours' : 'notice own-hours'}>
      <span>
        Whoever has a time zone of their own is called in their own hours, which may be now.
        {open.length > 0 && <strong> They are open now in {listed(open.map(placeOf))}: whoever is there is called at once{isCalling ? '' : ' when it starts'}.</strong>}
      </span>
    </p>
  );
}
