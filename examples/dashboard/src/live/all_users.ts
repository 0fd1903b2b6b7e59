import {useEffect, useState} from 'preact/hooks';
import {currentCaller} from '../api/client';
import {users as userApi} from '../api/people';
import type {Id, LiveUsersMessage, SlotUse, UserActivity} from '../api/types';
import {allRows} from '../store/all_rows';
import {LiveSocket} from './socket';

export interface AllUsers {
  users: readonly UserActivity[] | undefined;
  /** The calls of all together; none yet: nobody has told. */
  system: SlotUse | undefined;
  error: Error | undefined;
  reload(): void;
}

const kMostUsers = 10_000;  // Of more the server does not tell either.
const kPage = 1000;
const kGreetingPatience = 1500;
const nothing = {users: undefined, system: undefined, error: undefined};

/** Every user's figures, kept up to date by what an administrator is told. */
export function useAllUsers(isAdministrator: boolean): AllUsers {
  const [shown, setShown] = useState<Omit<AllUsers, 'reload'>>(nothing);
  const [reading, setReading] = useState(0);
  useEffect(() => {
    if (!isAdministrator) return;
    const abort = new AbortController();
    // What was told since the reading began: what was read may be older.
    let told = new Map<Id, UserActivity>();
    let hasBegun = false;
    const read = async () => {
      hasBegun = true;
      window.clearTimeout(patience);
      told = new Map();
      try {
        const rows = await allRows((cursor) => userApi.list({limit: kPage, cursor}, undefined, abort.signal), kMostUsers);
        if (!abort.signal.aborted) setShown((before) => ({...before, error: undefined, users: merged(rows, told)}));
      } catch (error) {
        if (!abort.signal.aborted) setShown((before) => ({...before, error: error as Error}));
      }
    };
    const patience = window.setTimeout(() => void read(), kGreetingPatience);
    const {token} = currentCaller();
    const socket = new LiveSocket<LiveUsersMessage & {seq: number}>('/api/users/events', {token}, {
      onMessage(message) {
        if (message.type === 'hello' ? !hasBegun : message.type === 'resync') void read();
        if (message.type === 'system') setShown((before) => ({...before, system: message.system}));
        if (message.type !== 'users') return;
        const some = new Map(message.users.map((user) => [user.id, user]));
        for (const [id, user] of some) told.set(id, user);
        setShown((before) => (before.users ? {...before, users: merged(before.users, some)} : before));
      },
      onDown() {
        if (!hasBegun) void read();
      },
      onRefused() {},  // The other socket says so as well.
    });
    return () => {
      window.clearTimeout(patience);
      socket.close();
      abort.abort();
    };
  }, [isAdministrator, reading]);
  return {...shown, reload: () => setReading((n) => n + 1)};
}

/** The newer ones in their places; who is new comes last, as in the server's list. */
export function merged(rows: readonly UserActivity[], newer: ReadonlyMap<Id, UserActivity>): UserActivity[] {
  const left = new Map(newer);
  const found = rows.map((row) => {
    const user = left.get(row.id);
    left.delete(row.id);
    return user ?? row;
  });
  return [...found, ...left.values()];
}
