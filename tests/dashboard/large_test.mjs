import assert from 'node:assert/strict';
import {seen, silent, until, visit} from './browser.mjs';
import {scrollThrough} from './scrolling.mjs';
import {Server} from './server.mjs';
import {measure} from './suite.mjs';
import {world} from './world.mjs';

const kRows = 100_000;
// The first 2,000 rows in every run, more of them when there is time.
const kScrolled = process.env.CALLQUEUE_LONG === '1' ? 10_000 : 2_000;

measure('a list of 100,000 rows is uploaded, its queue scrolls with few rows drawn, and it is seen to be deleted', async () => {
  const server = await Server.start(world.pages);
  const [page, other] = [await world.browser.open(server), await world.browser.open(server)];
  try {
    const bea = await server.user('Bea', {limit: 0});
    await bea.agent('Bea’s voice');
    const rows = Array.from({length: kRows}, (_, i) => `+1202${String(2_000_000 + i)},Person ${i}`);
    await visit(page, bea, '/campaigns/new');
    await page.getByLabel('Choose a CSV file').setInputFiles({
      name: 'large.csv', mimeType: 'text/csv', buffer: Buffer.from(['phone_number,name', ...rows].join('\n') + '\n')});
    await seen(page, /Of the first [\d,]+ rows/);
    await page.getByLabel('Name', {exact: true}).fill('Large');
    const begun = Date.now();
    await page.getByRole('button', {name: 'Create and start'}).click();
    const report = page.getByRole('region', {name: 'Report'});
    await report.getByText('100,000 rows read into “Large”').waitFor({timeout: 60_000});
    console.log(`# 100,000 rows were uploaded in ${Date.now() - begun} ms`);
    assert.deepEqual(await report.locator('dd').evaluateAll((all) => all.map((one) => one.firstChild.textContent)), ['100,000', '0', '0', '0']);

    await page.getByRole('link', {name: 'Queue', exact: true}).click();
    const table = page.getByRole('table', {name: 'Queued calls'});
    await table.getByText('Person 0', {exact: false}).first().waitFor();
    await seen(page, 'Waiting 100,000');
    const box = page.getByRole('region', {name: 'Queued calls'});
    let most = 0;
    await until(async () => {
      await box.evaluate((element) => { element.scrollTop = element.scrollHeight; });
      most = Math.max(most, await table.locator('tbody tr').count());
      return Number(await table.getAttribute('aria-rowcount')) > kScrolled;
    }, 'rows further down');
    assert.ok(most < 60, `${most} rows were drawn at once`);
    // Frames are counted by frames.mjs, on a machine that does nothing else; this is far beyond what a person would stand.
    const {frames, longest} = await scrollThrough(box, 2880);
    console.log(`# ${frames.length} frames, the longest task took ${Math.round(longest)} ms`);
    assert.ok(longest < 1000, `a task of ${longest} ms`);
    await box.evaluate((element) => { element.scrollTop = 0; });
    await until(async () => await table.getByRole('button', {name: 'Person 0', exact: false}).count() > 0, 'the first row again');

    // It takes a while to go, which shows wherever it is seen.
    await visit(other, bea);
    const card = other.getByRole('listitem', {name: 'Large', exact: true});
    await seen(card, 'Active');
    await page.getByRole('navigation', {name: 'Main'}).getByRole('link', {name: /^Campaigns/}).click();
    await page.getByRole('button', {name: 'More for Large'}).click();
    await page.getByRole('menuitem', {name: 'Delete'}).click();
    const question = page.getByRole('dialog', {name: 'Delete this campaign?'});
    await question.getByRole('button', {name: 'Delete campaign'}).click();
    await Promise.all([question.getByRole('button', {name: 'Deleting…'}).waitFor(), seen(card, 'Deleting…'), seen(card, 'It is being deleted')]);
    assert.equal(await card.getByRole('button').count(), 0);
    await page.getByText('“Large” is deleted.').waitFor({timeout: 60_000});
    for (const one of [page, other]) await seen(one, 'Your first campaign');
    silent(page, /404/);  // It may go while it is looked at.
    silent(other, /404/);
  } finally {
    await other.context().close();
    await page.context().close();
    await server.stop();
  }
});
