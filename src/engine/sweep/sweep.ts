/** One sweep: rounds in which rules start and continue and deals move, until nothing is left to do. */
import type { Automation } from '../../domain/automation.ts';
import { formatInstant } from '../../domain/dates.ts';
import { numberOf } from '../../domain/kinds.ts';
import type { Enrolment } from '../../domain/records.ts';
import type { Draft } from '../../state/draft.ts';
import { type Loop, type Loops, loopText } from '../chains.ts';
import { cursorOf } from '../cursor.ts';
import { advance } from '../enrolments.ts';
import { changeFirings, type Firing, isSeen, namedByTasks, reachesGoal } from '../firings.ts';
import { stoppedText } from '../left-out.ts';
import { noteByRule } from '../left-out-lately.ts';
import type { Hands } from '../running.ts';
import { openSweep, type Round, type SweepContext } from './context.ts';
import type { PlanInput, Progress } from './input.ts';
import type { Trace } from './report.ts';
import { beginningOf, type Named, Starts } from './start.ts';
import { behindText, isBehind } from './time.ts';
import { moveDeals, newlyUnsettled } from './transitions.ts';
import type { Turn } from './turn.ts';
import { goingOn, waitingOf } from './waiting.ts';

/** The number of subjects after which a sweep reports its progress. */
const OFTEN = 500;

export interface Swept {
  /** The draft with the changes, on a fork of the state. */
  readonly draft: Draft;
  readonly trace: Trace;
  /** The loops that it found, which the next try leaves out; none if this try is complete. */
  readonly loops: ReadonlyMap<string, Loop>;
}

/** Sweeps once, on a draft of its own, without the work that `loops` leave out. */
export function sweepOnce(input: PlanInput, loops: Loops): Swept {
  const context = openSweep(input, loops);
  const { draft, report, chains, since, asked, after } = context;
  if (isBehind(input)) report.fail(behindText(input));
  report.failBroken(after.config, asked.only);
  const events = since.transactions.reduce((sum, tx) => sum + tx.changes.filter(isSeen).length, 0);
  const rounds = new Rounds(context);
  for (let round: Round | undefined = firstRound(context); round; ) round = rounds.next(round);
  report.unsettled = newlyUnsettled(context);
  for (const loop of new Set(loops.values()))
    report.fail(loopText(loop), { automation: loop.automations[0]!, subject: loop.subjects[0]! });
  const { clock } = context.scope;
  for (const stopped of report.leftOut.newlyStopped(draft, clock))
    report.fail(stoppedText(stopped), { automation: stopped.automation });
  if (events > 0 || draft.changes.length > 0 || rounds.isMoved || report.unsettled.length > 0) {
    noteByRule(draft, report.leftOut.list(), clock);
    draft.setNamed('cursor', cursorOf(asked.only), { seq: draft.seq, at: formatInstant(clock.now) });
  }
  return {
    draft,
    trace: report.trace(isBehind(input) ? input.now : clock.now, events),
    loops: chains.found,
  };
}

/** The first round sees the changes since the last sweep, except those that start no rule. */
const firstRound = ({ since }: SweepContext): Round => ({
  number: 0,
  seen: since.transactions
    .filter(tx => tx.trigger)
    .flatMap(tx => tx.changes.filter(isSeen).map(change => ({ change, seq: tx.seq }))),
  isStarted: false,
});

/** The rounds of one sweep, and what a round has to know of earlier ones. */
class Rounds {
  readonly #context: SweepContext;
  readonly #starts: Starts;
  /** Enrolments that ended: they are not looked at again. */
  readonly #ended = new Set<string>();
  /** Enrolments that a step of this round started: they begin in the next one. */
  readonly #started = new Set<string>();
  #subjects = 0;

  constructor(context: SweepContext) {
    this.#context = context;
    this.#starts = new Starts(context);
  }

  /** Whether time or a query made a difference, even if it started nothing. */
  get isMoved(): boolean {
    return this.#starts.moved;
  }

