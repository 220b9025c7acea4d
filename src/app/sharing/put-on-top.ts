/**
 * Puts the changes that wait on this machine on top of those of others: sets them aside in `data/parted`, takes in what
 * others did, and does them again, three ways per field. What contradicts is listed, and not done.
 */
import { idOf, isPurge, markOf, type Transaction } from '../../domain/changes.ts';
import { conflict } from '../../domain/errors.ts';
import { stateOf } from '../../store/checkpoint/opened.ts';
import type { Incoming, Replica } from '../../store/remotes/replica.ts';
import { replayOne } from '../care/replay.ts';
import { Replaying } from '../care/replaying.ts';
import { commit } from '../core/commit.ts';
import { finishFiles } from '../core/commit/interrupted.ts';
import { textsIn } from '../core/commit/take-in.ts';
import { underLock } from '../core/under-lock.ts';
import { Workspace, type World } from '../core/workspace.ts';
import { contradictions } from './contradictions.ts';
import { openShared } from './shared-workspace.ts';

/**
 * Takes in what others did and sets what waits aside. Files get the texts that they have without it. The first `known` of
 * the incoming transactions are those that wait, whose answer was lost.
 */
export async function putBeneath(
  workspace: Workspace,
  replica: Replica,
  { sealed, transactions }: Incoming,
  known: number,
): Promise<void> {
  await finishFiles(workspace);
  if (known > 0) replica.settle(sealed.slice(0, known));
  const ours = await replica.waitingTransactions();
  const incoming = { sealed: sealed.slice(known), transactions: transactions.slice(known) };
  await replaceFiles(workspace, ours, incoming, async () => {
    replica.parted.takeWaiting((await workspace.store.shared()).seq);
  });
  replica.put(incoming);
}

/**
 * Calls `take`, which sets `ours` aside, and gives files the texts that they have with the incoming transactions and without
 * ours. CONFLICT, and nothing is done, if somebody edits one of these files.
 */
export async function replaceFiles(
  workspace: Workspace,
  transactions: readonly Transaction[],
  incoming: Incoming,
  take: () => Promise<void>,
): Promise<void> {
  const { store, config } = workspace;
  const known = stateOf(await workspace.open(), config).named('file');
  const onDisk = store.userFiles();
  const ours = transactions.flatMap(tx => tx.changes);
  const theirs = textsIn(incoming.transactions.flatMap(tx => tx.changes));
  const texts = new Map<string, string | null>();
  for (const change of ours)
    if (change.kind === 'file' && 'set' in change && change.set.text && !texts.has(change.id))
      texts.set(change.id, (change.set.text[0] as string | null) || null);
  for (const [path, text] of theirs) texts.set(path, text);
  for (const path of texts.keys())
    if ((onDisk.get(path) ?? null) !== (((known.get(path)?.text as string | undefined) ?? null) || null))
      throw conflict(`${path} was edited while others' changes came in; nothing was done`, 'crm sync again');
  await take();
  for (const [path, text] of texts) if ((onDisk.get(path) ?? null) !== text) store.writeUserFile(path, text);
}

/** Returns whether transactions are set aside; finishes setting them aside if that was cut short. */
async function isParted(world: World, dir: string | undefined): Promise<boolean> {
  const { workspace, replica } = await openShared(world, dir);
  const isParted = replica.parted.isThere();
  if (isParted)
    await underLock(workspace.store, async () => {
      replica.parted.clean();
      replica.parted.finishTaking();
    });
  return isParted;
}

/**
 * Gives files that still have the texts of what was set aside those that they have without it: a sync was cut short before it
 * did so, and the texts would look like edits.
 */
async function takeFilesBack(workspace: Workspace, transactions: readonly Transaction[]): Promise<void> {
  const { store, config } = workspace;
  await finishFiles(workspace);
  const known = stateOf(await workspace.open(), config).named('file');
  const onDisk = store.userFiles();
  for (const [path, text] of textsIn(transactions.flatMap(tx => tx.changes))) {
    const without = ((known.get(path)?.text as string | undefined) ?? null) || null;
    if (text !== without && (onDisk.get(path) ?? null) === text) store.writeUserFile(path, without);
  }
}

/** Does again what was set aside, on top of what is in the journal now; lists first what contradicts it. */
export async function finishParted(world: World, dir: string | undefined): Promise<void> {
  if (!(await isParted(world, dir))) return;
  const beneath = { ...world, sees: 'beneath' as const };
  const { workspace, replica } = await openShared(beneath, dir);
  const transactions = replica.parted.transactions();
  const fork = transactions[0]!.seq - 1;
  await underLock(workspace.store, () => takeFilesBack(workspace, transactions));
  const { journal, kinds } = workspace.store;
  const done = new Map<string, Transaction>();
  const since = await journal.read(fork);
  for (const tx of since) done.set(markOf(tx), tx);
  // What was purged is not kept in the list either.
  const purged = new Set(since.flatMap(tx => tx.changes.filter(isPurge).map(idOf)));
  const replaying = () => new Replaying(kinds, { fork, transactions }, done, { keepsIds: true });
  const trial = replaying();
  const tried = await commit(
    await Workspace.open({ ...beneath, dryRun: true }, dir),
    { via: 'sync' },
    async draft => {
      for (const tx of transactions) await trial.decide(draft, tx);
    },
  );
  const list = (replaying: Replaying) =>
    replica.conflicts.add(
      contradictions(
        replaying.result().conflicts.filter(({ id }) => !purged.has(id)),
        transactions,
        tried.state,
      ),
    );
  list(trial);
  const real = replaying();
  for (const tx of transactions) await replayOne(beneath, dir, real, tx, { putsBack: true });
  list(real);
  await underLock(workspace.store, async () => {
    const moves = real.result().transactions.map(({ theirs, tx }) => ({ was: theirs, is: tx }));
    replica.made.moved(moves);
    replica.parted.forget();
  });
}
