/**
 * The one path on which every change goes: read, decide, commit. The decision is made without the lock; if somebody
 * else committed meanwhile, it is made again on the new state, now under the lock, so that it gets through.
 */
import { badByteIn } from '../../domain/bad-bytes.ts';
import type { Change, Transaction } from '../../domain/changes.ts';
import type { Config } from '../../domain/config.ts';
import { formatInstant } from '../../domain/dates.ts';
import { Draft, type FileEdit } from '../../state/draft.ts';
import { conflict, CrmError, invalid } from '../../domain/errors.ts';
import type { State } from '../../state/state.ts';
import type { Commit, Tip } from '../../store/journal.ts';
import { Sha256 } from '../../store/sha256.ts';
import { type Opened, stateOf, type Store } from '../../store/store.ts';
import { View } from './view.ts';
import { seesAll } from './viewer.ts';
import type { Workspace } from './workspace.ts';

export interface Committed<T> {
  /** The transaction; null where nothing changed, and in a dry run. */
  readonly tx: number | null;
  /** What the decision returned; undefined where the request had been carried out before, and nothing was decided. */
  readonly result: T | undefined;
  readonly changes: readonly Change[];
  readonly state: State;
}

export interface CommitOptions {
  /** The command, as the history shows it: `deal move`. */
  readonly via: string;
  /** Asked once, before the lock is taken; throws to give up. */
  readonly confirm?: (draft: Draft) => Promise<void>;
  /** Commits what people wrote in files even where there is nothing else to commit. */
  readonly takeIn?: boolean;
  /** Who acts, where it is not the viewer: a sweep. */
  readonly by?: string;
}

/** What was decided, on what. */
interface Decision {
  readonly opened: Opened;
  /** What people wrote in files, which comes first. */
  readonly intake: readonly Change[];
  readonly draft: Draft;
}

export async function commit<T>(
  workspace: Workspace,
  options: CommitOptions,
  decide: (draft: Draft) => T | Promise<T>,
): Promise<Committed<T>> {
  const { store, world } = workspace;
  const carriedOut = async () =>
    world.request.given && !world.dryRun ? store.journal.findRequest(world.request.id) : undefined;
  const known = await carriedOut();
  if (known !== undefined) return repeat(workspace, options, known);

  if (!world.dryRun && store.pending.exist()) await store.locked(() => finishFiles(workspace));

  const decideOn = async () => {
    const opened = await openDraft(workspace);
    const result = await decide(opened.draft);
    return { ...opened, result };
  };

  const first = await decideOn();
  const nothing = (d: typeof first) => d.draft.changes.length === 0;
  await options.confirm?.(first.draft);
  const done = (d: typeof first, tx: number | null): Committed<T> => ({
    tx,
    result: d.result,
    changes: d.draft.changes,
    state: d.draft.state,
  });
  if (world.dryRun || (nothing(first) && !options.takeIn)) return done(first, null);
  requireSettled(first.opened);
  warnOfClock(workspace, first.opened);

  let tip!: Tip;
  let size = 0;
  const decideAgain = async () => {
    await workspace.reload();
    return decideOn();
  };
  const decided = await store.locked(async () => {
    for (let now = first; ; now = await decideAgain()) {
      const { opened, intake, draft } = now;
      const interrupted = await finishInterrupted(workspace, opened);
      const isTip = store.journal.isTip(opened.tip.seq);
      if (!isTip) {
        // What came in between may be this very request, tried before and still under way then.
        const meanwhile = await carriedOut();
        if (meanwhile !== undefined) return meanwhile;
      }
      if (interrupted || !isTip || !sameFiles(now.files, store.userFiles())) continue;
      await store.requireAsRead(opened);
      if (draft.erases) store.requireErasable(opened);
      const files =
        intake.length > 0
          ? await store.append(
              opened.tip,
              headOf(workspace, options, intake, options.takeIn ? options.via : 'files'),
            )
          : opened.tip;
      if (!files) continue;
      if (nothing(now)) {
        tip = files;
        return now;
      }
      const commitHead = headOf(workspace, options, draft.changes, options.via);
      const appended = await appendWithFiles(workspace, now, files.seq + 1, () =>
        store.append(files, {
          ...commitHead,
          ...(!draft.trigger && { trigger: false as const }),
          ...(draft.undoes !== undefined && { undoes: draft.undoes }),
          ...(draft.erases && { erases: draft.erases }),
        }),
      );
      if (!appended) continue;
      tip = appended;
      size = roughSize(draft.changes);
      if (draft.erases) {
        const purge = { seq: tip.seq, changes: draft.changes, erases: draft.erases };
        await store.erase(opened, committedState(now), tip, [purge]);
      }
      return now;
    }
  });
  if (typeof decided === 'number') return repeat(workspace, options, decided);
  if (!nothing(decided)) world.saved?.(tip.seq);
  // A purge leaves everything as a checkpoint does.
  if (!decided.draft.erases) store.settle(decided.opened, committedState(decided), tip, size);
  return done(decided, nothing(decided) ? null : tip.seq);
}

