/** Starts rules in a sweep: finds the firings of a round, and decides whether each begins an enrolment. */
import type { Automation } from '../../domain/automation.ts';
import { numberOf } from '../../domain/kinds.ts';
import { compileText } from '../../query/compile.ts';
import { builtIn } from '../built-in.ts';
import { enrolmentsIn, type Refusal, refusalOf, refusalText } from '../admission.ts';
import type { Chain } from '../chains.ts';
import { newEnrolled } from '../enrolled.ts';
import {
  changeFirings,
  existingRecords,
  type Firing,
  hasStateTrigger,
  hasTimedTrigger,
  hasTimeTrigger,
  type Naming,
  onceForEach,
  type Seen,
  stateFirings,
  type Truths,
  truthsDiffer,
  truthsOf,
} from '../firings.ts';
import { type Led, ledTo, mayBegin } from '../generations.ts';
import { ownText } from '../left-out.ts';
import type { Round, SweepContext } from './context.ts';
import { causeOf } from './report.ts';
import { momentsSince, setAtIn, truthsThen } from './time.ts';
import type { Turn } from './turn.ts';

/** The rules that tasks name, by the id of the rule. */
export type Named = ReadonlyMap<string, readonly Naming[]>;

/** Finds what starts rules, round by round. */
export class Starts {
  readonly #context: SweepContext;
  /** The records for which the state triggers of each rule held when they were last asked. */
  readonly #truths = new Map<Automation, Truths>();
  readonly #setAt: ReturnType<typeof setAtIn>;
  /** Whether a trigger's query holds for other records than at the last sweep, or a moment came for a record. */
  moved = false;

  constructor(context: SweepContext) {
    this.#context = context;
    this.#setAt = setAtIn(context.since.transactions);
  }

  /** Returns all firings of a rule in a round, in the order of its triggers. */
  of(automation: Automation, round: Round, named: Named): Firing[] {
    return onceForEach(this.#firings(automation, round, named));
  }

  *#firings(automation: Automation, round: Round, named: Named): Generator<Firing> {
    const isFirst = round.number === 0;
    const isExisting = isFirst && this.#context.since.existing.has(automation.id);
    yield* isExisting ? this.#existing(automation) : this.#changes(automation, round, named);
    if (isFirst && hasTimeTrigger(automation)) yield* this.#moments(automation);
    if (hasStateTrigger(automation)) yield* this.#states(automation, isFirst, isExisting);
  }

  /** Returns firings for existing records, as if they had just been added. */
  #existing(automation: Automation): Iterable<Firing> {
    const { after, draft, scope } = this.#context;
    return changeFirings(automation, existingRecords(automation, after, draft.seq), scope);
  }

  /** Returns firings for the changes of a round that came after the rule's own beginning. */
  #changes(automation: Automation, { seen }: Round, named: Named): Iterable<Firing> {
    const { since, scope, report } = this.#context;
    const after = since.later.get(automation.id)?.seq;
    const sinceThen = <T extends Seen>(all: readonly T[]) =>
      after === undefined ? all : all.filter(({ seq }) => seq > after);
    return changeFirings(
      automation,
      sinceThen(seen),
      scope,
      sinceThen(named.get(automation.id) ?? []),
      report.skips && ((firing, why, where) => report.skip(firing, why, where)),
    );
  }

  #moments(automation: Automation): Firing[] {
    const firings = momentsSince(automation, this.#context, this.#setAt);
    // Whether a moment starts a rule is decided once, when it has come.
    this.moved ||= firings.length > 0;
    return firings;
  }

  /**
   * Returns firings of queries that began to hold since the last sweep, or in later rounds since the previous round.
   */
  #states(automation: Automation, isFirst: boolean, isExisting: boolean): readonly Firing[] {
    const { since, after, scope } = this.#context;
    // Without a change, only time can make a difference.
    const isQuiet = isFirst && !isExisting && since.transactions.length === 0;
    if (isQuiet && !hasTimedTrigger(automation, after.config)) return [];
    const now = truthsOf(automation, scope);
    const before = isExisting
      ? { held: new Map() }
      : isFirst
        ? truthsThen(automation, this.#context)
        : (this.#truths.get(automation) ?? truthsOf(automation, { ...scope, state: after }));
    this.moved ||= truthsDiffer(automation, before, now);
    const { firings, later } = stateFirings(automation, before, now, scope);
    this.#truths.set(automation, later);
    return firings;
  }
}

/** Returns the enrolment that a firing begins; undefined, with a note, if it begins none. */
export function beginningOf(firing: Firing, round: number, context: SweepContext): Turn | undefined {
  const { automation, subject, change, record } = firing;
  const { chains, report, since, scope } = context;
  const chain = chains.next(automation.id, subject, change ?? record, round);
  if (!chain || !holdsFor(firing, context)) return undefined;
  const { state } = context.draft;
  const refusal = refusalOf(state, automation, subject, scope.clock.now);
  if (refusal) noteRefusal(firing, refusal, context);
  if (refusal === 'enrolled') {
    // A rule's own triggers fire again and again, but a task that names the rule asks for it explicitly.
    if (firing.isNamed && !builtIn.includes(automation))
      report.leftOut.note(automation.id, 'enrolled', subject);
    return undefined;
  }
  // Existing records are looked at because a user asked for that.
  const isAnew = round === 0 && since.existing.has(automation.id);
  const led = refusal || isAnew ? undefined : ledTo(state, firing);
  if (led && !mayBeginBy(automation, led, chain, context)) {
    report.leftOut.note(automation.id, 'generations', subject);
    report.skip(firing, ownText(automation, subject));
    return undefined;
  }
  // A rule that would start itself over and over is a loop, even if its limit would end it.
  if (chains.isTooLong(chain) || (refusal === 'limit' && chains.comesBack(chain))) chains.cut(chain);
  else if (refusal) report.leftOut.note(automation.id, 'limit', subject);
  else {
    const cause = state.kinds.parseId(record)?.kind === automation.for ? undefined : record;
    const enrolled = newEnrolled(state, automation, subject, cause, scope.clock.now, led?.descent);
    return { automation, enrolled, chain, cause: causeOf(firing) };
  }
  return undefined;
}

/** Whether the rule's own `where` holds for the subject of a firing. */
function holdsFor(firing: Firing, { draft, scope, report }: SweepContext): boolean {
  const { automation, subject } = firing;
  if (automation.where === undefined) return true;
  const { state } = draft;
  const where = compileText(automation.where, automation.for, state.config).bind(scope);
  const row = state.table(automation.for).row(numberOf(subject));
  if (where.test(row)) return true;
  if (report.skips) report.skip(firing, 'its where does not hold', where.explain(row));
  return false;
}

function noteRefusal(firing: Firing, refusal: Refusal, { draft, scope, report }: SweepContext): void {
  if (!report.skips) return;
  const { automation, subject } = firing;
  const enrolments = enrolmentsIn(draft.state, automation, subject);
  report.skip(firing, refusalText(automation, subject, enrolments, refusal, scope.clock.now)!);
}

/**
 * Whether a rule that no person starts may begin for its subject, because of the record that a trigger saw. A
 * repetition within one sweep, for a subject that no rule added, is found as a loop.
 */
function mayBeginBy(
  automation: Automation,
  { subject, record, maker }: Led,
  chain: Chain,
  { after, chains }: SweepContext,
): boolean {
  if (!mayBegin(automation, subject)) return false;
  if (mayBegin(automation, record)) return true;
  const isOfThisSweep = numberOf(maker!) >= after.nextNumber('enrolment');
  return isOfThisSweep && chains.comesBack(chain);
}
