// What is wrong is said where it is, whole, and in the page's own words.
import assert from 'node:assert/strict';
import {accessible, seen, silent, until, visit} from './browser.mjs';
import {test} from './suite.mjs';
import {world} from './world.mjs';

const file = (text, name = 'list.csv', mimeType = 'text/csv') => ({name, mimeType, buffer: Buffer.from(text)});
/** Whether nothing of the element is cut off or out of its box. */
const isWhole = (locator) => locator.evaluate((element) => {
  for (let one = element; one && one !== document.body; one = one.parentElement) {
    if (one.scrollWidth > one.clientWidth + 1 && getComputedStyle(one).display !== 'inline') return false;
  }
  return true;
});

test('each mistake is told at its field, and what is wrong with a file under it', async () => {
  const val = await world.server.user('Val', {limit: 0});
  await val.agent('Val’s voice');
  const page = await world.browser.open(world.server);
  await visit(page, val, '/campaigns/new');
  const field = (label) => page.locator('.field', {has: page.getByText(new RegExp(`^${label}`))});
  const choose = (...files) => page.getByLabel(/Choose/).and(page.locator('input[type=file]')).setInputFiles(...files);
  const start = page.getByRole('button', {name: 'Create and start'});

  await page.getByLabel('Minutes in between').fill('abc');
  await page.getByLabel('Attempts in all').fill('999');
  await seen(field('Minutes in between'), 'Write minutes, with commas between, such as 10, 60.');
  await seen(field('Attempts in all'), 'Write a whole number from 1 to 100.');
  await page.getByLabel('Minutes in between').fill('10');
  await page.getByLabel('Attempts in all').fill('2');

  const zone = page.getByRole('combobox', {name: 'Time zone'});
  await zone.fill('new york');
  await seen(page.getByRole('figure'), /New York time/);
  await zone.blur();
  assert.equal(await zone.inputValue(), 'America/New_York');
  assert.equal(await page.locator('datalist option[label="New York"]').getAttribute('value'), 'America/New_York');

  await page.getByLabel('Name', {exact: true}).fill('Words');
  await choose(file('phone_number,name\n'));
  await seen(page.locator('.notice.is-bad'), 'The file has no rows below its header.');
  await start.click();
  await seen(page.locator('.field-error'), 'The file has no rows below its header.');
  await choose(file('phone_number,name\n0151 23456789,Jürgen with a name that is rather long\n12,Nobody\n'));
  await seen(page.locator('.notice.is-bad'), 'Nobody can be called, 2 cannot.');
  const errors = page.getByRole('region', {name: 'What cannot be taken'});
  await seen(errors, /enter its country as “Country of national numbers”/);
  for (const [width, height] of [[1280, 860], [390, 844]]) {
    await page.setViewportSize({width, height});
    assert.ok(await isWhole(errors.getByText(/enter its country/).first()), `a reason is cut off at ${width}`);
  }
  await accessible(page, 'a file that cannot be taken, narrow');
  await page.setViewportSize({width: 1280, height: 860});
  await page.getByLabel('Country of national numbers').fill('XX');
  await seen(field('Country of national numbers'), /^There is no country of this name or code\. /);
  await page.getByLabel('Country of national numbers').fill('DE');
  await seen(page, '1 row can be called, 1 cannot.');

  // No connection: tried again by itself once there is one.
  await page.route('**/preview-csv', (route) => route.abort());
  await choose(file('phone_number,name\n+12025550101,Ann\n'));
  await seen(page, /there is no connection. It is tried again by itself/);
  await page.unroute('**/preview-csv');
  await page.evaluate(() => window.dispatchEvent(new Event('offline')));
  await seen(page, '1 row can be called.');
  await seen(page, 'Create and start: call 1 person');
  // A long list: what the button says is whole, and the page no wider than its window.
  await choose(file('phone_number,name\n' + Array.from({length: 51_000}, (_, i) => `+1202555${String(i % 10_000).padStart(4, '0')},Person ${i}\n`).join('')));
  const long = page.getByRole('button', {name: /^Create and start: call about [\d,]+ people$/});
  await long.waitFor();
  for (const width of [1280, 1100, 390]) {
    await page.setViewportSize({width, height: 860});
    assert.ok(await isWhole(long.locator('span')) && await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth), `at ${width}`);
  }
  silent(page, /422|ERR_FAILED/);
  await page.context().close();
});

