/** Real processes, at once, through the built binary. */
import { existsSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { describe, expect, test } from 'vitest';
import { FileJournal } from '../../src/store/file-journal.ts';
import { nodeIo } from '../../src/store/io.ts';
import { contentsOf } from '../domain/contents.ts';
import { workspace } from '../harness.ts';
import { Home } from './home.ts';

const binary = resolve(import.meta.dirname, '../../bin/crm.js');

/** Runs a command as a process of its own; returns what it printed. */
async function crm(dir: string, args: readonly string[]): Promise<string> {
  const { stdout } = await execa(process.execPath, [binary, '-C', dir, ...args], {
    env: { CRM_NO_INPUT: '1', HOME: '/nowhere' },
  });
  return stdout;
}

const WRITERS = 8;
const EACH = 10;

/** Lets `WRITERS` shells add `EACH` deals each, one after the other; returns the ids that they were told. */
async function addFromAllSides(dir: string): Promise<string[]> {
  const writers = Array.from({ length: WRITERS }, async (_, w) => {
    const told: string[] = [];
    for (let i = 0; i < EACH; i++)
      told.push(await crm(dir, ['deal', 'add', `Deal ${w}.${i}`, '--lock-timeout', '60']));
    return told;
  });
  return (await Promise.all(writers)).flat();
}

async function expectAllThere(dir: string, told: readonly string[]): Promise<void> {
  const number = (id: string) => Number(id.slice(1));
  expect([...told].sort((a, b) => number(a) - number(b))).toEqual(
    Array.from({ length: WRITERS * EACH }, (_, i) => `D${i + 1}`),
  );
  const deals = JSON.parse(await crm(dir, ['deal', 'list', '--json'])) as { id: string; title: string }[];
  expect(deals.map(deal => deal.id)).toEqual(Array.from({ length: WRITERS * EACH }, (_, i) => `D${i + 1}`));
  expect(new Set(deals.map(deal => deal.title)).size).toBe(WRITERS * EACH);
  // The journal is sound, and says the same as the snapshots.
  const temporary = { name: () => '.tmp-none' };
  const journal = new FileJournal(nodeIo, join(dir, 'data/journal'), temporary, () => '');
  const all = await journal.read(0);
  expect(all.map(tx => tx.seq)).toEqual(Array.from({ length: WRITERS * EACH + 1 }, (_, i) => i + 1));
  const home = new Home(dir);
  expect(await home.opened(contentsOf)).toEqual(contentsOf(await home.folded()));
}

// Eighty processes take their time on a small machine.
describe('eight processes that add ten deals each, at once', { timeout: 600_000 }, () => {
  test('lose none and give no id twice', async () => {
    const { dir } = await workspace('sales');
    await expectAllThere(dir, await addFromAllSides(dir));
    expect(existsSync(join(dir, '.crm/lock'))).toBe(false);
  });

  test('nor do they when somebody keeps deleting the lock', async () => {
    const { dir } = await workspace('sales');
    let deleted = 0;
    let over = false;
    const vandal = (async () => {
      while (!over) {
        if (existsSync(join(dir, '.crm/lock'))) {
          rmSync(join(dir, '.crm/lock'), { force: true });
          deleted++;
        }
        await sleep(1);
      }
    })();
    const told = await addFromAllSides(dir);
    over = true;
    await vandal;
    expect(deleted).toBeGreaterThan(0);
    await expectAllThere(dir, told);
  });
});
