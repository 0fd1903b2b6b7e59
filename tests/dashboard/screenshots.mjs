// Pictures of every screen: light, dark, narrow and at 200 %. usage: node screenshots.mjs FOLDER [NAME…]
//
// What is on them has happened in the demo of the library (build/release/callqueue_demo), whose database it begins with.
import {execFileSync} from 'node:child_process';
import {mkdirSync} from 'node:fs';
import {join, resolve} from 'node:path';

const [folder = 'build/screenshots', ...wanted] = process.argv.slice(2);
const target = resolve(folder);
process.argv.splice(2);  // Of the server's programs, where they are.
const {Browser, seen, until, visit} = await import('./browser.mjs');
const {Api, buildPages, root, Server} = await import('./server.mjs');
const {opensLater} = await import('./times.mjs');

const kLooks = [
  {look: 'light', width: 1280, height: 860},
  {look: 'dark', width: 1280, height: 860, dark: true},
  {look: 'narrow', width: 390, height: 844},
  {look: 'zoomed', width: 640, height: 430, deviceScaleFactor: 2},  // 1280 pixels at 200 %.
];


/** Live campaigns beside those that the demo has completed. */
async function furnish(server) {
  const list = JSON.parse(await server.toolText('user', 'list', '--json'));
  const user = list[0];
  const api = new Api(server.base, await server.tool('token', 'create', '--user', user.id, '--name', 'screenshots'));
  const administrator = await server.administrator();
  await administrator.ask('PUT', '/api/settings/concurrency', {user_id: user.id, concurrent_calls_limit: 4});
  api.agentId = (await api.get('/api/agents')).items[0].id;
  const retry = {outcomes: ['no_answer', 'busy'], max_attempts: 3, delays_seconds: [3600]};
  const active = await api.campaign('Spring renewals', {contacts: 120, start: true, next_action: 'Send the offer by mail', rules: {retry}});
  const outcomes = ['answered', 'answered', 'voicemail', 'answered', 'busy', 'answered', 'no_answer', 'answered'];
  for (let i = 0; i < 18; ++i) {
    const items = await until(async () => {
      const page = await api.get('/api/calls?status=initiated,ringing,in_progress&limit=10');
      return page.items.length > 0 && page.items;
    }, 'the next calls');
    await api.report(items.map(({id}, j) => {
      const outcome = outcomes[(i + j) % outcomes.length];
      const isTalk = outcome === 'answered' || outcome === 'voicemail';
      return {call_id: id, status: isTalk ? 'completed' : outcome, ...(isTalk ? {outcome, duration_seconds: 20 + 13 * ((i * 7 + j) % 17)} : {})};
    }));
  }
  const later = opensLater();
  await api.campaign('Customer survey', {contacts: 80, first: 1000, start: true, ...later, rules: {...later.rules, retry}});
  await api.campaign('Meter readings, north', {contacts: 260, first: 2000, start: true});
  await api.campaign('Autumn check-ups', {contacts: 90, first: 3000, start: true, start_date: '2099-03-01', first_call_time: '09:00', last_call_time: '17:00'});
  const draft = await api.campaign('Late payments', {contacts: 33, first: 4000});
  // One that was given up after its first hour, whenever these pictures are made.
  const short = await api.campaign('First morning', {contacts: 60, first: 6000});
  await api.post(`/api/campaigns/${short.id}/cancel`);
  server.sql('UPDATE call_queue SET attempts = 1 WHERE campaign_id = ?1 AND position <= 40', short.id);
  server.sql(`UPDATE calls SET campaign_id = ?1, queue_id = NULL, created_at = ?3, started_at = ?3, ended_at = ?3
    WHERE id IN (SELECT id FROM calls WHERE campaign_id = ?2 AND outcome IS NOT NULL LIMIT 40)`, short.id, active.id, Date.UTC(2026, 2, 27, 9, 30) * 1000);
  // Somebody else at work, for whom an administrator looks.
  for (const {id} of list.slice(1, 3)) {
    const other = new Api(server.base, await server.tool('token', 'create', '--user', id, '--name', 'screenshots'));
    other.agentId = (await other.get('/api/agents')).items[0]?.id;
    await other.campaign('Reminders', {contacts: 40, first: 5000, start: true});
  }
  return {api, administrator, user, active, draft, short, completed: (await api.get('/api/campaigns?status=completed')).items[0]};
}

