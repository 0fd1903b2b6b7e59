import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {accessible, seen, silent, until, visit} from './browser.mjs';
import {number, written} from './numbers.mjs';
import {root} from './server.mjs';
import {test} from './suite.mjs';
import {opensLater} from './times.mjs';
import {world} from './world.mjs';

const file = (text, name = 'list.csv') => ({name, mimeType: 'text/csv', buffer: Buffer.from(text)});
const list = `phone_number,name,city\n${number(0)},Ann,Berlin\n${number(1)},Bob,Paris\n12,Nobody,\n${number(1)},Bob again,Rom\n`;

test('a list is uploaded, what is wrong with it is shown, and the campaign starts', async () => {
  const ida = await world.server.user('Ida', {limit: 1});
  await ida.agent('Ida’s voice');
  const page = await world.browser.open(world.server);
  await visit(page, ida, '/campaigns/new');

  // Both templates.
  for (const kind of ['basic', 'advanced']) {
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', {name: `${kind} template`}).click()]);
    assert.equal(download.suggestedFilename(), `call-campaign-${kind}-template.csv`);
    assert.equal(readFileSync(await download.path(), 'utf8'),
                 readFileSync(join(root, 'examples/templates', download.suggestedFilename()), 'utf8'));
  }

  // What is missing is said where it is.
  await page.getByRole('button', {name: 'Create and start'}).click();
  await seen(page, 'Give it a name, to know it by.');
  await seen(page, 'Choose somebody to call first.');
  await page.getByLabel('Choose a CSV file').setInputFiles(file('telephone\n1\n'));
  await seen(page, /has no column phone_number/);

  const dropped = await page.evaluateHandle((text) => {
    const data = new DataTransfer();
    data.items.add(new File([text], 'list.csv', {type: 'text/csv'}));
    return data;
  }, list);
  await page.locator('.drop').dispatchEvent('drop', {dataTransfer: dropped});
  await seen(page, '2 rows can be called, 1 cannot, 1 is left out as a repetition.');
  await seen(page.getByRole('region', {name: 'First rows'}), written(number(0)));
  // By the column of this name, and whether there is a name.
  const priorities = () => page.getByRole('region', {name: 'First rows'}).locator('tbody tr').evaluateAll((rows) => rows.map(({cells}) => [...cells].slice(2).map(({innerText}) => innerText)));
  assert.deepEqual(await priorities(), [['Berlin', '100'], ['Paris', '100']]);
  await page.getByLabel('Choose another file').setInputFiles(file(`phone_number,name,priority\n${number(0)},Ann,1000\n${number(1)},,-5\n`));
  await until(async () => JSON.stringify(await priorities()) === JSON.stringify([['1000', '1,100'], ['-5', '-5']]), 'the priorities');
  await page.getByLabel('Choose another file').setInputFiles(file(list));
  await seen(page.getByRole('region', {name: 'What cannot be taken'}), /no country code/);
  await page.getByLabel('Name', {exact: true}).fill('Ida’s first');
  assert.equal(await page.getByLabel('Agent').locator('option:checked').innerText(), 'Ida’s voice');
  await page.getByRole('group', {name: 'Calling hours'}).getByLabel('Calling hours, from').fill('00:00');
  await page.getByLabel('Calling hours, to').fill('00:00');
  await page.getByRole('combobox', {name: 'Time zone'}).fill('Mars/Olympus');
  await seen(page, /unknown time zone/);
  await page.getByRole('combobox', {name: 'Time zone'}).fill('Asia/Tokyo');
  await seen(page.getByRole('figure'), 'Calling hours of the next seven days, Tokyo time');
  await seen(page.getByLabel('Outlook'), '2 contacts');
  await until(async () => /Estimated end\s+\S.*Tokyo/.test(await page.getByLabel('Outlook').innerText()), 'the estimated end');
  await accessible(page, 'a new campaign');
  await page.setViewportSize({width: 390, height: 844});
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth), true);
  await page.setViewportSize({width: 1280, height: 860});

  await page.getByRole('button', {name: 'Create and start'}).click();
  const report = page.getByRole('region', {name: 'Report'});
  await seen(report, '4 rows read into “Ida’s first”');
  assert.deepEqual(await report.locator('dd').evaluateAll((all) => all.map((one) => parseInt(one.firstChild.textContent))), [2, 0, 1, 1]);
  await accessible(page, 'a report');
  const [errors] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', {name: 'Rows that failed, as CSV'}).click()]);
  assert.match(readFileSync(await errors.path(), 'utf8'), /"?12"?,/);
  await page.getByRole('link', {name: 'Go to the campaign'}).click();
  await page.getByRole('heading', {name: 'Ida’s first', level: 1}).waitFor();
  const [campaign] = (await ida.get('/api/campaigns')).items;
  assert.equal(campaign.status, 'active');
  assert.deepEqual([campaign.first_call_time, campaign.last_call_time, campaign.rules.timezone], ['00:00', '24:00', 'Asia/Tokyo']);
  assert.deepEqual(campaign.rules.retry, {outcomes: ['no_answer', 'busy'], max_attempts: 3, delays_seconds: [3600]});
  await ida.endCalls();
  silent(page, /422/);
  await page.context().close();
});

