import assert from 'node:assert/strict';
import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {accessible, seen, silent, tabTo, until, visit} from './browser.mjs';
import {test} from './suite.mjs';
import {world} from './world.mjs';

const table = (page) => page.getByRole('table', {name: 'Contacts'});
const names = async (page) => (await table(page).locator('tbody .row-open').allInnerTexts()).map((text) => text.trim());
const search = (page, text) => page.getByRole('searchbox', {name: 'Search contacts by name or number'}).fill(text);
const shows = (page, wanted) => until(async () => JSON.stringify(await names(page)) === JSON.stringify(wanted), `the contacts ${wanted}`);
const numberOf = (i) => `+1202${556 + Math.floor(i / 10_000)}${String(i % 10_000).padStart(4, '0')}`;

async function withContacts(name, count, limit = 0) {
  const user = await world.server.user(name, {limit});
  await user.agent(`${name}’s voice`);
  const file = join(world.server.folder, `${name}.csv`);
  writeFileSync(file, `phone_number,name\n${Array.from({length: count}, (_, i) => `${numberOf(i)},Contact ${i}\n`).join('')}`);
  if (count > 0) await world.server.tool('contact', 'import', file, '--user', user.userId);
  user.contacts = (await user.get('/api/contacts?limit=1000')).items;
  return user;
}

test('a contact is added, found, changed and deleted, with what is wrong said at its field', async () => {
  const mila = await withContacts('Mila', 0);
  const page = await world.browser.open(world.server);
  await visit(page, mila, '/contacts');
  await seen(page, 'Your first contacts');
  await page.getByRole('button', {name: 'Add one by hand'}).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', {name: 'Add contact'}).click();
  await seen(dialog, 'A number to call is needed.');
  await dialog.getByLabel('Company').fill('x'.repeat(256));
  await dialog.getByLabel('Phone number').fill('+12025550100');
  await dialog.getByRole('button', {name: 'Add contact'}).click();
  await seen(dialog.locator('.field', {hasText: 'Company'}), 'The company may have at most 255 characters.');
  await dialog.getByLabel('Company').fill('');
  await dialog.getByLabel('Phone number').fill('');
  // What is entered is not lost by a slip; where nothing is, nobody is asked.
  await page.keyboard.press('Escape');
  await dialog.waitFor({state: 'detached'});
  await page.getByRole('button', {name: 'Add one by hand'}).click();
  await dialog.getByLabel('Name').fill('Ada');
  const question = page.getByRole('dialog', {name: 'Leave without saving?'});
  for (const slip of [() => page.keyboard.press('Escape'), () => page.keyboard.press('Escape'), () => page.mouse.click(5, 5)]) {
    await slip();
    await question.getByRole('button', {name: 'Stay here'}).press('Enter');
    await question.waitFor({state: 'detached'});
    assert.equal(await dialog.getByLabel('Name').inputValue(), 'Ada');
  }
  await page.keyboard.press('Escape');
  await question.getByRole('button', {name: 'Leave', exact: true}).click();
  await dialog.waitFor({state: 'detached'});
  await page.getByRole('button', {name: 'Add one by hand'}).click();
  await dialog.getByLabel('Name').fill('Ada');
  await dialog.getByLabel('Phone number').fill('030 123456');
  await dialog.getByRole('button', {name: 'Add contact'}).click();
  await until(async () => await dialog.getByLabel('Phone number').getAttribute('aria-invalid') === 'true', 'the number to be refused');
  await accessible(page, 'a contact that is refused');
  await dialog.getByLabel('Country').fill('de');
  await dialog.getByRole('button', {name: 'Add contact'}).click();
  await dialog.waitFor({state: 'detached'});
  await shows(page, ['Ada']);
  await table(page).getByRole('cell', {name: '+49 3012 3456', exact: true}).waitFor();

  // Whose number it is, however it is typed.
  await page.getByRole('button', {name: 'New contact'}).click();
  await dialog.getByLabel('Phone number').fill('030 12 34 56');
  await dialog.getByLabel('Country').fill('DE');
  await dialog.getByRole('button', {name: 'Add contact'}).click();
  await seen(dialog, 'Ada has this number already.');
  await dialog.getByRole('button', {name: 'Cancel'}).click();

  await page.getByRole('button', {name: 'Ada', exact: true}).click();
  await seen(dialog, 'Not on any list, and not called yet.');
  // What is open has an address.
  const {id} = (await mila.get('/api/contacts')).items[0];
  assert.ok(page.url().endsWith(`#/contacts?contact=${id}`), page.url());
  await page.reload();
  await page.getByRole('dialog', {name: 'Ada'}).waitFor();
  await dialog.getByLabel('Time zone').fill('Mars/Olympus');
  await dialog.getByRole('button', {name: 'Save'}).click();
  await until(async () => await dialog.getByLabel('Time zone').getAttribute('aria-invalid') === 'true', 'the zone to be refused');
  await dialog.getByLabel('Time zone').fill('Europe/Berlin');
  await dialog.getByLabel('Name').fill('Ada Lovelace');
  await dialog.getByLabel('Company').fill('Engines');
  await dialog.getByRole('button', {name: 'Save'}).click();
  await shows(page, ['Ada Lovelace']);
  await seen(table(page), 'Engines');
  const [saved] = (await mila.get('/api/contacts')).items;
  assert.deepEqual([saved.name, saved.phone_number, saved.company, saved.timezone, saved.email],
                   ['Ada Lovelace', '+4930123456', 'Engines', 'Europe/Berlin', null]);

  await search(page, 'nobody');
  await seen(page, 'Nobody found');
  await search(page, '12345');
  await shows(page, ['Ada Lovelace']);
  await page.getByRole('button', {name: 'Ada Lovelace'}).click();
  await dialog.getByRole('button', {name: 'Delete'}).click();
  await page.getByRole('dialog', {name: 'Delete this contact?'}).getByRole('button', {name: 'Delete contact'}).click();
  await seen(page, 'Nobody found');
  assert.equal((await mila.get('/api/contacts')).items.length, 0);
  silent(page, /422|409/);
  await page.context().close();
});

