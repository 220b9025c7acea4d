/**
 * The one function that decides what a sweep does. `crm run` commits what it returns, `--dry-run` prints it,
 * `crm explain` prints its trace: there is no second implementation. No clock, files, network or randomness inside.
 */
import type { Change } from '../domain/changes.ts';
import type { Config } from '../domain/config.ts';
import { formatInstant } from '../domain/dates.ts';
import { Draft } from '../domain/draft.ts';
import type { State } from '../domain/state.ts';
import { zone } from '../domain/zone.ts';
import type { Scope } from '../query/scope.ts';
import { bindTransitions } from './transitions.ts';

/** The id of the engine's cursor among the named records. */
export const CURSOR = 'engine';
/** As whom a sweep acts. */
export const SWEEPER = 'crm';

export interface PlanInput {
  /** The state as of the last sweep. */
  readonly before: State;
  /** What was changed since, in order. */
  readonly changes: readonly Change[];
  /** The state as of this sweep; it is left as it is. */
  readonly after: State;
  readonly config: Config;
  /** The time of the last sweep, ms; -Infinity where there was none. */
  readonly last: number;
  /** The time of this one, ms. */
  readonly now: number;
}

export interface TransitionMade {
  readonly record: string;
  readonly from: string;
  readonly to: string;
  /** The row of the pipeline's table, from 1. */
  readonly rule: number;
}

export interface AutomationRun {
  readonly automation: string;
  readonly subject: string;
  readonly outcome: 'completed' | 'waiting' | 'failed' | 'skipped';
  readonly steps: readonly { readonly step: string; readonly did: string }[];
}

export interface Failure {
  readonly automation: string | null;
  readonly subject: string | null;
  readonly step: string | null;
  readonly error: string;
}

export interface Trace {
  /** How many changes were looked at. */
  readonly events: number;
  readonly transitions: readonly TransitionMade[];
  readonly automations: readonly AutomationRun[];
  readonly failures: readonly Failure[];
}

export interface Plan {
  readonly changes: readonly Change[];
  readonly trace: Trace;
}

export function plan(input: PlanInput): Plan {
  const { changes, after, config, last, now } = input;
  const failures: Failure[] = [];
  if (now < last)
    failures.push({
      automation: null,
      subject: null,
      step: null,
      error: `the time of this sweep, ${formatInstant(now)}, is before that of the last one, ${formatInstant(last)}: no rule that depends on time was started`,
    });
  // Seen from the last sweep's time nothing is due that was not due then.
  const time = Math.max(now, last);
  const clock = { now: time, zone: zone(config.timezone) };
  const draft = new Draft(after.fork(), { ...clock, now });
  const scope: Scope = { state: draft.state, clock, me: SWEEPER };
  const transitions = settleDeals(draft, scope, failures);
  const events = changes.filter(change => !('kind' in change && change.kind === 'cursor')).length;
  if (events > 0 || draft.changes.length > 0) moveCursor(draft, time);
  return { changes: draft.changes, trace: { events, transitions, automations: [], failures } };
}

/** Remembers how far this sweep saw, and when it was. */
function moveCursor(draft: Draft, time: number): void {
  draft.setNamed('cursor', CURSOR, { seq: draft.seq, at: formatInstant(time) });
}

/** Applies the transition tables to every deal, each until it is stable. */
function settleDeals(draft: Draft, scope: Scope, failures: Failure[]): TransitionMade[] {
  const made: TransitionMade[] = [];
  const deals = draft.state.table('deal');
  const table = bindTransitions(scope);
  for (const row of deals.liveRows()) {
    const answer = table.answer(row);
    const held = table.held(row);
    if (
      held === undefined
        ? answer === undefined || answer.to === table.stage(row)
        : held === (answer?.to ?? null)
    )
      continue;
    made.push(...settleDeal(draft, table, row, failures));
  }
  return made;
}

function settleDeal(
  draft: Draft,
  table: ReturnType<typeof bindTransitions>,
  row: number,
  failures: Failure[],
): TransitionMade[] {
  const deals = draft.state.table('deal');
  const id = deals.id(row);
  const start = draft.changes.length;
  const { stageSince, updatedAt } = deals.record(row);
  if (table.held(row) !== undefined) draft.set(id, { held: null });
  const moves: TransitionMade[] = [];
  const visited = [table.stage(row)];
  for (let answer = table.answer(row); answer && answer.to !== visited.at(-1); answer = table.answer(row)) {
    const { rule, to } = answer;
    if (visited.includes(to)) {
      const rules = [...new Set([...moves.map(m => m.rule), rule])];
      failures.push({
        automation: null,
        subject: id,
        step: null,
        error: `the transitions of ${id} do not settle: rows ${rules.join(' and ')} move it round ${[...visited, to].join(' → ')}`,
      });
      draft.revert(start, { stageSince, updatedAt });
      return [];
    }
    draft.set(id, { stage: to }, { transition: rule });
    moves.push({ record: id, from: visited.at(-1)!, to, rule });
    visited.push(to);
  }
  return moves;
}
