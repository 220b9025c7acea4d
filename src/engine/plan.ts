/**
 * The one function that decides what a sweep does. `crm run` commits what it returns, `--dry-run` prints it,
 * `crm explain` prints its trace: there is no second implementation. No clock, files, network or randomness inside.
 */

import type { Automation, Broken } from '../domain/automation.ts';
import { type Change, idOf, kindOf } from '../domain/changes.ts';
import { clockIn } from '../domain/clock.ts';
import type { Config } from '../domain/config.ts';
import { formatInstant } from '../domain/dates.ts';
import { numberOf } from '../domain/kinds.ts';
import type { Enrolment } from '../domain/records.ts';
import { SWEEPER } from '../domain/sweeper.ts';
import { enrolmentsIn, refusalOf, refusalText } from './admission.ts';
import { allAutomations, builtIn } from './built-in.ts';
import { type Chain, Chains, type Loop, type Loops, loopText } from './chains.ts';
import { advance, type Advanced, newWay, type StepDone, type Way, wayOf } from './enrolments.ts';
import {
  changeFirings,
  existingRecords,
  type Firing,
  hasStateTrigger,
  hasTimedTrigger,
  hasTimeTrigger,
  isSeen,
  namedByTasks,
  type Naming,
  onceForEach,
  reachesGoal,
  type Seen,
  stateFirings,
  timeFirings,
  type Truths,
  truthsDiffer,
  truthsOf,
} from './firings.ts';
import { type Descent, type Led, ledTo, mayBegin } from './generations.ts';
import type { Languages } from './languages.ts';
import { type LeftOut, LeftOuts, ownText, stoppedText } from './left-out.ts';
import type { Recorder } from './recorder.ts';
import { settleDeals, type TransitionMade, unsettledAmong } from './settle.ts';
import { type Held, type Skip, Skips } from './skips.ts';
import { compileText, type Explanation } from '../query/compile.ts';
import type { Scope } from '../query/scope.ts';
import { wholeScope } from '../query/whole-scope.ts';
import type { CodeColumn } from '../state/columns/column.ts';
import { Draft } from '../state/draft.ts';
import type { State } from '../state/state.ts';

/** After so many subjects it is said how far a sweep is. */
const OFTEN = 500;
/**
 * How long before the last sweep, ms, one may be and still take the time of that one: two that start together read their
 * clocks in one order and get the lock in the other.
 */
const SIDE_BY_SIDE = 5_000;

/** The id, among the named records, of the engine's cursor, or of that of a rule which was run alone. */
export const cursorOf = (only?: string): string => (only === undefined ? 'engine' : `rule/${only}`);

/** A transaction since the last sweep. */
export interface SinceLast {
  readonly seq: number;
  /** When it was made, ms. */
  readonly at: number;
  readonly changes: readonly Change[];
  /** Whether its changes may start rules. */
  readonly trigger: boolean;
}

/** After which transaction, and after which time (ms). */
export interface Moment {
  readonly seq: number;
  readonly at: number;
}

export interface PlanInput extends Languages {
  /** The state as of a transaction since the last sweep; changes that must not trigger count as made in it already. */
  readonly before: (seq: number) => State;
  /** What was done since, in order. */
  readonly changes: readonly SinceLast[];
  /** The state as of this sweep; it is left as it is. */
  readonly after: State;
  readonly config: Config;
  /** The time of the last sweep, ms; -Infinity where there was none. */
  readonly last: number;
  /** The time of this one, ms. */
  readonly now: number;
  /** The last transaction that the last sweep saw. */
  readonly seen: number;
  /** Rules that look only at what came after something later: they were enabled, or run alone, since the last sweep. */
  readonly later: ReadonlyMap<string, Moment>;
  /** Rules that were enabled so that they see what there was before, as if it had just come. */
  readonly existing: ReadonlySet<string>;
  /** How the sweeper writes on a draft. */
  readonly recorder: (draft: Draft) => Recorder;
  /** Look at this rule only; transitions are left out. */
  readonly only?: string | undefined;
  /** Whether the trace says why each deal was moved, and what was left out. */
  readonly isExplained?: boolean | undefined;
  /** Take steps for this subject only: what becomes of it, whatever is done for others. */
  readonly subject?: string | undefined;
  /** Is told, every now and then, how far it is. */
  readonly progress?: ((far: Progress) => void) | undefined;
  /** Whether there is anything to do is all that is asked: the plan ends with the first rule that is at work. */
  readonly first?: boolean | undefined;
}

