// Modules of the dashboard's sources, for tests that need no browser.
import {mkdtempSync, rmSync} from 'node:fs';
import {createRequire} from 'node:module';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {pathToFileURL} from 'node:url';
import {root} from './server.mjs';

const {buildSync} = createRequire(join(root, 'examples/dashboard/package.json'))('esbuild');

/** What the module of this name (below src) exports. */
export async function source(name) {
  const folder = mkdtempSync(join(tmpdir(), 'dashboard-'));
  try {
    const file = join(folder, 'module.mjs');
    buildSync({
      entryPoints: [join(root, 'examples/dashboard/src', name)], outfile: file, bundle: true, format: 'esm', jsx: 'automatic',
      jsxImportSource: 'preact', logLevel: 'error',
    });
    return await import(pathToFileURL(file));
  } finally {
    rmSync(folder, {recursive: true, force: true});
  }
}
