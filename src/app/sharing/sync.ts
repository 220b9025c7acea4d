/**
 * `crm sync`: takes in what others shared, puts the changes of this machine on top of it, and shares them.
 *
 *     finish what a sync that was cut short left in data/parted
 *     remote has nothing new   -> append what waits           -> it becomes a part of the journal
 *     remote has something new -> set what waits aside, take in -> do it again on top, three ways per field -> from the start
 *
 * What contradicts what others did is not done, and listed before anything is dropped.
 */
import { conflict } from '../../domain/errors.ts';
import { formatInstant } from '../../domain/dates.ts';
import { idOf, isPurge, markOf, type Transaction } from '../../domain/changes.ts';
import { appendSurely } from '../../store/remotes/append-surely.ts';
import type { OpenConflict } from '../../store/remotes/conflict-list.ts';
import { Refused, saying } from '../../store/remotes/remote.ts';
import type { Incoming, Replica } from '../../store/remotes/replica.ts';
import type { Sealed } from '../../store/sealed.ts';
import { stateOf } from '../../store/opened.ts';
import { commit } from '../core/commit.ts';
import { finishFiles, finishPurges } from '../core/commit/interrupted.ts';
import { type Sides, takeIn, textsIn } from '../core/commit/take-in.ts';
import { underLock } from '../core/under-lock.ts';
import { Workspace, type World } from '../core/workspace.ts';
import { replayOne } from '../care/replay.ts';
import { Replaying } from '../care/replaying.ts';
import { contradictions } from './contradictions.ts';
import { leaseIfAllowed } from './lease.ts';
import { forgetSettled } from './settle-conflicts.ts';
import { openShared } from './shared-workspace.ts';

export interface Synced {
  /** Why no numbers were leased, if the remote refused: nothing can be added offline once those at hand are used up. */
  readonly unleased?: string;
  /** How many transactions of others came in, and how many of this machine were shared. */
  readonly received: number;
  readonly sent: number;
  /** All that is not settled yet. */
  readonly conflicts: readonly OpenConflict[];
}

export interface SyncOptions {
  /** Which side is kept of files that were edited here while others changed them. */
  readonly sides?: Sides;
  /** How many numbers of each kind to have at hand; left out: some hundred. */
  readonly ids?: number;
}

/** How often a sync begins again because others share at the same time. */
const ROUNDS = 20;

/** Brings this machine and the remote to the same state. */
export async function sync(
  world: World,
  dir: string | undefined,
  options: SyncOptions = {},
): Promise<Synced> {
  const offline = { ...world, offline: true };
  const { replica } = await openShared(world, dir);
  let [received, sent] = [0, 0];
  try {
    for (let round = 1; ; round++) {
      await finishParted(offline, dir);
      const files = await Workspace.open(offline, dir);
      // A file that others changed too is merged with theirs, which this would only make harder.
      if (!(await isAlone(files))) await commit(files, { via: 'files', takeIn: true }, () => undefined);
      const workspace = await Workspace.open(world, dir);
      const done = await underLock(workspace.store, () => exchange(workspace, replica, options.sides));
      received += done.received;
      sent += done.sent;
      if (done.isDone) break;
      if (round === ROUNDS)
        throw conflict(
          'others share so often that this did not get through; nothing is lost',
          'crm sync again',
        );
    }
    sent += await shareFiles(world, dir);
    const unleased = await afterwards(world, dir, replica, options);
    const conflicts = replica.conflicts.read();
    return { received, sent, conflicts, ...(unleased !== undefined && { unleased }) };
  } catch (error) {
    throw notSynced(error, replica);
  } finally {
    await replica.close();
  }
}

