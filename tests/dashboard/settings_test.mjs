import assert from 'node:assert/strict';
import {accessible, seen, silent, until, visit} from './browser.mjs';
import {Server} from './server.mjs';
import {test} from './suite.mjs';
import {world} from './world.mjs';

const facts = async (page, title) => (await page.getByRole('region', {name: title}).locator('dd').allInnerTexts()).map(Number);
const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);

test('a user sees its limits and free slots as calls come and go, and changes none', async () => {
  const tom = await world.server.user('Tom', {limit: 2});
  await tom.campaign('Three', {contacts: 3});
  const page = await world.browser.open(world.server);
  await visit(page, tom, '/settings');
  const own = page.getByRole('region', {name: 'Your calls'});
  await seen(own, '2 slots free');
  assert.deepEqual(await facts(page, 'Your calls'), [0, 2]);
  await tom.post(`/api/campaigns/${(await tom.get('/api/campaigns')).items[0].id}/start`);
  await until(async () => same(await facts(page, 'Your calls'), [2, 2]), 'two active calls');
  await seen(own, '0 slots free');
  await seen(page, 'Your administrator sets these limits.');
  assert.equal(await page.getByRole('table', {name: 'Users'}).count(), 0);
  await until(async () => {
    await tom.endCalls();
    return same(await facts(page, 'Your calls'), [0, 2]);
  }, 'the end of all calls');
  await page.getByRole('radio', {name: 'Dark'}).check();
  assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), 'dark');
  silent(page);
  await page.context().close();
});

