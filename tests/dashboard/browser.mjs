// Debian's Chromium, and what every screen has to be: without errors in the console, and accessible.
import assert from 'node:assert/strict';
import {mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {createRequire} from 'node:module';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {root} from './server.mjs';

const require = createRequire(join(root, 'examples/dashboard/package.json'));
const {chromium} = require('playwright-core');
const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

const kPatience = Number(process.env.CALLQUEUE_PATIENCE_MS ?? 20_000);  // Of a loaded machine.

export class Browser {
  static async start() {
    const browser = new Browser();
    browser.folder = mkdtempSync(join(tmpdir(), 'chromium-'));
    browser.chromium = await chromium.launch({
      // The whole browser, with windows that nobody sees, takes twice the processor's time for the same pages.
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium-headless-shell',
      args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
             '--disable-component-update', '--disable-sync', '--disable-dev-shm-usage', `--crash-dumps-dir=${browser.folder}`],
    });
    return browser;
  }

  /** A window of its own: another person's, where there are two. */
  async open(server, {width = 1280, height = 860, dark = false, zone = 'Europe/Berlin', ...options} = {}) {
    const context = await this.chromium.newContext({
      viewport: {width, height}, colorScheme: dark ? 'dark' : 'light', timezoneId: zone, locale: 'en-GB', baseURL: server.base,
      reducedMotion: 'reduce', acceptDownloads: true, ...options,
    });
    context.setDefaultTimeout(kPatience);
    const page = await context.newPage();
    page.wrong = [];
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) page.wrong.push(message.text());
    });
    page.on('pageerror', (error) => page.wrong.push(String(error)));
    return page;
  }

  async stop() {
    await this.chromium.close();
    rmSync(this.folder, {recursive: true, force: true});
  }
}

/** Opens a screen as somebody who is signed in; as an administrator, for a user. */
export async function visit(page, api, path = '/campaigns', actingFor = null) {
  await page.addInitScript(([token, userId]) => {
    sessionStorage.setItem('callqueue.token', token);
    if (userId) sessionStorage.setItem('callqueue.acting_for', userId);
  }, [api.token, actingFor?.userId]);
  await page.goto(`/#${path}`);
  await page.getByRole('navigation', {name: 'Main'}).waitFor();
}

/** What axe-core finds; must be nothing. */
export async function accessible(page, what) {
  if (!await page.evaluate(() => 'axe' in window)) await page.evaluate(axe);
  const {violations} = await page.evaluate(() => window.axe.run(document, {
    resultTypes: ['violations'], runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
  }));
  const said = violations.map(({id, nodes}) => `${id}: ${nodes.map(({html, failureSummary}) => `${html} ${failureSummary}`).join('\n')}`);
  assert.ok(said.length === 0, `${what} is not accessible: ${said.join('\n')}`);
}

/** Nothing went wrong in the page so far; `allowed` matches what a test has caused itself. */
export function silent(page, allowed = /^$/) {
  assert.deepEqual(page.wrong.filter((text) => !allowed.test(text)), []);
}

/** Waits until the question is answered by something true. */
export async function until(question, what) {
  const end = Date.now() + kPatience;
  for (;;) {
    const answer = await question();
    if (answer) return answer;
    if (Date.now() > end) throw new Error(`in vain waited for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Waits for a text to be seen within. */
export async function seen(where, text) {
  await where.getByText(text).first().waitFor();
}

/** Whether it has the focus also once what has been drawn has had its effects: a screen that has come takes it. */
const keepsFocus = (locator) => locator.evaluate((element) => new Promise((resolve) => {
  requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(() => resolve(element === document.activeElement))));
}));

/** Goes to it as those do who have no mouse, and waits until it takes keys: a button at work does not. */
export async function tabTo(page, locator) {
  await locator.waitFor();
  for (let i = 0; i < 120; ++i) {
    if (await locator.evaluate((element) => element === document.activeElement) && await keepsFocus(locator)) {
      await until(() => locator.evaluate((element) => element.ariaDisabled !== 'true'), `an end of what ${locator} does`);
      return;
    }
    await page.keyboard.press('Tab');
  }
  throw new Error(`the keyboard does not get to ${locator}`);
}
