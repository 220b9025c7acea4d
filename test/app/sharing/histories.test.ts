/**
 * Random histories of machines: whatever each did offline, online and by hand, and whichever swept, all end in the same
 * state. Of three over memory, which is quick; of two whose changes wait for a sync, over memory; and, with a few steps, over
 * git, where each sync takes many programs.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { directory } from '../../../src/store/remotes/directory.ts';
import { MemoryRemote } from '../../../src/store/remotes/memory.ts';
import { bareRepository } from '../../store/remotes/git-repository.ts';
import { type Machine, team } from './machines.ts';
import { runs } from '../../effort.ts';

afterEach(() => vi.restoreAllMocks());

interface Step {
  readonly machine: number;
  readonly what: 'set' | 'add' | 'tag' | 'rm' | 'yaml' | 'online' | 'sweep' | 'sync';
  readonly deal: number;
}

const step: fc.Arbitrary<Step> = fc.record({
  machine: fc.nat(5),
  what: fc.constantFrom('set', 'set', 'add', 'tag', 'rm', 'yaml', 'online', 'sweep', 'sync'),
  deal: fc.nat(3),
});

/** Every change has a word of its own, by which it is found wherever it is kept. */
let words = 0;

/** A change that was made: its word, and the id of the deal if it was added. */
interface Made {
  readonly word: string;
  readonly machine: Machine;
  readonly id?: string;
}

