import assert from 'node:assert/strict';
import {accessible, seen, silent, until, visit} from './browser.mjs';
import {number, written} from './numbers.mjs';
import {test} from './suite.mjs';
import {world} from './world.mjs';

const table = (page) => page.getByRole('table', {name: 'Queued calls'});
const rowOf = (page, name) => table(page).getByRole('row').filter({has: page.getByRole('button', {name, exact: false})});
const cells = async (page, name) => (await rowOf(page, name).getByRole('cell').allInnerTexts()).map((text) => text.trim());
const show = (page, name) => page.getByRole('group', {name: 'Show'}).getByRole('button', {name}).click();

/** From 0 on calls start. */
const allow = async (user, limit) =>
  (await world.server.administrator()).ask('PUT', '/api/settings/concurrency', {user_id: user.userId, concurrent_calls_limit: limit});

test('the queue shows who is called, who waits where and how long, and is filtered', async () => {
  const pia = await world.server.user('Pia', {limit: 0});
  const first = await pia.campaign('First', {contacts: 30, first: 100, numbers: 0, start: true});
  const page = await world.browser.open(world.server);
  await visit(page, pia, '/queue');
  await until(async () => (await cells(page, 'Person 103'))[5] === '4', 'the fourth place');
  assert.deepEqual((await cells(page, 'Person 103')).slice(1),
                   ['Person 103', written(number(3)), 'First', 'Queued', '4', 'Not known']);
  await allow(pia, 1);
  await table(page).getByText('Calling').first().waitFor();
  await until(async () => /^in about \d+ min$/.test((await cells(page, 'Person 110'))[6]), 'the expected wait');
  const second = await pia.campaign('Second', {contacts: 2, first: 400, numbers: 30});
  await page.getByLabel('Campaign', {exact: true}).selectOption('Second');
  await until(async () => await table(page).getByRole('row').count() === 3, 'the second campaign alone');
  assert.deepEqual((await cells(page, 'Person 400')).slice(5), ['–', 'Not started']);
  await table(page).getByRole('button', {name: 'Person 400', exact: false}).click();
  await seen(page.getByRole('dialog', {name: 'Person 400'}), 'None: the campaign is not started');
  await page.keyboard.press('Escape');
  await page.reload();
  await rowOf(page, 'Person 401').waitFor();
  assert.equal(await table(page).getByRole('row').count(), 3);
  await show(page, 'Ended');
  await page.getByRole('button', {name: 'Show all campaigns'}).click();
  await pia.endCalls();
  await rowOf(page, 'Person 100').waitFor();
  await show(page, 'Being called');
  await table(page).getByText('Calling').first().waitFor();
  await pia.post(`/api/campaigns/${first.id}/cancel`);
  await pia.endCalls();
  await seen(page, 'Nobody is being called right now');
  await show(page, 'Ended');
  await page.getByRole('button', {name: 'Person 100'}).press('Enter');
  await seen(page.getByRole('dialog', {name: 'Person 100'}), 'Attempts');
  await page.keyboard.press('Escape');
  await pia.ask('DELETE', `/api/campaigns/${second.id}`);
  silent(page);
  await page.context().close();
});

test('one or many are cancelled, after a question; what is being called cannot be', async () => {
  const rik = await world.server.user('Rik', {limit: 0});
  await rik.campaign('Many', {contacts: 620, first: 100, numbers: 0, start: true});  // More than one page of them.
  const statistics = () => rik.get('/api/queue/statistics');
  const page = await world.browser.open(world.server);
  await visit(page, rik, '/queue');
  await page.getByLabel('Select Person 102', {exact: true}).check();
  await page.getByRole('button', {name: 'Cancel 1 call'}).click();
  const question = page.getByRole('dialog');
  await question.getByRole('button', {name: 'Keep it'}).click();
  assert.equal((await statistics()).queued, 620);
  await page.getByRole('button', {name: 'Cancel 1 call'}).click();
  await question.getByRole('button', {name: 'Cancel 1 call'}).click();
  await rowOf(page, 'Person 102').waitFor({state: 'detached'});
  await seen(page, '1 call cancelled.');

  await page.getByRole('button', {name: 'Select all that match'}).click();
  await page.getByRole('button', {name: 'Cancel 619 calls'}).click();
  await accessible(page, 'whether to cancel');
  await allow(rik, 1);  // Meanwhile one of them is called.
  await until(async () => (await statistics()).processing === 1, 'a call');
  await question.getByRole('button', {name: 'Cancel 61', exact: false}).click();
  await seen(page, /1 call could not be cancelled|61\d calls cancelled/);
  await until(async () => await table(page).getByRole('row').count() <= 2, 'the call that goes on');
  const {queued, cancelled} = await statistics();
  assert.equal(queued, 0);
  assert.ok(cancelled > 600 && cancelled < 620, `${cancelled}`);
  await rik.endCalls();
  await seen(page, 'The queue is empty');
  await allow(rik, 1);
  silent(page);
  await page.context().close();
});

