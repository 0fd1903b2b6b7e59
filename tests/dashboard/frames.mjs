// How smoothly a live table of 10,000 rows scrolls, beside a page that holds nothing. usage: node frames.mjs
//
// Calls end and begin all the while, so that the table is told of changes. Prints a line for each: the times between
// frames, and the longest task.
process.argv.splice(2);
const {Browser, until, visit} = await import('./browser.mjs');
const {quantile, scrollThrough} = await import('./scrolling.mjs');
const {buildPages, Server} = await import('./server.mjs');

const kRows = 10_000;
const kStep = 480;  // Pixels a frame: ten rows, 600 a second.
const kFrames = 600;
const kHeight = 48 * (kRows + 1);

const server = await Server.start(buildPages());
const browser = await Browser.start();
try {
  const user = await server.user('Frames', {limit: 4});
  await user.campaign('Frames', {contacts: kRows, first: 1000, start: true});
  const page = await browser.open(server);
  const bare = await browser.open(server);
  await bare.setContent(`<div id="box" style="height: 624px; overflow: auto"><div style="height: ${kHeight}px"></div></div>`);
  await visit(page, user, '/queue');
  const table = page.getByRole('table', {name: 'Queued calls'});
  const box = page.getByRole('region', {name: 'Queued calls'});
  await table.waitFor();
  await until(async () => {
    await box.evaluate((element) => { element.scrollTop = element.scrollHeight; });
    return Number(await table.getAttribute('aria-rowcount')) > kRows - 100;
  }, 'all rows');
  let isOver = false;
  let ended = 0;
  const calls = (async () => {
    while (!isOver) {
      ended += await user.endCalls();
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
  })();
  for (const [name, shown, element] of [['nothing', bare, bare.locator('#box')], ['10,000 rows', page, box], ['nothing', bare, bare.locator('#box')],
                                        ['10,000 rows', page, box]]) {
    await shown.bringToFront();
    const before = ended;
    const {frames, longest} = await scrollThrough(element, kStep, kFrames);
    const [middle, most, all] = [0.5, 0.95, 1].map((share) => quantile(frames, share).toFixed(1));
    console.log(`${name}: ${frames.length} frames, median ${middle} ms, 95 % within ${most} ms, slowest ${all} ms, `
                + `longest task ${Math.round(longest)} ms, ${ended - before} calls ended meanwhile`);
  }
  isOver = true;
  await calls;
} finally {
  await browser.stop();
  await server.stop();
}
