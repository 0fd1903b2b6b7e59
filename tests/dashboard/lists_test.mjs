// Files that are chosen, dropped, mistaken, and taken into a campaign that is there.
import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {accessible, seen, silent, visit} from './browser.mjs';
import {number} from './numbers.mjs';
import {test} from './suite.mjs';
import {world} from './world.mjs';

const listOf = (...people) => ({name: 'list.csv', mimeType: 'text/csv', buffer: Buffer.from(['phone_number,name', ...people.map((i) => `${number(i)},Person ${i}`)].join('\n') + '\n')});
const choose = (page, file) => page.getByLabel(/Choose/).and(page.locator('input[type=file]')).setInputFiles(file);

test('a further list leaves out who is on the campaign’s, and calls again who is through', async () => {
  const ira = await world.server.user('Ira', {limit: 0});
  const {id} = await ira.campaign('Grows', {contacts: 2});
  const page = await world.browser.open(world.server);
  await visit(page, ira, `/campaigns/${id}/add`);
  const take = page.getByRole('button', {name: 'Import the list', exact: true});
  await choose(page, listOf(0, 1));
  await seen(page, 'Nobody is new, 2 are left out as on the list already.');
  assert.equal(await take.isDisabled(), true);
  await choose(page, listOf(0, 1, 2));
  await seen(page, '1 row can be called, 2 are left out as on the list already.');
  const rows = (await ira.get(`/api/campaigns/${id}/queue`)).items;
  await ira.post('/api/queue/cancel', {ids: rows.map((row) => row.id)});
  await page.getByLabel('Call again whoever is through already').check();
  await seen(page, '3 rows can be called.');
  await take.click();
  const report = page.getByRole('region', {name: 'Report'});
  await seen(report, '3 rows read into “Grows”');
  assert.deepEqual(await report.locator('dd').evaluateAll((all) => all.map((one) => parseInt(one.firstChild.textContent))), [3, 2, 0, 0]);
  assert.equal((await ira.get(`/api/campaigns/${id}/queue?status=queued`)).items.length, 3);
  // Of one that is active it calls people, and says so.
  await ira.post(`/api/campaigns/${id}/start`);
  await page.getByRole('tab', {name: 'Add a list'}).click();
  await choose(page, listOf(3));
  await page.getByRole('button', {name: 'Import the list: call 1 person'}).waitFor();
  await seen(page, /^This campaign is active: whoever is imported is called/);
  silent(page);
  await page.context().close();
});

test('national numbers are of the country that is written, never of one that its first letters name', async () => {
  const kaj = await world.server.user('Kaj', {limit: 0});
  await kaj.agent('Kaj’s voice');
  const page = await world.browser.open(world.server);
  await visit(page, kaj, '/campaigns/new');
  const country = page.getByLabel('Country of national numbers');
  const field = page.locator('.field', {has: country});
  const first = page.getByRole('region', {name: 'First rows'});
  await page.getByLabel('Name', {exact: true}).fill('Danes');
  await choose(page, {name: 'list.csv', mimeType: 'text/csv', buffer: Buffer.from('phone_number,name\n32 12 34 56,Mads\n')});
  await country.pressSequentially('Denmark');
  assert.equal(await country.inputValue(), 'Denmark');
  await seen(field.getByRole('status'), /^Denmark$/);
  await seen(first, '+45 3212 3456');
  await country.fill('Denmrak');
  for (const button of ['Create and start', 'Save as draft']) {
    await page.getByRole('button', {name: button}).click();
    await seen(field, /^There is no country of this name or code\. /);
    await country.and(page.locator('[aria-invalid]:focus')).waitFor();
  }
  assert.equal((await kaj.get('/api/campaigns')).items.length, 0);
  await accessible(page, 'a country that is none');
  await country.fill('dk');
  await seen(field.getByRole('status'), /^Denmark$/);
  await seen(first, '+45 3212 3456');
  await page.getByRole('button', {name: 'Save as draft'}).click();
  await seen(page.getByRole('region', {name: 'Report'}), '1 row read into “Danes”');
  // A further list, and a contact by hand.
  await page.getByRole('tab', {name: 'Add a list'}).click();
  await choose(page, {name: 'list.csv', mimeType: 'text/csv', buffer: Buffer.from('phone_number,name\n32 12 34 57,Ida\n')});
  const take = page.getByRole('button', {name: 'Import the list', exact: true});
  await country.fill('Denmar');
  await seen(field, /^There is no country of this name or code\. /);
  assert.equal(await take.isDisabled(), true);
  await country.fill('Denmark');
  await seen(first, '+45 3212 3457');
  await take.click();
  await seen(page.getByRole('region', {name: 'Report'}), '1 row read into “Danes”');
  await page.evaluate(() => { location.hash = '/contacts'; });
  await page.getByRole('button', {name: 'New contact'}).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Phone number').fill('32 12 34 58');
  await dialog.getByLabel('Country').pressSequentially('Denmar');
  await dialog.getByLabel('Country').press('Enter');
  await seen(dialog, /^There is no country of this name or code\. /);
  await dialog.getByLabel('Country').press('k');
  await seen(dialog.getByRole('status'), /^Denmark$/);
  await accessible(page, 'a contact with its country');
  await dialog.getByRole('button', {name: 'Add contact'}).click();
  await dialog.waitFor({state: 'detached'});
  assert.deepEqual((await kaj.get('/api/contacts')).items.map(({phone_number: text}) => text).sort(), ['+4532123456', '+4532123457', '+4532123458']);
  silent(page, /422/);
  await page.context().close();
});

