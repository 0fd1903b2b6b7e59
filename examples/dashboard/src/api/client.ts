import {kEnded, session, signOut} from '../session';
import type {Id, Problem} from './types';

/** The server said no, and why; `field` names the input that is to blame. */
export class Refusal extends Error {
  readonly status: number;
  readonly code: string;
  readonly field: string | undefined;

  constructor(problem: Pick<Problem, 'status' | 'code' | 'detail' | 'field'>) {
    super(problem.detail);
    this.name = 'Refusal';
    this.status = problem.status;
    this.code = problem.code;
    this.field = problem.field;
  }
}

/** The server could not be reached: nobody knows what became of the request. */
export class Unreachable extends Error {
  constructor() {
    super('The server cannot be reached.');
    this.name = 'Unreachable';
  }
}

export interface Caller {
  token: string;
  /** For whom an administrator acts. */
  userId?: Id | undefined;
}

export interface Ask {
  method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  query?: Record<string, string | number | readonly string[] | null | undefined>;
  body?: unknown;
  signal?: AbortSignal | undefined;
  /** Makes it safe to ask again: see Idempotency-Key. */
  key?: string;
  caller?: Caller;
}

export function headersOf(caller: Caller): Record<string, string> {
  const headers: Record<string, string> = {Authorization: `Bearer ${caller.token}`};
  if (caller.userId) headers['X-User-Id'] = caller.userId;
  return headers;
}

export function currentCaller(): Caller {
  const now = session.value;
  if (!now) throw new Refusal({status: 401, code: 'unauthorized', detail: 'You are signed out.'});
  return {token: now.token, userId: now.isAdministrator ? now.user.id : undefined};
}

function target(path: string, query: Ask['query']): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) {
    const text = Array.isArray(value) ? value.join(',') : value;
    if (text !== null && text !== undefined && text !== '') parameters.set(name, String(text));
  }
  const text = parameters.toString();
  return text ? `${path}?${text}` : path;
}

/** What an answer that is no success says. */
export function refusalOf(status: number, text: string): Refusal {
  try {
    return new Refusal(JSON.parse(text) as Problem);
  } catch {
    return new Refusal({status, code: 'internal', detail: `The server answered with ${status}.`});
  }
}

async function send(path: string, ask: Ask): Promise<Response> {
  const caller = ask.caller ?? currentCaller();
  const headers = headersOf(caller);
  if (ask.body !== undefined) headers['Content-Type'] = 'application/json';
  if (ask.key) headers['Idempotency-Key'] = ask.key;
  let response: Response;
  try {
    response = await fetch(target(path, ask.query), {
      method: ask.method ?? (ask.body === undefined ? 'GET' : 'POST'),
      headers,
      body: ask.body === undefined ? null : JSON.stringify(ask.body),
      signal: ask.signal ?? null,
      credentials: 'omit',
      cache: 'no-store',
    });
  } catch (error) {
    if (ask.signal?.aborted) throw error;
    throw new Unreachable();
  }
  if (response.ok) return response;
  const refusal = refusalOf(response.status, await response.text());
  if (refusal.status === 401 && session.value?.token === caller.token) signOut(kEnded);
  throw refusal;
}

/** Asks, as JSON both ways. Throws `Refusal` or `Unreachable`. */
export async function ask<T>(path: string, request: Ask = {}): Promise<T> {
  for (let tries = 0; ; ++tries) {
    try {
      const response = await send(path, request);
      return (response.status === 204 ? undefined : await response.json()) as T;
    } catch (error) {
      // Too often: a bit later it is taken, and nothing was done.
      if (!(error instanceof Refusal) || error.status !== 429 || tries === 3) throw error;
      await new Promise((resolve) => setTimeout(resolve, 400 * (tries + 1)));
    }
  }
}

/** A file, kept by the browser under this name if it is `worth` it. @returns whether it was. */
export async function download(path: string, name: string, query?: Ask['query'],
                               worth: (content: Blob) => Promise<boolean> = async () => true): Promise<boolean> {
  const response = await send(path, {query});
  const content = await response.blob();
  const isKept = await worth(content);
  if (isKept) save(content, name);
  return isKept;
}

/** Hands the browser a file to keep. */
export function save(content: Blob, name: string): void {
  const url = URL.createObjectURL(content);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
