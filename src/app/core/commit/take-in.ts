/**
 * Takes in the transactions that others shared, before a decision in a replica. The files that people write follow
 * the journal: a file that nobody here edited gets the text of others, and an edited file is merged by lines.
 */
import type { Change } from '../../../domain/changes.ts';
import { formatInstant } from '../../../domain/dates.ts';
import { conflict, CrmError, failed } from '../../../domain/errors.ts';
import { mergeLines } from '../../../domain/merge-lines.ts';
import { isLong } from '../../../store/checkpoint/checkpoint.ts';
import { continued, type Opened, stateOf } from '../../../store/checkpoint/opened.ts';
import type { Incoming, Replica } from '../../../store/remotes/replica.ts';
import { saying, Unreached } from '../../../store/remotes/remote.ts';
import type { Store } from '../../../store/store.ts';
import { underLock } from '../under-lock.ts';
import type { Workspace } from '../workspace.ts';
import { finishFiles } from './interrupted.ts';
import type { CommitOptions } from './options.ts';

/** The side that is kept of a file that both sides changed, by path. */
export type Sides = ReadonlyMap<string, 'mine' | 'theirs'>;

/** Decides whether a commit is online, and takes in what others shared if it is. */
export async function begin(
  workspace: Workspace,
  replica: Replica,
  { online, putsBack }: Pick<CommitOptions, 'online' | 'putsBack'>,
): Promise<void> {
  const { world, store } = workspace;
  const isOffline = world.offline ?? replica.known.offline;
  replica.isOnline = online !== undefined || !isOffline;
  if (!replica.isOnline) return putsBack ? undefined : requireNothingParted(replica);
  if (online !== undefined && world.offline)
    throw failed(`${online} needs the remote, and --offline leaves it alone`, 'without --offline');
  requireNothingWaits(replica, online ?? 'a change that is shared at once');
  if (await underLock(store, () => takeIn(workspace, replica))) await workspace.reload();
}

/**
 * Adds to the error of a remote that was not reached or that refused that nothing was saved; returns any other error
 * unchanged.
 */
export function notSaved(error: unknown, { online }: Pick<CommitOptions, 'online'>): unknown {
  const hint = 'try again; or work on without it, with --offline, and crm sync later';
  const mayWait = error instanceof Unreached && online === undefined;
  return saying(error, 'nothing was saved', mayWait ? hint : undefined);
}

/** Throws CONFLICT if changes of this machine are set aside, because their numbers would be used twice. */
function requireNothingParted(replica: Replica): void {
  if (replica.parted.isThere())
    throw conflict(
      'a sync was cut short, and has to be finished first; nothing was done',
      'crm sync, which needs no remote for that',
    );
}

/** Throws CONFLICT if changes of this machine wait, because a decision without them might contradict them. */
function requireNothingWaits(replica: Replica, what: string): void {
  const waiting = replica.waiting().length;
  if (waiting > 0)
    throw conflict(
      `${what} comes after ${waiting === 1 ? 'the change of this machine that is' : `the ${waiting} changes of this machine that are`} not shared yet; nothing was done`,
      'crm sync shares them',
    );
}

/** Takes in the transactions that others shared; returns their number. Needs the lock. */
export async function takeIn(
  workspace: Workspace,
  replica: Replica,
  sides: Sides = new Map(),
): Promise<number> {
  const { store } = workspace;
  const incoming = await replica.incoming();
  const asOf = () => replica.noteAsOf(formatInstant(workspace.clock.now));
  if (incoming.sealed.length === 0) {
    asOf();
    return 0;
  }
  await finishFiles(workspace);
  const files = await followedFiles(
    workspace,
    incoming.transactions.flatMap(tx => tx.changes),
    sides,
  );
  // Before the journal: if it is cut short, the files have their new texts already, and nobody's edit is lost.
  for (const [path, text] of files) store.writeUserFile(path, text);
  await putIncoming(workspace, replica, incoming);
  asOf();
  return incoming.sealed.length;
}