test('before and after an import it is said that people who are known keep their own data', async () => {
  const tue = await world.server.user('Tue', {limit: 0});
  await tue.agent('Tue’s voice');
  await tue.post('/api/contacts', {phone_number: number(0), name: 'Ann', timezone: 'Europe/Berlin'});
  const page = await world.browser.open(world.server);
  await visit(page, tue, '/campaigns/new');
  const csv = (text) => ({name: 'list.csv', mimeType: 'text/csv', buffer: Buffer.from(text)});
  await choose(page, csv(`phone_number,name\n${number(0)},Ann\n`));
  await seen(page, '1 row can be called.');
  assert.equal(await page.getByText(/keeps their own data/).count(), 0);
  await choose(page, csv(`phone_number,timezone,e-mail,city\n${number(0)},Asia/Tokyo,ann@example.com,Kyoto\n`));
  await seen(page, 'Whoever is among your contacts already keeps their own data: the time zone and e-mail of the file count for new contacts only.');
  await page.getByLabel('Name', {exact: true}).fill('Known');
  await page.getByRole('button', {name: 'Save as draft'}).click();
  await seen(page.getByRole('region', {name: 'Report'}), /^Whoever was among your contacts before keeps their own data/);
  assert.deepEqual((await tue.get('/api/contacts')).items.map(({timezone, email}) => [timezone, email]), [['Europe/Berlin', null]]);
  silent(page);
  await page.context().close();
});

test('a picture is no list, two files are one too many, and rows that failed are kept with the campaign', async () => {
  const joy = await world.server.user('Joy', {limit: 0});
  await joy.agent('Joy’s voice');
  const page = await world.browser.open(world.server);
  await visit(page, joy, '/campaigns/new');
  await choose(page, {name: 'list.png', mimeType: 'image/png', buffer: Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex')});
  await seen(page.locator('.field-error'), 'This is a picture, not a list. Choose a spreadsheet that was saved as CSV.');
  const dropped = await page.evaluateHandle((text) => {
    const data = new DataTransfer();
    for (const name of ['first.csv', 'second.csv']) data.items.add(new File([text], name, {type: 'text/csv'}));
    return data;
  }, `phone_number,name\n${number(0)},Ann\n12,Nobody\n`);
  // Beside the field: the browser would leave the page for it.
  const beside = page.getByRole('heading', {name: 'How it calls'});
  assert.equal(await beside.evaluate((element, dataTransfer) => element.dispatchEvent(
    new DragEvent('dragover', {dataTransfer, bubbles: true, cancelable: true})), dropped), false);
  await page.locator('.drop.is-over').waitFor();
  await beside.dispatchEvent('drop', {dataTransfer: dropped});
  await seen(page, 'One file at a time: only “first.csv” was taken.');
  await seen(page.locator('.drop'), 'first.csv');
  await seen(page, '1 row can be called, 1 cannot.');
  await page.getByLabel('Name', {exact: true}).fill('Partly');
  await page.getByRole('button', {name: 'Save as draft'}).click();
  await page.getByRole('link', {name: 'Go to the campaign'}).click();
  await page.getByRole('heading', {name: 'Partly', level: 1}).waitFor();
  assert.equal(await page.getByText('One file at a time').count(), 0);
  await page.getByRole('button', {name: 'More for Partly'}).click();
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('menuitem', {name: 'Rows that failed, as CSV'}).click()]);
  assert.equal(download.suggestedFilename(), 'Partly rows that failed.csv');
  // It is mended and uploaded again, as it is.
  const rows = readFileSync(await download.path(), 'utf8');
  assert.match(rows, /^\uFEFFphone_number,name,import_error\r\n12,Nobody,".* \(phone_number, line 3, imported \d{4}-\d\d-\d\d \d\d:\d\d:\d\d Europe\/Berlin\)"\r\n$/);
  await page.getByRole('tab', {name: 'Add a list'}).click();
  await choose(page, {name: download.suggestedFilename(), mimeType: 'text/csv', buffer: Buffer.from(rows.replace('\n12,', `\n${number(1)},`))});
  await seen(page, '1 row can be called.');
  await seen(page.getByRole('columnheader', {name: 'import_error'}), 'Read over');
  await page.getByRole('button', {name: 'Import the list', exact: true}).click();
  await seen(page.getByRole('region', {name: 'Report'}), '1 row read into “Partly”');
  const {items} = await joy.get(`/api/campaigns/${(await joy.get('/api/campaigns')).items[0].id}/queue`);
  assert.deepEqual(items.map(({contact_name: name, user_data: data}) => [name, data]), [['Ann', {}], ['Nobody', {}]]);
  silent(page, /422/);
  await page.context().close();
});
