// What a campaign says of itself is so, also while it is held, and for whom no call may start.
import assert from 'node:assert/strict';
import {accessible, seen, silent, until, visit} from './browser.mjs';
import {test} from './suite.mjs';
import {opensLater} from './times.mjs';
import {world} from './world.mjs';

/** A screen that comes takes the focus before it is seen. */
const show = async (page, {id, name}) => {
  await page.evaluate((path) => { location.hash = path; }, `/campaigns/${id}`);
  await page.getByRole('heading', {name, level: 1}).waitFor();
};

test('a campaign that has ended by its hours says who was never called, and not that all calls are done', async () => {
  const eva = await world.server.user('Eva', {limit: 1});
  const {id} = await eva.campaign('Too late', {contacts: 4, start: true});
  await until(() => eva.endCalls(), 'a call');
  await until(async () => (await eva.get(`/api/campaigns/${id}/statistics`)).processing === 1, 'the second call');
  const page = await world.browser.open(world.server);
  await visit(page, eva, `/campaigns/${id}`);
  const why = page.getByRole('region', {name: /Why is it not dialling|What it is doing/});
  await seen(page, '1 of 4 dealt with');
  await eva.ask('PATCH', `/api/campaigns/${id}`, {end_date: '2020-01-02'});
  await until(async () => (await eva.get(`/api/campaigns/${id}/statistics`)).skipped === 2, 'the end of its hours');
  await seen(page, '3 of 4 dealt with, 2 of them left out');
  assert.equal(await why.getByText(/All calls are done|Everybody has been called/).count(), 0);
  await eva.endCalls();
  await seen(why, '2 were never called');
  await seen(why, '2 were never called: the campaign’s last hour has passed.');
  await seen(page, '4 of 4 dealt with, 2 of them left out');
  assert.equal(await page.getByText('All calls are done').count(), 0);
  await page.evaluate(() => { location.hash = '/campaigns'; });
  await page.getByRole('tab', {name: 'Completed 1'}).click();
  await seen(page.getByRole('listitem', {name: 'Too late', exact: true}), '2 were never called');
  silent(page);
  await page.context().close();
});

test('the second click of a double click does not undo the first, and the focus stays', async () => {
  const rex = await world.server.user('Rex', {limit: 0});
  const campaign = await rex.campaign('Twice', {contacts: 2, start: true});
  const page = await world.browser.open(world.server);
  const asked = [];
  page.on('request', (request) => request.method() === 'POST' && asked.push(new URL(request.url()).pathname.split('/').pop()));
  await visit(page, rex, `/campaigns/${campaign.id}`);
  const button = (name) => page.locator('.screen-actions').getByRole('button', {name});
  await button('Pause').waitFor();
  // A click at the same place in the instant in which another button has come there, and takes clicks.
  await page.evaluate(() => {
    const actions = document.querySelector('.screen-actions');
    const clicks = [];
    new MutationObserver(() => {
      const next = [...actions.querySelectorAll('button')].find(({textContent}) => textContent === 'Resume');
      if (!next || next.hasAttribute('aria-disabled') || clicks.length > 0) return;
      const box = next.getBoundingClientRect();
      clicks.push(new MouseEvent('click', {bubbles: true, detail: 2, clientX: box.x + box.width / 2, clientY: box.y + box.height / 2}));
      next.dispatchEvent(clicks[0]);
      document.body.dataset.clicked = 'yes';
    }).observe(actions, {subtree: true, childList: true, characterData: true, attributes: true});
  });
  await button('Pause').click();
  await page.locator('body[data-clicked]').waitFor();
  await button('Resume').and(page.locator(':not([aria-disabled])')).waitFor();
  assert.deepEqual(asked, ['pause']);
  await button('Resume').and(page.locator(':focus')).waitFor();
  // By keys at once, and another button elsewhere.
  await page.keyboard.press('Enter');
  await button('Pause').and(page.locator(':focus')).waitFor();
  assert.deepEqual(asked, ['pause', 'resume']);
  silent(page);
  await page.context().close();
});