/** Returns an error that says what a sync left as it is, if the remote was not reached or refused. */
function notSynced(error: unknown, replica: Replica): unknown {
  const waiting = replica.waiting().length;
  const stays =
    waiting === 1
      ? 'the change of this machine stays and waits'
      : `the ${waiting} changes of this machine stay and wait`;
  const outcome = waiting > 0 ? stays : 'nothing of this machine waits';
  const drop = waiting > 0 ? '; crm sync --drop forgets them' : '';
  return saying(
    error,
    outcome,
    error instanceof Refused ? `once that is mended, crm sync${drop}` : 'crm sync again',
  );
}

/** Shares what people wrote in files that waited until others' edits were here; returns how many transactions that are. */
async function shareFiles(world: World, dir: string | undefined): Promise<number> {
  const { workspace, replica } = await openShared({ ...world, offline: false }, dir);
  try {
    const before = (await workspace.store.shared()).seq;
    await commit(workspace, { via: 'files', takeIn: true, online: 'to share files' }, () => undefined);
    return (await workspace.store.shared()).seq - before;
  } finally {
    await replica.close();
  }
}

/** Whether nothing of this machine waits: then files that people edited may wait until others' edits are here. */
async function isAlone({ store }: Workspace): Promise<boolean> {
  const replica = await store.replica();
  return replica !== undefined && !replica.known.offline && replica.waiting().length === 0;
}

interface Exchanged {
  readonly received: number;
  readonly sent: number;
  readonly isDone: boolean;
}

/** Under the lock: one round with the remote. */
async function exchange(workspace: Workspace, replica: Replica, sides?: Sides): Promise<Exchanged> {
  const waiting = replica.waiting();
  if (waiting.length === 0) {
    const received = await takeIn(workspace, replica, sides);
    return { received, sent: 0, isDone: true };
  }
  const incoming = await replica.incoming();
  // An answer that was lost: some of ours came in before.
  const known = incoming.sealed.findIndex(({ hash }, i) => hash !== waiting[i]?.hash);
  if (known < 0) {
    const shared = waiting.slice(0, incoming.sealed.length);
    const rest = waiting.slice(shared.length);
    if (rest.length > 0 && !(await push(workspace, replica, shared, rest)))
      return { received: 0, sent: 0, isDone: false };
    replica.settle(waiting);
    return { received: 0, sent: waiting.length, isDone: true };
  }
  await putBeneath(workspace, replica, incoming, known);
  return { received: incoming.sealed.length - known, sent: known, isDone: false };
}

/** Appends what waits; `shared` are those of them that the remote has already. */
async function push(
  { store }: Workspace,
  replica: Replica,
  shared: readonly Sealed[],
  rest: readonly Sealed[],
): Promise<boolean> {
  const after = shared.at(-1) ?? (await store.shared());
  return appendSurely(await replica.remote(), { seq: after.seq, hash: after.hash }, rest);
}

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

/** Once all is shared: purges of others are finished, snapshots follow, numbers are leased. */
async function afterwards(
  world: World,
  dir: string | undefined,
  replica: Replica,
  { ids }: SyncOptions,
): Promise<string | undefined> {
  const workspace = await Workspace.open(world, dir);
  await settleHere(workspace, replica);
  const online = await openShared({ ...world, offline: false }, dir);
  let unleased: string | undefined;
  try {
    await online.replica.finishPurge();
    unleased = await leaseIfAllowed(online.workspace, online.replica, ids);
  } finally {
    await online.replica.close();
  }
  replica.noteAsOf(formatInstant(workspace.clock.now));
  return unleased;
}

/** Finishes what came in on this machine: purges of others, snapshots, conflicts that somebody settled by hand. */
export async function settleHere(workspace: Workspace, replica: Replica): Promise<void> {
  const { store, config } = workspace;
  await underLock(store, async () => {
    replica.parted.clean();
    const opened = await workspace.open();
    forgetSettled(replica, stateOf(opened, config));
    if (store.isPurgeUnfinished(opened)) await finishPurges(store, opened, config);
    else store.settle(opened, stateOf(opened, config), opened.tip, 0);
  });
}
