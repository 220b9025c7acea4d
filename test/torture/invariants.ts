/** What must hold after whatever happened: looked at through the store, as the next process does. */

import { recordKinds } from '../../src/kinds/index.ts';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { Transaction } from '../../src/domain/changes.ts';
import { FileJournal } from '../../src/store/journal/file-journal.ts';
import type { Stored } from '../../src/store/journal/journal.ts';
import { applyTransaction, stateOf } from '../../src/store/checkpoint/opened.ts';
import { contentsOf, emptyState } from '../state/contents.ts';
import { imageOf } from './disk.ts';
import { cacheHomeOf, type Machine } from './machine.ts';
import { fingerprint } from './power-cut.ts';

/** What is said of a workspace before it is looked at. */
export interface Claim {
  /** The hashes of the transactions that must be there first. A purge leaves them. */
  readonly before: readonly string[];
  /** What was tried after them, as `signed`: of that a prefix may be there. */
  readonly attempted: readonly string[];
  /** So many of those attempted must be there; */
  readonly atLeast: number;
  /** and no more than so many. */
  readonly atMost: number;
}

export const hashOf = (tx: Transaction): string => (tx as Stored).hash;

/** What tells one transaction from another, however often its command is run: all but salt, hash and request. */
export const signed = ({ via, by, at, changes }: Transaction): string =>
  JSON.stringify([via, by, at, changes]);

/** All transactions of a workspace, verified; throws where the chain is broken. */
export async function transactionsOf({ io, dir }: Machine): Promise<Transaction[]> {
  const journal = new FileJournal(
    io,
    join(dir, 'data', 'journal'),
    { name: () => '.tmp-none' },
    () => '',
    recordKinds,
  );
  return journal.read(0);
}

/** Looks at everything, and goes on working; returns what is wrong. */
export async function violationsOf(machine: Machine, claim: Claim): Promise<string[]> {
  const found: string[] = [];
  const look = async (what: string, work: () => Promise<string | undefined>) => {
    try {
      const wrong = await work();
      if (wrong !== undefined) found.push(`${what}: ${wrong}`);
    } catch (error) {
      found.push(`${what}: ${(error as Error).message}`);
    }
  };
  await look('the journal', () => journalHolds(machine, claim));
  await look('the state', () => stateFollows(machine));
  await look('reading', () => readingChangesNothing(machine));
  await look('doctor', () => doctorIsContent(machine));
  await look('the next command', () => nextWorks(machine));
  await look('a checkpoint', () => checkpointFollows(machine));
  return found;
}

async function journalHolds(machine: Machine, claim: Claim): Promise<string | undefined> {
  const { before, attempted, atLeast, atMost } = claim;
  const there = await transactionsOf(machine);
  const lost = before.findIndex((hash, i) => !there[i] || hashOf(there[i]) !== hash);
  if (lost >= 0) return `transaction ${lost + 1} was acknowledged, and is not there`;
  const rest = there.slice(before.length).map(signed);
  const foreign = rest.findIndex((tx, i) => attempted[i] !== tx);
  if (foreign >= 0) return `transaction ${before.length + foreign + 1} is not what was attempted`;
  if (rest.length < atLeast) return `${atLeast} were acknowledged, and ${rest.length} are there`;
  if (rest.length > atMost) return `a command that failed left ${rest.length} transactions`;
  return undefined;
}

/** What snapshots and projections say is what the journal says. */
async function stateFollows(machine: Machine): Promise<string | undefined> {
  const workspace = await machine.workspace();
  const state = stateOf(await workspace.open(), workspace.config);
  const folded = emptyState(workspace.config);
  for (const tx of await workspace.store.journal.read(0)) applyTransaction(folded, tx);
  const same = isDeepStrictEqual(contentsOf(state), contentsOf(folded));
  return same ? undefined : 'the snapshots say something else than the journal';
}

async function readingChangesNothing(machine: Machine): Promise<string | undefined> {
  const { io, dir } = machine;
  const before = fingerprint(imageOf(io, dir, '.crm'));
  for (const args of ['deal list --json', 'history --limit 3']) await machine.ok(args.split(' '));
  return before === fingerprint(imageOf(io, dir, '.crm')) ? undefined : 'changed a byte outside .crm';
}

async function doctorIsContent(machine: Machine): Promise<string | undefined> {
  const { code, out, err } = await machine.crm(['doctor']);
  return code === 0 && !/^warning:/m.test(out) ? undefined : `exit ${code}: ${out}${err}`;
}

async function nextWorks(machine: Machine): Promise<string | undefined> {
  const { code, out, err } = await machine.crm(['deal', 'add', 'Next', '--json']);
  if (code !== 0 || err.includes('by hand')) return `exit ${code}: ${err}`;
  const added = JSON.parse(out) as { id: string };
  const workspace = await machine.workspace();
  const there = stateOf(await workspace.open(), workspace.config).get(added.id);
  return there?.title === 'Next' ? stateFollows(machine) : `${added.id} is not what was added`;
}

/** Folding the journal into the snapshots makes of them what it says. */
async function checkpointFollows(machine: Machine): Promise<string | undefined> {
  const { store, config } = await machine.workspace();
  const opened = await store.open(config);
  store.checkpoint(opened, stateOf(opened, config), opened.tip);
  return stateFollows(machine);
}

/** The records of a workspace, whatever transactions they came by. */
export async function recordsOf(machine: Machine): Promise<object> {
  const workspace = await machine.workspace();
  const { seq: _, ...contents } = contentsOf(stateOf(await workspace.open(), workspace.config)) as {
    seq: number;
  };
  return contents;
}

/** The texts of the workspace's settings, by path. */
export const filesOf = async (machine: Machine): Promise<ReadonlyMap<string, string>> =>
  (await machine.workspace()).files;

/** Where a purge that happened left what it erases: the next command has finished it, however it was cut short. */
export async function remainsOf(
  machine: Machine,
  { erases }: { readonly erases?: string },
  { before }: Pick<Claim, 'before'>,
): Promise<string[]> {
  if (erases === undefined) return [];
  const there = await transactionsOf(machine).catch(() => []);
  if (there[before.length]?.via !== 'purge') return [];
  const caches = cacheHomeOf(machine.dir);
  const places = [machine.dir, ...(machine.io.existsSync(caches) ? [caches] : [])];
  const left = places
    .flatMap(dir => [...imageOf(machine.io, dir).files])
    .filter(([, { bytes }]) => bytes.includes(erases));
  return left.map(([path]) => `${path} still has what was purged`);
}

/**
 * What is wrong with a workspace where processes worked at the same time: `told` has the names of the commands that
 * were acknowledged, each of which is a request.
 */
export async function missingOf(machine: Machine, told: readonly string[]): Promise<string[]> {
  const all = await transactionsOf(machine).catch((error: Error) => error.message);
  if (typeof all === 'string') return [all];
  const times = new Map<string, number>();
  for (const { request } of all) times.set(request, (times.get(request) ?? 0) + 1);
  return [
    ...told.filter(name => !times.has(name)).map(name => `${name} was acknowledged, and is not there`),
    ...[...times].filter(([, count]) => count > 1).map(([name, count]) => `${name} is there ${count} times`),
    ...(await violationsOf(machine, { before: all.map(hashOf), attempted: [], atLeast: 0, atMost: 0 })),
  ];
}
