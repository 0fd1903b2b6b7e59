// Nobody is called by accident, and nothing that was entered is lost without a word.
import assert from 'node:assert/strict';
import {accessible, seen, silent, until, visit} from './browser.mjs';
import {number} from './numbers.mjs';
import {test} from './suite.mjs';
import {world} from './world.mjs';

const file = {name: 'list.csv', mimeType: 'text/csv', buffer: Buffer.from(`phone_number,name\n${number(0)},Ann\n${number(1)},Bob\n`)};
const dialog = (page, name) => page.getByRole('dialog', {name});

test('Enter in a form calls nobody; the button that does says how many', async () => {
  const ona = await world.server.user('Ona', {limit: 1});
  await ona.agent('Ona’s voice');
  const page = await world.browser.open(world.server);
  await visit(page, ona, '/campaigns/new');
  await page.getByLabel('Choose a CSV file').setInputFiles(file);
  await seen(page, '2 rows can be called.');
  for (const label of ['Name', 'Next action (optional)', 'Country of national numbers (optional)', 'Minutes in between']) {
    const field = page.getByLabel(label, {exact: true});
    if (label === 'Name') await field.fill('By accident');
    await field.press('Enter');
  }
  // Whatever Enter has asked for would have been asked before this is answered.
  await page.getByRole('button', {name: 'Create and start: call 2 people'}).waitFor();
  assert.equal((await ona.get('/api/campaigns')).items.length, 0);
  await page.getByRole('button', {name: 'Save as draft'}).click();
  await page.getByRole('heading', {name: 'By accident', level: 1}).waitFor();
  // What became of the file is at the campaign's address, also after a reload.
  await seen(page.getByRole('region', {name: 'Report'}), '2 rows read into “By accident”');
  await page.reload();
  await seen(page.getByRole('region', {name: 'Report'}), '2 rows read into “By accident”');
  const [{id}] = (await ona.get('/api/campaigns')).items;

  await page.evaluate((path) => { location.hash = path; }, `/campaigns/${id}`);
  const start = page.locator('.screen-actions').getByRole('button', {name: 'Start'});
  await start.click();
  await dialog(page, 'Call 2 people?').locator(':focus').waitFor();
  await page.keyboard.press('Enter');
  await dialog(page, 'Call 2 people?').waitFor({state: 'detached'});
  assert.equal((await ona.get(`/api/campaigns/${id}`)).status, 'draft');
  await start.click();
  await accessible(page, 'the question before people are called');
  await dialog(page, 'Call 2 people?').getByRole('button', {name: 'Start calling'}).click();
  await seen(page, '“By accident” is started.');
  await ona.ask('POST', `/api/campaigns/${id}/cancel`);
  await ona.endCalls();
  silent(page);
  await page.context().close();
});

test('what is entered is not left without a question, and outlives a token that is revoked', async () => {
  const pia = await world.server.user('Paulina', {limit: 0});
  await pia.agent('Paulina’s voice');
  await pia.campaign('Kept', {contacts: 2});
  const page = await world.browser.open(world.server);
  await visit(page, pia, '/campaigns');
  await page.getByRole('link', {name: 'Kept'}).click();
  await page.getByRole('tab', {name: 'Edit'}).click();
  const question = dialog(page, 'Leave without saving?');
  const name = page.getByLabel('Name', {exact: true});
  // Who has entered nothing goes as ever.
  await name.waitFor();
  await page.getByRole('tab', {name: 'Overview'}).click();
  await page.getByRole('tab', {name: 'Edit'}).click();
  await name.fill('Changed');
  for (const leave of [
    () => page.getByRole('link', {name: 'Contacts', exact: true}).click(),
    () => page.getByRole('tab', {name: 'Overview'}).click(),
    () => page.goBack(),
    () => page.getByRole('button', {name: 'Sign out'}).click(),
  ]) {
    await leave();
    await question.getByRole('button', {name: 'Stay here'}).click();
    await question.waitFor({state: 'detached'});
    assert.match(page.url(), /\/edit$/);
    assert.equal(await name.inputValue(), 'Changed');
  }
  await page.goBack();
  await question.getByRole('button', {name: 'Leave', exact: true}).click();
  await page.getByRole('heading', {name: 'Campaigns', level: 1}).waitFor();
  await page.goForward();
  await until(async () => await name.inputValue() === 'Kept', 'the form as it was');
  await name.fill('Saved');
  await page.getByRole('button', {name: 'Save changes'}).click();
  await page.getByRole('heading', {name: 'Saved', level: 1}).waitFor();
  await question.waitFor({state: 'detached'});

  await page.getByRole('navigation', {name: 'Main'}).getByRole('link', {name: 'Campaigns'}).click();
  await page.getByRole('link', {name: 'New campaign'}).click();
  await name.fill('Half done');
  await world.server.tool('token', 'revoke', pia.token.slice(3, 39));
  await seen(page, 'Your access was ended by the administrator, or has run out. Ask for a new token.');
  await page.getByLabel('Access token').fill(await world.server.tool('token', 'create', '--user', pia.userId, '--name', 'new'));
  await page.getByRole('button', {name: 'Sign in'}).click();
  await until(async () => await name.inputValue() === 'Half done', 'what had been entered');
  silent(page, /401/);
  await page.context().close();
});

