import {readdirSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {constants, gzipSync} from 'node:zlib';
import {defineConfig} from 'vite';

/** Writes NAME.gz beside what compresses well: the server hands it out as it is. */
const compressed = {
  name: 'compressed',
  apply: 'build',
  writeBundle({dir}) {
    for (const entry of readdirSync(dir, {withFileTypes: true, recursive: true})) {
      if (!entry.isFile() || !/\.(js|css|html|svg)$/.test(entry.name)) continue;
      const path = join(entry.parentPath ?? entry.path, entry.name);
      writeFileSync(path + '.gz', gzipSync(readFileSync(path), {level: constants.Z_BEST_COMPRESSION}));
    }
  },
};

export default defineConfig({
  base: './',
  esbuild: {jsx: 'automatic', jsxImportSource: 'preact', legalComments: 'none'},
  build: {
    target: 'es2022',
    modulePreload: {polyfill: false},
    assetsInlineLimit: 0,  // The server's policy lets nothing run or load from within a page.
    reportCompressedSize: false,
  },
  plugins: [compressed],
  // For `npm run dev`, beside a server that was started by scripts/serve.
  server: {proxy: {'/api': {target: process.env.CALLQUEUE_URL ?? 'http://127.0.0.1:8080', ws: true}}},
});