/** Throws INVALID where snapshots and journal do not belong together: which of them to keep is not for a commit to say. */
function requireSettled({ misfit }: Opened): void {
  if (misfit !== undefined)
    throw invalid(
      `${misfit}; nothing was saved`,
      'put back the journal that belongs here; else crm doctor --salvage DIR writes what both say elsewhere, and --fix keeps the journal',
    );
}

/** A clock that differs by less than this, ms, may be another machine's, or that of a command that waited. */
const CLOCKS_DIFFER = 60_000;

/** The order of changes is that of their numbers, so that a clock which was put back does no harm; but it is said. */
function warnOfClock({ world, clock }: Workspace, { tail, checkpoint }: Opened): void {
  const last = tail.at(-1)?.at ?? checkpoint?.at;
  if (world.isTimeGiven || last === undefined || clock.now >= Date.parse(last) - CLOCKS_DIFFER) return;
  world.warn(
    `the clock says ${formatInstant(clock.now)}, and the last change was made at ${last}: if the clock is wrong, so are the times of what is saved now; the order of changes is right in any case`,
  );
}

/** What a decision is made on: the state at the journal's tip, with what people wrote in files since. */
export async function openDraft(
  workspace: Workspace,
): Promise<Decision & { readonly files: ReadonlyMap<string, string> }> {
  const opened = await workspace.open();
  const { files } = workspace;
  const state = stateOf(opened, workspace.config);
  // What people wrote in files comes first, as a transaction of its own.
  const intake = takeIn(files, state);
  const seq = state.seq + 1;
  for (const change of intake) state.apply(change, formatInstant(workspace.clock.now), seq);
  return { opened, files, intake, draft: new Draft(state, workspace.clock, intake, foreignAmong(files)) };
}

/** The state after the commit, which is the draft's, unless that remembers what the journal never saw. */
function committedState({ opened, intake, draft }: Decision): State {
  if (!draft.strayed) return draft.state;
  const state = stateOf(opened, draft.state.config);
  for (const change of intake) state.apply(change, draft.at, draft.seq - 1);
  for (const change of draft.changes) state.apply(change, draft.at, draft.seq);
  return state;
}

/**
 * Appends a commit with its edits of files, so that every crash leaves a valid workspace: what is added to a file
 * is there before records need it, and what is taken out goes when they no longer do. Nothing of it stays where the
 * commit fails.
 */
async function appendWithFiles(
  { store, world }: Workspace,
  {
    files: onDisk,
    draft: { files: edits, changes },
  }: Decision & { readonly files: ReadonlyMap<string, string> },
  tx: number,
  append: () => Promise<Tip | undefined>,
): Promise<Tip | undefined> {
  // Of several edits of one file the last has it all; if one of them takes out, it waits.
  const last = new Map(edits.map(edit => [edit.path, edit]));
  const waits = ({ path }: FileEdit) => edits.some(edit => edit.path === path && edit.when === 'after');
  const before = [...last.values()].filter(edit => !waits(edit));
  const after = [...last.values()].filter(waits);
  if (after.length > 0)
    store.pending.note(
      tx,
      after.map(({ path, text }) => ({ path, had: onDisk.get(path) ?? null, gets: text })),
    );
  let tip: Tip | undefined;
  try {
    for (const { path, text } of before) store.writeUserFile(path, text);
    tip = await append();
  } finally {
    if (!tip) putBack(store, onDisk, before);
  }
  if (tip && after.length > 0)
    try {
      store.pending.finish(changes, path => last.get(path)!.text);
    } catch (error) {
      const paths = after.map(edit => edit.path).join(', ');
      world.warn(
        `saved, but ${paths} could not be written; the next change does it: ${(error as Error).message}`,
      );
    }
  return tip;
}

/** Leaves the files as they were: the commit did not happen, and why is said elsewhere. */
function putBack(store: Store, onDisk: ReadonlyMap<string, string>, edits: readonly FileEdit[]): void {
  store.pending.forget();
  for (const { path } of edits)
    try {
      store.writeUserFile(path, onDisk.get(path) ?? null);
    } catch {
      // A disk that is full may refuse this too; what stays is an addition, which the next commit takes in.
    }
}

/** Under the lock: does what commands that were killed after their commits had still to do; true where there was one. */
async function finishInterrupted(workspace: Workspace, opened: Opened): Promise<boolean> {
  const { store, config } = workspace;
  const finished = await finishFiles(workspace);
  if (!store.isPurgeUnfinished(opened)) return finished;
  const now = await workspace.open();
  if (store.isPurgeUnfinished(now))
    try {
      await finishPurges(store, now, config);
    } catch (error) {
      throw error instanceof CrmError ? unfinishedPurge(now, error) : error;
    }
  return true;
}

/** What a command fails with that did not get to its own work, since an earlier purge has to be finished first. */
function unfinishedPurge({ tail }: Opened, { message, kind, cause }: CrmError): CrmError {
  const purge = tail.findLast(tx => tx.erases)?.seq;
  return new CrmError(
    kind,
    `the purge of transaction ${purge} was interrupted, and cannot be finished: ${message}; nothing of this command was saved`,
    'once that is mended, run the command again; crm doctor --fix finishes the purge alone',
    cause,
  );
}