test('a contact shows its calls, and each call its attempts in their order', async () => {
  const kay = await withContacts('Kay', 0, 1);
  const {id} = await kay.campaign('Twice', {contacts: 1, start: true, rules: {retry: {outcomes: ['busy'], max_attempts: 2, delays_seconds: [1]}}});
  for (const event of [{status: 'busy'}, {status: 'completed', outcome: 'answered', success: true, duration_seconds: 42}]) {
    await until(() => kay.endCalls(event), 'a call');
  }
  await kay.campaign('Of another', {contacts: 1, first: 5});
  const page = await world.browser.open(world.server);
  await visit(page, kay, '/contacts');
  await page.getByRole('button', {name: 'Person 0'}).click();
  const dialog = page.getByRole('dialog', {name: 'Person 0'});
  await until(async () => /^Twice.* · 2 attempts\s*Completed$/s.test(await dialog.getByRole('list', {name: 'Calls'}).innerText()), 'its calls');
  await accessible(page, 'a contact and its calls');
  for (const [show, table] of [['Everybody', 'History'], ['Every attempt', 'Attempts']]) {
    await page.evaluate((to) => { location.hash = to; }, `/campaigns/${id}/history`);
    await page.getByRole('button', {name: show, exact: true}).click();
    await page.getByRole('table', {name: table}).locator('.row-open').first().click();
    const attempts = dialog.getByRole('region', {name: 'Attempts'}).locator('tbody tr');
    await until(async () => await attempts.count() === 2, 'both attempts');
    assert.deepEqual(await attempts.evaluateAll((rows) => rows.map(({cells}) => `${cells[0].innerText} ${cells[2].innerText}`)), ['1 Busy', '2 Answered']);
    await page.keyboard.press('Escape');
    await dialog.waitFor({state: 'detached'});
  }
  silent(page);
  await page.context().close();
});