  /** Runs a round; returns the next one, which sees the changes of this one, or undefined after the last. */
  next(round: Round): Round | undefined {
    const { draft, chains, asked } = this.#context;
    const mark = draft.changes.length;
    this.#takeTurns(round);
    if (this.#isEnough()) return undefined;
    if (asked.only === undefined) moveDeals(this.#context);
    chains.endRound();
    if (chains.found.size > 0) return undefined;
    const seen = draft.changes
      .slice(mark)
      .filter(change => isSeen(change) || reachesGoal(change))
      .map(change => ({ change, seq: draft.seq }));
    const isStarted = this.#started.size > 0;
    return seen.length > 0 || isStarted ? { number: round.number + 1, seen, isStarted } : undefined;
  }

  /**
   * Starts rules that fire and advances enrolments that wait, rule by rule in the order of their files, subject by
   * subject.
   */
  #takeTurns(round: Round): void {
    const { draft, report, asked, automations } = this.#context;
    this.#started.clear();
    const named = namedByTasks(round.seen, draft.state);
    report.leftOut.noteNamed(named, draft.state, asked.only);
    this.#skipDisabled(round, named);
    const goesOn = round.number === 0 || round.seen.length > 0 || round.isStarted;
    for (const [index, automation] of automations.entries()) {
      const far = { automation: automation.id, index, round: round.number };
      this.#tell(far);
      // All firings are found before the first step is taken, so that the order of subjects makes no difference.
      const firings = this.#starts.of(automation, round, named);
      const waiting = goesOn ? this.#waiting(automation) : [];
      for (const due of bySubject(waiting, firings)) {
        if (asked.subject !== undefined && due.subject !== asked.subject) continue;
        if (++this.#subjects % OFTEN === 0) this.#tell(far);
        for (const { id } of due.waiting) this.#take(goingOn(automation, id, round.number, this.#context));
        for (const firing of due.firings) this.#take(beginningOf(firing, round.number, this.#context));
        if (this.#isEnough()) return;
      }
    }
  }

  #waiting(automation: Automation): Enrolment[] {
    return waitingOf(automation, this.#context, id => this.#ended.has(id) || this.#started.has(id));
  }

  /** Notes what disabled rules would have begun or continued. */
  #skipDisabled(round: Round, named: Named): void {
    const { disabled, report, scope } = this.#context;
    for (const automation of disabled) {
      for (const { subject, step } of this.#waiting(automation))
        report.skipWaiting(automation, subject, step, 'the rule is disabled');
      for (const firing of changeFirings(automation, round.seen, scope, named.get(automation.id) ?? []))
        report.skip(firing, 'the rule is disabled');
    }
  }

  /** Advances an enrolment whose turn it is. */
  #take(turn: Turn | undefined): void {
    if (!turn) return;
    const { automation, enrolled, chain, cause } = turn;
    const { draft, writer, scope, tools, chains, report } = this.#context;
    const mark = draft.changes.length;
    const { texts, hashOf = () => undefined } = tools;
    const leftOut: Hands['leftOut'] = (rule, why, id) => report.leftOut.note(rule, why, id);
    const done = advance(automation, enrolled, { writer, scope, texts, leftOut, hashOf });
    const made = draft.changes.slice(mark);
    if (made.length === 0 && done.outcome === 'waiting') return;
    chains.did(chain, made);
    for (const change of made)
      if ('add' in change && change.add.status === 'ready' && change.add.id !== enrolled.id)
        this.#started.add(change.add.id);
    if (done.outcome !== 'waiting') this.#ended.add(enrolled.id);
    report.advanced(automation.id, enrolled, done, cause);
  }

  /** Whether everything that the caller asked for is known. */
  #isEnough(): boolean {
    return this.#context.asked.first === true && this.#context.report.runs > 0;
  }

  #tell(far: Pick<Progress, 'automation' | 'index' | 'round'>): void {
    const { asked, automations } = this.#context;
    asked.progress?.({ ...far, of: automations.length, subjects: this.#subjects });
  }
}

/** Returns the due turns by subject, in the order of their numbers. */
function bySubject(waiting: readonly Enrolment[], firings: readonly Firing[]) {
  const due = new Map<string, { subject: string; waiting: Enrolment[]; firings: Firing[] }>();
  const of = (subject: string) => {
    let its = due.get(subject);
    if (!its) due.set(subject, (its = { subject, waiting: [], firings: [] }));
    return its;
  };
  for (const record of waiting) of(record.subject).waiting.push(record);
  for (const firing of firings) of(firing.subject).firings.push(firing);
  return [...due.values()].sort((a, b) => numberOf(a.subject) - numberOf(b.subject));
}