test('a campaign that is paused or a draft counts down to nothing', async () => {
  const sue = await world.server.user('Sue', {limit: 1});
  const closed = {contacts: 2, ...opensLater()};
  const draft = await sue.campaign('Draft', closed);
  const paused = await sue.campaign('Held', {...closed, start: true});
  const page = await world.browser.open(world.server);
  await visit(page, sue, `/campaigns/${paused.id}`);
  const why = page.getByRole('region', {name: 'Why is it not dialling?'});
  const facts = page.getByRole('region', {name: 'Settings'});
  await seen(why, /^Next call/);
  await seen(facts, 'Estimated end');
  await page.getByRole('button', {name: 'Pause', exact: true}).click();
  await seen(why, /Once you resume it: not before/);
  const silentOfTimes = async () => {
    assert.equal(await why.getByText(/Next call|goes on by itself/).count(), 0);
    assert.equal(await facts.getByText('Estimated end').count(), 0);
  };
  await silentOfTimes();
  await accessible(page, 'a paused campaign');
  await show(page, draft);
  await seen(why, /Once you start it: not before/);
  await silentOfTimes();
  // What could call nobody is not asked about.
  const over = {contacts: 1, start_date: '2020-01-01', end_date: '2020-01-31'};
  for (const [campaign, text] of [[await sue.campaign('Empty', {contacts: 0}), /was not started: There is nobody on its list\. Add a list first/],
                                  [await sue.campaign('Over', over), /was not started: Its last day, 31 Jan 2020, is over/]]) {
    await show(page, campaign);
    // By key: a click where Pause was pressed a moment ago is taken for its second.
    await page.locator('.screen-actions').getByRole('button', {name: 'Start'}).press('Enter');
    await seen(page.getByRole('alert'), text);
    assert.equal(await page.getByRole('dialog').count(), 0);
  }
  // Its rows are due, and are not called before it begins.
  await show(page, await sue.campaign('March', {contacts: 1, start: true, start_date: '2099-03-01'}));
  await page.getByRole('tab', {name: 'Live queue'}).click();
  const due = page.getByRole('table', {name: 'Queued calls'}).getByRole('cell', {name: 'From 1 Mar 2099'});
  assert.ok(await due.evaluate((cell) => cell.scrollWidth <= cell.clientWidth), 'when it begins is cut off');
  await page.getByRole('navigation', {name: 'Main'}).getByRole('link', {name: 'Campaigns'}).click();
  await page.getByRole('tab', {name: /^Paused/}).click();
  const card = page.getByRole('listitem', {name: 'Held', exact: true});
  await seen(card.locator('.idle-line'), 'Paused');
  assert.equal(await card.getByText(/Next call/).count(), 0);
  silent(page);
  await page.context().close();
});

test('who presses a button as soon as a screen comes is answered', async () => {
  const ubo = await world.server.user('Ubo', {limit: 1});
  const first = await ubo.campaign('First', {contacts: 1});
  const empty = await ubo.campaign('Empty', {contacts: 0});
  const page = await world.browser.open(world.server);
  await visit(page, ubo, `/campaigns/${first.id}`);
  await page.getByRole('heading', {name: 'First', level: 1}).waitFor();
  await page.evaluate(() => new MutationObserver((_, observer) => {
    if (document.querySelector('h1').textContent !== 'Empty') return;
    observer.disconnect();
    const button = document.querySelector('.screen-actions button');
    button.focus();
    button.click();
  }).observe(document.getElementById('main'), {subtree: true, childList: true, characterData: true}));
  await show(page, empty);
  await seen(page.getByRole('alert'), /There is nobody on its list/);
  silent(page);
  await page.context().close();
});

test('a screen that comes under an open dialog has the focus once that is gone', async () => {
  const uwe = await world.server.user('Uwe', {limit: 0});
  const {id} = await uwe.campaign('Going', {contacts: 1});
  await uwe.campaign('Staying', {contacts: 1, first: 10, start: true});
  const page = await world.browser.open(world.server);
  await visit(page, uwe, `/campaigns/${id}`);
  await page.getByRole('button', {name: 'More for Going'}).click();
  await page.getByRole('menuitem', {name: 'Delete'}).click();
  await page.getByRole('dialog').getByRole('button', {name: 'Delete campaign'}).click();
  await page.getByRole('heading', {name: 'Campaigns', level: 1}).waitFor();
  await page.locator('#main:focus').waitFor();
  await page.getByRole('navigation', {name: 'Main'}).getByRole('link', {name: /^Queue/}).click();
  await page.getByRole('table', {name: 'Queued calls'}).getByRole('button', {name: 'Person 10'}).click();
  await page.getByRole('dialog').waitFor();
  await page.goBack();
  await page.getByRole('heading', {name: 'Campaigns', level: 1}).waitFor();
  await page.getByRole('dialog').waitFor({state: 'detached'});
  await page.locator('#main:focus').waitFor();
  silent(page);
  await page.context().close();
});