/** name: [path, what is done before the picture] */
const screens = ({api, active, completed, draft, short}) => ({
  campaigns: ['/campaigns'],
  'new-campaign': ['/campaigns/new', async (page) => {
    const rows = ['phone_number,name,city', '+12025550101,Ada Lovelace,London', '+12025550102,Alan Turing,Manchester', '12,Nobody,', '+12025550103,Grace Hopper,New York'];
    await page.getByLabel('Choose a CSV file').setInputFiles({name: 'spring.csv', mimeType: 'text/csv', buffer: Buffer.from(rows.join('\n') + '\n')});
    await page.getByRole('region', {name: 'First rows'}).waitFor();
    await page.getByRole('figure').waitFor();
  }],
  campaign: [`/campaigns/${active.id}`],
  'live-queue': [`/campaigns/${active.id}/queue`],
  history: [`/campaigns/${completed.id}/history`],
  analytics: [`/campaigns/${completed.id}/analytics`, (page) => page.locator('.plot canvas').first().waitFor()],
  'analytics-one-hour': [`/campaigns/${short.id}/analytics`, (page) => page.getByRole('list', {name: 'Outcomes'}).waitFor()],
  'start-dialog': [`/campaigns/${draft.id}`, async (page) => {
    await page.locator('.screen-actions').getByRole('button', {name: 'Start'}).click();
    await page.getByRole('dialog').waitFor();
  }],
  'sign-in': {path: '/campaigns', isSignedOut: true, prepare: async (page) => {
    await page.evaluate(() => { location.hash = '/sign-in?token=cq_of_a_link'; });
    await page.locator('.notice').waitFor();
  }},
  'sign-in-notice': {path: '/campaigns', isSignedOut: true, prepare: async (page) => {
    await page.getByLabel('Access token').fill('cq_nonsense');
    await page.getByRole('button', {name: 'Sign in'}).click();
    await page.locator('.field-error').waitFor();
  }},
  edit: [`/campaigns/${active.id}/edit`],
  'edit-elsewhere': [`/campaigns/${draft.id}/edit`, async (page) => {
    await page.getByLabel('Description').fill('By letter first.');
    await page.getByLabel('Calling hours, to').fill('19:00');
    const {last_call_time: last} = await api.get(`/api/campaigns/${draft.id}`);
    await api.ask('PATCH', `/api/campaigns/${draft.id}`, {description: `Until ${last} so far.`, last_call_time: last === '17:00' ? '16:00' : '17:00'});
    const group = page.getByRole('group', {name: 'Changed elsewhere meanwhile'});
    await group.last().scrollIntoViewIfNeeded();
  }],
  contacts: ['/contacts'],
  queue: ['/queue'],
  settings: ['/settings'],
  report: ['/campaigns/new', async (page) => {
    const rows = ['phone_number,name', '+12025550101,Ada Lovelace', '+12025550102,Alan Turing', '12,Nobody', '+12025550102,Alan Turing', '+4912,Somebody'];
    await page.getByLabel('Choose a CSV file').setInputFiles({name: 'spring.csv', mimeType: 'text/csv', buffer: Buffer.from(rows.join('\n') + '\n')});
    await page.getByRole('region', {name: 'First rows'}).waitFor();
    await page.getByLabel('Name', {exact: true}).fill('Spring');
    await page.getByRole('button', {name: 'Save as draft'}).click();
    await page.getByRole('region', {name: 'Report'}).waitFor();
  }],
  administrator: {path: '/settings', prepare: (page) => page.getByRole('table', {name: 'Users'}).waitFor(), asAdministrator: true},
  'limits-dialog': {path: '/settings', asAdministrator: true, prepare: async (page) => {
    await page.getByRole('table', {name: 'Users'}).locator('.row-open').first().click();
    await page.getByRole('dialog').waitFor();
  }},
  'delete-campaign': {path: `/campaigns/${completed.id}`, prepare: async (page) => {
    await page.getByRole('button', {name: /^More for/}).click();
    await page.getByRole('menuitem', {name: 'Delete'}).click();
    await page.getByRole('dialog').waitFor();
  }},
  'bulk-call': {path: '/contacts', prepare: async (page) => {
    await page.getByLabel('Select all that are shown').check();
    await page.getByRole('button', {name: /^Call \d/}).click();
    await page.getByRole('dialog').getByRole('figure').waitFor();
  }},
  'bulk-call-directly': {path: '/contacts', prepare: async (page) => {
    await page.getByLabel('Select all that are shown').check();
    await page.getByRole('button', {name: /^Call \d/}).click();
    await page.getByRole('radio', {name: /Directly/}).check();
  }},
  'direct-call': {path: '/queue', prepare: async (page) => {
    await page.getByRole('button', {name: 'Direct call'}).click();
    const dialog = page.getByRole('dialog');
    await dialog.locator('.choose-contact button').first().click();
    await dialog.getByLabel('Later, or only until some time').check();
  }},
  'edit-contact': {path: '/contacts', prepare: async (page) => {
    await page.locator('.row-open').first().click();
    await page.getByRole('dialog').waitFor();
  }},
  'queued-call': {path: `/campaigns/${active.id}/queue`, prepare: async (page) => {
    await page.locator('.row-open').last().click();
    await page.getByRole('dialog').getByText('Position').waitFor();
  }},
});

async function picture(browser, server, {api, administrator, user}, name, screen, {look, ...options}) {
  const {path, prepare, asAdministrator, isSignedOut} = Array.isArray(screen) ? {path: screen[0], prepare: screen[1]} : screen;
  const page = await browser.open(server, options);
  if (isSignedOut) await page.goto('/');
  else await visit(page, asAdministrator ? administrator : api, path, asAdministrator ? {userId: user.id} : null);
  await page.getByRole('heading', {level: 1}).waitFor();
  await prepare?.(page);
  await page.waitForLoadState('networkidle').catch(() => {});
  if (!isSignedOut) await page.locator('.link-state.is-live').waitFor({state: 'attached'});
  await page.waitForFunction(() => document.querySelector('[aria-busy=true], [aria-label^=Loading]') === null);
  await page.screenshot({path: join(target, `${name}-${look}.png`)});
  await page.context().close();
}

mkdirSync(target, {recursive: true});
const server = await Server.start(buildPages(), {
  prepare: (file) => execFileSync(process.env.CALLQUEUE_DEMO ?? join(root, 'build/release/callqueue_demo'), ['--db', `sqlite:${file}`, '--data', join(root, 'examples/demo/data')], {stdio: 'ignore'}),
});
const browser = await Browser.start();
try {
  const scene = await furnish(server);
  for (const [name, screen] of Object.entries(screens(scene))) {
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    for (const look of kLooks) await picture(browser, server, scene, name, screen, look);
    console.log(name);
  }
} finally {
  await browser.stop();
  await server.stop();
}