test('a call that waits is cancelled where its contact is looked at, after a question', async () => {
  const jon = await withContacts('Jon', 0, 0);
  for (const name of ['Wanted', 'Unwanted']) await jon.campaign(name, {contacts: 2, start: true});
  const waiting = async () => (await jon.get('/api/queue?status=queued')).items.map(({contact_name, campaign_id}) => `${contact_name} ${names.get(campaign_id)}`).sort();
  const names = new Map((await jon.get('/api/campaigns')).items.map(({id, name}) => [id, name]));
  const page = await world.browser.open(world.server);
  await visit(page, jon, '/contacts');
  await page.getByRole('button', {name: 'Person 0'}).click();
  const dialog = page.getByRole('dialog', {name: 'Person 0'});
  const cancel = dialog.getByRole('button', {name: 'Cancel this call: Unwanted'});
  const question = page.getByRole('dialog', {name: 'Cancel 1 call?'});
  await cancel.click();
  await question.getByRole('button', {name: 'Keep it'}).click();
  await question.waitFor({state: 'detached'});
  assert.equal((await waiting()).length, 4);
  await accessible(page, 'a contact whose calls wait');
  await tabTo(page, cancel);
  await page.keyboard.press('Enter');
  await question.getByRole('button', {name: 'Cancel 1 call'}).press('Enter');
  await cancel.waitFor({state: 'detached'});
  assert.deepEqual(await waiting(), ['Person 0 Wanted', 'Person 1 Unwanted', 'Person 1 Wanted']);
  await seen(dialog.getByRole('listitem').filter({hasText: 'Unwanted'}), 'Cancelled');
  assert.equal(await dialog.getByRole('list', {name: 'Calls'}).evaluate((list) => list === document.activeElement), true);
  silent(page);
  await page.context().close();
});

test('what is selected stays so across searches and pages, and is called as a campaign without who waits already', async () => {
  const nils = await withContacts('Nils', 230);  // More than one page of them.
  await nils.post('/api/calls', {contact_id: nils.contacts[201].id, agent_id: (await nils.get('/api/agents')).items[0].id});
  const page = await world.browser.open(world.server);
  await visit(page, nils, '/contacts');
  await table(page).getByLabel('Select Contact 0', {exact: true}).check();
  await search(page, 'Contact 20');
  await shows(page, ['Contact 20', ...Array.from({length: 10}, (_, i) => `Contact ${200 + i}`)]);
  await page.getByLabel('Select all that are shown').check();
  await page.getByLabel('Select Contact 205', {exact: true}).uncheck();
  await seen(page, '11 selected');
  await search(page, '');
  await until(async () => (await names(page))[0] === 'Contact 0', 'everybody');
  assert.equal(await table(page).getByLabel('Select Contact 0', {exact: true}).isChecked(), true);
  await page.getByRole('button', {name: 'Select all that match'}).click();
  await seen(page, '230 selected');
  await page.getByRole('button', {name: 'Clear selection'}).click();
  await seen(page, '0 selected');
  for (const who of ['200', '201', '202']) {
    await search(page, `Contact ${who}`);
    await page.getByLabel(`Select Contact ${who}`, {exact: true}).check();
  }

  await page.getByRole('button', {name: 'Call 3 contacts'}).click();
  const dialog = page.getByRole('dialog', {name: 'Call 3 contacts'});
  await dialog.getByLabel('Name', {exact: true}).fill('');
  await dialog.getByRole('button', {name: 'Create and start'}).click();
  await seen(dialog, 'Give it a name, to know it by.');
  await dialog.getByLabel('Name', {exact: true}).fill('Chosen');
  await page.keyboard.press('Escape');
  await page.getByRole('dialog', {name: 'Leave without saving?'}).getByRole('button', {name: 'Stay here'}).click();
  assert.equal(await dialog.getByLabel('Name', {exact: true}).inputValue(), 'Chosen');
  await seen(dialog.getByLabel('Outlook'), '3 contacts');
  await accessible(page, 'calling several');
  await dialog.getByRole('button', {name: 'Create and start'}).click();
  const report = page.getByRole('dialog', {name: '2 contacts queued'});
  assert.match(await report.getByRole('list', {name: 'Skipped'}).innerText(), /^Contact 201\s+\+1 202 556 0201\s+Is in the queue already$/);
  await accessible(page, 'who was queued');
  await report.getByRole('link', {name: 'Go to the campaign'}).click();
  await page.getByRole('heading', {name: 'Chosen', level: 1}).waitFor();
  const [campaign] = (await nils.get('/api/campaigns')).items;
  const queued = (await nils.get(`/api/campaigns/${campaign.id}/queue`)).items;
  assert.deepEqual(queued.map(({contact_name}) => contact_name).sort(), ['Contact 200', 'Contact 202']);
  assert.notEqual(campaign.status, 'draft');
  silent(page);
  await page.context().close();
});