test('Back and a reload take nothing that is entered in a dialog without a question', async () => {
  const pat = await world.server.user('Pat', {limit: 0});
  const {id} = await pat.post('/api/contacts', {phone_number: number(0), name: 'Ann'});
  const page = await world.browser.open(world.server);
  await visit(page, pat, '/campaigns');
  const open = async () => {
    await page.getByRole('navigation', {name: 'Main'}).getByRole('link', {name: 'Contacts'}).click();
    await page.getByRole('button', {name: 'Ann', exact: true}).click();
  };
  await open();
  const [contact, question] = [dialog(page, 'Ann'), dialog(page, 'Leave without saving?')];
  const notes = contact.getByLabel('Notes');
  // Who has entered nothing goes as ever.
  await notes.waitFor();
  await page.goBack();
  await page.getByRole('heading', {name: 'Campaigns', level: 1}).waitFor();
  await open();
  await notes.fill('Likes tea');
  await page.goBack();
  await question.getByRole('button', {name: 'Stay here'}).click();
  await question.waitFor({state: 'detached'});
  assert.equal(await notes.inputValue(), 'Likes tea');
  const [asked] = await Promise.all([page.waitForEvent('dialog'), page.evaluate(() => { setTimeout(() => location.reload()); })]);
  assert.equal(asked.type(), 'beforeunload');
  await asked.dismiss();
  assert.equal(await notes.inputValue(), 'Likes tea');
  // Once it is saved, or given up, there is nothing to ask.
  await contact.getByRole('button', {name: 'Save'}).click();
  await contact.waitFor({state: 'detached'});
  assert.equal(await question.count(), 0);
  assert.equal((await pat.get(`/api/contacts/${id}`)).notes, 'Likes tea');
  await page.reload();
  await page.getByRole('button', {name: 'Ann', exact: true}).click();
  await notes.fill('');
  await page.goBack();
  await question.getByRole('button', {name: 'Leave', exact: true}).click();
  await page.getByRole('heading', {name: 'Campaigns', level: 1}).waitFor();
  assert.equal(await contact.count(), 0);
  assert.equal((await pat.get(`/api/contacts/${id}`)).notes, 'Likes tea');
  silent(page);
  await page.context().close();
});

test('deleting says what goes and what stays, and that it is being done', async () => {
  const quin = await world.server.user('Quin', {limit: 0});
  const {id} = await quin.campaign('To go', {contacts: 3, start: true});
  const page = await world.browser.open(world.server);
  await visit(page, quin, `/campaigns/${id}`);
  await page.getByRole('button', {name: 'More for To go'}).click();
  await page.getByRole('menuitem', {name: 'Delete'}).click();
  const question = dialog(page, 'Delete this campaign?');
  await seen(question, 'The people themselves stay among your contacts.');
  await seen(question, /It is active: once it is deleted nobody else on its list is called/);
  assert.equal(await question.getByText('history').count(), 0);
  await Promise.all([page.waitForEvent('download'), question.getByRole('button', {name: 'Results as CSV'}).click()]);
  await accessible(page, 'the question before a campaign is deleted');
  let letGo;
  const held = new Promise((resolve) => { letGo = resolve; });
  await page.route(`**/api/campaigns/${id}`, async (route) => {
    if (route.request().method() === 'DELETE') await held;
    await route.continue();
  });
  await question.getByRole('button', {name: 'Delete campaign'}).click();
  await question.getByRole('button', {name: 'Deleting…'}).waitFor();
  await page.keyboard.press('Escape');
  await question.getByRole('button', {name: 'Deleting…'}).waitFor();
  letGo();
  await question.waitFor({state: 'detached'});
  await seen(page, '“To go” is deleted.');
  assert.equal((await quin.get('/api/contacts')).items.length, 3);
  silent(page, /404/);  // What is read of it in the instant in which it goes.
  await page.context().close();
});