/**
 * Puts the transactions of others into the journal. Many of them are folded into the snapshots at once, because they were
 * verified and are in memory: the next opening of the store would read and verify all of them again. Needs the lock.
 */
async function putIncoming(workspace: Workspace, replica: Replica, incoming: Incoming): Promise<void> {
  const { store } = workspace;
  const before = await groundToFold(workspace, incoming);
  replica.put(incoming);
  if (!before) return;
  const opened = continued(before, incoming.transactions);
  store.settle(opened, stateOf(opened, workspace.config), opened.tip, 0);
}

/**
 * Opens the store on which incoming transactions can be folded; undefined if they are too few for a checkpoint, if a purge
 * is among them, which is finished otherwise, or if something is wrong, which the next opening reports.
 */
async function groundToFold(workspace: Workspace, { transactions }: Incoming): Promise<Opened | undefined> {
  if (!isLong(transactions) || transactions.some(tx => tx.erases)) return undefined;
  try {
    // The files have the settings of others by now, by which columns are made.
    await workspace.reload();
    const opened = await workspace.open();
    return opened.misfit === undefined && opened.tip.seq + 1 === transactions[0]!.seq ? opened : undefined;
  } catch (error) {
    if (error instanceof CrmError) return undefined;
    throw error;
  }
}

/**
 * Returns the new texts of the files that these changes of others concern: their text, or a merge with an edit made
 * here.
 */
async function followedFiles(
  workspace: Workspace,
  changes: readonly Change[],
  sides: Sides,
): Promise<Map<string, string | null>> {
  const { store } = workspace;
  const theirs = textsIn(changes);
  const followed = new Map<string, string | null>();
  if (theirs.size === 0) return followed;
  const known = stateOf(await workspace.open(), workspace.config).named('file');
  const onDisk = store.userFiles();
  const contradictions: string[] = [];
  for (const [path, text] of theirs) {
    const base = (known.get(path)?.text as string | undefined) ?? null;
    const mine = onDisk.get(path) ?? null;
    const side = sides.get(path);
    const merged =
      side === 'theirs' ? { text } : side === 'mine' ? { text: mine } : mergeLines(base, mine, text);
    if (!merged) contradictions.push(path);
    else if (merged.text !== mine) followed.set(path, merged.text);
  }
  if (contradictions.length === 0 && isMerged(followed, theirs))
    contradictions.push(...(await broken(store, onDisk, followed)));
  if (contradictions.length > 0) throw contradiction(contradictions);
  return followed;
}

/** Whether some text is neither of the two sides. */
const isMerged = (followed: ReadonlyMap<string, string | null>, theirs: ReadonlyMap<string, string | null>) =>
  [...followed].some(([path, text]) => text !== theirs.get(path));

/** Returns the followed files that are wrong in combination with the others. */
async function broken(
  store: Store,
  onDisk: ReadonlyMap<string, string>,
  followed: ReadonlyMap<string, string | null>,
): Promise<string[]> {
  const { checkFiles } = await import('../check-files.ts');
  const all = new Map<string, string | null>([...onDisk, ...followed]);
  const texts = [...all].filter((file): file is [string, string] => file[1] !== null);
  const { problems } = await checkFiles(new Map(texts.sort(([a], [b]) => (a < b ? -1 : 1))), store.kinds);
  return [...new Set(problems.map(({ file }) => file))].filter(path => followed.has(path));
}

function contradiction(paths: readonly string[]) {
  const [path, ...more] = paths;
  return conflict(
    `${paths.join(', ')}: ${more.length > 0 ? 'were' : 'was'} edited here and by others, in ways that contradict each other; nothing was done`,
    `crm sync --theirs ${path} takes theirs, --mine ${path} keeps yours; or undo your edit`,
  );
}

/** Returns the texts of files after changes, by path; null for a removed file. */
export function textsIn(changes: readonly Change[]): Map<string, string | null> {
  const texts = new Map<string, string | null>();
  for (const change of changes)
    if (change.kind === 'file' && 'set' in change && change.set.text)
      texts.set(change.id, (change.set.text[1] as string | null) || null);
  return texts;
}