/** How far a sweep is: which rule it is at, of how many, in which round (from 0), and how many subjects it had to do with. */
export interface Progress {
  readonly automation: string;
  readonly index: number;
  readonly of: number;
  readonly round: number;
  readonly subjects: number;
}

export interface AutomationRun {
  readonly automation: string;
  readonly subject: string;
  readonly outcome: 'completed' | 'waiting' | 'failed' | 'skipped';
  readonly steps: readonly StepDone[];
  /** What started it, or made it go on. */
  readonly cause: string;
}

export interface Failure {
  readonly automation: string | null;
  readonly subject: string | null;
  readonly step: string | null;
  readonly error: string;
}

export interface Trace {
  /** The time of the sweep, ms: its own, or that of the last one where that is a few seconds later. */
  readonly now: number;
  /** How many changes were looked at. */
  readonly events: number;
  readonly transitions: readonly TransitionMade[];
  readonly automations: readonly AutomationRun[];
  readonly failures: readonly Failure[];
  /** How much was left out, by rule and reason. */
  readonly leftOut: readonly LeftOut[];
  /** What was left out, each with its cause, and which deals are held; empty where it was not asked for. */
  readonly skipped: readonly Skip[];
  readonly held: readonly Held[];
}

export interface Plan {
  readonly changes: readonly Change[];
  /** Where the changes were made: on a fork of the state that was planned on. */
  readonly draft: Draft;
  readonly trace: Trace;
}

/**
 * Plans a sweep. A loop of rules is found while planning: then it is planned again without what those rules would do
 * for that subject, so that all else stays.
 */
export function plan(input: PlanInput): Plan {
  const loops = new Map<string, Loop>();
  for (;;) {
    const sweep = new Sweep(input, loops);
    const found = sweep.run();
    if (sweep.chains.found.size === 0) return found;
    for (const [place, loop] of sweep.chains.found) loops.set(place, loop);
  }
}

/** Where a file is broken first, and how. */
const placeOf = ([first]: Broken['problems']): string => `${first!.file}:${first!.line}: ${first!.message}`;

class Sweep {
  readonly #input: PlanInput;
  readonly #loops: Loops;
  readonly #draft: Draft;
  readonly #writer: Recorder;
  readonly #scope: Scope;
  readonly #automations: readonly Automation[];
  /** Of these only what they would have seen is looked at, and only to explain it. */
  readonly #disabled: readonly Automation[] = [];
  /** By enrolment: one that waits may go on in a later round. */
  readonly #runs = new Map<string, AutomationRun>();
  readonly #failures: Failure[] = [];
  readonly #transitions: TransitionMade[] = [];
  /** Deals whose transitions do not settle. */
  #unsettled: Failure[] = [];
  readonly chains: Chains;
  /** Whether a query of a trigger holds for other records than at the last sweep, or a moment came for one. */
  #moved = false;
  #setSince: ReadonlyMap<string, number> | undefined;
  #subjects = 0;
  readonly #skips: Skips | undefined;
  readonly #leftOut = new LeftOuts();
  readonly #truths = new Map<Automation, Truths>();
  readonly #advanced = new Set<string>();
  /** Enrolments that a step of this round started: they begin in the next one. */
  readonly #started = new Set<string>();

