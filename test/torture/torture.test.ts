/** A part of what `npm run torture` tries, in every run of the tests. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runs } from '../effort.ts';
import { changes } from './faulty-io.ts';
import { tryCalls } from './proofs/calls.ts';
import { proofs } from './proofs/index.ts';
import { scenarioNamed } from './scenarios.ts';

const SCALE = 0.0015;
/** Of what takes little time, more is tried. */
const scales: { readonly [proof: string]: number } = {
  writers: 0.05,
  power: 0.002,
  // Each command, and one projection whose rows end elsewhere.
  caches: 0.0016,
  'outbox, calls': 0.05,
  serve: 0.02,
};

/** Which are tried: of the stores that are broken on purpose, one that is found soon; on a full disk, commands that others try too. */
const seeds: { readonly [proof: string]: number } = { sabotage: 12, disk: 4 };

const directory = mkdtempSync(join(tmpdir(), 'crm-torture-'));
const trial = { seed: 1, worker: '' };

beforeAll(() => {
  const bundle = ['test/torture/bundle.mjs', 'test/torture/worker.ts', directory];
  trial.worker = execFileSync(process.execPath, bundle, { encoding: 'utf8' });
});

afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** What `npm run torture` alone tries; README.md beside this file says what has its quick version where. */
const leftOut = new Set([
  'strace',
  'outbox, kills',
  'starvation',
  'imap-cuts',
  'remotes, directory',
  'remotes, git',
  'remotes, postgres',
  'writers, deleted',
  'writers, granted',
]);
const tried = proofs.filter(({ name }) => !leftOut.has(name));

test.each(tried)('$name', async ({ name, run }) => {
  const { violations } = await run({
    ...trial,
    seed: seeds[name] ?? trial.seed,
    scale: (scales[name] ?? SCALE) * runs(1),
  });
  expect(violations).toEqual([]);
});

describe('of the calls that change something on the disk, failed and killed', () => {
  test.each([
    ['every tenth of', 'settings', 1 / 10],
    ['every tenth of', 'a file of settings that goes', 1 / 10],
    ['every 80th of', 'checkpoint with pack', 1 / 80],
    ['every 24th of', 'purge', 1 / 24],
  ])('%s %s', async (_, name, scale) => {
    const { tried, violations } = await tryCalls(
      [scenarioNamed(name)],
      { ...trial, scale: Math.min(1, scale * runs(1)) },
      { counts: changes },
    );
    expect(violations).toEqual([]);
    expect(Number.parseInt(tried, 10)).toBeGreaterThan(2);
  });
});
