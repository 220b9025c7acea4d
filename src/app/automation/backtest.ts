/**
 * Computes what a rule, as it is now, would have done in the past: replays the history in memory and sweeps the rule
 * over it with the one plan, at the moments at which cron would have.
 */
import { definitionsIn } from '../../kinds/define.ts';
import type { Automation } from '../../domain/automation.ts';
import { type Change, idOf, kindOf, type Transaction } from '../../domain/changes.ts';
import type { Config } from '../../domain/config.ts';
import { addDays, formatInstant } from '../../domain/dates.ts';
import { failed } from '../../domain/errors.ts';
import { isNamed } from '../../domain/kinds.ts';
import { State } from '../../state/state.ts';
import type { Plan } from '../../engine/plan.ts';
import type { Failure } from '../../engine/sweep/report.ts';
import { stateOf } from '../../store/checkpoint/opened.ts';
import { type HistoryChange, historyChange } from '../history/history.ts';
import { seesAll, type Viewer } from '../core/viewer.ts';
import type { Workspace } from '../core/workspace.ts';
import { loadLanguages } from './languages.ts';
import { nothing, Rehearsal } from './rehearsal.ts';

/** One subject's enrolment at one moment: begun or continued. */
export interface BacktestFiring {
  /** The time of the sweep, an ISO instant. */
  readonly at: string;
  readonly subject: string;
  readonly cause: string;
  readonly outcome: 'completed' | 'waiting' | 'failed' | 'skipped';
  readonly changes: readonly HistoryChange[];
}

export interface Backtest {
  readonly automation: string;
  /** The time from which the rule exists: as requested, or the beginning of the workspace. */
  readonly since: string;
  readonly firings: readonly BacktestFiring[];
  readonly failures: readonly (Failure & { readonly at: string })[];
  /** The number of changes that start no rule: of imports without --trigger, and of undos. */
  readonly quiet: number;
}

export interface BacktestOptions {
  /** ms; not before the beginning of the workspace. */
  readonly since: number;
  /** How often cron sweeps, ms. */
  readonly every: number;
  /** Called with the present moment of the past, ms, and how often the rule has done something by then. */
  progress?(at: number, firings: number): void;
}

/** The number of transactions read at a time. */
const BLOCK = 256;
/**
 * The number of changes that each sweep may replay before they are folded into a new base: at least this many, and
 * one for this many records, because folding copies all records.
 */
const [FEWEST_LOGGED, RECORDS_PER_LOGGED] = [200, 50];

/** Throws FAILED for a user who does not see the whole history, which a backtest goes through. */
export function mayBacktest(viewer: Viewer): void {
  if (!seesAll(viewer))
    throw failed(
      `${viewer.user} is ${viewer.role}, and a backtest goes through all records`,
      'a manager may: --as USER',
    );
}

/** Replays the history without changing the workspace. FAILED for a user who may not see all of it. */
export async function backtest(
  workspace: Workspace,
  settings: Config,
  rule: Automation,
  { since, every, progress }: BacktestOptions,
): Promise<Backtest> {
  mayBacktest(workspace.viewer);
  const config = { ...settings, automations: [{ ...rule, enabled: true }], broken: [], brokenTemplates: [] };
  const tip = stateOf(await workspace.open(), workspace.config);
  // Records that the rule adds get ids after all existing ones. Events keep their order, on which enrolments depend.
  const next = new Map(
    definitionsIn(tip.kinds).map(({ name, hasProps }) => [name, hasProps ? 1 : tip.nextNumber(name)]),
  );
  const state = new State({ ...nothing, next: kind => next.get(kind)! }, config);
  const replay = new Replay(
    new Rehearsal(state, await loadLanguages(config), rule.id),
    rule.id,
    every,
    progress,
  );
  const { journal } = workspace.store;
  for (let seq = 0; seq < tip.seq; seq += BLOCK)
    for (const tx of await journal.read(seq, Math.min(seq + BLOCK, tip.seq))) {
      const at = Math.max(Date.parse(tx.at), replay.latest);
      if (replay.begun === undefined && at > since) replay.begin(tx.seq === 1 ? at : since);
      replay.take(tx, at);
    }
  if (replay.begun === undefined) replay.begin(since);
  replay.finish(workspace.clock.now);
  return {
    automation: rule.id,
    since: formatInstant(replay.begun!),
    firings: replay.firings,
    failures: replay.failures,
    quiet: replay.quiet,
  };
}

class Replay {
  readonly #rehearsal: Rehearsal;
  readonly #rule: string;
  readonly #every: number;
  readonly #progress: BacktestOptions['progress'];
  /** The instant up to which everything that happens by time alone has been swept. */
  #swept = 0;
  /** The next sweep of cron, if it has not seen the last transaction yet. */
  #due: number | undefined;
  readonly firings: BacktestFiring[] = [];
  readonly failures: (Failure & { at: string })[] = [];
  /** From when on the rule is there. */
  begun: number | undefined;
  /** The time of the last transaction; a clock that was put back does not count. */
  latest = Number.NEGATIVE_INFINITY;
  quiet = 0;

  constructor(rehearsal: Rehearsal, rule: string, every: number, progress: BacktestOptions['progress']) {
    this.#rehearsal = rehearsal;
    this.#rule = rule;
    this.#every = every;
    this.#progress = progress;
  }

