/**
 * Makes decisions, and keeps what each was made on. Files that people edited come first, as changes of a transaction
 * of their own, so that every decision is based on settings that the journal has:
 *
 *     snapshots + tail  ->  state at the tip  ->  + edited files (intake)  ->  draft  ->  changes
 *
 * Nothing is written here, so that a decision can be repeated whenever somebody else was first.
 */
import { badByteIn } from '../../../domain/bad-bytes.ts';
import type { Change } from '../../../domain/changes.ts';
import { formatInstant } from '../../../domain/dates.ts';
import { Draft } from '../../../state/draft.ts';
import type { State } from '../../../state/state.ts';
import { type Opened, stateOf } from '../../../store/checkpoint/opened.ts';
import type { Workspace } from '../workspace.ts';

/** The basis of decisions. */
export interface Ground {
  readonly opened: Opened;
  /** The files as they were read. */
  readonly files: ReadonlyMap<string, string>;
  /** The edits of files by people, which come first. */
  readonly intake: readonly Change[];
  readonly draft: Draft;
}

/** A decision, with its basis. */
export interface Decision<T> extends Ground {
  /** The return value of the decision. */
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

/** Opens the basis of a decision: the state at the journal's tip, with the later edits of files by people. */
export async function openDraft(workspace: Workspace, held?: Held): Promise<Ground> {
  const opened = held?.opened ?? (await workspace.open());
  const { files } = workspace;
  const state = held?.state ?? stateOf(opened, workspace.config);
  // Edits of files by people come first, as a transaction of their own.
  const intake = takeIn(files, state);
  const seq = state.seq + 1;
  for (const change of intake) state.apply(change, formatInstant(workspace.clock.now), seq);
  return { opened, files, intake, draft: new Draft(state, workspace.clock, intake, foreignAmong(files)) };
}

/** Returns the state after the commit: the draft's, unless that has traces of dropped changes. */
export function committedState({ opened, intake, draft }: Ground): State {
  if (!draft.strayed) return draft.state;
  const state = stateOf(opened, draft.state.config);
  for (const change of intake) state.apply(change, draft.at, draft.seq - 1);
  for (const change of draft.changes) state.apply(change, draft.at, draft.seq);
  return state;
}

/** Rules and templates that are not UTF-8: they are left out, and the journal keeps their earlier texts. */
const foreignAmong = (files: ReadonlyMap<string, string>): ReadonlyMap<string, string> =>
  new Map([...files].filter(([path, text]) => /^(automations|templates)\//.test(path) && badByteIn(text)));

/** Returns the files that differ from the journal, as changes. An empty file counts as none. */
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
