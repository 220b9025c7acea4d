/**
 * node test/torture/bundle.mjs ENTRY DIRECTORY
 *
 * Node 20 cannot run TypeScript by itself: makes a program of a file and all that it imports, and prints its path. What is
 * imported when it is needed stays apart, so that a process that lives for one commit does not read everything.
 */
import { basename, join } from 'node:path';
import { build } from 'esbuild';

const [entry, directory] = process.argv.slice(2);
await build({
  entryPoints: [entry],
  outdir: directory,
  outExtension: { '.js': '.mjs' },
  bundle: true,
  splitting: true,
  platform: 'node',
  format: 'esm',
  // For libraries that are CommonJS.
  banner: {
    js: "import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url);",
  },
  target: 'node20',
  minify: true,
  keepNames: true,
  loader: { '.yaml': 'text', '.md': 'text' },
  logLevel: 'warning',
});
process.stdout.write(join(directory, basename(entry).replace(/\.ts$/, '.mjs')));
