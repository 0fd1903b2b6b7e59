import {useEffect, useState} from 'preact/hooks';
import {campaigns} from '../api/campaigns';
import {Refusal} from '../api/client';
import type {Concurrency, Outlook} from '../api/types';
import {Moment} from '../components/moment';
import {counted} from '../format';
import {concurrency} from '../live/live';
import {useSelected} from '../store/signal';
import {type Draft, type Errors, numberProblems, planOf, saidBy} from './draft';
import {WeekPicture} from './week_picture';

const kQuiet = 300;

export interface Foreseen {
  outlook: Outlook | undefined;
  errors: Errors;
}

/** What the rules come to, asked of the server whenever they have not changed for a moment. */
export function useOutlook(draft: Draft, contacts: number): Foreseen {
  const [foreseen, setForeseen] = useState<Foreseen>({outlook: undefined, errors: {}});
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
  }, [plan, problems]);
  return foreseen;
}

/** Of those two that bind the user; 0: no call starts. */
const limitOf = (now: Concurrency | null): number | undefined => (now ? Math.min(now.user.limit, now.system.limit) : undefined);

/** The week, and when it would be through. */
export function OutlookCard({outlook, contacts, isAbout = false}: {outlook: Outlook | undefined; contacts: number; isAbout?: boolean}) {
  const limit = useSelected(concurrency, limitOf);
  return (
    <section class="card outlook" aria-label="Outlook" aria-live="polite">
      <h2>Outlook</h2>
      {!outlook && <p class="muted">As soon as the calling hours are complete you see here when calls start, and when they end.</p>}
      {outlook && (
        <>
          <dl class="facts">
            <div><dt>List</dt><dd>{contacts > 0 ? `${isAbout ? 'about ' : ''}${counted(contacts, 'contact')}` : 'None chosen yet'}</dd></div>
            <div><dt>First call</dt><dd>{outlook.starts_at ? <Moment at={outlook.starts_at} zone={outlook.timezone} /> : contacts > 0 && limit !== 0 ? 'Never' : '–'}</dd></div>
            <div><dt>Estimated end</dt><dd>{outlook.ends_at ? <Moment at={outlook.ends_at} zone={outlook.timezone} /> : '–'}</dd></div>
          </dl>
          {outlook.unreached_rows > 0 && (
            <p class="notice is-warn">
              {limit === 0 ? 'Nobody can be called: your administrator has set the calls at a time to 0.'
                : `There is no time for ${counted(outlook.unreached_rows, 'contact')}. Give it more hours, or a later last day.`}
            </p>
          )}
          <WeekPicture intervals={outlook.open_intervals} zone={outlook.timezone} now={new Date()} />
        </>
      )}
    </section>
  );
}