test('where more match than can be called at once, it is said that only the first of them are selected', async () => {
  const per = await withContacts('Per', 10_001);
  const page = await world.browser.open(world.server);
  await visit(page, per, '/contacts');
  await page.getByRole('button', {name: 'Select all that match'}).click();
  await seen(page.getByRole('status'), /^10,000 selected\. The first 10,000 of more that match are selected$/);
  await page.getByRole('button', {name: 'Call 10,000 contacts'}).click();
  const dialog = page.getByRole('dialog');
  await seen(dialog, 'The first 10,000 of more that match are selected: the others are not called. No more can be called at once.');
  await accessible(page, 'calling the first of many');
  await page.keyboard.press('Escape');
  await page.getByRole('button', {name: 'Clear selection'}).click();
  await search(page, 'Contact 1000');
  await page.getByText('Contact 10000').waitFor();
  await page.getByRole('button', {name: 'Select all that match'}).click();
  await seen(page.getByRole('status'), /^2 selected$/);
  silent(page);
  await page.context().close();
});

test('several are called directly, and who has been deleted meanwhile is named', async () => {
  const olga = await withContacts('Olga', 4);
  const page = await world.browser.open(world.server);
  await visit(page, olga, '/contacts');
  await page.getByLabel('Select all that are shown').check();
  await page.getByRole('button', {name: 'Call 4 contacts'}).click();
  await olga.ask('DELETE', `/api/contacts/${olga.contacts[2].id}`);
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('radio', {name: /Directly/}).check();
  await dialog.getByRole('button', {name: 'Call now'}).click();
  const report = page.getByRole('dialog', {name: '3 contacts queued'});
  assert.match(await report.getByRole('list', {name: 'Skipped'}).innerText(), /^Contact 2\s[^]*Has been deleted$/);
  await report.getByRole('link', {name: 'See the queue'}).click();
  await page.getByRole('heading', {name: 'Queue', level: 1}).waitFor();
  await until(async () => await page.getByRole('cell', {name: 'Direct call'}).count() === 3, 'three direct calls');
  // The same in a campaign: all others are taken.
  await page.getByRole('link', {name: 'Contacts'}).click();
  await page.getByLabel('Select all that are shown').check();
  await page.getByRole('button', {name: 'Call 3 contacts'}).click();
  await olga.ask('DELETE', `/api/contacts/${olga.contacts[0].id}`);
  await dialog.getByLabel('Leave out who is in the queue already').uncheck();
  await dialog.getByRole('button', {name: 'Save as draft'}).click();
  await page.getByRole('dialog', {name: '2 contacts queued'}).getByText('Has been deleted').waitFor();
  const [campaign] = (await olga.get('/api/campaigns')).items;
  assert.deepEqual([campaign.status, campaign.total_contacts], ['draft', 2]);
  silent(page, /404/);
  await page.context().close();
});
