import assert from 'node:assert/strict';
import {accessible, seen, silent, tabTo, until, visit} from './browser.mjs';
import {Server} from './server.mjs';
import {test} from './suite.mjs';
import {world} from './world.mjs';

const kList = Buffer.from('phone_number,name\n+12025550101,Ann\n+12025550102,Bob\n+12025550103,Cid\n');

test('from signing in to a cancelled campaign by the keyboard alone', async () => {
  const wim = await world.server.user('Wim', {limit: 1});
  await wim.agent('Wim’s voice');
  const page = await world.browser.open(world.server);
  const {keyboard} = page;
  await page.goto('/');
  await tabTo(page, page.getByLabel('Access token'));
  await keyboard.insertText(wim.token);
  await keyboard.press('Enter');
  await tabTo(page, page.getByRole('link', {name: 'Upload a list'}));
  await keyboard.press('Enter');
  // The browser has to know before the key that somebody waits for it.
  const chooser = page.waitForEvent('filechooser');
  await tabTo(page, page.getByLabel('Choose a CSV file'));
  await keyboard.press('Space');
  await (await chooser).setFiles({name: 'list.csv', mimeType: 'text/csv', buffer: kList});
  await seen(page, '3 rows can be called.');
  await tabTo(page, page.getByLabel('Name', {exact: true}));
  await keyboard.type('By hand');
  await tabTo(page, page.getByLabel('Calling hours, from'));
  await keyboard.type('0000');
  await tabTo(page, page.getByLabel('Calling hours, to'));
  await keyboard.type('0000');
  await tabTo(page, page.getByRole('button', {name: 'Create and start'}));
  await keyboard.press('Enter');
  await seen(page, '3 rows read into “By hand”');
  await tabTo(page, page.getByRole('link', {name: 'Go to the campaign'}));
  await keyboard.press('Enter');
  await page.getByRole('heading', {name: 'By hand', level: 1}).waitFor();
  for (const [name, next] of [['Pause', 'Resume'], ['Resume', 'Pause']]) {
    await tabTo(page, page.getByRole('button', {name, exact: true}).first());
    await keyboard.press('Enter');
    await page.getByRole('button', {name: next, exact: true}).first().waitFor();
  }
  await tabTo(page, page.getByRole('button', {name: 'More for By hand'}));
  await keyboard.press('Enter');
  await page.getByRole('menuitem', {name: 'Cancel campaign'}).waitFor();
  await keyboard.press('Enter');
  await tabTo(page, page.getByRole('dialog').getByRole('button', {name: 'Cancel campaign'}));
  await keyboard.press('Space');
  await seen(page, '“By hand” is cancelled.');
  assert.equal((await wim.get('/api/campaigns')).items[0].status, 'cancelled');

  // Then a contact, the queue and settings.
  await tabTo(page, page.getByRole('link', {name: 'Contacts', exact: true}));
  await keyboard.press('Enter');
  await tabTo(page, page.getByLabel('Select Bob'));
  await keyboard.press('Space');
  await tabTo(page, page.getByRole('button', {name: 'Call 1 contact'}));
  await keyboard.press('Enter');
  await page.getByRole('dialog').waitFor();
  await keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({state: 'detached'});
  await page.getByRole('button', {name: 'Call 1 contact'}).and(page.locator(':focus')).waitFor();
  await wim.endCalls();
  silent(page);
  await page.context().close();
});

test('two users at once never see each other’s rows', async () => {
  const people = [];
  for (const [name, first, numbers] of [['Xena', 100, 0], ['Yuri', 600, 20]]) {
    const user = await world.server.user(name, {limit: 1});
    const campaign = await user.campaign(`Of ${name}`, {contacts: 8, first, numbers, start: true});
    await user.post('/api/contacts', {name: `Friend of ${name}`, phone_number: `+1202555${String(5000 + first).padStart(4, '0')}`});
    const page = await world.browser.open(world.server);
    const heard = [];  // Also what is not shown.
    page.on('websocket', (socket) => socket.on('framereceived', ({payload}) => heard.push(String(payload))));
    page.on('response', (response) => {
      if (response.url().includes('/api/')) response.text().then((text) => heard.push(text), () => {});
    });
    people.push({user, name, page, heard, campaign, calls: `Person ${first + 7}`});
  }
  const [xena, yuri] = people;
  const kScreens = ['/campaigns', '/contacts', '/queue', '/settings'];
  await Promise.all(people.map(({page, user}) => visit(page, user)));
  for (const path of kScreens) {
    for (const {page} of people) await page.evaluate((to) => { location.hash = to; }, path);
    await Promise.all(people.map(({page, name, calls}) => seen(page, {
      '/campaigns': `Of ${name}`, '/contacts': `Friend of ${name}`, '/queue': calls, '/settings': `${name.toLowerCase()}@example.org`,
    }[path])));
    // Something happens on both sides, and is told.
    await Promise.all(people.map(({user}) => user.endCalls()));
    for (const [{page}, other] of [[xena, yuri], [yuri, xena]]) {
      const text = await page.locator('body').innerText();
      assert.ok(!text.includes(other.name) && !text.includes(other.calls), `${path} shows what is ${other.name}’s`);
    }
  }
  await yuri.page.evaluate((to) => { location.hash = to; }, `/campaigns/${xena.campaign.id}`);
  await seen(yuri.page, 'This campaign is not there any more');
  for (const [mine, other] of [[xena, yuri], [yuri, xena]]) {
    assert.ok(mine.heard.some((text) => text.includes(mine.user.userId)));
    assert.ok(!mine.heard.some((text) => text.includes(other.user.userId) || text.includes(`Of ${other.name}`)), `${mine.name} hears of ${other.name}`);
    await mine.user.post(`/api/campaigns/${mine.campaign.id}/cancel`);
    await mine.user.endCalls();
  }
  silent(xena.page);
  silent(yuri.page, /404/);
  for (const {page} of people) await page.context().close();
});

