/**
 * `npm run mutate`: StrykerJS with the options that it is given. With `--sample N [--seed S]`, it tries N mutants drawn at
 * random, and prints their score with the interval in which the score of all mutants lies: all of a large room take hours.
 * `--mutate src/engine,src/query/narrow.ts` then names files and folders.
 */
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { ROOMS } from './rooms.mjs';
import { sample } from './sample.mjs';

const { values } = parseArgs({
  options: { sample: { type: 'string' }, seed: { type: 'string' }, mutate: { type: 'string' } },
  strict: false,
});
if (values.sample === undefined) {
  const { status } = spawnSync('stryker', ['run', ...process.argv.slice(2)], { stdio: 'inherit' });
  process.exit(status ?? 1);
}
const count = Number(values.sample);
if (!Number.isInteger(count) || count < 1) {
  console.error('npm run mutate -- --sample N [--seed S] [--mutate src/engine,src/state]');
  process.exit(2);
}
const places = values.mutate?.split(',') ?? Object.keys(ROOMS).map(room => `src/${room}`);
await sample({ count, seed: values.seed ?? '1', places });
process.exit(0);
