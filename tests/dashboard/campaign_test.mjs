import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {accessible, seen, silent, until, visit} from './browser.mjs';
import {test} from './suite.mjs';
import {opensLater} from './times.mjs';
import {world} from './world.mjs';

const saved = async (page, button) => {
  const [download] = await Promise.all([page.waitForEvent('download'), button.click()]);
  return readFileSync(await download.path(), 'utf8');
};

test('a campaign tells of itself, of its queue and history, and in charts', async () => {
  const kim = await world.server.user('Kim', {limit: 2});
  const {id} = await kim.campaign('All about it', {contacts: 6, start: true, next_action: 'Send an offer',
                                                   rules: {retry: {outcomes: ['busy'], max_attempts: 2, delays_seconds: [3600]}}});
  const page = await world.browser.open(world.server);
  await visit(page, kim, `/campaigns/${id}`);
  await page.getByRole('heading', {name: 'All about it', level: 1}).waitFor();
  const now = page.getByRole('region', {name: 'Calls now'});
  await until(async () => await now.getByRole('listitem').count() === 2, 'two calls');
  const {items: on} = await kim.get('/api/calls?status=initiated,ringing,in_progress');
  await kim.report(on.map(({id}) => ({call_id: id, status: 'in-progress'})));
  await until(async () => await now.getByText('Talking').count() === 2, 'both to talk');
  await seen(page.getByRole('region', {name: 'Settings'}), 'Send an offer');
  await seen(page.getByRole('region', {name: 'Settings'}), /Up to 2, again after busy/);
  await accessible(page, 'the overview');

  await page.getByRole('tab', {name: 'Live queue'}).click();
  const queue = page.getByRole('table', {name: 'Queued calls'});
  await seen(queue, 'Calling');
  await page.getByRole('button', {name: 'Waiting'}).click();
  await until(async () => await queue.getByRole('row').count() === 5, 'four rows that wait');
  assert.deepEqual(await queue.locator('tbody tr').evaluateAll((rows) => rows.map((row) => row.cells[3].innerText)), ['1', '2', '3', '4']);
  await queue.getByRole('button', {name: 'Person 5'}).press('Enter');
  const row = page.getByRole('dialog', {name: 'Person 5'});
  await seen(row, 'Not called yet.');
  await seen(row, 'Position');
  await accessible(page, 'a queued call');
  await row.getByRole('button', {name: 'Cancel this call'}).click();
  await until(async () => await queue.getByRole('row').count() === 4, 'three rows that wait');

  await kim.endCalls({status: 'busy'});
  await until(async () => (await kim.get('/api/calls?status=initiated,ringing,in_progress')).items.length === 2, 'two more calls');
  await kim.endCalls({status: 'completed', outcome: 'answered', success: true, duration_seconds: 42});
  await until(async () => (await kim.get('/api/calls?status=initiated,ringing,in_progress')).items.length === 1, 'the last call');
  await kim.endCalls({status: 'completed', outcome: 'voicemail', duration_seconds: 12});
  await page.getByRole('tab', {name: 'History'}).click();
  const history = page.getByRole('table', {name: 'History'});
  await until(async () => await history.getByText('Successful').count() === 2, 'two successes');
  await history.getByRole('cell', {name: 'Voicemail', exact: true}).waitFor();
  await page.getByRole('button', {name: 'Every attempt'}).click();
  const attempts = page.getByRole('table', {name: 'Attempts'});
  await until(async () => await attempts.getByText('Busy').count() === 2, 'two busy lines');
  assert.deepEqual(await attempts.locator('tbody tr').evaluateAll((rows) => rows.map((row) => /Busy/.test(row.innerText))).then((all) => all.slice(-2)),
                   [true, true], 'the oldest are not last');
  // By name, as every other list.
  const nameOf = new Map((await kim.get(`/api/campaigns/${id}/queue`)).items.map((row) => [row.id, row.contact_name]));
  const called = (await kim.get(`/api/calls?campaign_id=${id}&order=newest`)).items.map(({queue_id}) => nameOf.get(queue_id));
  assert.equal(called.length, 5);
  await until(async () => JSON.stringify((await attempts.locator('.row-open').allInnerTexts()).map((text) => text.trim())) === JSON.stringify(called), 'the names of who was called');
  assert.match(await saved(page, page.getByRole('button', {name: 'Results as CSV'})), /Person 2/);
  await accessible(page, 'the history');

  await page.getByRole('tab', {name: 'Analytics'}).click();
  // All of it has happened in one hour of one day, then in two.
  const inHour = (hour, outcomes) => {
    const at = Date.UTC(2026, 0, 5, hour, 15) * 1000;
    world.server.sql('UPDATE calls SET created_at = ?1, started_at = ?1, ended_at = ?1 WHERE campaign_id = ?2 AND instr(?3, outcome) > 0', at, id, outcomes);
  };
  inHour(10, 'busy answered voicemail');
  await page.reload();
  const progress = page.getByRole('region', {name: 'Progress', exact: true});
  await seen(progress, '5 Jan 2026');
  assert.match(await page.getByRole('list', {name: 'Progress'}).innerText(), /Calls\s+5\s+100%\s+Answered or voicemail\s+3\s+60%\s+Successful\s+2\s+40%/);
  await seen(progress, 'Shares of all calls, also those that are on.');
  inHour(9, 'busy');
  await page.reload();
  await page.getByRole('img', {name: 'Progress: 2 steps from 09:00 to 10:00. The table has the figures.'}).waitFor();
  // A voicemail is no person, and no success; the mean is of both. Each share says of what.
  assert.deepEqual(await page.locator('.key-figures > div').evaluateAll((all) => all.map(({children: [term, said]}) => `${term.innerText}: ${said.firstChild.textContent} ${said.lastChild.textContent}`)), [
    'Done: 67% of the list', 'Connection rate: 60% of the calls that have ended: 40% a person, 20% voicemail',
    'Success rate: 67% of those completed or failed', 'Mean length: 32 s answered or voicemail', 'Calls: 5 every attempt']);
  for (const [chart, whole] of [['Outcomes', 'the calls that have ended'], ['Length of calls', 'the calls with a person or voicemail'], ['Attempts until success', 'the successes']]) {
    await seen(page.getByRole('region', {name: chart, exact: true}), `Shares of ${whole}.`);
  }
  await page.locator('.plot canvas').first().waitFor();
  for (const chart of ['Progress', 'Calls per hour', 'Calls per day']) await seen(page.getByRole('region', {name: chart, exact: true}), 'On the clock of UTC.');
  for (const chart of ['Progress', 'Outcomes', 'Calls per hour', 'Calls per day', 'Length of calls', 'Attempts until success']) {
    const card = page.getByRole('region', {name: chart, exact: true});
    await card.getByRole('button', {name: `${chart} as a table`}).click();
    await card.getByRole('table').waitFor();
    assert.match(await saved(page, card.getByRole('button', {name: `${chart} as CSV`})), /^\uFEFF\w+,/);
    await card.getByRole('button', {name: `${chart} as a picture`}).click();
  }
  assert.equal(await saved(page, page.getByRole('button', {name: 'Outcomes as CSV'})), '\uFEFFOutcome,Calls\r\nAnswered,2\r\nVoicemail,1\r\nBusy,2\r\n');
  await page.getByRole('button', {name: 'Calls per day as a table'}).click();
  const days = page.getByRole('region', {name: 'Calls per day, figures'});
  await until(async () => /5 Jan 2026\s+5\s+3\s+2/.test(await days.innerText()), 'five calls, two successes');
  await accessible(page, 'the charts');
  await kim.endCalls();
  silent(page);
  await page.context().close();
});

