/** The basis of a plan: the present state, the state of the last sweep, and the changes in between. */
import { idOf, isRestored } from '../../domain/changes.ts';
import { SWEEPER } from '../../domain/sweeper.ts';
import type { Draft } from '../../state/draft.ts';
import type { Logged } from '../../state/change-log.ts';
import type { State } from '../../state/state.ts';
import { allAutomations } from '../../engine/built-in.ts';
import { hasStateTrigger } from '../../engine/firings.ts';
import type { Languages } from '../../engine/texts/languages.ts';
import { cursorOf } from '../../engine/cursor.ts';
import type { Asked, Done, Moment, PlanInput } from '../../engine/sweep/input.ts';
import { hashOfAttached } from '../../store/disk/attached-file.ts';
import { stagesBefore } from '../history/stages-before.ts';
import type { Workspace } from '../core/workspace.ts';
import { assignee } from '../records/assign.ts';
import { Writer } from '../core/writer.ts';
import { activations } from './activations.ts';
import { ruleIncluding } from './existing.ts';
import { loadLanguages } from './languages.ts';

/**
 * Gathers what a plan needs of a workspace: its state, the changes since the last sweep, and the languages of its
 * rules.
 */
export async function groundOf(
  workspace: Workspace,
  draft: Draft,
  only: string | undefined,
): Promise<Ground> {
  const { state, config } = draft;
  const since = await changesSince(workspace, state, seenBefore(state, only).seq);
  const stageSince = config.automations.some(hasStateTrigger)
    ? await stagesBeforeFirst(workspace, since)
    : new Map<string, string>();
  return {
    state,
    since,
    stageSince,
    activated: await activations(config, since),
    now: workspace.clock.now,
    languages: await loadLanguages(config),
    hashOf: hashesIn(workspace),
  };
}

/** The basis of a plan. */
export interface Ground {
  readonly state: State;
  /** All changes after those that the last sweep saw. */
  readonly since: readonly Logged[];
  /** The time since which each moved deal had been in its stage before the first of these moves. */
  readonly stageSince: ReadonlyMap<string, string>;
  /** The rules that became enabled meanwhile. */
  readonly activated: ReadonlyMap<string, Moment>;
  /** The time of the sweep, ms. */
  readonly now: number;
  readonly languages: Languages;
  readonly hashOf?: (path: string) => string | undefined;
}

/** Returns the hashes of files as they are in this sweep; each is read once, and only if a mail has it. */
function hashesIn({ world, store }: Workspace): (path: string) => string | undefined {
  const known = new Map<string, string | undefined>();
  return path => {
    if (!known.has(path)) known.set(path, hashOfAttached(world.io, store.dir, path));
    return known.get(path);
  };
}

/** Returns the input of a plan: both states, the changes in between, and the rules that look at fewer of them. */
export function planInput(ground: Ground, asked: Asked = {}): PlanInput {
  const { state, since, stageSince, activated, now, languages, hashOf } = ground;
  const last = seenBefore(state, asked.only);
  const states = new Map<number, State>();
  return {
    after: state,
    now,
    since: {
      last,
      transactions: transactionsOf(since),
      before: seq => {
        let before = states.get(seq);
        if (!before)
          states.set(seq, (before = since.length === 0 ? state : stateBefore(state, seq, since, stageSince)));
        return before;
      },
      later: laterOf(state, last.seq, activated),
      existing: existingFor(state, since),
    },
    tools: {
      ...languages,
      hashOf,
      recorder: on => new Writer(on, { user: SWEEPER, role: 'admin' }, assignee),
    },
    asked,
  };
}

/**
 * Returns the state as of a transaction, with which rules compare the present: a record that came back from the trash
 * since then exists in it as it was removed, so that its return alone starts nothing.
 */
function stateBefore(
  state: State,
  seq: number,
  since: readonly Logged[],
  stageSince: ReadonlyMap<string, string>,
): State {
  const before = state.asOf(seq, since, stageSince);
  for (const { change, at, seq: its } of since)
    if (its > seq && isRestored(change) && !before.has(idOf(change))) before.apply(change, at, state.seq + 1);
  return before;
}

/** Returns how far a sweep of all rules, or of one alone, has seen. */
export function seenBefore(state: State, only: string | undefined): Moment {
  const swept = cursorAt(state, undefined);
  const alone = only === undefined ? undefined : cursorAt(state, only);
  return alone && alone.seq > swept.seq ? alone : swept;
}

/** Returns the last transaction that a sweep of all rules, or of this rule alone, saw, and when that was. */
function cursorAt(state: State, only: string | undefined): Moment {
  const cursor = state.named('cursor').get(cursorOf(only));
  if (!cursor) return { seq: 0, at: Number.NEGATIVE_INFINITY };
  return { seq: cursor.seq as number, at: Date.parse(cursor.at as string) };
}

/** Returns the later beginning of rules that were enabled, or run alone, after the last sweep. */
function laterOf(
  state: State,
  seen: number,
  activated: ReadonlyMap<string, Moment>,
): ReadonlyMap<string, Moment> {
  const later = new Map(activated);
  for (const { id } of allAutomations(state.config)) {
    const alone = cursorAt(state, id);
    if (alone.seq > (later.get(id)?.seq ?? seen)) later.set(id, alone);
  }
  return later;
}

/** Returns the rules that were enabled for existing records and have not looked at these yet. */
function existingFor(state: State, since: readonly Logged[]): ReadonlySet<string> {
  const found = new Set<string>();
  for (const { change, seq } of since) {
    const id = 'set' in change && change.kind === 'cursor' ? ruleIncluding(change.id) : undefined;
    if (id !== undefined && seq > cursorAt(state, id).seq) found.add(id);
  }
  return found;
}

/** Returns all changes after transaction `seq`, those of files just taken in included. */
async function changesSince(workspace: Workspace, state: State, seq: number): Promise<Logged[]> {
  const first = state.runs()[0]?.seq ?? state.seq + 1;
  const older = seq + 1 < first ? await workspace.store.journal.read(seq, first - 1, true) : [];
  return [
    ...older.flatMap(tx =>
      tx.changes.map(change => ({ change, at: tx.at, seq: tx.seq, quiet: tx.trigger === false })),
    ),
    ...state.log(seq),
  ];
}

function transactionsOf(since: readonly Logged[]): Done[] {
  const transactions: (Done & { changes: Logged['change'][] })[] = [];
  for (const { change, at, seq, quiet } of since) {
    const last = transactions.at(-1);
    if (last?.seq === seq) last.changes.push(change);
    else transactions.push({ seq, at: Date.parse(at), changes: [change], trigger: !quiet });
  }
  return transactions;
}

/** Since when each deal that was moved had been in its stage before the first of these moves. */
async function stagesBeforeFirst(
  workspace: Workspace,
  since: readonly Logged[],
): Promise<Map<string, string>> {
  const [first] = since;
  if (!first) return new Map();
  return stagesBefore(
    workspace.store.journal,
    { seq: first.seq },
    since.map(entry => entry.change),
  );
}