  constructor(input: PlanInput, loops: Loops) {
    const { after, config, now, last, only } = input;
    this.#input = input;
    this.#loops = loops;
    this.chains = new Chains(
      loops,
      id => numberOf(id) >= after.nextNumber(this.#input.config.kinds.kindOf(id)),
    );
    // Seen from the last sweep's time nothing is due that was not due then.
    const clock = clockIn(config, Math.max(now, last));
    this.#draft = new Draft(after.fork(), { ...clock, now });
    this.#writer = input.recorder(this.#draft);
    this.#scope = wholeScope(this.#draft.state, clock, SWEEPER);
    const wanted = allAutomations(config).filter(a => only === undefined || a.id === only);
    this.#automations = wanted.filter(a => a.enabled);
    if (input.isExplained) {
      this.#skips = new Skips();
      this.#disabled = wanted.filter(a => !a.enabled);
    }
  }

  run(): Plan {
    const { changes, last, now, only, config } = this.#input;
    const draft = this.#draft;
    if (now < last - SIDE_BY_SIDE)
      this.#fail(
        null,
        null,
        null,
        `the time of this sweep, ${formatInstant(now)}, is before that of the last one, ${formatInstant(last)}: no rule that depends on time was started; if that one had a wrong clock, crm run --last-sweep ${formatInstant(now)} puts it back`,
      );
    for (const { id, problems } of config.broken)
      if (only === undefined || only === id)
        this.#fail(id, null, null, `${placeOf(problems)}; the rule is left out`);
    if (only === undefined)
      for (const { problems } of config.brokenTemplates)
        this.#fail(null, null, null, `${placeOf(problems)}; the template is left out`);
    const events = changes.reduce((sum, tx) => sum + tx.changes.filter(isSeen).length, 0);

    let seen: Seen[] = changes
      .filter(tx => tx.trigger)
      .flatMap(tx => tx.changes.filter(isSeen).map(change => ({ change, seq: tx.seq })));
    for (let round = 0; ; round++) {
      const mark = draft.changes.length;
      this.#startAndAdvance(seen, round);
      if (this.#isEnough()) break;
      if (only === undefined) this.#settle();
      this.chains.endRound();
      const made = draft.changes.slice(mark);
      seen = made
        .filter(change => isSeen(change) || reachesGoal(change))
        .map(change => ({ change, seq: draft.seq }));
      if ((seen.length === 0 && this.#started.size === 0) || this.chains.found.size > 0) break;
    }
    this.#unsettled = this.#newlyUnsettled();
    if (this.#unsettled.length > 0) this.#moved = true;
    for (const loop of new Set(this.#loops.values()))
      this.#fail(loop.automations[0]!, loop.subjects[0]!, null, loopText(loop));
    for (const stopped of this.#leftOut.newlyStopped(draft, this.#scope.clock))
      this.#fail(stopped.automation, null, null, stoppedText(stopped));
    if (events > 0 || draft.changes.length > 0 || this.#moved)
      draft.setNamed('cursor', cursorOf(only), { seq: draft.seq, at: formatInstant(this.#scope.clock.now) });
    return {
      changes: draft.changes,
      draft,
      trace: {
        now: now < last - SIDE_BY_SIDE ? now : this.#scope.clock.now,
        events,
        transitions: this.#transitions,
        automations: [...this.#runs.values()],
        failures: [...this.#failures, ...this.#unsettled],
        leftOut: this.#leftOut.list(),
        skipped: this.#skips?.but(this.#runs.values()) ?? [],
        held: this.#skips?.held ?? [],
      },
    };
  }

  #tell(far: Omit<Progress, 'of' | 'subjects'>): void {
    this.#input.progress?.({ ...far, of: this.#automations.length, subjects: this.#subjects });
  }

  #fail(automation: string | null, subject: string | null, step: string | null, error: string): void {
    this.#failures.push({ automation, subject, step, error });
  }

  /** Starts what fires and advances what waits, rule by rule in the order of their files, subject by subject. */
  #startAndAdvance(seen: readonly Seen[], round: number): void {
    const started = new Set(this.#started);
    this.#started.clear();
    const named = namedByTasks(seen, this.#draft.state);
    this.#leftOut.noteNamed(named, this.#draft.state, this.#input.only);
    this.#skipDisabled(seen, named);
    for (const [index, automation] of this.#automations.entries()) {
      this.#tell({ automation: automation.id, index, round });
      // All firings are found before the first step is taken, so that the order of subjects decides nothing.
      const firings = onceForEach(this.#firings(automation, seen, named, round));
      const goesOn = round === 0 || seen.length > 0 || started.size > 0;
      const waiting = goesOn ? this.#waiting(automation) : [];
      const { subject } = this.#input;
      for (const due of bySubject(waiting, firings)) {
        if (subject !== undefined && due.subject !== subject) continue;
        if (++this.#subjects % OFTEN === 0) this.#tell({ automation: automation.id, index, round });
        for (const { id } of due.waiting) this.#goOn(automation, id, round);
        for (const firing of due.firings) this.#start(firing, round);
        if (this.#isEnough()) return;
      }
    }
  }

  #skip(firing: Firing, why: string, where?: Explanation): void {
    const { automation, subject } = firing;
    // That most tasks do not repeat is nothing that anybody wonders at.
    if (builtIn.includes(automation)) return;
    this.#skips?.note({
      ...{ automation: automation.id, subject, cause: causeOf(firing), why },
      ...(where && { where }),
    });
  }

  /** What rules that are disabled would have begun, or gone on with. */
  #skipDisabled(seen: readonly Seen[], named: ReadonlyMap<string, readonly Naming[]>): void {
    for (const automation of this.#disabled) {
      for (const { subject, step } of this.#waiting(automation))
        this.#skips!.note({
          ...{ automation: automation.id, subject, why: 'the rule is disabled' },
          cause: `waits at ${step ?? 'its beginning'}`,
        });
      for (const firing of changeFirings(automation, seen, this.#scope, named.get(automation.id) ?? []))
        this.#skip(firing, 'the rule is disabled');
    }
  }

  #isEnough(): boolean {
    return this.#input.first === true && this.#runs.size > 0;
  }

  *#firings(
    automation: Automation,
    seen: readonly Seen[],
    named: ReadonlyMap<string, readonly Naming[]>,
    round: number,
  ): Generator<Firing> {
    const after = this.#input.later.get(automation.id)?.seq;
    const isExisting = round === 0 && this.#input.existing.has(automation.id);
    const sinceThen = <T extends Seen>(all: readonly T[]) =>
      after === undefined ? all : all.filter(({ seq }) => seq > after);
    if (isExisting)
      yield* changeFirings(
        automation,
        existingRecords(automation, this.#input.after, this.#draft.seq),
        this.#scope,
      );
    else
      yield* changeFirings(
        automation,
        sinceThen(seen),
        this.#scope,
        sinceThen(named.get(automation.id) ?? []),
        this.#skips && ((firing, why, where) => this.#skip(firing, why, where)),
      );
    if (round === 0 && hasTimeTrigger(automation)) yield* this.#timeFirings(automation);
    if (!hasStateTrigger(automation)) return;
    // Without a change only time can make a difference.
    if (
      round === 0 &&
      !isExisting &&
      this.#input.changes.length === 0 &&
      !hasTimedTrigger(automation, this.#input.config)
    )
      return;
    const now = truthsOf(automation, this.#scope);
    const before =
      round === 0
        ? isExisting
          ? { held: new Map() }
          : this.#truthsBefore(automation)
        : (this.#truths.get(automation) ??
          truthsOf(automation, { ...this.#scope, state: this.#input.after }));
    this.#moved ||= truthsDiffer(automation, before, now);
    const { firings, later } = stateFirings(automation, before, now, this.#scope);
    this.#truths.set(automation, later);
    yield* firings;
  }

  /** Moments that came since the last sweep, or since the rule began to look, of what there was before this one. */
  #timeFirings(automation: Automation): Firing[] {
    const { after: state, last, now, later, crons, existing } = this.#input;
    const all = existing.has(automation.id);
    const firings = timeFirings(
      automation,
      {
        after: all ? Number.NEGATIVE_INFINITY : (later.get(automation.id)?.at ?? last),
        until: now,
        state,
        zone: this.#scope.clock.zone,
        crons,
        setAt: (id, path) => (all ? undefined : this.#setAt(id, path)),
      },
      this.#scope,
    );
    // Whether a moment starts a rule is decided when it has come, and not again.
    this.#moved ||= firings.length > 0;
    return firings;
  }

  /** When a field of a record was last set since the last sweep, ms; undefined where it was so before. */
  #setAt(id: string, path: string): number | undefined {
    if (!this.#setSince) {
      const since = new Map<string, number>();
      for (const { at, changes } of this.#input.changes)
        for (const change of changes) {
          if ('add' in change) since.set(change.add.id, at);
          else if ('set' in change)
            for (const each of Object.keys(change.set)) since.set(`${change.id} ${each}`, at);
        }
      this.#setSince = since;
    }
    return this.#setSince.get(`${id} ${path}`) ?? this.#setSince.get(id);
  }

  /** What a rule's state triggers held for at the last sweep, or when the rule began to look. */
  #truthsBefore(automation: Automation): Truths {
    const { before, last, seen, later } = this.#input;
    const { seq, at: time } = later.get(automation.id) ?? { seq: seen, at: last };
    // Before the first sweep there is no time to go by: what was there quietly counts as it is now.
    const clock = { ...this.#scope.clock, ...(time > Number.NEGATIVE_INFINITY && { now: time }) };
    return truthsOf(automation, { ...this.#scope, state: before(seq), clock });
  }

  /** Enrolments of a rule that wait or are to go on, of subjects that are still there. */
  #waiting(automation: Automation): Enrolment[] {
    const table = this.#draft.state.table('enrolment');
    if (table.rows === 0) return [];
    const status = table.column('status') as CodeColumn;
    const rule = table.column('automation') as CodeColumn;
    const found: Enrolment[] = [];
    for (let row = 0; row < table.rows; row++) {
      if (!table.live(row) || rule.words[rule.get(row)] !== automation.id) continue;
      const now = status.words[status.get(row)];
      if (now !== 'waiting' && now !== 'ready') continue;
      const record = table.record(row) as Enrolment;
      if (this.#advanced.has(record.id) || this.#started.has(record.id)) continue;
      if (this.#draft.state.has(record.subject)) found.push(record);
      else
        this.#skips?.note({
          ...{ automation: automation.id, subject: record.subject, why: 'it is gone' },
          cause: `waits at ${record.step ?? 'its beginning'}`,
        });
    }
    return found;
  }

  #start(firing: Firing, round: number): void {
    const { automation, subject, change, record } = firing;
    const chain = this.chains.next(automation.id, subject, change ?? record, round);
    if (!chain) return;
    const { state } = this.#draft;
    if (automation.where !== undefined) {
      const where = compileText(automation.where, automation.for, state.config).bind(this.#scope);
      const row = state.table(automation.for).row(numberOf(subject));
      if (!where.test(row)) {
        if (this.#skips) this.#skip(firing, 'its where does not hold', where.explain(row));
        return;
      }
    }
    const { now } = this.#scope.clock;
    const refusal = refusalOf(state, automation, subject, now);
    if (refusal && this.#skips) {
      const enrolments = enrolmentsIn(state, automation, subject);
      this.#skip(firing, refusalText(automation, subject, enrolments, refusal, now)!);
    }
    if (refusal === 'enrolled') return;
    // What there was before is looked at because somebody said so.
    const isAnew = round === 0 && this.#input.existing.has(automation.id);
    const led = refusal || isAnew ? undefined : ledTo(state, firing);
    if (led && !this.#mayBegin(automation, led, chain)) {
      this.#leftOut.note(automation.id, 'generations', subject);
      this.#skip(firing, ownText(automation, subject));
      return;
    }
    // A rule that would start itself over and over is a loop, also where its limit would end it.
    if (this.chains.isTooLong(chain) || (refusal === 'limit' && this.chains.comesBack(chain)))
      this.chains.cut(chain);
    else if (refusal) this.#leftOut.note(automation.id, 'limit', subject);
    else this.#begin(firing, chain, led?.descent);
  }

  /**
   * Whether nobody's doing may begin a rule for its subject, because of what a trigger saw. What goes round in one sweep,
   * for a subject that no rule added, is a loop, and found as one.
   */
  #mayBegin(automation: Automation, { subject, record, maker }: Led, chain: Chain): boolean {
    if (!mayBegin(automation, subject)) return false;
    if (mayBegin(automation, record)) return true;
    const isOfThisSweep = numberOf(maker!) >= this.#input.after.nextNumber('enrolment');
    return isOfThisSweep && this.chains.comesBack(chain);
  }

  #begin(firing: Firing, chain: Chain, descent: Descent | undefined): void {
    const { automation, subject, record } = firing;
    const { state } = this.#draft;
    const cause = this.#input.config.kinds.parseId(record)?.kind === automation.for ? undefined : record;
    const way = newWay(state, automation, subject, cause, this.#scope.clock.now, descent);
    this.#run(automation, way, chain, causeOf(firing));
  }

  #goOn(automation: Automation, id: string, round: number): void {
    // Another subject's steps may have ended it meanwhile.
    const record = this.#draft.state.get(id) as Enrolment | undefined;
    if (record?.status !== 'waiting' && record?.status !== 'ready') return;
    const begins = record.step === undefined;
    const chain = this.chains.next(automation.id, record.subject, begins ? id : record.subject, round);
    if (!chain) return;
    const cause = begins ? `started by ${record.cause ?? 'hand'}` : `went on at ${record.step}`;
    if (this.chains.isTooLong(chain)) this.chains.cut(chain);
    else this.#run(automation, wayOf(this.#draft.state, record), chain, cause);
  }

  #run(automation: Automation, way: Way, chain: Chain, cause: string): void {
    const mark = this.#draft.changes.length;
    const done: Advanced = advance(
      automation,
      way,
      this.#writer,
      this.#scope,
      this.#input.texts,
      (rule, id) => this.#leftOut.note(rule.id, 'generations', id),
    );
    const made = this.#draft.changes.slice(mark);
    if (made.length === 0 && done.outcome === 'waiting') return;
    this.chains.did(chain, made);
    for (const change of made)
      if ('add' in change && change.add.status === 'ready' && change.add.id !== way.id)
        this.#started.add(change.add.id);
    if (done.outcome !== 'waiting') this.#advanced.add(way.id);
    const earlier = this.#runs.get(way.id);
    this.#runs.set(way.id, {
      automation: automation.id,
      subject: way.subject,
      outcome: done.outcome,
      steps: earlier ? [...earlier.steps, ...done.steps] : done.steps,
      cause: earlier?.cause ?? cause,
    });
    if (done.failure) this.#fail(automation.id, way.subject, done.failure.step, done.failure.error);
  }

  /**
   * Deals that do not settle and did at the last sweep, or were changed since, or the tables were: what was said once
   * is not said by every sweep.
   */
  #newlyUnsettled(): Failure[] {
    if (this.#unsettled.length === 0) return [];
    const { changes, before, seen, last } = this.#input;
    const made = changes.flatMap(tx => tx.changes);
    const isNew = made.some(
      change => kindOf(change) === 'file' && /^(crm\.yaml|pipelines\/)/.test(idOf(change)),
    );
    if (isNew || last === Number.NEGATIVE_INFINITY) return this.#unsettled;
    const changed = new Set(made.map(idOf));
    const ids = this.#unsettled.map(({ subject }) => subject!).filter(id => !changed.has(id));
    const clock = { ...this.#scope.clock, now: last };
    const known = unsettledAmong(before(seen), { ...this.#scope, clock }, ids);
    return this.#unsettled.filter(({ subject }) => !known.has(subject!));
  }

  #settle(): void {
    const mark = this.#draft.changes.length;
    // Each round looks at all deals again, so what the one before said of them is out of date.
    this.#unsettled = [];
    const skips = this.#skips;
    if (skips) skips.held = [];
    const made = settleDeals(this.#draft, this.#scope, {
      ...(skips && { held: deal => skips.held.push(deal) }),
      fail: (subject, error) => {
        this.#unsettled.push({ automation: null, subject, step: null, error });
      },
      isExplained: this.#input.isExplained ?? false,
    });
    this.#transitions.push(...made);
    this.chains.followed(this.#draft.changes.slice(mark));
  }
}

const causeOf = ({ trigger, record, at }: Firing): string =>
  `${trigger}: ${record}${at === undefined ? '' : ` at ${formatInstant(at)}`}`;

/** What is due for each subject, in the order of their numbers. */
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
