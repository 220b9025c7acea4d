/**
 * Deciding: what a change is decided on, and what was decided. Files that people edited come first, as changes of a
 * transaction of their own, so that a decision always stands on settings that the journal knows:
 *
 *     snapshots + tail  ->  state at the tip  ->  + edited files (intake)  ->  draft  ->  changes
 *
 * Nothing is written here, so that a decision can be made again whenever somebody else was first.
 */
import { badByteIn } from '../../../domain/bad-bytes.ts';
import type { Change } from '../../../domain/changes.ts';
import { formatInstant } from '../../../domain/dates.ts';
import { Draft } from '../../../state/draft.ts';
import type { State } from '../../../state/state.ts';
import { type Opened, stateOf } from '../../../store/opened.ts';
import type { Workspace } from '../workspace.ts';

/** What decisions are made on. */
export interface Ground {
  readonly opened: Opened;
  /** The files as they were read. */
  readonly files: ReadonlyMap<string, string>;
  /** What people wrote in files, which comes first. */
  readonly intake: readonly Change[];
  readonly draft: Draft;
}

/** What was decided, on what. */
export interface Decision<T> extends Ground {
  /** What the decision returned. */
  readonly result: T;
}

/** A store that was opened before, and its state at the tip. */
export interface Held {
  readonly opened: Opened;
  readonly state: State;
}

/** Opens the state at the journal's tip, unless it is `held`, and decides on a draft of it. */
export async function decideOn<T>(
  workspace: Workspace,
  decide: (draft: Draft) => T | Promise<T>,
  held?: Held,
): Promise<Decision<T>> {
  const ground = await openDraft(workspace, held);
  const result = await decide(ground.draft);
  return { ...ground, result };
}

/** Returns whether a decision changes nothing. */
export const isEmpty = ({ draft }: Ground): boolean => draft.changes.length === 0;

/** Opens what a decision is made on: the state at the journal's tip, with what people wrote in files since. */
export async function openDraft(workspace: Workspace, held?: Held): Promise<Ground> {
  const opened = held?.opened ?? (await workspace.open());
  const { files } = workspace;
  const state = held?.state ?? stateOf(opened, workspace.config);
  // What people wrote in files comes first, as a transaction of its own.
  const intake = takeIn(files, state);
  const seq = state.seq + 1;
  for (const change of intake) state.apply(change, formatInstant(workspace.clock.now), seq);
  return { opened, files, intake, draft: new Draft(state, workspace.clock, intake, foreignAmong(files)) };
}

/** Returns the state after the commit, which is the draft's, unless that remembers what the journal never saw. */
export function committedState({ opened, intake, draft }: Ground): State {
  if (!draft.strayed) return draft.state;
  const state = stateOf(opened, draft.state.config);
  for (const change of intake) state.apply(change, draft.at, draft.seq - 1);
  for (const change of draft.changes) state.apply(change, draft.at, draft.seq);
  return state;
}

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
