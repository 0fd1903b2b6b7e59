import {useEffect, useState} from 'preact/hooks';
import {campaigns} from '../api/campaigns';
import {Refusal} from '../api/client';
import type {Outlook} from '../api/types';
import {Moment} from '../components/moment';
import {counted} from '../format';
import {subscribe} from '../store/topics';
import {type Draft, type Errors, numberProblems, planOf, saidBy} from './draft';
import {OwnHours} from './own_hours';
import {WeekPicture} from './week_picture';

const kQuiet = 300;

export interface Foreseen {
  outlook: Outlook | undefined;
  errors: Errors;
}

/** What the rules come to, asked of the server whenever they have not changed for a moment. */
export function useOutlook(draft: Draft, contacts: number): Foreseen {
  const [foreseen, setForeseen] = useState<Foreseen>({outlook: undefined, errors: {}});
  const [limits, setLimits] = useState(0);
  useEffect(() => subscribe(['limits'], () => setLimits((n) => n + 1)), []);
  const plan = JSON.stringify({...planOf(draft), contacts});
  const problems = JSON.stringify(numberProblems(draft));
  useEffect(() => {
    if (problems !== '{}') {
      setForeseen({outlook: undefined, errors: JSON.parse(problems) as Errors});
      return;
    }
    const abort = new AbortController();
    const timer = window.setTimeout(() => {
      campaigns.preview(JSON.parse(plan), abort.signal).then(
        (outlook) => setForeseen({outlook, errors: {}}),
        (error: unknown) => {
          if (error instanceof Refusal) setForeseen({outlook: undefined, errors: saidBy(error)});
        });
    }, kQuiet);
    return () => {
      window.clearTimeout(timer);
      abort.abort();
    };
  }, [plan, problems, limits]);
  return foreseen;
}

/** Who is not called, and why. */
function unreached({reason, unreached_rows: rows}: Outlook): string {
  if (reason === 'user_limit_zero') return 'Nobody can be called: your administrator has set your calls at a time to 0.';
  if (reason === 'system_limit_zero') return 'Nobody can be called: your administrator has set the calls of all users together to 0.';
  return `There is no time for ${counted(rows, 'contact')}. Give it more hours, or a later last day.`;
}

/** The week, and when it would be through. `zones`: of the contacts that are known. */
export function OutlookCard({outlook, draft, contacts, isAbout = false, zones = [], isCalling}: {
  outlook: Outlook | undefined;
  draft: Draft;
  contacts: number;
  isAbout?: boolean;
  zones?: readonly string[];
  isCalling?: boolean;
}) {
  const isOwnClock = draft.clock === 'contact';
  return (
    <section class="card outlook" aria-label="Outlook" aria-live="polite">
      <h2>Outlook</h2>
      {!outlook && <p class="muted">As soon as the calling hours are complete you see here when calls start, and when they end.</p>}
      {outlook && (
        <>
          <dl class="facts">
            <div><dt>List</dt><dd>{contacts > 0 ? `${isAbout ? 'about ' : ''}${counted(contacts, 'contact')}` : 'None chosen yet'}</dd></div>
            <div><dt>First call</dt><dd>{outlook.starts_at ? <><Moment at={outlook.starts_at} zone={outlook.timezone} />{isOwnClock && <span class="muted"> to whoever has no time zone of their own</span>}</> : contacts > 0 ? 'Never' : '–'}</dd></div>
            <div><dt>Estimated end</dt><dd>{outlook.ends_at ? <Moment at={outlook.ends_at} zone={outlook.timezone} /> : '–'}</dd></div>
          </dl>
          {outlook.ends_at && <p class="hint">The end is estimated at one minute a call, until there are some to go by.</p>}
          <OwnHours draft={draft} zones={zones} isCalling={isCalling} />
          {outlook.unreached_rows > 0 && (
            <p class="notice is-warn">{unreached(outlook)}</p>
          )}
          <WeekPicture intervals={outlook.open_intervals} zone={outlook.timezone} now={new Date()} />
        </>
      )}
    </section>
  );
}
