/**
 * Appends under the lock: one attempt to save a decision, which either saves it, finds that the request was carried
 * out meanwhile, or finds that the decision is outdated.
 */
import type { Change } from '../../../domain/changes.ts';
import { formatInstant } from '../../../domain/dates.ts';
import type { FileEdit } from '../../../state/draft.ts';
import type { Commit, Tip } from '../../../store/journal/journal.ts';
import type { Store } from '../../../store/store.ts';
import { sameFiles, type Workspace } from '../workspace.ts';
import { committedState, type Decision, type Ground, isEmpty } from './decide.ts';
import { finishInterrupted } from './interrupted.ts';
import type { CommitOptions } from './options.ts';
import { bindingOf, carriedOut } from './request.ts';

/** The outcome of an attempt. */
export type Attempt =
  /** The decision is in the journal; `tip` is its transaction, or that of the files if nothing else was decided. */
  | { readonly outcome: 'saved'; readonly tip: Tip }
  /** The very same request was carried out as transaction `seq` while this process waited. */
  | { readonly outcome: 'repeated'; readonly seq: number }
  /** Somebody else was first, or a file changed: the decision was not saved. */
  | { readonly outcome: 'outdated' };

const outdated: Attempt = { outcome: 'outdated' };

/** Saves a decision that was made on the present state. Needs the lock. */
export async function attempt(
  workspace: Workspace,
  options: CommitOptions,
  decision: Decision<unknown>,
): Promise<Attempt> {
  const { store } = workspace;
  const { opened, intake, draft, files: asRead } = decision;
  const interrupted = await finishInterrupted(workspace, opened);
  const isAtTip = store.isAtTip(opened);
  if (!isAtTip) {
    // A transaction in between may be this very request, which was tried before and was still under way.
    const seq = await carriedOut(workspace);
    if (seq !== undefined) return { outcome: 'repeated', seq };
  }
  if (interrupted || !isAtTip || !sameFiles(asRead, store.userFiles())) return outdated;
  await store.requireAsRead(opened);
  if (draft.erases) store.requireErasable(opened);
  const tip =
    intake.length > 0 ? await store.append(opened.tip, intakeOf(workspace, options, decision)) : opened.tip;
  if (!tip) return outdated;
  if (isEmpty(decision)) return { outcome: 'saved', tip };
  const appended = await appendWithFiles(workspace, decision, tip, decidedOf(workspace, options, decision));
  if (!appended) return outdated;
  if (draft.erases) {
    const purge = { seq: appended.seq, changes: draft.changes, erases: draft.erases };
    await store.erase(opened, committedState(decision), appended, [purge]);
  }
  return { outcome: 'saved', tip: appended };
}

/** Returns the transactions of a decision, in order: the edits of files by people, and the decision itself. */
export const transactionsOf = (
  workspace: Workspace,
  options: CommitOptions,
  decision: Ground,
): readonly Commit[] => [
  ...(decision.intake.length > 0 ? [intakeOf(workspace, options, decision)] : []),
  ...(isEmpty(decision) ? [] : [decidedOf(workspace, options, decision)]),
];

/** Returns the edits of files by people, as a transaction of their own. */
const intakeOf = (workspace: Workspace, options: CommitOptions, { intake }: Ground): Commit =>
  headOf(workspace, options, intake, options.takeIn ? options.via : 'files');

function decidedOf(workspace: Workspace, options: CommitOptions, { draft }: Ground): Commit {
  return {
    ...headOf(workspace, options, draft.changes, options.via),
    ...(!draft.trigger && { trigger: false as const }),
    ...(draft.undoes !== undefined && { undoes: draft.undoes }),
    ...(draft.erases && { erases: draft.erases }),
  };
}

/**
 * Appends a commit with its edits of files, so that every crash leaves a valid workspace: additions to a file are
 * written before records need them, and removals after records no longer need the removed parts. If the commit fails,
 * the files stay as they were.
 */
async function appendWithFiles(
  { store, world }: Workspace,
  { files: onDisk, draft: { files: edits, changes } }: Ground,
  after: Tip,
  commit: Commit,
): Promise<Tip | undefined> {
  // The last of several edits of a file contains them all; if one of them removes something, it waits.
  const last = new Map(edits.map(edit => [edit.path, edit]));
  const waits = ({ path }: FileEdit) => edits.some(edit => edit.path === path && edit.when === 'after');
  const additions = [...last.values()].filter(edit => !waits(edit));
  const removals = [...last.values()].filter(waits);
  if (removals.length > 0)
    store.pending.note(
      after.seq + 1,
      removals.map(({ path, text }) => ({ path, had: onDisk.get(path) ?? null, gets: text })),
    );
  let tip: Tip | undefined;
  try {
    for (const { path, text } of additions) store.writeUserFile(path, text);
    tip = await store.append(after, commit);
  } finally {
    if (!tip) putBack(store, onDisk, additions);
  }
  if (tip && removals.length > 0)
    try {
      store.pending.finish(changes, path => last.get(path)!.text);
    } catch (error) {
      const paths = removals.map(edit => edit.path).join(', ');
      world.warn(
        `saved, but ${paths} could not be written; the next change does it: ${(error as Error).message}`,
      );
    }
  return tip;
}

/** Restores the files after a commit that failed; the failure itself is reported elsewhere. */
function putBack(store: Store, onDisk: ReadonlyMap<string, string>, edits: readonly FileEdit[]): void {
  store.pending.forget();
  for (const { path } of edits)
    try {
      store.writeUserFile(path, onDisk.get(path) ?? null);
    } catch {
      // A full disk may refuse this too; then an addition stays, which the next commit takes in.
    }
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
