import type {ComponentType} from 'preact';
import {useEffect, useState} from 'preact/hooks';
import {ConfirmHost} from './components/confirm';
import {Empty} from './components/empty';
import {ButtonLink} from './components/button';
import {ToastHost} from './components/toast';
import {startLive, stopLive} from './live/live';
import {askBeforeLeaving, go, here, href, matched} from './router';
import {routes} from './routes';
import {session, signOut} from './session';
import {Shell} from './shell/shell';
import {SignIn} from './screens/sign_in/sign_in';
import {useSignal} from './store/signal';
import {isUnsaved, mayLeave} from './unsaved';

askBeforeLeaving(() => (isUnsaved() ? mayLeave() : true));

export function App() {
  const now = useSignal(session);
  const who = now && `${now.token} ${now.user.id}`;
  return (
    <>
      {now && who ? <SignedIn key={who} /> : <SignIn />}
      <ConfirmHost />
      <ToastHost />
    </>
  );
}

function SignedIn() {
  // Before anything is drawn that reads.
  useState(startLive);
  useEffect(() => stopLive, []);
  return <Shell><Screen /></Shell>;
}

function Screen() {
  const {path} = useSignal(here);
  useEffect(() => {
    const token = path === '/sign-in' ? here.value.query.get('token') : null;
    if (token && token !== session.value?.token) signOut();  // Somebody else's link: the sign-in takes it.
    else if (path === '/' || path === '/sign-in') go('/campaigns', {replace: true});
  }, [path]);
  for (const route of routes) {
    const parameters = matched(route.pattern, path);
    if (!parameters) continue;
    const Shown: ComponentType<Record<string, string>> = route.screen;
    // Another tab of the same campaign is the same screen.
    return <Shown key={parameters['id'] ?? ''} {...parameters} />;
  }
  if (path === '/' || path === '/sign-in') return null;
  return (
    <Empty icon="search" title="There is nothing at this address"
           actions={<ButtonLink kind="primary" href={href('/campaigns')}>To the campaigns</ButtonLink>} />
  );
}
