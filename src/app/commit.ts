/**
 * The one path on which every change goes: read, decide, commit. The decision is made without the lock; if somebody
 * else committed meanwhile, it is made again on the new state, now under the lock, so that it gets through.
 */
import type { Change } from '../domain/changes.ts';
import { formatInstant } from '../domain/dates.ts';
import { Draft } from '../domain/draft.ts';
import type { State } from '../domain/state.ts';
import type { Commit, Tip } from '../store/journal.ts';
import { type Opened, stateOf } from '../store/store.ts';
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

export async function commit<T>(
  workspace: Workspace,
  options: CommitOptions,
  decide: (draft: Draft) => T | Promise<T>,
): Promise<Committed<T>> {
  const { store, world } = workspace;
  if (world.request.given && !world.dryRun) {
    const known = await store.journal.findRequest(world.request.id);
    if (known !== undefined) return repeat(workspace, known);
  }

  const decideOn = async (opened: Opened) => {
    const state = stateOf(opened, workspace.config);
    // What people wrote in files comes first, as a transaction of its own.
    const intake = takeIn(store.userFiles(), state);
    const seq = state.seq + 1;
    for (const change of intake) state.apply(change, formatInstant(workspace.clock.now), seq);
    const draft = new Draft(state, workspace.clock);
    const result = await decide(draft);
    return { opened, intake, draft, result };
  };

  const first = await decideOn(await workspace.open());
  const nothing = (d: typeof first) => d.draft.changes.length === 0;
  await options.confirm?.(first.draft);
  const done = (d: typeof first, tx: number | null): Committed<T> => ({
    tx,
    result: d.result,
    changes: d.draft.changes,
    state: d.draft.state,
  });
  if (world.dryRun || (nothing(first) && !options.takeIn)) return done(first, null);

  let tip!: Tip;
  let size = 0;
  const decided = await store.locked(async () => {
    for (let now = first; ; now = await decideOn(await workspace.open())) {
      const { opened, intake, draft } = now;
      const current = await store.journal.tip();
      if (current.seq !== opened.tip.seq) continue;
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
      for (const edit of draft.files) if (edit.when === 'before') store.writeUserFile(edit.path, edit.text);
      const commitHead = headOf(workspace, options, draft.changes, options.via);
      const appended = await store.append(files, {
        ...commitHead,
        ...(!draft.trigger && { trigger: false as const }),
        ...(draft.undoes !== undefined && { undoes: draft.undoes }),
      });
      if (!appended) continue;
      for (const edit of draft.files) if (edit.when === 'after') store.writeUserFile(edit.path, edit.text);
      tip = appended;
      size = roughSize(draft.changes);
      return now;
    }
  });
  decided.draft.state.seq = tip.seq;
  store.settle(decided.opened, decided.draft.state, tip, [...decided.intake, ...decided.draft.changes], size);
  return done(decided, nothing(decided) ? null : tip.seq);
}

/** The files that differ from what the journal knows of them, as changes. */
function takeIn(files: ReadonlyMap<string, string>, state: State): Change[] {
  const known = state.named('file');
  const paths = new Set([...files.keys(), ...known.keys()]);
  const changes: Change[] = [];
  for (const path of [...paths].sort((a, b) => (a < b ? -1 : 1))) {
    const before = (known.get(path)?.text as string | undefined) ?? null;
    const now = files.get(path) ?? null;
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
  return { request, at: formatInstant(clock.now), by: by ?? viewer.user, via, changes };
}

/** Whether a checkpoint is due needs no more than an estimate. */
function roughSize(changes: readonly Change[]): number {
  if (changes.length > 2000) return changes.length * 200;
  return changes.reduce((sum, change) => sum + JSON.stringify(change).length, 300);
}

/** The first one's answer to a request that is repeated: its changes, and nothing done. */
async function repeat<T>(workspace: Workspace, seq: number): Promise<Committed<T>> {
  const [tx] = await workspace.store.journal.read(seq - 1, seq);
  const state = stateOf(await workspace.open(), workspace.config);
  return { tx: seq, result: undefined, changes: tx!.changes, state };
}
