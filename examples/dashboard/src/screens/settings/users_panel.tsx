import {useState} from 'preact/hooks';
import type {UserActivity} from '../../api/types';
import {Button} from '../../components/button';
import {Failed, Skeleton} from '../../components/empty';
import {type Column, Table} from '../../components/table';
import {counted, number} from '../../format';
import type {AllUsers} from '../../live/all_users';
import {LimitsDialog, SystemLimitDialog} from './limits_dialog';

type Opened = {name: 'user'; user: UserActivity} | {name: 'system'} | null;

/** Everybody's limits, and who is dealt the next slot. */
export function UsersPanel({all, systemLimit}: {all: AllUsers; systemLimit: number}) {
  const [opened, setOpened] = useState<Opened>(null);
  const {users} = all;
  return (
    <>
      <section class="settings-section" aria-labelledby="turns">
        <h2 id="turns">Whose turn it is</h2>
        {all.error && !users ? <Failed error={all.error} onRetry={all.reload} /> : !users ? <Skeleton lines={2} /> : <Turns users={users} systemLimit={systemLimit} />}
      </section>
      <section class="settings-section" aria-labelledby="users">
        <div class="section-head">
          <h2 id="users">Limits of users and of the system</h2>
          <Button small icon="edit" onClick={() => setOpened({name: 'system'})}>System: {counted(systemLimit, 'call')}</Button>
        </div>
        {users && <p class="muted users-legend">“Stops at”: no further call of that user starts while all users together have that many. “Due”: queued calls whose time has come, also those of campaigns that do not run or are outside their hours. “Turn”: who is dealt the next free call.</p>}
        {users && (
          <Table caption="Users" columns={kColumns} rows={users} rowKey={({id}) => id} maxRows={10}
                 onOpen={(user) => setOpened({name: 'user', user})} />
        )}
      </section>
      {opened?.name === 'user' && <LimitsDialog user={opened.user} onClose={() => setOpened(null)} />}
      {opened?.name === 'system' && <SystemLimitDialog limit={systemLimit} onClose={() => setOpened(null)} />}
    </>
  );
}

const kTurns = 12;

function Turns({users, systemLimit}: {users: readonly UserActivity[]; systemLimit: number}) {
  const waiting = users.filter(({place, ready}) => place !== null && ready > 0).sort((a, b) => (a.place ?? 0) - (b.place ?? 0));
  const stuck = users.filter(({ready, concurrent_calls_limit: limit}) => ready > 0 && (limit === 0 || systemLimit === 0));
  if (waiting.length === 0 && stuck.length > 0) {
    return (
      <p class="card">
        No call may start for {stuck.slice(0, kTurns).map(({name}) => name).join(', ')}{stuck.length > kTurns ? ' and others' : ''}:{' '}
        {systemLimit === 0 ? 'the limit of the system is 0.' : 'calls are due, and the limit is 0.'}
      </p>
    );
  }
  if (waiting.length === 0) return <p class="card muted">Nobody waits: whoever has calls to make had a slot for them, or has reached a limit of its own.</p>;
  return (
    <ol class="card turns">
      {waiting.slice(0, kTurns).map((user) => (
        <li key={user.id}>
          <span class="turn-place">{user.place === null ? '' : number(user.place)}</span>
          <strong>{user.name}</strong>
          <span class="muted">{counted(user.ready, 'call')} due · {number(user.active_calls)} of {number(user.concurrent_calls_limit)} in use</span>
        </li>
      ))}
      {waiting.length > kTurns && <li class="muted">And {number(waiting.length - kTurns)} more.</li>}
    </ol>
  );
}

const kColumns: readonly Column<UserActivity>[] = [
  {key: 'name', title: 'User', cell: (user) => user.name},
  {key: 'email', title: 'E-mail', cell: (user) => <span title={user.email ?? undefined}>{user.email}</span>, width: '270px', wide: true},
  {key: 'active', title: 'Active', cell: (user) => number(user.active_calls), align: 'end', width: '76px'},
  {key: 'limit', title: 'Limit', cell: (user) => number(user.concurrent_calls_limit), align: 'end', width: '70px'},
  {key: 'ceiling', title: 'Stops at', cell: (user) => number(user.system_concurrent_calls_limit), align: 'end', width: '92px', wide: true},
  {key: 'ready', title: 'Due', cell: (user) => number(user.ready), align: 'end', width: '74px', wide: true},
  {key: 'queued', title: 'Queued', cell: (user) => number(user.queued), align: 'end', width: '86px'},
  {key: 'place', title: 'Turn', cell: (user) => (user.place === null ? '–' : number(user.place)), align: 'end', width: '66px', wide: true},
];
