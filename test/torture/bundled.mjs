/** Node cannot run TypeScript by itself: a program and all that it imports, as one file. */
import { basename, join } from 'node:path';
import { build } from 'esbuild';

/** Writes `entry`, a path from the root of the project, into `directory`; returns the file's path. */
export async function bundled(entry, directory) {
  const outfile = join(directory, basename(entry).replace(/\.ts$/, '.cjs'));
  await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    sourcemap: 'inline',
    logLevel: 'warning',
  });
  return outfile;
}
