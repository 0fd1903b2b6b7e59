import {signal} from './store/signal';
import type {Id, User} from './api/types';
import {forgetReport} from './lists/last_report';

/** Who looks at the page. The token stays in this tab, and goes with it. */
export interface Session {
  token: string;
  isAdministrator: boolean;
  /** Whose rows are seen: of an administrator, the user for whom it acts. */
  user: User;
}

const kToken = 'callqueue.token';
const kActingFor = 'callqueue.acting_for';

export const session = signal<Session | null>(null);
/** Why the server has ended the last one; empty: whoever was signed in has. */
export const endedBecause = signal('');

export function rememberedToken(): string | null {
  return sessionStorage.getItem(kToken);
}
export function rememberedUser(): Id | null {
  return sessionStorage.getItem(kActingFor);
}

export function signIn(next: Session): void {
  sessionStorage.setItem(kToken, next.token);
  if (next.isAdministrator) sessionStorage.setItem(kActingFor, next.user.id);
  else sessionStorage.removeItem(kActingFor);
  session.set(next);
}

/** What those are told who have not signed out themselves. */
export const kEnded = 'Your access was ended by the administrator, or has run out. Ask for a new token.';

export function signOut(reason = ''): void {
  sessionStorage.removeItem(kToken);
  sessionStorage.removeItem(kActingFor);
  forgetReport();
  endedBecause.set(reason);
  session.set(null);
}
