// Tests that run beside each other, and after them those that measure and want to be alone.
import {describe, it} from 'node:test';

const kBeside = 3;
// A regular expression: only tests with such a name.
const only = new RegExp(process.env.CALLQUEUE_ONLY ?? '');
const [beside, alone] = [[], []];

/** A test: it has users of its own, so that others may go on meanwhile. */
export function test(name, run) {
  if (only.test(name)) beside.push([name, run]);
}
/** One that measures. */
export function measure(name, run) {
  if (only.test(name)) alone.push([name, run]);
}

/** Hands them to Node.js. */
export function runAll() {
  describe('side by side', {concurrency: kBeside}, () => {
    for (const [name, run] of beside) it(name, run);
  });
  describe('alone', {concurrency: 1}, () => {
    for (const [name, run] of alone) it(name, run);
  });
}
