import {useEffect, useRef, useState} from 'preact/hooks';
import {Refusal, type Caller} from '../../api/client';
import {users} from '../../api/people';
import type {User} from '../../api/types';
import {Button} from '../../components/button';
import {Field} from '../../components/field';
import {here} from '../../router';
import {endedBecause, rememberedToken, rememberedUser, signIn} from '../../session';
import {useSignal} from '../../store/signal';

/** What is meant by what was typed or pasted: a token, or the address that holds one. */
const tokenIn = (text: string): string => /[?&]token=([^&\s]+)/.exec(text)?.[1] ?? text.trim();

/** A token that came behind # of the address; taken out of it, so that nobody reads it there. */
function takeToken(): string {
  const {path, query} = here.value;
  const token = path === '/sign-in' ? query.get('token') ?? '' : '';
  if (token) window.history.replaceState(window.history.state, '', window.location.pathname);
  return token;
}

export function SignIn() {
  const ended = useSignal(endedBecause);
  const location = useSignal(here);
  const [token, setToken] = useState(takeToken);
  const [isFilledIn, setFilledIn] = useState(token !== '');
  const [error, setError] = useState('');
  const [isBusy, setBusy] = useState(() => !token && rememberedToken() !== null);
  const [others, setOthers] = useState<User[] | null>(null);
  const input = useRef<HTMLInputElement>(null);

  const tryToken = async (text: string, userId?: string) => {
    setBusy(true);
    setError('');
    const caller: Caller = {token: tokenIn(text), userId};
    try {
      const user = await users.me(caller);
      endedBecause.set('');
      signIn({token: caller.token, isAdministrator: userId !== undefined, user});
      return;
    } catch (failure) {
      if (isAdministratorsToken(failure)) await listUsers(caller);
      else {
        setError(failure instanceof Error ? failure.message : String(failure));
        input.current?.focus();
      }
    }
    setBusy(false);
  };
  const listUsers = async (caller: Caller) => {
    try {
      setOthers((await users.list({limit: 1000}, {token: caller.token})).items);
    } catch (failure) {
      setError((failure as Error).message);
    }
  };

  useEffect(() => {
    // The link was opened in a tab that was here already.
    const linked = takeToken();
    if (!linked) return;
    setToken(linked);
    setFilledIn(true);
    setOthers(null);
    setError('');
  }, [location]);
  useEffect(() => {
    document.title = 'Sign in · callqueue';
    const remembered = rememberedToken();
    if (!token && remembered) void tryToken(remembered, rememberedUser() ?? undefined);
  }, []);

  return (
    <main class="sign-in">
      <form class="card sign-in-card" onSubmit={(event) => {
        event.preventDefault();
        void tryToken(token);
      }}>
        <img src="./icon.svg" width="44" height="44" alt="" />
        <h1>Sign in to callqueue</h1>
        {ended && <p class="notice is-warn" role="status">{ended}</p>}
        {others ? (
          <ChooseUser users={others} busy={isBusy} onChoose={(id) => void tryToken(token || (rememberedToken() ?? ''), id)} />
        ) : (
          <>
            <Field label="Access token" error={error}
                   hint={<>The server prints one when it starts with a demo. Elsewhere your administrator makes one:{' '}
                     <code>callqueue token create</code></>}>
              {(props) => (
                <input {...props} ref={input} type="password" autoComplete="off" spellcheck={false} required
                       placeholder="cq_…" value={token} autoFocus={!token}
                       onInput={(event) => {
                         setToken(tokenIn(event.currentTarget.value));
                         setFilledIn(false);
                       }} />
              )}
            </Field>
            {isFilledIn && !error && <p class="notice" role="status">Your link has filled in the token. Press Sign in.</p>}
            <Button kind="primary" type="submit" busy={isBusy} autoFocus={token !== ''}>Sign in</Button>
            <p class="hint">It is kept in this tab only, until you close it or sign out.</p>
          </>
        )}
      </form>
    </main>
  );
}

/** The server asks for whom: only administrators are asked that. */
function isAdministratorsToken(failure: unknown): boolean {
  return failure instanceof Refusal && failure.field === 'X-User-Id';
}

function ChooseUser({users: all, busy, onChoose}: {users: User[]; busy: boolean; onChoose: (id: string) => void}) {
  const [id, setId] = useState(all[0]?.id ?? '');
  const select = useRef<HTMLSelectElement>(null);
  useEffect(() => select.current?.focus(), []);
  if (all.length === 0) return <p>There is no user yet. <code>callqueue user add</code> makes one.</p>;
  return (
    <>
      <Field label="You are an administrator. Whose campaigns do you want to see?">
        {(props) => (
          <select {...props} ref={select} value={id} onChange={(event) => setId(event.currentTarget.value)}>
            {all.map((user) => <option key={user.id} value={user.id}>{user.name}{user.email ? ` (${user.email})` : ''}</option>)}
          </select>
        )}
      </Field>
      <Button kind="primary" busy={busy} onClick={() => onChoose(id)}>Continue</Button>
    </>
  );
}