test('whoever is due outside the hours of an active campaign is not called ready', async () => {
  const toby = await world.server.user('Toby', {limit: 0});
  const now = await toby.campaign('Now', {contacts: 1, start: true, rules: {timezone: 'UTC'}});
  const later = await toby.campaign('Later', {contacts: 1, first: 200, start: true, ...opensLater()});
  const page = await world.browser.open(world.server);
  await visit(page, toby, `/campaigns/${later.id}`);
  await page.getByRole('tab', {name: 'Live queue'}).click();
  const table = page.getByRole('table', {name: 'Queued calls'});
  const due = table.getByRole('cell', {name: /^Opens/});
  await due.waitFor();
  const outside = table.getByRole('cell', {name: 'Outside hours'});
  assert.ok(await outside.evaluate((cell) => cell.scrollWidth <= cell.clientWidth), 'the status is cut off');
  assert.ok(await due.evaluate(({firstElementChild: text}) => text.scrollHeight <= text.clientHeight && text.scrollWidth <= text.clientWidth), 'when it opens is cut off');
  assert.equal(await table.getByText(/Ready|Queued/).count(), 0);
  await accessible(page, 'a live queue outside its hours');
  await show(page, now);
  await page.getByRole('tab', {name: 'Live queue'}).click();
  await table.getByRole('cell', {name: 'Ready'}).waitFor();
  assert.equal(await table.getByText(/Outside hours|Opens/).count(), 0);
  // And in the queue who may be called now stands first.
  await page.evaluate(() => { location.hash = '/queue'; });
  await outside.waitFor();
  assert.ok(await outside.evaluate((cell) => cell.scrollWidth <= cell.clientWidth), 'the status is cut off in the queue');
  const said = await table.getByRole('row').filter({has: page.getByRole('cell', {name: /^(Now|Later)$/})}).allInnerTexts();
  assert.deepEqual(said.map((text) => [/Now|Later/.exec(text)[0], /Queued|Outside hours/.exec(text)[0]]), [['Now', 'Queued'], ['Later', 'Outside hours']]);
  silent(page);
  await page.context().close();
});

test('who may call nobody is told so, and who has calls on is not asked why not', async () => {
  const tia = await world.server.user('Tia', {limit: 1});
  const campaign = await tia.campaign('Limited', {contacts: 3, start: true});
  const page = await world.browser.open(world.server);
  await visit(page, tia, `/campaigns/${campaign.id}`);
  const doing = page.getByRole('region', {name: 'What it is doing'});
  await seen(doing, '1 call of this campaign is on.');
  await seen(doing, 'You may have 1 call at a time. The next one starts as soon as one ends.');
  await (await world.server.administrator()).ask('PUT', '/api/settings/concurrency', {user_id: tia.userId, concurrent_calls_limit: 0});
  await tia.endCalls();
  const why = page.getByRole('region', {name: 'Why is it not dialling?'});
  await seen(why, 'No call may start');
  assert.equal(await why.getByText(/as soon as one ends/).count(), 0);
  await page.evaluate(() => { location.hash = '/campaigns/new'; });
  await page.getByLabel('Choose a CSV file').setInputFiles({name: 'list.csv', mimeType: 'text/csv', buffer: Buffer.from('phone_number\n+12025550101\n')});
  await seen(page.getByLabel('Outlook'), /Nobody can be called: your administrator/);
  assert.equal(await page.getByText(/more hours/).count(), 0);
  silent(page);
  await page.context().close();
});

test('why nobody can say when a campaign ends is told, before it starts and after', async () => {
  const una = await world.server.user('Ulla', {limit: 1});
  // Nine hours at most, for twelve hours of calls.
  const tomorrow = new Date(Date.now() + 24 * 3600_000).toISOString().slice(0, 10);
  const {id} = await una.campaign('Too long', {contacts: 720, end_date: tomorrow, start: true, ...opensLater()});
  const page = await world.browser.open(world.server);
  await visit(page, una, `/campaigns/${id}`);
  const facts = page.getByRole('region', {name: 'Settings'});
  await seen(facts, /^None: \d+ contacts are not reached in its calling hours$/);
  await page.getByRole('tab', {name: 'Edit'}).click();
  await seen(page.getByLabel('Outlook'), /^There is no time for \d+ contacts/);
  await (await world.server.administrator()).ask('PUT', '/api/settings/concurrency', {user_id: una.userId, concurrent_calls_limit: 0});
  await seen(page.getByLabel('Outlook'), 'Nobody can be called: your administrator has set your calls at a time to 0.');
  await page.getByRole('tab', {name: 'Overview'}).click();
  await seen(facts, 'Never: your calls at a time are set to 0');
  silent(page);
  await page.context().close();
});