/** Takes a step; returns the change that was made, if one was. */
async function take(machine: Machine, { what, deal }: Step): Promise<Made | undefined> {
  const word = `w${String(++words).padStart(6, '0')}x`;
  const ids = (await machine.ok('deal list -q --sort id'))
    .split('\n')
    .filter(id => id !== '')
    .slice(-4);
  const id = ids[deal % Math.max(1, ids.length)];
  const made = async (...args: string[]): Promise<Made | undefined> => {
    const { code, out } = await machine.crm(args);
    if (code !== 0) return undefined;
    return { word, machine, ...(what === 'add' && { id: out.trim() }) };
  };
  switch (what) {
    case 'sync':
      expect([0, 4]).toContain((await machine.crm('sync')).code);
      return undefined;
    case 'sweep':
      // What waits is shared first; a contradiction in a file may keep it waiting.
      await machine.crm('sync');
      expect([0, 4]).toContain((await machine.crm('run')).code);
      return undefined;
    case 'add':
      return made('--offline', 'deal', 'add', word, '-q');
    case 'online':
      return id === undefined ? undefined : made('deal', 'set', id, `title=${word}`);
    case 'tag':
      return id === undefined ? undefined : made('--offline', 'deal', 'tag', id, `+${word}`);
    case 'rm':
      if (id !== undefined) await machine.crm(['--offline', 'deal', 'rm', id]);
      return undefined;
    case 'yaml': {
      const path = join(machine.dir, 'pipelines', 'sales.yaml');
      writeFileSync(path, `${readFileSync(path, 'utf8')}# ${word}\n`);
      return { word, machine };
    }
    default:
      return id === undefined ? undefined : made('--offline', 'deal', 'set', id, `title=${word}`);
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

/** A rule that gives each new deal a task. */
const welcome = `name: Welcome
for: deal
on: [created]
steps:
  - add-task: { type: call, title: 'Welcome {{ deal.id }}', due: +1d }
`;

/** Machines that share a workspace with a rule. */
async function ruled(count: number, makeUrl?: (dir: string) => string): Promise<readonly Machine[]> {
  const { machines } = await team(count, makeUrl);
  await machines[0]!.crm(['automation', 'add', 'welcome', '-'], { stdin: welcome });
  for (const machine of machines) await machine.ok('sync');
  return machines;
}

/** Throws unless all have the same journal, deals and files, and nothing is wrong with any. */
async function requireSame(machines: readonly Machine[]): Promise<void> {
  const [first, ...others] = machines as [Machine, ...Machine[]];
  const pipelineOf = ({ dir }: Machine) => readFileSync(join(dir, 'pipelines', 'sales.yaml'), 'utf8');
  for (const other of others) {
    expect(journalOf(other)).toBe(journalOf(first));
    expect(await other.ok('deal list --json')).toBe(await first.ok('deal list --json'));
    expect(pipelineOf(other)).toBe(pipelineOf(first));
  }
  for (const machine of machines) await machine.sound();
}

/** Throws unless each deal has one task of the rule, and those that are removed at most one. */
async function requireSweptOnce(machine: Machine, journal: string): Promise<void> {
  const tasks = [...journal.matchAll(/"title":"Welcome (D\d+)"/g)].map(([, id]) => id!);
  expect(new Set(tasks).size).toBe(tasks.length);
  const ids = (await machine.ok('deal list -q')).split('\n').filter(id => id !== '' && id !== 'D1');
  expect(tasks).toEqual(expect.arrayContaining(ids));
}

/** Throws unless each change is there or listed on its machine, and each added deal has the id that it had at first. */
async function requireKept(made: readonly Made[], journal: string): Promise<void> {
  for (const { word, machine, id } of made) {
    if (id !== undefined) expect(journal).toContain(`{"add":{"id":"${id}","title":"${word}"`);
    if (!journal.includes(word)) expect(await conflictsOf(machine)).toContain(word);
  }
  const added = [...journal.matchAll(/^\{"add":\{"id":"(D\d+)"/gm)].map(([, id]) => id);
  expect(new Set(added).size).toBe(added.length);
}

/** Takes the steps, has all sync and one sweep, and looks whether the laws hold; the machines go on with the next history. */
async function live(machines: readonly Machine[], steps: readonly Step[]): Promise<void> {
  const made: Made[] = [];
  for (const each of steps) {
    const done = await take(machines[each.machine % machines.length]!, each);
    if (done) made.push(done);
  }
  const [first, ...others] = machines as [Machine, ...Machine[]];
  for (const machine of [...machines, first]) await settled(machine);
  await first.ok('run');
  for (const machine of others) await settled(machine);
  await requireSame(machines);
  const journal = journalOf(first);
  await requireSweptOnce(machines[1]!, journal);
  await requireKept(made, journal);
}

/** Has no conflict left where the next history begins. */
async function settleAll(machines: readonly Machine[]): Promise<void> {
  for (const machine of machines)
    for (const { id } of JSON.parse(await conflictsOf(machine)).conflicts as { id: string }[])
      await machine.crm(['sync', '--theirs', id]);
  for (const machine of machines) await machine.ok('sync');
}

/** Has directories be in memory, and changes wait for a sync, unless such a remote is online. */
function inMemory(isOnline: boolean): void {
  vi.spyOn(directory, 'isOnline', 'get').mockReturnValue(isOnline);
  const remotes = new Map<string, MemoryRemote>();
  vi.spyOn(directory, 'open').mockImplementation(async ({ href }) => {
    const remote = remotes.get(href) ?? new MemoryRemote();
    remotes.set(href, remote);
    return remote;
  });
}

const overGit = (dir: string): string => `git+file://${bareRepository(join(dir, 'crm.git'))}`;

describe('machines', () => {
  test.each<[string, number, number, () => Promise<readonly Machine[]>]>([
    [
      'three over memory',
      runs(2),
      14,
      () => {
        inMemory(true);
        return ruled(3);
      },
    ],
    [
      'two over memory, where changes wait for a sync',
      runs(2),
      10,
      () => {
        inMemory(false);
        return ruled(2);
      },
    ],
    ['two over git', runs(1), 4, () => ruled(2, overGit)],
  ])(
    '%s, after all have synced, have the same state, every id, each sweep once, and every change or its conflict',
    async (_, numRuns, maxLength, make) => {
      const machines = await make();
      let lived = 0;
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: maxLength >> 1, maxLength }), async steps => {
          if (lived++ > 0) await settleAll(machines);
          await live(machines, steps);
        }),
        // A history begins where the one before ended, so that a shorter one would be another one.
        { numRuns, endOnFailure: true },
      );
    },
  );
});