/** Under the lock, of a store that was just opened: erases what purges that were cut short have left. */
export async function finishPurges(store: Store, opened: Opened, config: Config): Promise<void> {
  const purges = opened.tail.filter(tx => tx.erases);
  await store.erase(opened, stateOf(opened, config), opened.tip, purges);
}

async function finishFiles(workspace: Workspace): Promise<boolean> {
  const { store } = workspace;
  const { pending } = store;
  if (!pending.exist()) return false;
  const opened = await workspace.open();
  const state = stateOf(opened, workspace.config);
  const tx = pending.tx() ?? 0;
  const named = tx > 0 && tx <= opened.tip.seq ? await store.journal.read(tx - 1, tx) : [];
  pending.finish(
    named[0]?.changes ?? [],
    path => (state.named('file').get(path)?.text as string | undefined) ?? null,
  );
  await workspace.reload();
  return true;
}

const sameFiles = (a: ReadonlyMap<string, string>, b: ReadonlyMap<string, string>): boolean =>
  a.size === b.size && [...a].every(([path, text]) => b.get(path) === text);

/** Rules and templates that are not UTF-8: they are left out, and the journal keeps what they were before. */
const foreignAmong = (files: ReadonlyMap<string, string>): ReadonlyMap<string, string> =>
  new Map([...files].filter(([path, text]) => /^(automations|templates)\//.test(path) && badByteIn(text)));

/** The files that differ from what the journal knows of them, as changes. One that is empty says as much as none. */
function takeIn(files: ReadonlyMap<string, string>, state: State): Change[] {
  const known = state.named('file');
  const foreign = foreignAmong(files);
  const paths = new Set([...files.keys(), ...known.keys()]);
  const changes: Change[] = [];
  for (const path of [...paths].sort((a, b) => (a < b ? -1 : 1))) {
    if (foreign.has(path)) continue;
    const before = (known.get(path)?.text as string | undefined) ?? null;
    const now = files.get(path) || null;
    if (before !== now) changes.push({ kind: 'file', id: path, set: { text: [before, now] } });
  }
  return changes;
}

function headOf(
  workspace: Workspace,
  { by }: CommitOptions,
  changes: readonly Change[],
  via: string,
): Commit {
  const { world, viewer, clock } = workspace;
  const request = via === 'files' ? `${world.request.id}:files` : world.request.id;
  const asked = via === 'files' ? undefined : bindingOf(workspace);
  return {
    request,
    ...(asked !== undefined && { asked }),
    at: formatInstant(clock.now),
    by: by ?? viewer.user,
    via,
    changes,
  };
}

/** What a request whose id was given is bound to: who acts, and the command line. */
function bindingOf({ world, viewer }: Workspace): string | undefined {
  const { id, asked, commandLine } = world.request;
  if (asked !== undefined || commandLine === undefined) return asked;
  return new Sha256().update(JSON.stringify([id, viewer.user, commandLine])).digest();
}

/** Whether a checkpoint is due needs no more than an estimate. */
function roughSize(changes: readonly Change[]): number {
  if (changes.length > 2000) return changes.length * 200;
  return changes.reduce((sum, change) => sum + JSON.stringify(change).length, 300);
}

/**
 * The first one's answer to a request that is repeated: its changes, and nothing done. CONFLICT where it was somebody
 * else's request, or for another command. Of the changes only those are answered that the viewer sees now.
 */
async function repeat<T>(workspace: Workspace, options: CommitOptions, seq: number): Promise<Committed<T>> {
  const { store, viewer, world, clock } = workspace;
  const [tx] = await store.journal.read(seq - 1, seq);
  if (world.request.given && tx!.purged !== undefined)
    throw conflict(
      `request id ${JSON.stringify(world.request.id)} was used for a command of which records were erased since`,
      'it cannot be said any more whether this is the same command; nothing was done',
    );
  if (!isSameRequest(workspace, options, tx!))
    throw conflict(
      `request id ${JSON.stringify(world.request.id)} was used for another command`,
      'each command needs a request id of its own; the same id repeats the same command of the same user',
    );
  const state = stateOf(await workspace.open(), workspace.config);
  if (seesAll(viewer)) return { tx: seq, result: undefined, changes: tx!.changes, state };
  const { seenChange } = await import('./seen-changes.ts');
  const view = new View(state, viewer, clock);
  return { tx: seq, result: undefined, changes: tx!.changes.flatMap(c => seenChange(view, c) ?? []), state };
}

/** Transactions that were made before ids were bound only say who acted and which command it was. */
function isSameRequest(workspace: Workspace, { by, via }: CommitOptions, tx: Transaction): boolean {
  if (tx.asked !== undefined) return tx.asked === bindingOf(workspace);
  return tx.by === (by ?? workspace.viewer.user) && tx.via === via;
}