test('an administrator sees whose turn it is, and changes limits of users and of the system', async () => {
  const server = await Server.start(world.pages);  // Nobody else is in its tables.
  const administrator = await server.administrator();
  const [una, vic] = [await server.user('Una', {limit: 1}), await server.user('Vic', {limit: 1})];
  for (const user of [una, vic]) await user.campaign('Waits', {contacts: 40, start: true});
  const {system} = await una.get('/api/settings/concurrency');
  const page = await world.browser.open(server);
  const lists = [];
  page.on('request', (request) => new URL(request.url()).pathname === '/api/users' && lists.push(request));
  await visit(page, administrator, '/settings', una);
  const users = page.getByRole('table', {name: 'Users'});
  const row = (name) => users.getByRole('row').filter({has: page.getByRole('button', {name, exact: true})});
  await row('Vic').waitFor();
  const turns = page.getByRole('region', {name: 'Whose turn it is'});
  await until(async () => {
    const texts = (await turns.getByRole('listitem').allInnerTexts()).join('\n');
    return /Una\s+3\d calls due · 1 of 1 in use/.test(texts) && /Vic\s+3\d calls due · 1 of 1 in use/.test(texts);
  }, 'both to wait');
  await accessible(page, 'the settings of an administrator');
  const legend = page.getByText(/“Due”: queued calls whose time has come, also those of campaigns that do not run/);
  assert.ok(await legend.isVisible());
  await page.setViewportSize({width: 390, height: 844});
  assert.deepEqual([await legend.isVisible(), await users.getByRole('columnheader', {name: 'Due'}).count()], [false, 0]);
  await page.setViewportSize({width: 1280, height: 860});

  await row('Una').getByRole('button').press('Enter');
  const dialog = page.getByRole('dialog', {name: 'Limits of Una'});
  await dialog.getByLabel('Calls at a time').fill('-1');
  await dialog.getByRole('button', {name: 'Save'}).click();
  await seen(dialog, 'Write a whole number, 0 or more.');
  await accessible(page, 'limits');
  await dialog.getByLabel('Calls at a time').fill('3');
  await page.keyboard.press('Escape');
  await page.getByRole('dialog', {name: 'Leave without saving?'}).getByRole('button', {name: 'Stay here'}).press('Enter');
  await dialog.getByLabel('Calls at a time').focus();
  await page.keyboard.press('Enter');
  await dialog.waitFor({state: 'detached'});
  await until(async () => same(await facts(page, 'Una’s calls'), [3, 3]), 'three calls of Una');
  await until(async () => /^Una\s+una@example.org\s+3\s+3\s/.test(await row('Una').innerText()), 'them in the table');
  await page.getByRole('meter', {name: 'Slots in use'}).and(page.locator('[aria-valuemax="3"]')).waitFor();
  assert.equal((await una.get('/api/me')).concurrent_calls_limit, 3);

  // A ceiling of Vic's own, under that of the system.
  await row('Vic').getByRole('button').click();
  const ceiling = page.getByRole('dialog', {name: 'Limits of Vic'});
  await seen(ceiling, 'No further call of this user starts while all users together have that many.');
  await ceiling.getByLabel('Stops at').fill('2');
  await ceiling.getByRole('button', {name: 'Save'}).click();
  await until(async () => /^Vic\s+vic@example.org\s+1\s+1\s+2\s/.test(await row('Vic').innerText()), 'the ceiling in the table');
  const vics = await world.browser.open(server);
  await visit(vics, vic, '/settings');
  await seen(vics, 'While all users together have 2 calls or more, no further one starts here.');
  await vic.endCalls();
  await vics.evaluate((to) => { location.hash = to; }, `/campaigns/${(await vic.get('/api/campaigns')).items[0].id}`);
  const why = vics.getByRole('region', {name: 'Why is it not dialling?'});
  await seen(why, 'Waiting while the system is busy');
  await seen(why, /You are dealt no call while the whole system has that many\./);
  silent(vics);
  await vics.context().close();

  // Where the limit of all holds it no call is promised for the end of one of Una's own.
  for (const [limit, title] of [[1, 'The system is at its limit'], [0, 'No call may start']]) {
    await administrator.ask('PUT', '/api/settings/concurrency', {system_limit: limit});
    await page.evaluate((to) => { location.hash = to; }, `/campaigns/${(await una.get('/api/campaigns')).items[0].id}`);
    const promises = page.getByText(/as soon as|You may have/);
    await seen(page.getByRole('region', {name: 'What it is doing'}), title);
    assert.equal(await promises.count(), 0);
    await page.evaluate(() => { location.hash = '/campaigns'; });
    await seen(page.locator('.idle-title'), title);
    assert.equal(await promises.count(), 0);
  }
  await administrator.ask('PUT', '/api/settings/concurrency', {system_limit: system.limit});
  await page.evaluate(() => { location.hash = '/settings'; });
  await row('Vic').waitFor();

  await page.getByRole('button', {name: /^System:/}).click();
  await page.getByLabel(/of all users together/).fill(String(system.limit + 7));
  await page.getByRole('button', {name: 'Save'}).click();
  await page.getByRole('button', {name: `System: ${system.limit + 7} calls`}).waitFor();
  assert.equal((await una.get('/api/settings/concurrency')).system.limit, system.limit + 7);
  await administrator.ask('PUT', '/api/settings/concurrency', {system_limit: system.limit});
  for (const user of [una, vic]) await user.post(`/api/campaigns/${(await user.get('/api/campaigns')).items[0].id}/cancel`);
  for (const user of [una, vic]) await user.endCalls();
  // What others do is told: the list was read with the screen, and is not looked at again.
  const before = lists.length;
  const wes = await server.user('Wes', {limit: 0});
  await wes.campaign('Late', {contacts: 7, first: 900, start: true});
  await until(async () => /^Wes\s+wes@example.org\s+0\s+0\s.*\s7\s+7\s/s.test(await row('Wes').innerText()), 'who is new, with what it has');
  await until(async () => /^Una\s+una@example.org\s+0\s+3\s/.test(await row('Una').innerText()), 'the end of Una’s calls');
  await seen(turns, 'No call may start for Wes: calls are due, and the limit is 0.');
  assert.equal(lists.length, before);
  silent(page);
  await page.context().close();
  await server.stop();
});