test('each reason for not dialling is told, with what can be done about it', async () => {
  const leo = await world.server.user('Leo', {limit: 1});
  leo.agentId = await leo.agent('Leo’s voice');
  const page = await world.browser.open(world.server);
  await visit(page, leo);
  await seen(page, 'Your first campaign');
  const why = page.getByRole('region', {name: /Why is it not dialling|What it is doing/});
  const look = async (campaign, title, advice) => {
    await page.evaluate((id) => { location.hash = `/campaigns/${id}`; }, campaign.id);
    await page.getByRole('heading', {name: campaign.name, level: 1}).waitFor();
    await seen(why, title);
    if (advice) await why.getByRole(advice.startsWith('S') && advice !== 'See limits' ? 'button' : 'link', {name: advice}).waitFor();
  };
  await look(await leo.campaign('Draft', {contacts: 1}), 'Not started', 'Start');
  await look(await leo.campaign('Empty draft', {contacts: 0}), 'No contacts left to call', 'Add a list');
  const closed = await leo.campaign('Closed', {contacts: 2, start: true, ...opensLater()});
  await look(closed, 'Outside its calling hours', 'Change hours');
  await seen(why, /^in [2-4] h/);
  const busy = await leo.campaign('Busy', {contacts: 2, start: true});
  await look(busy, 'All your calls at a time are in use', 'See limits');
  await leo.endCalls({status: 'completed', outcome: 'answered', success: true});
  await seen(why, 'Finishing the last calls');
  await leo.endCalls({status: 'completed', outcome: 'answered', success: true});
  await seen(why, 'All calls are done');
  const retry = await leo.campaign('Later', {contacts: 1, start: true, first: 10,
                                             rules: {retry: {outcomes: ['busy'], max_attempts: 2, delays_seconds: [1800]}}});
  await look(retry, 'Finishing the last calls');
  await leo.endCalls({status: 'busy'});
  await seen(why, 'Nobody is due yet');
  await seen(why, /^ ?The next is due \d\d:\d\d\.$/);
  await seen(why, /^in (2[5-9]|30) min/);
  await page.getByRole('button', {name: 'Pause', exact: true}).click();
  await seen(why, 'No new call starts until you resume it.');
  await why.getByRole('button', {name: 'Resume'}).click();
  await seen(why, 'Nobody is due yet');
  await page.getByRole('link', {name: 'Campaigns', exact: true}).first().click();
  await page.getByRole('tab', {name: 'Completed 1'}).click();
  const over = page.getByRole('listitem', {name: 'Busy', exact: true});
  await seen(over, 'All calls are done');
  await seen(over, 'Leo’s voice');
  silent(page);
  await page.context().close();
});

