// One server and one browser for all tests of a program; each test has a user of its own.
import {Browser} from './browser.mjs';
import {buildPages, Server} from './server.mjs';

export const world = {
  async begin() {
    this.pages = buildPages();
    this.server = await Server.start(this.pages);
    this.browser = await Browser.start();
  },
  async end() {
    await this.browser?.stop();
    // Also those of tests that failed.
    for (const server of Server.all) await server.stop();
  },
};