test('the server is killed and started again under an open page, which says so and goes on without a reload', async () => {
  const server = await Server.start(world.pages);
  const page = await world.browser.open(server);
  try {
    const zita = await server.user('Zita', {limit: 0});
    const {id} = await zita.campaign('Goes on', {contacts: 4, first: 100, start: true});
    await visit(page, zita, '/queue');
    await page.evaluate(() => { window.isTheSame = true; });
    const table = page.getByRole('table', {name: 'Queued calls'});
    await until(async () => await table.getByRole('row').count() === 5, 'the queue');
    await seen(page, /^Live$/);
    await server.kill();
    await seen(page, 'No connection.');
    await seen(page, /^Offline$/);
    assert.equal(await table.getByRole('row').count(), 5);
    await accessible(page, 'without a connection');
    await page.getByLabel('Select Person 100').check();
    await page.getByRole('button', {name: 'Cancel 1 call'}).click();
    await page.getByRole('dialog').getByRole('button', {name: 'Cancel 1 call'}).click();
    const wrong = page.getByText(/Nothing was cancelled: The server cannot be reached\. We do not know whether it was changed/);
    await wrong.waitFor();
    // With its screen it goes; of what was never read nothing is said.
    await page.evaluate((to) => { location.hash = to; }, `/campaigns/${id}`);
    await seen(page.getByRole('region', {name: 'Calls now'}), 'Not known: it could not be read.');
    await wrong.waitFor({state: 'detached'});
    await page.evaluate(() => { location.hash = '/queue'; });
    // What happens meanwhile, and of which nobody tells.
    await server.tool('campaign', 'cancel', id);
    await server.restart();
    // By itself: nobody presses anything.
    await seen(page, /^Live$/);
    await seen(page, 'The queue is empty');
    assert.equal(await page.getByText('No connection.').count(), 0);
    await zita.campaign('New', {contacts: 2, first: 300, start: true});
    // What went wrong goes once it has been done.
    const cancel = async () => {
      await page.getByRole('button', {name: 'Cancel 1 call'}).click();
      await page.getByRole('dialog').getByRole('button', {name: 'Cancel 1 call'}).click();
    };
    await page.getByLabel('Select Person 300').check();
    await page.route('**/api/queue/cancel', (route) => route.abort());
    await cancel();
    await wrong.waitFor();
    await page.unroute('**/api/queue/cancel');
    await cancel();
    await seen(page, '1 call cancelled.');
    assert.equal(await wrong.count(), 0);
    assert.equal(await page.evaluate(() => window.isTheSame), true);
    silent(page, /ERR_FAILED|ERR_CONNECTION_REFUSED|WebSocket|ERR_CONNECTION_RESET|ERR_INCOMPLETE_CHUNKED|ERR_EMPTY_RESPONSE/);
  } finally {
    await page.context().close();
    await server.stop();
  }
});

test('every screen is accessible in light and in dark, and fits into a narrow window', async () => {
  const amy = await world.server.user('Amy', {limit: 0});
  await amy.campaign('Amy’s', {contacts: 4, first: 100});
  for (const dark of [false, true]) {
    const page = await world.browser.open(world.server, {dark});
    await visit(page, amy, '/contacts');
    for (const [path, text] of [['/contacts', 'Select all that match'], ['/queue', 'Direct call'], ['/settings', 'slots free']]) {
      await page.evaluate((to) => { location.hash = to; }, path);
      await seen(page, text);
      if (path !== '/settings') await page.getByLabel('Select Person 102').check();
      await accessible(page, `${path}, ${dark ? 'dark' : 'light'}`);
      if (!dark) continue;
      await page.setViewportSize({width: 390, height: 844});
      assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 390, `${path} is wider than its window`);
      await page.setViewportSize({width: 1280, height: 860});
    }
    silent(page);
    await page.context().close();
  }
});
