// The real server on a database of its own, and what a test does to it from outside.
import {execFile, execFileSync, spawn} from 'node:child_process';
import {createHmac} from 'node:crypto';
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {dirname, join, resolve} from 'node:path';
import {createInterface} from 'node:readline';
import {fileURLToPath} from 'node:url';
import {promisify} from 'node:util';
import {number} from './numbers.mjs';

export const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const serverProgram = resolve(process.argv[2] ?? process.env.CALLQUEUE_REST_SERVER ?? join(root, 'build/release/callqueue_rest_server'));
const toolProgram = resolve(process.argv[3] ?? process.env.CALLQUEUE_TOOL ?? join(root, 'build/release/callqueue'));
const secret = 'of-the-tests-of-the-dashboard';
const run = promisify(execFile);

/** Builds the pages, unless that was done. CALLQUEUE_PAGES names others. */
export function buildPages() {
  if (process.env.CALLQUEUE_PAGES) return process.env.CALLQUEUE_PAGES;
  execFileSync(join(root, 'scripts/dashboard'), {stdio: ['ignore', 'ignore', 'inherit']});
  return join(root, 'examples/dashboard/dist');
}

/** A call of the API that must succeed. */
export class Api {
  constructor(base, token, userId) {
    this.base = base;
    this.token = token;
    this.headers = {Authorization: `Bearer ${token}`, ...(userId ? {'X-User-Id': userId} : {})};
  }

  async ask(method, path, body) {
    const response = await fetch(this.base + path, {
      method, headers: this.headers,
      body: body === undefined || body instanceof FormData ? body : JSON.stringify(body),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return text.startsWith('{') ? JSON.parse(text) : text;
  }
  get(path) { return this.ask('GET', path); }
  post(path, body) { return this.ask('POST', path, body); }

  async agent(name = 'Spring voice') {
    return (await this.post('/api/agents', {name})).id;
  }

  /**
   * A campaign with a list of so many (Person 0, Person 1, …), by default open at any time. `first`: the first person;
   * `numbers`: the first number, where another one.
   */
  async campaign(name, {contacts = 5, start = false, first = 0, numbers = first, agent, ...fields} = {}) {
    const settings = {
      name, agent_id: agent ?? (this.agentId ??= await this.agent()), start_date: '2020-01-01', first_call_time: '00:00',
      last_call_time: '24:00', start, ...fields,
    };
    if (contacts === 0) return this.post('/api/campaigns', (delete settings.start, settings));
    const rows = Array.from({length: contacts}, (_, i) => `${number(numbers + i)},Person ${first + i}`);
    const form = new FormData();
    form.append('settings', JSON.stringify(settings));
    form.append('file', new Blob([['phone_number,name', ...rows].join('\n') + '\n']), 'list.csv');
    return (await this.post('/api/campaigns/upload-csv', form)).campaign;
  }

  /** Tells the server, as a provider does, how the calls that are on have gone. */
  async report(event) {
    const body = JSON.stringify(event);
    const time = String(Math.floor(Date.now() / 1000));
    const signature = createHmac('sha256', secret).update(`${time}.${body}`).digest('hex');
    const response = await fetch(`${this.base}/webhooks/calls`, {
      method: 'POST', body,
      headers: {'X-Callqueue-Timestamp': time, 'X-Callqueue-Signature': `sha256=${signature}`},
    });
    if (!response.ok) throw new Error(`webhook: ${response.status} ${await response.text()}`);
  }

  /** Ends every call that is on. @returns how many there were. */
  async endCalls(event = {status: 'completed', outcome: 'answered', success: true, duration_seconds: 42}) {
    const {items} = await this.get('/api/calls?status=initiated,ringing,in_progress&limit=1000');
    if (items.length > 0) await this.report(items.map(({id}) => ({call_id: id, ...event})));
    return items.length;
  }
}

export class Server {
  static all = [];
  /** @param pages the built dashboard. @param prepare makes the database file, if it is to hold something. */
  static async start(pages, {prepare, port = 0} = {}) {
    const server = new Server();
    Server.all.push(server);
    server.pages = pages;
    server.folder = mkdtempSync(join(tmpdir(), 'dashboard-'));
    server.database = `sqlite:${server.folder}/queue.db`;
    prepare?.(`${server.folder}/queue.db`);
    await server.launch(port);
    return server;
  }

  async launch(port) {
    this.process = spawn(serverProgram,
                         ['--db', this.database, '--port', String(port), '--pages', this.pages, '--log-level', 'warn', '--drain', '0'],
                         {env: {...process.env, CALLQUEUE_WEBHOOK_SECRET: secret}, stdio: ['ignore', 'pipe', 'inherit']});
    for await (const line of createInterface({input: this.process.stdout})) {
      const found = /^listening at http:\/\/127\.0\.0\.1:(\d+)/.exec(line);
      if (!found) continue;
      this.port = Number(found[1]);
      this.base = `http://127.0.0.1:${this.port}`;
      return;
    }
    throw new Error('the server does not start');
  }

  /** What the command line tool says. */
  async toolText(...parameters) {
    return (await run(toolProgram, ['--db', this.database, ...parameters])).stdout.trim();
  }
  async tool(...parameters) {
    return (await this.toolText(...parameters)).split('\n').pop();
  }

  /** A user with a token, and its side of the API. */
  async user(name, {limit} = {}) {
    const id = await this.tool('user', 'add', '--name', name, '--email', `${name.toLowerCase()}@example.org`);
    const api = new Api(this.base, await this.tool('token', 'create', '--user', id, '--name', 'test'));
    api.userId = id;
    if (limit !== undefined) await (await this.administrator()).ask('PUT', '/api/settings/concurrency', {user_id: id, concurrent_calls_limit: limit});
    return api;
  }
  async administrator() {
    return (this.administratorApi ??= new Api(this.base, await this.tool('token', 'create', '--administrator', '--name', 'test')));
  }

  /** By hand in its database, as nobody does but a test that needs another time than now. */
  sql(statement, ...values) {
    const program = 'import json, sqlite3, sys\nwith sqlite3.connect(sys.argv[1], timeout=60) as database: database.execute(sys.argv[2], json.loads(sys.argv[3]))';
    execFileSync(process.env.PYTHON3 ?? '/usr/bin/python3', ['-c', program, this.database.replace('sqlite:', ''), statement, JSON.stringify(values)]);
  }

  /** As when its machine goes down, or (SIGTERM) in order. */
  async kill(signal = 'SIGKILL') {
    if (this.process.exitCode !== null || this.process.signalCode !== null) return;
    const ended = new Promise((resolve) => this.process.once('exit', resolve));
    this.process.kill(signal);
    await ended;
  }
  /** At the same address. */
  restart() { return this.launch(this.port); }

  async stop() {
    await this.kill('SIGTERM');
    rmSync(this.folder, {recursive: true, force: true});
  }
}