test('with each contact’s own clock it is said that calls may come at once, and in which zones of the list', async () => {
  const ole = await world.server.user('Ole', {limit: 1});
  await ole.agent('Ole’s voice');
  for (const [i, timezone] of ['Asia/Karachi', 'Asia/Tokyo'].entries()) await ole.post('/api/contacts', {phone_number: number(i), name: timezone, timezone});
  const page = await world.browser.open(world.server);
  // In four to seven hours by UTC: now where it is five hours later (Karachi), not where it is nine (Tokyo).
  const {first_call_time: from, last_call_time: to} = opensLater();
  const fill = async (where) => {
    await where.getByLabel('Calling hours, from').fill(from);
    await where.getByLabel('Calling hours, to').fill(to);
    await where.getByLabel('First day').fill('2020-01-01');
    await where.getByRole('combobox', {name: 'Time zone'}).fill('UTC');
  };
  await visit(page, ole, '/campaigns/new');
  await fill(page);
  await page.getByLabel('Choose a CSV file').setInputFiles(file(`phone_number,timezone\n${number(2)},Asia/Tokyo\n${number(3)},Asia/Karachi\n`));
  const outlook = page.getByLabel('Outlook');
  const inList = page.locator('.form-main .own-hours');
  const own = /^Whoever has a time zone of their own is called in their own hours, which may be now\./;
  const atOnce = 'They are open now in Karachi: whoever is there is called at once when it starts.';
  for (const where of [outlook, inList]) {
    await seen(where, own);
    await seen(where, atOnce);
  }
  await seen(outlook, 'to whoever has no time zone of their own');
  await accessible(page, 'hours of one’s own');
  await page.getByLabel('Choose another file').setInputFiles(file(`phone_number,name\n${number(2)},Ann\n`));
  await inList.waitFor({state: 'detached'});
  await outlook.getByText(atOnce).waitFor({state: 'detached'});
  await seen(outlook, own);
  await page.getByRole('radio', {name: /^One for all/}).check();
  await outlook.getByText(own).waitFor({state: 'detached'});
  assert.equal(await outlook.getByText('to whoever has no time zone of their own').count(), 0);
  await page.getByRole('link', {name: 'Contacts'}).click();
  await page.getByRole('button', {name: 'Leave', exact: true}).click();
  await page.getByLabel('Select all that are shown').check();
  await page.getByRole('button', {name: 'Call 2 contacts'}).click();
  await fill(page.getByRole('dialog'));
  await seen(outlook, atOnce);
  silent(page, /422/);
  await page.context().close();
});

test('contacts are chosen, with hours by weekday, for a draft', async () => {
  const jan = await world.server.user('Jan', {limit: 0});
  await jan.agent('Jan’s voice');
  for (let i = 0; i < 3; ++i) await jan.post('/api/contacts', {phone_number: `+1202555017${i}`, name: `Friend ${i}`});
  const page = await world.browser.open(world.server);
  await visit(page, jan, '/campaigns/new');
  await page.getByRole('radio', {name: /Choose contacts/}).check();
  await page.getByRole('checkbox', {name: 'Choose Friend 1'}).check();
  await page.getByRole('searchbox', {name: /Search contacts/}).fill('friend 2');
  await page.getByRole('checkbox', {name: 'Choose Friend 1'}).waitFor({state: 'detached'});
  await page.getByRole('checkbox', {name: 'Choose Friend 2'}).check();
  await seen(page, '2 chosen');
  await page.getByLabel('Name', {exact: true}).fill('Friends');
  await page.getByLabel('Calling hours, from').fill('10:30');
  await page.getByLabel('Calling hours, to').fill('11:30');
  await page.getByRole('radio', {name: /By weekday/}).check();
  await page.getByRole('button', {name: 'Add hours on Saturday'}).click();
  await page.getByRole('button', {name: 'Remove Monday 10:30 to 11:30'}).click();
  // Only other hours take the place of those by weekday.
  await page.getByRole('radio', {name: /The same every day/}).check();
  await page.getByRole('radio', {name: /By weekday/}).check();
  await page.getByRole('button', {name: 'Save as draft'}).click();
  await page.getByRole('heading', {name: 'Friends', level: 1}).waitFor();
  const [campaign] = (await jan.get('/api/campaigns')).items;
  assert.deepEqual([campaign.status, campaign.total_contacts], ['draft', 2]);
  assert.deepEqual(campaign.rules.weekly_windows.map((day) => day.map(({opens, closes}) => `${opens}-${closes}`).join()),
                   ['', '10:30-11:30', '10:30-11:30', '10:30-11:30', '10:30-11:30', '10:30-11:30,18:00-20:00', '10:30-11:30']);
  silent(page);
  await page.context().close();
});
