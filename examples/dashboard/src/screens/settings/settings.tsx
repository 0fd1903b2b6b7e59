import {useEffect} from 'preact/hooks';
import {settings} from '../../api/settings';
import type {Concurrency} from '../../api/types';
import {Button} from '../../components/button';
import {Failed, Skeleton} from '../../components/empty';
import {Choice} from '../../components/field';
import {counted} from '../../format';
import {useAllUsers} from '../../live/all_users';
import {concurrency} from '../../live/live';
import {session, signOut} from '../../session';
import {ScreenHead} from '../../shell/shell';
import {useResource} from '../../store/resource';
import {useSignal} from '../../store/signal';
import {theme, toggleTheme} from '../../theme';
import {SlotsCard} from './slots_card';
import {UsersPanel} from './users_panel';

/** Limits, what is in use of them, and (for administrators) everybody's. */
export function SettingsScreen() {
  const who = useSignal(session);
  const limits = useResource('concurrency', (signal) => settings.concurrency(signal), {on: ['calls', 'limits'], everyMs: 500});
  const everybody = useAllUsers(who?.isAdministrator === true);
  const now = limits.data && {...limits.data, system: everybody.system ?? limits.data.system};
  useEffect(() => {
    if (limits.data) concurrency.set(limits.data);  // For the sidebar.
  }, [limits.data]);
  return (
    <>
      <ScreenHead title="Settings" />
      {limits.error && !now ? <Failed error={limits.error} onRetry={limits.reload} /> : !now ? <Skeleton lines={4} /> : <Limits now={now} />}
      {who?.isAdministrator && now && <UsersPanel all={everybody} systemLimit={now.system.limit} />}
      <section class="settings-section" aria-labelledby="account">
        <h2 id="account">Account</h2>
        <Account />
      </section>
    </>
  );
}

function Limits({now}: {now: Concurrency}) {
  const who = useSignal(session);
  const whose = who?.isAdministrator ? `${who.user.name}’s calls` : 'Your calls';
  return (
    <section class="settings-section" aria-labelledby="limits">
      <h2 id="limits">Calls at a time</h2>
      <div class="slot-cards">
        <SlotsCard title={whose} use={now.user} />
        <SlotsCard title="All users together" use={now.system} />
      </div>
      {now.system_concurrent_calls_limit < now.system.limit && (
        <p class="muted">While all users together have {counted(now.system_concurrent_calls_limit, 'call')} or more, no further one starts here.</p>
      )}
      {!who?.isAdministrator && <p class="muted">Your administrator sets these limits.</p>}
    </section>
  );
}

function Account() {
  const who = useSignal(session);
  const shown = useSignal(theme);
  if (!who) return null;
  const {user} = who;
  return (
    <div class="card account-card">
      <dl class="facts">
        <div><dt>Name</dt><dd>{user.name}</dd></div>
        <div><dt>E-mail</dt><dd>{user.email ?? <span class="muted">None</span>}</dd></div>
        <div><dt>Time zone</dt><dd>{user.timezone ?? <span class="muted">None: campaigns without one of their own go by UTC</span>}</dd></div>
        {who.isAdministrator && <div><dt>Signed in as</dt><dd>Administrator, acting for this user</dd></div>}
      </dl>
      <Choice name="theme" legend="Colours" value={shown} onChange={toggleTheme} options={[
        {value: 'light', label: 'Light'}, {value: 'dark', label: 'Dark'}]} />
      <div class="form-actions"><Button icon="leave" onClick={() => signOut()}>Sign out</Button></div>
    </div>
  );
}
