import assert from 'node:assert/strict';
import test from 'node:test';
import {accessible, seen, silent, until, visit} from './browser.mjs';
import {world} from './world.mjs';

const table = (page) => page.getByRole('table', {name: 'Queued calls'});
const rowOf = (page, name) => table(page).getByRole('row').filter({has: page.getByRole('button', {name, exact: false})});
const cells = async (page, name) => (await rowOf(page, name).getByRole('cell').allInnerTexts()).map((text) => text.trim());
const show = (page, name) => page.getByRole('group', {name: 'Show'}).getByRole('button', {name}).click();

test('the queue shows who is called, who waits where and how long, and is filtered', async () => {
  const pia = await world.server.user('Pia', {limit: 1});
  const first = await pia.campaign('First', {contacts: 3, start: true});
  const second = await pia.campaign('Second', {contacts: 2, first: 400});
  const page = await world.browser.open(world.server);
  await visit(page, pia, '/queue');
  await until(async () => (await cells(page, 'Person 100'))[4] === 'Calling', 'the call');
  await until(async () => (await cells(page, 'Person 101'))[5] === '1', 'the first place');
  const [, name, number, campaign, status, position, expected] = await cells(page, 'Person 102');
  assert.deepEqual([name, number, campaign, status, position], ['Person 102', '+1 202 555 0102', 'First', 'Queued', '2']);
  assert.match(expected, /^(in about \d+ min|within a minute|as soon as possible)$/);
  assert.equal((await cells(page, 'Person 400'))[6], 'Not started');
  await seen(page, 'All that is open 5');

  await page.getByLabel('Campaign', {exact: true}).selectOption('Second');
  await until(async () => await table(page).getByRole('row').count() === 3, 'the second campaign alone');
  await page.reload();
  await rowOf(page, 'Person 401').waitFor();
  assert.equal(await table(page).getByRole('row').count(), 3);
  await show(page, 'Ended');
  await page.getByRole('button', {name: 'Show all campaigns'}).click();
  await seen(page, 'No call has ended yet');
  await pia.endCalls();
  await rowOf(page, 'Person 100').waitFor();
  await show(page, 'Being called');
  await rowOf(page, 'Person 101').waitFor();
  await page.getByRole('button', {name: 'Person 101'}).press('Enter');
  await seen(page.getByRole('dialog', {name: 'Person 101'}), 'Attempts');
  await page.keyboard.press('Escape');
  await pia.post(`/api/campaigns/${first.id}/cancel`);
  await pia.endCalls();
  await seen(page, 'Nobody is being called right now');
  await pia.ask('DELETE', `/api/campaigns/${second.id}`);
  silent(page);
  await page.context().close();
});

test('one or many are cancelled, after a question; what is being called cannot be', async () => {
  const rik = await world.server.user('Rik', {limit: 1});
  await rik.campaign('Many', {contacts: 620, start: true});  // More than one page of them.
  const page = await world.browser.open(world.server);
  await visit(page, rik, '/queue');
  await until(async () => (await cells(page, 'Person 100'))[4] === 'Calling', 'the call');
  assert.equal(await page.getByLabel('Select Person 100', {exact: true}).isDisabled(), true);
  await page.getByLabel('Select Person 102', {exact: true}).check();
  await page.getByRole('button', {name: 'Cancel 1 call'}).click();
  const question = page.getByRole('dialog');
  await question.getByRole('button', {name: 'Keep it'}).click();
  assert.equal((await rik.get('/api/queue/statistics')).queued, 619);
  await page.getByRole('button', {name: 'Cancel 1 call'}).click();
  await question.getByRole('button', {name: 'Cancel 1 call'}).click();
  await rowOf(page, 'Person 102').waitFor({state: 'detached'});
  await seen(page, '1 call cancelled.');

  await page.getByRole('button', {name: 'Select all that match'}).click();
  await page.getByRole('button', {name: 'Cancel 618 calls'}).click();
  // Meanwhile one of them is called.
  await rik.endCalls();
  await until(async () => (await rik.get('/api/queue/statistics')).processing === 1, 'the next call');
  await accessible(page, 'whether to cancel');
  await question.getByRole('button', {name: 'Cancel 61', exact: false}).click();
  await until(async () => await table(page).getByRole('row').count() === 2, 'the call that goes on');
  assert.deepEqual(await rik.get('/api/queue/statistics').then(({queued, processing, cancelled}) => [queued, processing, cancelled]), [0, 1, 618]);
  await rik.endCalls();
  await seen(page, 'The queue is empty');
  silent(page);
  await page.context().close();
});

test('somebody is called directly, before the calls of campaigns', async () => {
  const sam = await world.server.user('Sam', {limit: 1});
  await sam.campaign('Behind', {contacts: 3, start: true});
  for (const name of ['Zoe', 'Yves']) await sam.post('/api/contacts', {name, phone_number: `+120255570${name.length}0`});
  const page = await world.browser.open(world.server);
  await visit(page, sam, '/queue');
  await until(async () => (await cells(page, 'Person 100'))[4] === 'Calling', 'the call');
  await page.getByRole('button', {name: 'Direct call'}).click();
  const dialog = page.getByRole('dialog', {name: 'Direct call'});
  await dialog.getByRole('button', {name: 'Call now'}).click();
  await seen(dialog, 'Choose who is to be called.');
  await dialog.getByRole('searchbox').fill('zo');
  await dialog.getByRole('button', {name: /^Zoe/}).click();
  await accessible(page, 'a direct call');
  await dialog.getByRole('button', {name: 'Call now'}).click();
  await seen(page, 'Zoe is called next.');
  await until(async () => (await cells(page, 'Zoe'))[5] === '1', 'the first place');
  assert.equal((await cells(page, 'Zoe'))[3], 'Direct call');
  await sam.endCalls();
  await until(async () => (await cells(page, 'Zoe'))[4] === 'Calling', 'the direct call');
  await page.getByRole('button', {name: 'Direct call'}).click();
  await dialog.getByRole('button', {name: /^Yves/}).click();
  await dialog.getByLabel('Later, or only until some time').check();
  await dialog.getByLabel('Not before').fill('2099-05-01T09:00');
  await dialog.getByLabel('Not after').fill('2099-05-01T08:00');
  await dialog.getByRole('button', {name: 'Queue the call'}).click();
  await seen(dialog, 'This has passed before the call may start.');
  await dialog.getByLabel('Not after').fill('2099-05-01T10:00');
  await dialog.getByRole('button', {name: 'Queue the call'}).click();
  await dialog.waitFor({state: 'detached'});
  await rowOf(page, 'Yves').waitFor();
  const yves = (await sam.get('/api/queue?status=queued')).items.find(({contact_name}) => contact_name === 'Yves');
  assert.deepEqual([yves.scheduled_for, yves.not_after], ['2099-05-01T07:00:00Z', '2099-05-01T08:00:00Z'].map((at) => new Date(at).toISOString()));
  await sam.endCalls();
  silent(page);
  await page.context().close();
});
