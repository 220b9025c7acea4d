/** The tests that `npm run mutate` runs: those of the pure rooms that run no command. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { mergeConfig } from 'vitest/config';
import base from '../../vitest.config.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
/** See stryker.config.mjs. */
const rooms = (process.env.MUTATED_ROOMS ?? '').split(' ');

const isPure = (path: string): boolean =>
  !/harness\.ts|rules\.ts'|execa/.test(readFileSync(`${root}/${path}`, 'utf8'));

const include = rooms
  .flatMap(room => readdirSync(`${root}/test/${room}`).map(name => `test/${room}/${name}`))
  .filter(path => path.endsWith('.test.ts') && isPure(path));

// Stryker runs tests in threads, which take no options of Node's.
const { include: _, execArgv: __, ...test } = base.test!;
export default mergeConfig({ ...base, test }, { root, test: { include } });
