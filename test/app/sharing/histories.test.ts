/** Random histories of three machines: whatever each did offline, online and by hand, all end in the same state. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Machine, team } from './machines.ts';
import { runs } from '../../effort.ts';

interface Step {
  readonly machine: number;
  readonly what: 'set' | 'add' | 'tag' | 'rm' | 'yaml' | 'online' | 'sync';
  readonly deal: number;
}

const step: fc.Arbitrary<Step> = fc.record({
  machine: fc.nat(2),
  what: fc.constantFrom('set', 'set', 'add', 'tag', 'rm', 'yaml', 'online', 'sync'),
  deal: fc.nat(3),
});

/** Every change has a word of its own, by which it is found wherever it is kept. */
let words = 0;

/** Takes a step; returns the word of the change that was made, if one was. */
async function take(machine: Machine, { what, deal }: Step): Promise<string | undefined> {
  const word = `w${String(++words).padStart(6, '0')}x`;
  const ids = (await machine.ok('deal list -q')).split('\n').filter(id => id !== '');
  const id = ids[deal % Math.max(1, ids.length)];
  const made = async (args: string[]) => ((await machine.crm(args)).code === 0 ? word : undefined);
  switch (what) {
    case 'sync':
      expect([0, 4]).toContain((await machine.crm('sync')).code);
      return undefined;
    case 'add':
      return made(['--offline', 'deal', 'add', word]);
    case 'online':
      return id === undefined ? undefined : made(['deal', 'set', id, `title=${word}`]);
    case 'tag':
      return id === undefined ? undefined : made(['--offline', 'deal', 'tag', id, `+${word}`]);
    case 'rm':
      if (id !== undefined) await machine.crm(['--offline', 'deal', 'rm', id]);
      return undefined;
    case 'yaml': {
      const path = join(machine.dir, 'pipelines', 'sales.yaml');
      writeFileSync(path, `${readFileSync(path, 'utf8')}# ${word}\n`);
      return word;
    }
    default:
      return id === undefined ? undefined : made(['--offline', 'deal', 'set', id, `title=${word}`]);
  }
}

const journalOf = ({ dir }: Pick<Machine, 'dir'>): string =>
  readdirSync(join(dir, 'data', 'journal'))
    .sort()
    .map(name => readFileSync(join(dir, 'data', 'journal', name), 'utf8'))
    .join('');

const conflictsOf = async (machine: Machine): Promise<string> => (await machine.crm('sync --json')).out;

/** Syncs as a person does: of lines that both sides wrote in the same place, this machine's stand. */
async function settled(machine: Machine): Promise<void> {
  const { code, err } = await machine.crm('sync');
  expect([0, 4]).toContain(code);
  if (/contradict each other; nothing was done/.test(err))
    expect([0, 4]).toContain((await machine.crm('sync --mine pipelines/sales.yaml')).code);
}

describe('three machines', () => {
  test('after all have synced, have the same state, every id, and every change or its conflict', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 6, maxLength: 14 }), async steps => {
        const { machines } = await team(3);
        const made: { word: string; machine: Machine }[] = [];
        for (const each of steps) {
          const machine = machines[each.machine]!;
          const word = await take(machine, each);
          if (word !== undefined) made.push({ word, machine });
        }
        for (let round = 0; round < 2; round++) for (const machine of machines) await settled(machine);
        const [first, ...others] = machines as [Machine, ...Machine[]];
        const journal = journalOf(first);
        for (const other of others) {
          expect(journalOf(other)).toBe(journal);
          expect(await other.ok('deal list --json')).toBe(await first.ok('deal list --json'));
          expect(readFileSync(join(other.dir, 'pipelines', 'sales.yaml'), 'utf8')).toBe(
            readFileSync(join(first.dir, 'pipelines', 'sales.yaml'), 'utf8'),
          );
        }
        for (const machine of machines) await machine.sound();
        for (const { word, machine } of made)
          if (!journal.includes(word)) expect(await conflictsOf(machine)).toContain(word);
        const added = [...journal.matchAll(/^\{"add":\{"id":"(D\d+)"/gm)].map(([, id]) => id);
        expect(new Set(added).size).toBe(added.length);
      }),
      { numRuns: runs(3), endOnFailure: true },
    );
  });
});
