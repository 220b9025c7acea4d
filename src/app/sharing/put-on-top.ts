/**
 * Puts the changes that wait on this machine on top of those of others: sets them aside in `data/parted`, takes in what
 * others did, and does them again, three ways per field. What contradicts is listed, and not done.
 */
import { idOf, isPurge, markOf, type Transaction } from '../../domain/changes.ts';
import { conflict } from '../../domain/errors.ts';
import { stateOf } from '../../store/opened.ts';
import type { Incoming, Replica } from '../../store/remotes/replica.ts';
import { replayOne } from '../care/replay.ts';
import { Replaying } from '../care/replaying.ts';
import { commit } from '../core/commit.ts';
import { finishFiles } from '../core/commit/interrupted.ts';
import { putIncoming, textsIn } from '../core/commit/take-in.ts';
import { underLock } from '../core/under-lock.ts';
import { Workspace, type World } from '../core/workspace.ts';
import { contradictions } from './contradictions.ts';
import { openShared } from './shared-workspace.ts';

/** Takes in what others did and sets what waits aside. Files get the texts that they have without it. */
export async function putBeneath(workspace: Workspace, replica: Replica, incoming: Incoming): Promise<void> {
  const { store, config } = workspace;
  await finishFiles(workspace);
  const known = stateOf(await workspace.open(), config).named('file');
  const onDisk = store.userFiles();
  const ours = (await replica.waitingTransactions()).flatMap(tx => tx.changes);
  const theirs = textsIn(incoming.transactions.flatMap(tx => tx.changes));
  const texts = new Map<string, string | null>();
  for (const change of ours)
    if (change.kind === 'file' && 'set' in change && change.set.text && !texts.has(change.id))
      texts.set(change.id, (change.set.text[0] as string | null) || null);
  for (const [path, text] of theirs) texts.set(path, text);
  for (const path of texts.keys())
    if ((onDisk.get(path) ?? null) !== (((known.get(path)?.text as string | undefined) ?? null) || null))
      throw conflict(`${path} was edited while others' changes came in; nothing was done`, 'crm sync again');
  replica.part();
  for (const [path, text] of texts) if ((onDisk.get(path) ?? null) !== text) store.writeUserFile(path, text);
  await putIncoming(workspace, replica, incoming);
}

/** Does again what was set aside, on top of what is in the journal now; lists first what contradicts it. */
export async function finishParted(world: World, dir: string | undefined): Promise<void> {
  const { workspace, replica } = await openShared(world, dir);
  const transactions = replica.parted();
  const [first] = transactions;
  if (!first) return;
  const fork = first.seq - 1;
  const { journal, kinds } = workspace.store;
  const done = new Map<string, Transaction>();
  const since = await journal.read(fork);
  for (const tx of since) done.set(markOf(tx), tx);
  // What was purged is not kept in the list either.
  const purged = new Set(since.flatMap(tx => tx.changes.filter(isPurge).map(idOf)));
  const replaying = () => new Replaying(kinds, { fork, transactions }, done, { keepsIds: true });
  const trial = replaying();
  const tried = await commit(
    await Workspace.open({ ...world, dryRun: true }, dir),
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
  for (const tx of transactions) await replayOne(world, dir, real, tx, { putsBack: true });
  list(real);
  await underLock(workspace.store, async () => {
    const moves = real.result().transactions.map(({ theirs, tx }) => ({ was: theirs, is: tx }));
    replica.made.moved(moves);
    replica.forgetParted();
  });
}
