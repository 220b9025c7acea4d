/**
 * node test/torture/bundle.mjs ENTRY DIRECTORY
 *
 * Node 20 cannot run TypeScript by itself: puts a program with all that it imports into one file, and prints its path.
 */
import { basename, join } from 'node:path';
import { build } from 'esbuild';

const [entry, directory] = process.argv.slice(2);
const outfile = join(directory, basename(entry).replace(/\.ts$/, '.cjs'));
await build({
  entryPoints: [entry],
  outfile,
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  minify: true,
  keepNames: true,
  loader: { '.yaml': 'text', '.md': 'text' },
  logLevel: 'warning',
});
process.stdout.write(outfile);
