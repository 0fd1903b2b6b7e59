import assert from 'node:assert/strict';
import {accessible, seen, silent, visit} from './browser.mjs';
import {test} from './suite.mjs';
import {world} from './world.mjs';

test('a person signs in by a token, which is in no address and gone with the tab', async () => {
  const ann = await world.server.user('Ann');
  const page = await world.browser.open(world.server);
  const asked = [];
  page.on('request', (request) => asked.push(request.url()));
  await page.goto('/');
  await accessible(page, 'signing in');
  await page.getByLabel('Access token').fill('cq_nonsense');
  await page.getByRole('button', {name: 'Sign in'}).click();
  await seen(page, 'The token is unknown, has expired or was revoked.');
  await page.getByLabel('Access token').fill(ann.token);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', {name: 'Campaigns', level: 1}).waitFor();
  await page.reload();
  await page.getByRole('heading', {name: 'Campaigns', level: 1}).waitFor();
  assert.ok(!asked.some((url) => url.includes(ann.token)));
  const other = await page.context().newPage();
  await other.goto('/');
  await other.getByLabel('Access token').waitFor();
  await page.getByRole('button', {name: 'Sign out'}).click();
  await page.getByLabel('Access token').waitFor();
  assert.equal(await page.evaluate(() => sessionStorage.length), 0);
  silent(page, /401/);
  await page.context().close();
});

test('the address that the server prints fills the token in, and does not keep it', async () => {
  const ann = await world.server.user('Anna');
  const page = await world.browser.open(world.server);
  await page.goto(`/#/sign-in?token=${ann.token}`);
  await page.getByRole('button', {name: 'Sign in'}).and(page.locator(':focus')).waitFor();
  assert.ok(!page.url().includes(ann.token));
  await page.keyboard.press('Enter');
  await page.getByRole('heading', {name: 'Campaigns', level: 1}).waitFor();
  assert.equal(await page.evaluate(() => history.length), 2);
  silent(page);
  await page.context().close();
});

test('an administrator says whose campaigns are shown', async () => {
  const [carl, administrator] = [await world.server.user('Carl'), await world.server.administrator()];
  await carl.campaign('Of Carl', {contacts: 1});
  const page = await world.browser.open(world.server);
  await page.goto('/');
  await page.getByLabel('Access token').fill(administrator.token);
  await page.getByRole('button', {name: 'Sign in'}).click();
  await page.getByLabel(/Whose campaigns/).selectOption({label: 'Carl (carl@example.org)'});
  await accessible(page, 'choosing a user');
  await page.getByRole('button', {name: 'Continue'}).click();
  await page.getByRole('link', {name: 'Of Carl'}).waitFor();
  await page.reload();
  await page.getByRole('link', {name: 'Of Carl'}).waitFor();
  silent(page, /422/);
  await page.context().close();
});

test('a token that is revoked ends the session, and the page says why', async () => {
  const dora = await world.server.user('Dora');
  const page = await world.browser.open(world.server);
  await visit(page, dora);
  await seen(page, 'Live');
  await world.server.tool('token', 'revoke', dora.token.slice(3, 39));
  await page.getByLabel('Access token').waitFor();
  await page.locator('.notice').waitFor();
  await page.context().close();
});
