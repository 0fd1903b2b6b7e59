import type {LivePlace} from '../api/types';
import type {Caller} from '../api/client';

export interface SocketEvents<Message> {
  /** Each message in its order, `hello` and `resync` included. */
  onMessage(message: Message | LivePlace): void;
  /** It is tried again at that time (`performance.now()`), unless `retryNow` comes first. */
  onDown(retryAt: number): void;
  /** The token is not (any more) good. */
  onRefused(): void;
}

const kFirstDelay = 500;
const kLongestDelay = 15_000;
const kGreetingTime = 10_000;

/**
 * The WebSocket of live events, opened again whenever it closes: each time a bit later, and from
 * where the last one got to, so that nothing is missed.
 */
export class LiveSocket<Message extends {type: string; seq: number}> {
  private socket: WebSocket | undefined;
  private epoch = '';
  private seq = 0;
  private failures = 0;
  private timer: number | undefined;
  private greeting: number | undefined;
  private isClosed = false;

  constructor(private readonly path: string, private readonly caller: Caller, private readonly events: SocketEvents<Message>) {
    window.addEventListener('online', this.retryNow);
    window.addEventListener('offline', this.drop);
    document.addEventListener('visibilitychange', this.look);
    this.open();
  }

  close(): void {
    this.isClosed = true;
    window.removeEventListener('online', this.retryNow);
    window.removeEventListener('offline', this.drop);
    document.removeEventListener('visibilitychange', this.look);
    window.clearTimeout(this.timer);
    window.clearTimeout(this.greeting);
    this.socket?.close();
  }

  /** Does not wait for its time. */
  readonly retryNow = (): void => {
    if (this.timer === undefined) return;
    window.clearTimeout(this.timer);
    this.timer = undefined;
    this.open();
  };

  private readonly drop = (): void => this.socket?.close();
  private readonly look = (): void => {
    if (document.visibilityState === 'visible') this.retryNow();
  };

  private open(): void {
    const url = new URL(this.path, location.href);
    url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
    const socket = new WebSocket(url);
    this.socket = socket;
    this.greeting = window.setTimeout(() => socket.close(), kGreetingTime);
    socket.onopen = () => {
      const after = this.epoch ? {after: `${this.epoch}.${this.seq}`} : {};
      const user = this.caller.userId ? {user_id: this.caller.userId} : {};
      socket.send(JSON.stringify({token: this.caller.token, ...after, ...user}));
    };
    socket.onmessage = ({data}) => {
      if (socket === this.socket && !this.isClosed) this.take(JSON.parse(data as string) as Message | LivePlace);
    };
    socket.onclose = ({code}) => {
      if (socket === this.socket && !this.isClosed) this.onClosed(code);
    };
  }

  private take(message: Message | LivePlace): void {
    const place = message as LivePlace;
    if (place.type === 'problem') return;
    if (place.type === 'hello' || place.type === 'resync') {
      window.clearTimeout(this.greeting);
      this.epoch = place.epoch;
      this.failures = 0;
    }
    this.seq = place.seq;
    this.events.onMessage(message);
  }

  private onClosed(code: number): void {
    window.clearTimeout(this.greeting);
    if (code === 1008) {
      this.isClosed = true;
      this.events.onRefused();
      return;
    }
    // Not all at the same instant, when a server with many pages comes back.
    const delay = Math.min(kLongestDelay, kFirstDelay * 2 ** this.failures) * (0.75 + Math.random() / 2);
    ++this.failures;
    this.timer = window.setTimeout(this.retryNow, delay);
    this.events.onDown(performance.now() + delay);
  }
}