test('a campaign is edited, and told when somebody else has changed it meanwhile', async () => {
  const mia = await world.server.user('Mia', {limit: 0});
  const {id} = await mia.campaign('Before', {contacts: 2});
  const page = await world.browser.open(world.server, {width: 390, height: 844, dark: true});
  await visit(page, mia);
  await page.getByRole('button', {name: 'More for Before'}).click();
  await page.getByRole('menuitem', {name: 'Edit'}).click();
  await page.getByLabel('Name', {exact: true}).fill('After');
  await page.getByLabel('Last day').fill('2019-12-31');
  await page.getByRole('button', {name: 'Save changes'}).click();
  await seen(page, 'It would end before it starts.');
  await mia.ask('PATCH', `/api/campaigns/${id}`, {description: 'changed'});
  await seen(page, /has been changed meanwhile/);
  await accessible(page, 'editing, narrow and dark');
  await page.getByLabel('Last day').fill('2099-01-01');
  await page.getByRole('radio', {name: /^Spread/}).check();
  await page.getByRole('button', {name: 'Save changes'}).click();
  await page.getByRole('heading', {name: 'After', level: 1}).waitFor();
  const {name, end_date: end, rules} = await mia.get(`/api/campaigns/${id}`);
  assert.deepEqual([name, end, rules.spread], ['After', '2099-01-01', true]);
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth), true);
  silent(page, /422/);
  await page.context().close();
});