test('who is being called cannot be selected', async () => {
  const uma = await world.server.user('Uma', {limit: 1});
  await uma.campaign('Uma’s', {contacts: 20, first: 100, numbers: 0, start: true});
  const page = await world.browser.open(world.server);
  await visit(page, uma, '/queue');
  await until(async () => await page.getByLabel(/^Select Person/).and(page.locator(':disabled')).count() === 1, 'one that is called');
  await page.getByLabel('Select all that are shown').check();
  await until(async () => await page.getByLabel(/^Select Person/).and(page.locator(':checked')).count() > 10, 'those who wait');
  assert.equal(await page.getByLabel(/^Select Person/).and(page.locator(':checked:disabled')).count(), 0);
  await uma.post(`/api/campaigns/${(await uma.get('/api/campaigns')).items[0].id}/cancel`);
  await uma.endCalls();
  silent(page);
  await page.context().close();
});

test('a name has its room in the queue, and what has ended has an end and no place', async () => {
  const wendelin = await world.server.user('Wendelin', {limit: 0});
  const {id} = await wendelin.campaign('Spring renewals, north', {contacts: 0});
  const agent = (await wendelin.get('/api/agents')).items[0].id;
  const contact = (await wendelin.post('/api/contacts', {name: 'Annegret Schmidt-Kaiser', phone_number: number(0)})).id;
  const row = (await wendelin.post('/api/calls', {contact_id: contact, agent_id: agent})).id;
  const page = await world.browser.open(world.server);
  await visit(page, wendelin, '/queue');
  const headings = async () => (await table(page).getByRole('columnheader').allInnerTexts()).filter((text) => text.trim() !== '');
  await rowOf(page, 'Annegret Schmidt-Kaiser').waitFor();
  assert.deepEqual(await headings(), ['Contact', 'Number', 'Campaign', 'Status', 'Position', 'Expected']);
  const isWhole = () => table(page).locator('.name-lines').evaluate((name) => name.scrollWidth <= name.clientWidth && name.scrollHeight <= name.clientHeight
    && name.clientWidth >= 100 && name.closest('tr').getBoundingClientRect().height < 50);
  for (const width of [1280, 1000]) {
    await page.setViewportSize({width, height: 860});
    await until(isWhole, `the whole name, ${width} wide`);
  }
  await page.setViewportSize({width: 1280, height: 860});
  await wendelin.ask('DELETE', `/api/queue/${row}`);
  await show(page, 'Ended');
  await rowOf(page, 'Annegret Schmidt-Kaiser').waitFor();
  assert.deepEqual(await headings(), ['Contact', 'Number', 'Campaign', 'Status', 'Ended']);
  assert.match((await cells(page, 'Annegret Schmidt-Kaiser')).pop(), /^\d\d:\d\d$/);
  await until(isWhole, 'the whole name');
  await wendelin.ask('DELETE', `/api/campaigns/${id}`);
  silent(page);
  await page.context().close();
});

test('a call that nobody reports any more says so, and is ended by whoever knows how it went', async () => {
  const ulf = await world.server.user('Ulf', {limit: 1});
  const {id} = await ulf.campaign('Ulf’s', {contacts: 3, first: 100, numbers: 0, start: true});
  const on = async (status = 'initiated,ringing,in_progress') => (await ulf.get(`/api/calls?campaign_id=${id}&status=${status}`)).items[0];
  const first = await until(() => on('in_progress'), 'somebody who talks');
  world.server.sql('UPDATE calls SET lease_expires_at = ?1 WHERE id = (SELECT call_id FROM call_queue WHERE campaign_id = ?2 AND status = \'processing\')',
                   (Date.now() + 600_000) * 1000, id);
  world.server.sql('UPDATE call_queue SET started_at = ?1 WHERE campaign_id = ?2 AND status = \'processing\'', (Date.now() - 3_000_000) * 1000, id);
  const page = await world.browser.open(world.server);
  await visit(page, ulf, `/campaigns/${id}/queue`);
  await seen(rowOf(page, 'Person 100'), /^Nothing heard for (49|50) min, place free /);
  await page.evaluate(() => { location.hash = '/queue?show=processing'; });
  await until(async () => /^Nothing heard for (49|50) min, place free .*\d\d:\d\d$/.test((await cells(page, 'Person 100')).pop()), 'how long nothing was heard');
  await page.getByRole('button', {name: 'Person 100'}).click();
  const dialog = page.getByRole('dialog', {name: 'Person 100'});
  await seen(dialog, /^Nothing was heard of it for (49|50) min\. If that stays so its place is free/);
  await dialog.getByRole('button', {name: 'This call is over'}).click();
  const question = page.getByRole('dialog', {name: 'Is this call over?'});
  assert.equal(await question.getByLabel('I do not know').isChecked(), true);
  await accessible(page, 'how a call ended');
  await question.getByRole('button', {name: 'Leave it'}).click();
  await question.waitFor({state: 'detached'});
  assert.equal((await on())?.id, first.id);
  await dialog.getByRole('button', {name: 'This call is over'}).click();
  await question.getByLabel('No answer').check();
  await question.getByRole('button', {name: 'It is over'}).click();
  await seen(page, 'The call is over: its place is free.');
  await seen(dialog.getByRole('region', {name: 'Attempts'}), 'No answer');
  await dialog.getByRole('button', {name: 'This call is over'}).waitFor({state: 'detached'});
  assert.equal((await ulf.get(`/api/calls/${first.id}`)).status, 'no_answer');
  await page.keyboard.press('Escape');
  // Of the next one, whose place it has, there is news.
  await page.getByRole('button', {name: 'Person 101'}).click();
  await page.getByRole('dialog', {name: 'Person 101'}).getByRole('region', {name: 'Attempts'}).locator('tbody tr').waitFor();
  assert.equal(await page.getByRole('button', {name: 'This call is over'}).count(), 0);
  await ulf.post(`/api/campaigns/${id}/cancel`);
  await ulf.endCalls();
  silent(page);
  await page.context().close();
});