test('what another window has changed is not undone by what is saved here', async () => {
  const ugo = await world.server.user('Ugo', {limit: 0});
  const {id} = await ugo.campaign('Shared', {contacts: 1, first_call_time: '09:00', last_call_time: '18:00', rules: {timezone: 'UTC'}});
  const page = await world.browser.open(world.server);
  await visit(page, ugo, `/campaigns/${id}/edit`);
  await page.getByLabel('Description').fill('Here');
  await ugo.ask('PATCH', `/api/campaigns/${id}`, {last_call_time: '15:00', rules: {spread: true}});
  await seen(page, /has been changed meanwhile/);
  await until(async () => await page.getByLabel('Calling hours, to').inputValue() === '15:00', 'the hours as they are now');
  let sent;
  page.on('request', (request) => request.method() === 'PATCH' && (sent = request.postDataJSON()));
  await page.getByRole('button', {name: 'Save changes'}).click();
  await seen(page, 'Your changes are saved.');
  assert.deepEqual(sent, {description: 'Here'});
  const {last_call_time: end, description, rules} = await ugo.get(`/api/campaigns/${id}`);
  assert.deepEqual([end, description, rules.spread], ['15:00', 'Here', true]);
  silent(page);
  await page.context().close();
});

test('where two windows have changed the same, whoever saves later is told at the field and chooses', async () => {
  const vera = await world.server.user('Vera', {limit: 0});
  const {id} = await vera.campaign('First', {contacts: 1, first_call_time: '09:00', last_call_time: '18:00', rules: {timezone: 'UTC'}});
  const page = await world.browser.open(world.server);
  // No news of campaigns reaches it: it has to look before it saves.
  await page.routeWebSocket('**/api/events*', (socket) => {
    const server = socket.connectToServer();
    server.onMessage((message) => String(message).includes('"type":"campaign"') || socket.send(message));
  });
  await visit(page, vera, `/campaigns/${id}/edit`);
  const [name, until18] = [page.getByLabel('Name', {exact: true}), page.getByLabel('Calling hours, to')];
  await name.fill('Mine');
  await page.getByLabel('Description').fill('Mine too');
  await until18.fill('17:00');
  await vera.ask('PATCH', `/api/campaigns/${id}`, {name: 'Theirs', last_call_time: '15:00', next_action: 'Theirs alone'});
  const sent = [];
  page.on('request', (request) => request.method() === 'PATCH' && sent.push(request.postDataJSON()));
  const save = page.getByRole('button', {name: 'Save changes'});
  await save.click();
  await seen(page.getByRole('alert'), 'What you change here was changed elsewhere meanwhile. Choose at the field what it is to be.');
  const elsewhere = (text) => page.getByRole('group', {name: 'Changed elsewhere meanwhile'}).filter({hasText: text});
  await elsewhere('“Theirs”').getByRole('button', {name: 'Take that'}).and(page.locator(':focus')).waitFor();
  assert.equal(await name.inputValue(), 'Mine');
  await accessible(page, 'a choice between two windows');
  await elsewhere('“Theirs”').getByRole('button', {name: 'Keep mine'}).click();
  await save.click();
  await elsewhere('09:00 to 15:00, every day').getByRole('button', {name: 'Take that'}).click();
  await until(async () => await until18.inputValue() === '15:00' && await elsewhere('').count() === 0, 'the hours of the other window');
  assert.deepEqual(sent, []);
  await save.click();
  await seen(page, 'Your changes are saved.');
  assert.deepEqual(sent, [{name: 'Mine', description: 'Mine too'}]);
  const saved = await vera.get(`/api/campaigns/${id}`);
  assert.deepEqual([saved.name, saved.last_call_time, saved.next_action], ['Mine', '15:00', 'Theirs alone']);
  silent(page);
  await page.context().close();
});
