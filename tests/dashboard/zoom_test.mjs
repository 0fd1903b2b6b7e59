// Nothing is cut off, and at 200 % a window of 1280 pixels has room for 640.
import assert from 'node:assert/strict';
import {seen, silent, until, visit} from './browser.mjs';
import {test} from './suite.mjs';
import {world} from './world.mjs';

const kWhole = {width: 1280, height: 860};
const kZoomed = {width: 640, height: 430};

/** What is wider than the window, or cut off within it: a word of each. */
const cutOff = (page) => page.evaluate(() => {
  const width = window.innerWidth;
  const isSeen = (element) => element.checkVisibility() && !element.closest('.hidden, [aria-hidden=true], .skip, .plot, option');
  const hasText = (element) => [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim() !== '');
  const isCut = (element) => {
    for (let one = element; one && one !== document.body; one = one.parentElement) {
      if (getComputedStyle(one).display !== 'inline' && getComputedStyle(one).overflowX !== 'visible' && one.scrollWidth > one.clientWidth + 1) return true;
    }
    const {left, right} = element.getBoundingClientRect();
    return left < -1 || right > width + 1;
  };
  const found = [...document.querySelectorAll('body *')].filter((element) => hasText(element) && isSeen(element) && isCut(element)).map(({innerText}) => innerText);
  return document.documentElement.scrollWidth > width ? ['the page itself', ...found] : found;
});

test('at 100 % and at 200 % every screen shows all of it, and nothing is pushed aside', async () => {
  const server = world.server;
  const zoe = await server.user('Zora', {limit: 1});
  const {id} = await zoe.campaign('Renewals of spring', {contacts: 4, start: true, next_action: 'Send the offer by mail'});
  for (const outcome of ['voicemail', 'answered']) await until(() => zoe.endCalls({status: 'completed', outcome, duration_seconds: 65}), 'a call');
  const page = await world.browser.open(server, {...kZoomed, deviceScaleFactor: 2});
  await visit(page, await server.administrator(), '/campaigns', zoe);
  const screens = [
    ['/campaigns', 'Next call as soon as one ends'], ['/campaigns/new', 'As soon as the calling hours are complete'], [`/campaigns/${id}`, 'Send the offer by mail'],
    [`/campaigns/${id}/queue`, 'Calling'], [`/campaigns/${id}/history`, 'Voicemail'], [`/campaigns/${id}/analytics`, 'Attempts until success'],
    [`/campaigns/${id}/add`, 'Call again whoever is through already'], [`/campaigns/${id}/edit`, 'Calling hours of the next seven days'],
    ['/contacts', 'Person 3'], ['/queue', 'Calling'], ['/settings', 'Limits of users and of the system'],
  ];
  for (const [path, text] of screens) {
    await page.evaluate((to) => { location.hash = to; }, path);
    await seen(page.getByRole('main'), text);
    await until(async () => await page.locator('[aria-busy=true], [aria-label^=Loading]').count() === 0, 'all of it');
    for (const size of [kWhole, kZoomed]) {
      await page.setViewportSize(size);
      assert.deepEqual(await cutOff(page), [], `${path}, ${size.width} wide`);
    }
    if (path === '/queue') {
      // 1280 by 720 at 200 %.
      await page.setViewportSize({width: 640, height: 360});
      const row = await page.locator('.table-box .row-open').first().boundingBox();
      const navigation = await page.getByRole('navigation', {name: 'Main'}).boundingBox();
      assert.ok(row.y + row.height <= navigation.y, `no row is in sight: ${row.y + row.height} of ${navigation.y}`);
      assert.deepEqual(await cutOff(page), [], 'the queue in a low window');
      await page.setViewportSize(kZoomed);
    }
    // The way to every other screen.
    for (const name of ['Campaigns', 'Contacts', 'Queue', 'Settings']) assert.ok(await page.getByRole('link', {name}).first().isVisible(), name);
  }
  for (const [path, table] of [['/contacts', 'Contacts'], ['/queue', 'Queued calls'], [`/campaigns/${id}/history`, 'History'], ['/settings', 'Users']]) {
    await page.evaluate((to) => { location.hash = to; }, path);
    await page.getByRole('table', {name: table}).locator('.row-open').first().click();
    const dialog = page.getByRole('dialog');
    await dialog.locator('h2').waitFor();
    assert.deepEqual(await cutOff(page), [], `a dialog of ${path}`);
    await page.keyboard.press('Escape');
    await dialog.waitFor({state: 'detached'});
  }
  await page.getByRole('button', {name: 'Sign out'}).first().click();
  await page.getByLabel('Access token').waitFor();
  assert.deepEqual(await cutOff(page), [], 'signing in');
  silent(page);
  await page.context().close();
});
