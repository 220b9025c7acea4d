/** A part of what `npm run torture` tries, in every run of the tests. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { changes } from './faulty-io.ts';
import { tryCalls } from './proofs/calls.ts';
import { proofs } from './proofs/index.ts';
import { scenarioNamed } from './scenarios.ts';

const SCALE = 0.004;
/** Of what takes little time, more is tried. */
const scales: { readonly [proof: string]: number } = {
  writers: 0.1,
  'writers, deleted': 0.1,
  caches: 0.01,
  'outbox, calls': 0.05,
  serve: 0.04,
};

const directory = mkdtempSync(join(tmpdir(), 'crm-torture-'));
const trial = { seed: 1, worker: '' };

beforeAll(() => {
  const bundle = ['test/torture/bundle.mjs', 'test/torture/worker.ts', directory];
  trial.worker = execFileSync(process.execPath, bundle, { encoding: 'utf8' });
});

afterAll(() => rmSync(directory, { recursive: true, force: true }));

test.each(proofs)('$name', async ({ name, run }) => {
  const { violations } = await run({ ...trial, scale: scales[name] ?? SCALE });
  expect(violations).toEqual([]);
});

describe('of the calls that change something on the disk, failed and killed', () => {
  test.each([
    ['every fifth of', 'settings', 1 / 5],
    ['every fifth of', 'a file of settings that goes', 1 / 5],
    ['every 40th of', 'checkpoint with pack', 1 / 40],
    ['every eighth of', 'purge', 1 / 8],
  ])('%s %s', async (_, name, scale) => {
    const { tried, violations } = await tryCalls(
      [scenarioNamed(name)],
      { ...trial, scale },
      { counts: changes },
    );
    expect(violations).toEqual([]);
    expect(Number.parseInt(tried, 10)).toBeGreaterThan(5);
  });
});