  begin(at: number): void {
    this.begun = at;
    this.#swept = at;
    this.#rehearsal.begin(at);
    this.#rehearsal.settle();
  }

  /** Takes in a transaction as it was made, after sweeping everything before it. */
  take({ changes, trigger }: Transaction, at: number): void {
    this.latest = at;
    this.#progress?.(at, this.firings.length);
    const { begun } = this;
    if (begun !== undefined) {
      const tick = this.#tickFrom(at);
      if (this.#due !== undefined && this.#due < tick) this.#sweepDue(this.#due);
      if (this.#due === undefined) this.#passTime(tick - this.#every);
      this.#due = tick;
    }
    const kept: Change[] = [];
    for (const change of changes) if (this.#isKept(change)) kept.push(change);
    if (trigger === false && begun !== undefined) this.quiet += kept.length;
    this.#rehearsal.take(kept, at, trigger === false);
  }

  /** Sweeps a last time at the present. */
  finish(now: number): void {
    if (this.#due !== undefined) this.#sweepDue(Math.max(Math.min(this.#due, now), this.latest));
    this.#passTime(now);
  }

  /** The first moment of cron at or after a time. */
  #tickFrom(at: number): number {
    return Math.ceil(at / this.#every) * this.#every;
  }

  #sweepDue(at: number): void {
    this.#due = undefined;
    this.#commit(at, this.#rehearsal.plan(at));
    this.#swept = at;
  }

  /**
   * Lets time pass without transactions, to `end` at the latest. Cron sweeps all the while and mostly finds nothing:
   * if a sweep at the end of a day would find nothing, the other sweeps of that day found nothing either; otherwise
   * halving finds the moments at which they do.
   */
  #passTime(end: number): void {
    const { zone } = this.#rehearsal.clock(end);
    while (this.#swept < end) {
      const from = this.#swept;
      const to = Math.min(end, this.#tickFrom(zone.midnight(addDays(zone.day(from), 1))));
      this.#search(from, to);
      this.#swept = to;
      this.#progress?.(to, this.firings.length);
    }
  }

  /** Sweeps at the moments after `from`, to `to`, at which there is something to do; `there` says that there is at `to`. */
  #search(from: number, to: number, there?: Plan): void {
    const found = there ?? this.#rehearsal.plan(to, true);
    if (found.changes.length === 0 && found.trace.failures.length === 0) return;
    const middle = Math.floor((from + to) / 2 / this.#every) * this.#every;
    // Queries that only begin or cease to hold are noted, without further effect.
    if (found.trace.automations.length === 0 || middle <= from || middle >= to) {
      this.#commit(to, this.#rehearsal.plan(to));
      return;
    }
    const before = this.#rehearsal.state.seq;
    this.#search(from, middle);
    this.#search(middle, to, this.#rehearsal.state.seq === before ? found : undefined);
  }

  #commit(at: number, planned: Plan): void {
    const { changes, trace } = planned;
    this.#rehearsal.take(changes, at);
    const { state } = this.#rehearsal;
    const records = state.kinds.names.reduce((sum, kind) => sum + state.table(kind).rows, 0);
    if (state.log().length > Math.max(FEWEST_LOGGED, records / RECORDS_PER_LOGGED)) this.#rehearsal.settle();
    const when = formatInstant(at);
    for (const failure of trace.failures) this.failures.push({ ...failure, at: when });
    const byEnrolment = new Map<string, Change[]>();
    const ways = new Map<string, string[]>();
    for (const change of changes) {
      const enrolment = kindOf(change) === 'enrolment' ? idOf(change) : change.why?.enrolment;
      if (enrolment === undefined) continue;
      let own = byEnrolment.get(enrolment);
      if (!own) {
        byEnrolment.set(enrolment, (own = []));
        const subject = this.#rehearsal.state.get(enrolment)!.subject as string;
        ways.set(subject, [...(ways.get(subject) ?? []), enrolment]);
      }
      if (kindOf(change) !== 'enrolment') own.push(change);
    }
    for (const { subject, outcome, cause } of trace.automations) {
      // The enrolments of a subject that is enrolled twice at the same time are in the order in which they ran.
      const own = byEnrolment.get(ways.get(subject)?.shift() ?? '') ?? [];
      this.firings.push({
        at: when,
        subject,
        cause,
        outcome,
        changes: own.map(change => {
          const { why: _, ...rest } = historyChange(change);
          return rest;
        }),
      });
    }
  }

  /** Whether a change of the past also belongs into the replay, in which the rule does its work again. */
  #isKept(change: Change): boolean {
    const kind = kindOf(change);
    const id = idOf(change);
    if (kind === 'file' || (kind === 'cursor' && !id.startsWith('assign/'))) return false;
    // The rule's real work is left out, because it is done again here; so are later changes of the records that it
    // added.
    if (this.begun !== undefined && this.#isOwn(change)) return false;
    return 'add' in change || isNamed(kind) || this.#rehearsal.state.get(id) !== undefined;
  }

  #isOwn(change: Change): boolean {
    if (change.why?.automation === this.#rule) return true;
    if (kindOf(change) !== 'enrolment') return false;
    const of = 'add' in change ? change.add : this.#rehearsal.state.get(idOf(change));
    return of?.automation === this.#rule;
  }
}
