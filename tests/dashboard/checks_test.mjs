// What every screen is held against notices what is wrong.
import assert from 'node:assert/strict';
import {accessible, silent, visit} from './browser.mjs';
import {test} from './suite.mjs';
import {world} from './world.mjs';

test('the checks of every screen notice what is planted', async () => {
  const page = await world.browser.open(world.server);
  await visit(page, await world.server.user('Nobody'));
  const planted = async (html, what) => {
    await page.evaluate((text) => document.querySelector('main').insertAdjacentHTML('beforeend', `<div id="planted">${text}</div>`), html);
    await assert.rejects(accessible(page, 'a planted fault'), what);
    await page.evaluate(() => document.getElementById('planted').remove());
  };
  await planted('<input>', /label/);
  await planted('<button></button>', /button-name/);
  silent(page, /Content Security Policy/);
  // The server's policy: what is written into a page neither runs nor loads.
  await page.evaluate(() => {
    const script = document.createElement('script');
    script.textContent = 'window.ran = true';
    document.body.append(script);
  });
  assert.equal(await page.evaluate(() => window.ran), undefined);
  assert.equal(await page.evaluate(() => fetch('https://example.org/').then(() => 'sent', () => 'refused')), 'refused');
  assert.throws(() => silent(page), /Content Security Policy/);
  await page.context().close();
});
