/**
 * The one path on which every change goes: read, decide, commit.
 *
 *     take in             (commit/take-in.ts)  what others shared, in a replica that is online
 *     carried out before? -> answer as then
 *     decide              (commit/decide.ts)   without the lock, so that a long import keeps nobody waiting
 *     confirm             nobody is asked under the lock
 *     ask the hook        (commit/gate.ts)     if the workspace has one that this machine runs
 *     take the lock
 *       attempt           (commit/append.ts)   saved | repeated | outdated
 *       outdated          -> read and decide again, now under the lock, so that it gets through
 *                            other changes than the hook agreed to -> give up the lock, and ask it again
 *     give up the lock
 *     settle              (commit/settle.ts)   snapshots
 *     tell the hook
 *
 * Two transactions with one number are impossible without the lock too: the journal takes a number only once.
 */
import { formatInstant } from '../../domain/dates.ts';
import { invalid } from '../../domain/errors.ts';
import type { Draft } from '../../state/draft.ts';
import type { Opened } from '../../store/checkpoint/opened.ts';
import { attempt, type Attempt } from './commit/append.ts';
import { type Decision, decideOn, isEmpty } from './commit/decide.ts';
import { finishFiles } from './commit/interrupted.ts';
import type { CommitOptions, Committed } from './commit/options.ts';
import type { Gate } from './commit/gate.ts';
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
  const replica = workspace.world.dryRun ? undefined : await workspace.store.replica();
  if (!replica) return commitHere(workspace, options, decide);
  const { begin, notSaved } = await import('./commit/take-in.ts');
  try {
    await begin(workspace, replica, options);
    return await commitHere(workspace, options, decide);
  } catch (error) {
    throw notSaved(error, options);
  }
}

async function commitHere<T>(
  workspace: Workspace,
  options: CommitOptions,
  decide: (draft: Draft) => T | Promise<T>,
): Promise<Committed<T>> {
  const { store, world } = workspace;
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
  const gate = await gateOf(workspace, options);
  const { decision, became } = await passAndSave(workspace, options, first, decide, gate);
  if (became.outcome === 'repeated') return repeat(workspace, options, became.seq);
  const { tip } = became;
  if (!isEmpty(decision)) world.saved?.(tip.seq);
  if (!options.holding?.keep(workspace, decision, tip)) settle(workspace, decision, tip);
  if (decision.draft.files.length > 0) await workspace.keepSettings();
  await gate?.tell(decision, tip);
  return committed(decision, isEmpty(decision) ? null : tip.seq);
}

/** Returns the gate of the hooks that this machine runs. What a sync puts back went through it when it was made. */
async function gateOf(workspace: Workspace, options: CommitOptions): Promise<Gate | undefined> {
  const hooks = options.putsBack ? undefined : await workspace.world.hooks?.(workspace);
  return hooks && new (await import('./commit/gate.ts')).Gate(workspace, options, hooks);
}

/** How often other machines may be first before they are asked to wait: the lock keeps back those of this machine alone. */
const PATIENCE = 2;

/** The final decision, and its outcome. */
interface Saved<T> {
  readonly decision: Decision<T>;
  readonly became: Exclude<Attempt, { outcome: 'outdated' }>;
}

/** Asks the hooks and saves the decision; asks again if the decision changed meanwhile. */
async function passAndSave<T>(
  workspace: Workspace,
  options: CommitOptions,
  first: Decision<T>,
  decide: (draft: Draft) => T | Promise<T>,
  gate: Gate | undefined,
): Promise<Saved<T>> {
  for (let decision = first; ; ) {
    await gate?.ask(decision);
    const saved = await underLock(workspace.store, () => save(workspace, options, decision, decide, gate));
    if ('became' in saved) return saved;
    decision = saved.decision;
  }
}

/**
 * Attempts to save the decision under the lock, and decides again until it is saved or the hooks must be asked again.
 */
async function save<T>(
  workspace: Workspace,
  options: CommitOptions,
  first: Decision<T>,
  decide: (draft: Draft) => T | Promise<T>,
  gate: Gate | undefined,
): Promise<Saved<T> | { readonly decision: Decision<T> }> {
  let endTurn: (() => Promise<void>) | undefined;
  try {
    for (let [decision, tries] = [first, 1]; ; tries++) {
      if (gate && !gate.isOpenTo(decision)) return { decision };
      const became = await attempt(workspace, options, decision);
      if (became.outcome !== 'outdated') return { decision, became };
      const replica = await workspace.store.replica();
      if (replica?.isOnline) {
        if (tries === PATIENCE) endTurn = await replica.turn();
        await (await import('./commit/take-in.ts')).takeIn(workspace, replica);
      }
      await workspace.reload();
      decision = await decideOn(workspace, decide);
    }
  } finally {
    await endTurn?.();
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

/** Throws INVALID if snapshots and journal do not belong together: a commit must not choose which of them to keep. */
function requireSettled({ misfit }: Opened): void {
  if (misfit !== undefined)
    throw invalid(
      `${misfit}; nothing was saved`,
      'put back the journal that belongs here; otherwise crm doctor --salvage DIR writes what both say elsewhere, and --fix keeps the journal',
    );
}

/** A clock that differs by less than this, ms, may be another machine's, or that of a command that waited. */
const CLOCKS_DIFFER = 60_000;

/** Changes are ordered by their numbers, so a clock that was put back does no harm; but the user is warned. */
function warnOfClock({ world, clock }: Workspace, { tail, checkpoint }: Opened): void {
  const last = tail.at(-1)?.at ?? checkpoint?.at;
  if (world.isTimeGiven || last === undefined || clock.now >= Date.parse(last) - CLOCKS_DIFFER) return;
  world.warn(
    `the clock says ${formatInstant(clock.now)}, and the last change was made at ${last}: if the clock is wrong, so are the times of what is saved now; the order of changes is right in any case`,
  );
}
