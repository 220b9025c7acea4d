/**
 * The one path on which every change goes: read, decide, commit.
 *
 *     take in             (commit/take-in.ts)  what others shared, in a replica that is online
 *     carried out before? -> answer as then
 *     decide              (commit/decide.ts)   without the lock, so that a long import keeps nobody waiting
 *     confirm             nobody is asked under the lock
 *     take the lock
 *       attempt           (commit/append.ts)   saved | repeated | outdated
 *       outdated          -> read and decide again, now under the lock, so that it gets through
 *     give up the lock
 *     settle              (commit/settle.ts)   snapshots
 *
 * Two transactions with one number are impossible without the lock too: the journal takes a number only once.
 */
import { formatInstant } from '../../domain/dates.ts';
import { invalid } from '../../domain/errors.ts';
import type { Draft } from '../../state/draft.ts';
import type { Opened } from '../../store/opened.ts';
import { attempt, type Attempt } from './commit/append.ts';
import { type Decision, decideOn, isEmpty } from './commit/decide.ts';
import { finishFiles } from './commit/interrupted.ts';
import type { CommitOptions, Committed } from './commit/options.ts';
import { carriedOut, repeat } from './commit/request.ts';
import { settle } from './commit/settle.ts';
import { underLock } from './under-lock.ts';
import type { Workspace } from './workspace.ts';

export type { CommitOptions, Committed };

/** Decides on a draft of the state at the tip and commits what was decided; `decide` may be called again. */
export async function commit<T>(
  workspace: Workspace,
  options: CommitOptions,
  decide: (draft: Draft) => T | Promise<T>,
): Promise<Committed<T>> {
  const { store, world } = workspace;
  const replica = world.dryRun ? undefined : await store.replica();
  if (replica) await (await import('./commit/take-in.ts')).begin(workspace, replica, options);
  const known = await carriedOut(workspace);
  if (known !== undefined) return repeat(workspace, options, known);
  if (!world.dryRun && store.pending.exist()) await underLock(store, () => finishFiles(workspace));
  const first = await decideOn(workspace, decide, options.holding?.take(workspace));
  await options.confirm?.(first.draft);
  if (world.dryRun || (isEmpty(first) && !options.takeIn)) {
    options.holding?.keep(workspace, first, first.opened.tip);
    return committed(first, null);
  }
  requireSettled(first.opened);
  warnOfClock(workspace, first.opened);
  const { decision, became } = await underLock(store, () => save(workspace, options, first, decide));
  if (became.outcome === 'repeated') return repeat(workspace, options, became.seq);
  const { tip } = became;
  if (!isEmpty(decision)) world.saved?.(tip.seq);
  if (!options.holding?.keep(workspace, decision, tip)) settle(workspace, decision, tip);
  return committed(decision, isEmpty(decision) ? null : tip.seq);
}

/** Under the lock: attempts to save what was decided, and decides again until it is. */
async function save<T>(
  workspace: Workspace,
  options: CommitOptions,
  first: Decision<T>,
  decide: (draft: Draft) => T | Promise<T>,
): Promise<{ decision: Decision<T>; became: Exclude<Attempt, { outcome: 'outdated' }> }> {
  for (let decision = first; ; ) {
    const became = await attempt(workspace, options, decision);
    if (became.outcome !== 'outdated') return { decision, became };
    const replica = await workspace.store.replica();
    if (replica?.isOnline) await (await import('./commit/take-in.ts')).takeIn(workspace, replica);
    await workspace.reload();
    decision = await decideOn(workspace, decide);
  }
}

const committed = <T>(
  { result, draft: { changes, state } }: Decision<T>,
  tx: number | null,
): Committed<T> => ({
  tx,
  result,
  changes,
  state,
});

/** Throws INVALID where snapshots and journal do not belong together: which of them to keep is not for a commit to say. */
function requireSettled({ misfit }: Opened): void {
  if (misfit !== undefined)
    throw invalid(
      `${misfit}; nothing was saved`,
      'put back the journal that belongs here; otherwise crm doctor --salvage DIR writes what both say elsewhere, and --fix keeps the journal',
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
