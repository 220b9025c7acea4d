/** Applies the transition tables to every deal, each until it is stable. */
import { Draft } from '../state/draft.ts';
import { numberOf } from '../domain/kinds.ts';
import type { Rec } from '../domain/records.ts';
import type { State } from '../state/state.ts';
import type { Table } from '../state/table.ts';
import type { Explanation } from '../query/compile.ts';
import { addRows } from '../query/narrow.ts';
import type { Scope } from '../query/scope.ts';
import type { Held } from './skips.ts';
import { bindTransitions, type BoundTransitions } from './transitions.ts';

export interface TransitionMade {
  readonly record: string;
  readonly from: string;
  readonly to: string;
  /** The row of the pipeline's table, from 1. */
  readonly rule: number;
  /** The explanation of the row's query when it decided, if the caller asked for it. */
  readonly when?: Explanation;
}

export interface Settling {
  /** Called for a deal whose rows do not settle; the deal is left where the loop begins. */
  fail(subject: string, error: string): void;
  readonly isExplained?: boolean;
  /** Called for a deal that the table would move, but that a move by hand holds. */
  held?(deal: Held): void;
}

/** Moves the deals of a draft. */
export function settleDeals(draft: Draft, scope: Scope, settling: Settling): TransitionMade[] {
  const made: TransitionMade[] = [];
  const table = bindTransitions(scope);
  for (const row of notSettled(draft.state.table('deal'), table, settling.held !== undefined)) {
    const answer = table.answer(row);
    const held = table.held(row);
    const stays =
      held === undefined
        ? answer === undefined || answer.to === table.stage(row)
        : held === (answer?.to ?? null);
    if (!stays) made.push(...settleDeal(draft, table, row, settling));
    else if (held !== undefined && answer && answer.to !== table.stage(row))
      settling.held?.({
        record: draft.state.table('deal').id(row),
        stage: table.stage(row),
        to: answer.to,
        rule: answer.rule,
      });
  }
  return made;
}

/**
 * Yields the deals that do not simply stay where they are, in order of their ids; with `isHeldToo` also all held deals. A block of
 * deals is decided at once, up to the first deal that is changed. The answers for later deals may depend on that change, so these
 * deals are yielded one by one.
 */
function* notSettled(
  deals: Table,
  { moving, holding }: BoundTransitions,
  isHeldToo: boolean,
): Generator<number> {
  if (!deals.isInOrder) {
    yield* deals.liveRows();
    return;
  }
  for (const { among, from } of deals.blocks()) {
    const all = among.slice();
    moving(among, from);
    if (isHeldToo) {
      const held = all.slice();
      holding(held, from);
      addRows(among, held);
    }
    const { version } = deals;
    for (let i = 0; i < among.length; i++)
      if ((version === deals.version ? among : all)[i] === 1) yield from + i;
  }
}

/** Returns the deals whose rows do not settle, among some deals, each tried by itself. Does not change the state. */
export function unsettledAmong(
  state: State,
  scope: Omit<Scope, 'state'>,
  ids: readonly string[],
): Set<string> {
  const draft = new Draft(state.fork(), scope.clock);
  const table = bindTransitions({ ...scope, state: draft.state });
  const found = new Set<string>();
  for (const id of ids) {
    const row = draft.state.table('deal').row(numberOf(id));
    if (row >= 0) settleDeal(draft, table, row, { fail: subject => found.add(subject) });
  }
  return found;
}

function settleDeal(
  draft: Draft,
  table: BoundTransitions,
  row: number,
  { fail, isExplained = false }: Settling,
): TransitionMade[] {
  const deals = draft.state.table('deal');
  const id = deals.id(row);
  // The hold ends together with the first move, in one change; or by itself, if the table does not move the deal.
  let release: { held?: null } = table.held(row) === undefined ? {} : { held: null };
  const moves: TransitionMade[] = [];
  const visited = [table.stage(row)];
  // The place to return to from each stage, if it turns out to be the beginning of a loop.
  const marks: { readonly changes: number; readonly before: () => Rec }[] = [];
  for (let answer = table.answer(row); answer && answer.to !== visited.at(-1); answer = table.answer(row)) {
    const { rule, to } = answer;
    const loop = visited.indexOf(to);
    if (loop >= 0) {
      const rules = [...moves.slice(loop).map(m => m.rule), rule];
      fail(
        id,
        `the transitions of ${id} do not settle: rows ${rules.join(' and ')} move it round ${[...visited.slice(loop), to].join(' → ')}`,
      );
      const { stageSince, updatedAt } = marks[loop]!.before();
      draft.revert(marks[loop]!.changes, { stageSince, updatedAt });
      return moves.slice(0, loop);
    }
    const changes = draft.changes.length;
    const when = isExplained ? table.explain(row)[rule - 1]!.when : undefined;
    const from = visited.at(-1)!;
    if (moves.length === 0 && !('held' in release) && !deals.differs(row)) {
      // Most deals move once, and a first sweep moves all of them: the table knows all that the change says.
      marks.push({ changes, before: () => deals.recordInSource(row) });
      draft.apply({ kind: 'deal', id, set: { stage: [from, to] }, why: { transition: rule } });
    } else {
      const before = deals.record(row);
      marks.push({ changes, before: () => before });
      draft.set(id, { ...release, stage: to }, { transition: rule });
    }
    release = {};
    moves.push({ record: id, from, to, rule, ...(when && { when }) });
    visited.push(to);
  }
  if ('held' in release) draft.set(id, release);
  return moves;
}