test('a double click selects once, marks nothing, and does nothing in what it has opened', async () => {
  const vin = await world.server.user('Vin', {limit: 0});
  const {id} = await vin.campaign('Vin’s', {contacts: 3, first: 100, start: true});
  const page = await world.browser.open(world.server);
  await visit(page, vin, '/queue');
  const box = page.getByLabel('Select Person 101', {exact: true});
  await box.dblclick();
  assert.equal(await box.isChecked(), true);
  await seen(page, '1 of 3 selected');
  // Beside the box, too, it is meant for it.
  await rowOf(page, 'Person 102').locator('.cell-select').dblclick({position: {x: 4, y: 40}});
  await seen(page, '2 of 3 selected');
  await page.getByLabel('Select all that are shown').dblclick();
  await seen(page, '3 of 3 selected');
  assert.equal(await page.getByRole('dialog').count(), 0);
  const marked = () => page.evaluate(() => window.getSelection().toString());
  assert.equal(await marked(), '');
  // The second click in the instant in which the dialog has come.
  await page.evaluate(() => new MutationObserver(() => {
    const dialog = document.querySelector('dialog[open]');
    const cancel = [...dialog?.querySelectorAll('button') ?? []].find(({textContent}) => textContent === 'Cancel this call');
    if (!cancel || document.body.dataset.clicked) return;
    document.body.dataset.clicked = 'yes';
    for (const target of [cancel, dialog]) target.dispatchEvent(new MouseEvent('click', {bubbles: true, cancelable: true, detail: 2}));
  }).observe(document.body, {subtree: true, childList: true, attributes: true}));
  await rowOf(page, 'Person 101').getByRole('cell', {name: 'Queued', exact: true}).click();
  await page.locator('body[data-clicked]').waitFor();
  await seen(page.getByRole('dialog', {name: 'Person 101'}), 'Not called yet.');
  assert.equal((await vin.get(`/api/campaigns/${id}/queue?status=queued`)).items.length, 3);
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({state: 'detached'});
  await rowOf(page, 'Person 102').getByRole('cell', {name: 'Queued', exact: true}).dblclick();
  await page.getByRole('dialog', {name: 'Person 102'}).waitFor();
  assert.equal(await marked(), '');
  silent(page);
  await page.context().close();
});

test('somebody is called directly, before the calls of campaigns', async () => {
  const sam = await world.server.user('Sam', {limit: 0});
  await sam.campaign('Behind', {contacts: 3, first: 100, numbers: 0, start: true});
  for (const name of ['Zoe', 'Yves']) await sam.post('/api/contacts', {name, phone_number: `+120255570${name.length}0`});
  const page = await world.browser.open(world.server);
  await visit(page, sam, '/queue');
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
  await allow(sam, 1);
  const [call] = await until(async () => {
    const {items} = await sam.get('/api/calls');
    return items.length > 0 && items;
  }, 'the first call');
  assert.deepEqual([call.phone_number, call.call_type], ['+12025557030', 'direct']);
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
  await allow(sam, 0);
  const yves = (await sam.get('/api/queue?status=queued')).items.find(({contact_name}) => contact_name === 'Yves');
  assert.deepEqual([yves.scheduled_for, yves.not_after].map((at) => new Date(at).toISOString()), ['2099-05-01T07:00:00.000Z', '2099-05-01T08:00:00.000Z']);
  await sam.endCalls();
  silent(page);
  await page.context().close();
});
