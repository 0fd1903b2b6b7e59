// What a fresh eye stumbles over.
import assert from 'node:assert/strict';
import {accessible, seen, silent, until, visit} from './browser.mjs';
import {test} from './suite.mjs';
import {world} from './world.mjs';

test('fields fit into their dialog, nothing stays marked, calls have names, and a search has an address', async () => {
  const yan = await world.server.user('Yan', {limit: 1});
  const campaign = await yan.campaign('Named', {contacts: 2, start: true});
  const page = await world.browser.open(world.server, {locale: 'en-US'});
  await visit(page, yan, `/campaigns/${campaign.id}`);
  await seen(page.getByRole('region', {name: 'Calls now'}), 'Person 0');

  await page.getByRole('navigation', {name: 'Main'}).getByRole('link', {name: 'Contacts'}).click();
  await page.getByRole('searchbox').fill('Person 1');
  await until(() => page.url().endsWith('/contacts?search=Person+1'), 'the search in the address');
  await page.reload();
  await page.getByRole('button', {name: 'Person 1', exact: true}).waitFor();
  assert.equal(await page.getByRole('searchbox').inputValue(), 'Person 1');
  assert.equal(await page.getByRole('button', {name: 'Person 0', exact: true}).count(), 0);

  await page.getByRole('link', {name: 'Queue', exact: true}).click();
  await page.evaluate(() => window.getSelection().selectAllChildren(document.body));
  await page.getByRole('button', {name: 'Direct call'}).click();
  const direct = page.getByRole('dialog', {name: 'Direct call'});
  await direct.getByRole('searchbox').and(page.locator(':focus')).waitFor();
  assert.equal(await page.evaluate(() => window.getSelection().toString()), '');
  await direct.getByLabel(/^Later, or/).check();
  await page.setViewportSize({width: 1280, height: 500});
  assert.ok(await direct.getByRole('button', {name: 'Queue the call'}).evaluate((button) => button.getBoundingClientRect().bottom <= window.innerHeight), 'the button is out of sight');
  await page.setViewportSize({width: 1280, height: 860});
  assert.equal(await direct.evaluate((element) => element.scrollWidth <= element.clientWidth), true);
  const boxes = await direct.locator('input[type=datetime-local]').evaluateAll((all) => all.map((one) => {
    const {left, right, top, bottom} = one.getBoundingClientRect();
    return {left, right, top, bottom};
  }));
  assert.ok(boxes[0].right <= boxes[1].left || boxes[0].bottom <= boxes[1].top, 'the dates lie over each other');

  // Somebody who is no contact yet is made one there.
  await direct.getByRole('searchbox').fill('+49 151 23456789');
  await direct.getByRole('button', {name: 'New contact'}).click();
  const fresh = page.getByRole('dialog', {name: 'New contact'});
  assert.equal(await fresh.getByLabel('Phone number').inputValue(), '+49 151 23456789');
  await accessible(page, 'a new contact for a direct call');
  await fresh.getByLabel('Name', {exact: false}).first().fill('Zoe');
  await fresh.getByRole('button', {name: 'Add contact'}).click();
  await seen(direct.locator('.chosen-contact'), '+49 151 2345 6789');
  await page.keyboard.press('Escape');
  await page.getByRole('dialog', {name: 'Leave without saving?'}).getByRole('button', {name: 'Leave', exact: true}).click();
  await direct.waitFor({state: 'detached'});

  // Of a call of which nothing is heard its row says so too. Whoever talks has no further news before the end.
  await until(async () => (await yan.get(`/api/calls?campaign_id=${campaign.id}`)).items[0].status === 'in_progress', 'somebody who talks');
  world.server.sql('UPDATE calls SET lease_expires_at = ?1 WHERE campaign_id = ?2', (Date.now() + 600_000) * 1000, campaign.id);
  await page.evaluate((to) => { location.hash = to; }, `/campaigns/${campaign.id}/queue`);
  await page.getByRole('button', {name: 'Person 0'}).click();
  await seen(page.getByRole('dialog', {name: 'Person 0'}), /^Nothing was heard of it for (49|50) min\. If that stays so its place is free/);
  await yan.endCalls();
  silent(page);
  await page.context().close();
});