test('numbers are whole in every list, wide and narrow', async () => {
  const wes = await world.server.user('Wanda', {limit: 0});
  const form = new FormData();
  form.append('settings', JSON.stringify({name: 'Long numbers', agent_id: await wes.agent(), start_date: '2020-01-01', start: true}));
  form.append('file', new Blob(['phone_number,name\n+4915123456789,Jürgen\n+971501234567890,Aisha\n']), 'list.csv');
  const {campaign: {id}} = await wes.post('/api/campaigns/upload-csv', form);
  const page = await world.browser.open(world.server);
  await visit(page, wes, `/campaigns/${id}/queue`);
  for (const [path, narrow] of [[`/campaigns/${id}/queue`, true], ['/queue', false], ['/contacts', true]]) {
    await page.evaluate((to) => { location.hash = to; }, path);
    const number = page.getByRole('cell', {name: '+49 151 2345 6789', exact: true});
    await number.waitFor();
    assert.ok(await isWhole(number), `a number is cut off at ${path}`);
    assert.deepEqual(await page.locator('.table-box th').evaluateAll((all) => all.filter((th) => th.scrollWidth > th.clientWidth).map((th) => th.innerText)), [], `titles at ${path}`);
    if (!narrow) continue;
    await page.setViewportSize({width: 390, height: 844});
    const below = page.locator('.row-more', {hasText: '+971 501 2345 6789'}).or(page.locator('.row-more', {hasText: '+971 '})).first();
    assert.ok(await below.isVisible() && await isWhole(below), `a number is cut off at ${path}, narrow`);
    await page.setViewportSize({width: 1280, height: 860});
  }
  await wes.ask('POST', `/api/campaigns/${id}/cancel`);
  await page.evaluate((to) => { location.hash = to; }, `/campaigns/${id}`);
  await seen(page, '2 of 2 dealt with, 2 of them left out');
  await until(async () => await page.getByText('100%').count() === 0, 'that nobody is taken for done');
  await page.getByRole('tab', {name: 'History'}).click();
  await page.getByRole('button', {name: 'Failed', exact: true}).click();
  await seen(page, 'There is nobody of this kind in this campaign.');
  silent(page);
  await page.context().close();
});

test('it is said that a campaign without a time zone goes by UTC, and each card’s button says whose it is', async () => {
  const una = await world.server.user('Una', {limit: 1});
  const [{id}] = [await una.campaign('Nowhere', {contacts: 1}), await una.campaign('Elsewhere', {contacts: 1, first: 1})];
  const page = await world.browser.open(world.server);
  await visit(page, una, '/campaigns');
  await page.getByRole('button', {name: 'Start Nowhere', exact: true}).waitFor();
  await page.getByRole('button', {name: 'Start Elsewhere', exact: true}).waitFor();
  // Nothing has failed: no file of nothing.
  await page.getByRole('button', {name: 'More for Elsewhere'}).click();
  await page.getByRole('menuitem', {name: 'Rows that failed, as CSV'}).click();
  await seen(page, 'No row of a list of “Elsewhere” has failed.');
  await page.evaluate((to) => { location.hash = to; }, `/campaigns/${id}`);
  await seen(page, '(UTC if unknown)');
  await seen(page, 'No time zone is set: set one under Edit.');
  await accessible(page, 'a campaign without a time zone');
  await page.getByRole('link', {name: 'set one under Edit'}).click();
  assert.equal(await page.getByRole('combobox', {name: 'Time zone'}).getAttribute('placeholder'), 'None: UTC');
  await seen(page.getByLabel('Outlook'), 'The end is estimated at one minute a call, until there are some to go by.');
  await page.getByLabel('Last day').fill('2019-12-31');
  await seen(page, 'It would end before it starts.');
  silent(page, /422/);
  await page.context().close();
});

test('numbers are grouped everywhere, as whoever looks is used to', async () => {
  const yul = await world.server.user('Yul', {limit: 1});
  const {id} = await yul.campaign('Thousands', {contacts: 1300, start: true});
  const page = await world.browser.open(world.server, {locale: 'de-DE'});
  await visit(page, yul);
  const card = page.getByRole('listitem', {name: 'Thousands', exact: true});
  for (const text of ['0 of 1.300 dealt with', '1.299']) await seen(card, text);
  await page.evaluate((to) => { location.hash = `/campaigns/${to}`; }, id);
  await seen(page.locator('.figures-wide'), '1.300');
  await yul.post(`/api/campaigns/${id}/cancel`);
  await until(() => yul.endCalls(), 'the last call');
  const figure = page.locator('.figures-wide div', {hasText: 'Cancelled'}).locator('dd');
  await until(async () => /^1\.29\d$/.test(await figure.innerText()), 'the others to be cancelled');
  assert.match(await page.getByRole('progressbar', {name: 'Progress'}).getAttribute('aria-valuetext'), /1\.29\d skipped or cancelled/);
  await page.getByRole('link', {name: 'Queue', exact: true}).click();
  await seen(page.getByRole('button', {name: /^Ended/}), '1.300');
  silent(page);
  await page.context().close();
});

test('the demo’s link works in a tab that is open, as an address that is pasted, and an administrator’s focus stays', async () => {
  const xia = await world.server.user('Xia');
  const administrator = await world.server.administrator();
  const page = await world.browser.open(world.server);
  await page.goto('/');
  const token = page.getByLabel('Access token');
  await token.waitFor();
  await page.evaluate((text) => { location.hash = `/sign-in?token=${text}`; }, xia.token);
  await seen(page, 'Your link has filled in the token. Press Sign in.');
  assert.equal(await token.inputValue(), xia.token);
  assert.equal(await page.evaluate(() => location.hash), '');
  await token.fill(`http://127.0.0.1:8080/#/sign-in?token=${administrator.token}`);
  await page.getByRole('button', {name: 'Sign in'}).click();
  await page.getByLabel(/Whose campaigns/).waitFor();
  await until(() => page.evaluate(() => document.activeElement.tagName === 'SELECT'), 'the focus on the choice');
  silent(page, /422/);
  await page.context().close();
});
