/** The report of a sweep: what rules and transitions did, what failed, and what was left out. */
import type { Automation, Broken } from '../../domain/automation.ts';
import { formatInstant } from '../../domain/dates.ts';
import type { Config } from '../../domain/config.ts';
import type { Explanation } from '../../query/compile.ts';
import { builtIn } from '../built-in.ts';
import type { Advanced, StepDone } from '../enrolments.ts';
import type { Firing } from '../firings.ts';
import { type LeftOut, LeftOuts } from '../left-out.ts';
import type { TransitionMade } from '../settle.ts';
import type { Enrolled } from '../enrolled.ts';
import { type Held, type Skip, Skips } from '../skips.ts';

export interface AutomationRun {
  readonly automation: string;
  readonly subject: string;
  readonly outcome: 'completed' | 'waiting' | 'failed' | 'skipped';
  readonly steps: readonly StepDone[];
  /** What started or continued it. */
  readonly cause: string;
}

export interface Failure {
  readonly automation: string | null;
  readonly subject: string | null;
  readonly step: string | null;
  readonly error: string;
}

export interface Trace {
  /** The time of the sweep, ms: its own, or the last one's if that is a few seconds later. */
  readonly now: number;
  /** The number of changes that were looked at. */
  readonly events: number;
  readonly transitions: readonly TransitionMade[];
  readonly automations: readonly AutomationRun[];
  readonly failures: readonly Failure[];
  /** The number of records that were left out, by rule and reason. */
  readonly leftOut: readonly LeftOut[];
  /** Every skip with its cause, and the held deals; empty unless the caller asked for it. */
  readonly skipped: readonly Skip[];
  readonly held: readonly Held[];
}

export class Report {
  /** By enrolment: one that waits may go on in a later round. */
  readonly #runs = new Map<string, AutomationRun>();
  readonly #failures: Failure[] = [];
  readonly #transitions: TransitionMade[] = [];
  readonly leftOut = new LeftOuts();
  /** Undefined if the caller did not ask for it. */
  readonly skips: Skips | undefined;
  /** Deals whose transitions do not settle; each round looks at all deals again. */
  unsettled: readonly Failure[] = [];

  constructor(isExplained: boolean) {
    this.skips = isExplained ? new Skips() : undefined;
  }

  /** The number of enrolments that did something. */
  get runs(): number {
    return this.#runs.size;
  }

  fail(error: string, where: Partial<Failure> = {}): void {
    this.#failures.push({ automation: null, subject: null, step: null, ...where, error });
  }

  /** Reports the files of rules and templates that are broken, and so left out; with `only`, those of this rule. */
  failBroken({ broken, brokenTemplates }: Config, only: string | undefined): void {
    for (const { id, problems } of broken)
      if (only === undefined || only === id)
        this.fail(`${placeOf(problems)}; the rule is left out`, { automation: id });
    if (only !== undefined) return;
    for (const { problems } of brokenTemplates) this.fail(`${placeOf(problems)}; the template is left out`);
  }

  /** Reports the progress of an enrolment, beside what it did earlier in this sweep. */
  advanced(automation: string, { id, subject }: Enrolled, done: Advanced, cause: string): void {
    const earlier = this.#runs.get(id);
    this.#runs.set(id, {
      automation,
      subject,
      outcome: done.outcome,
      steps: earlier ? [...earlier.steps, ...done.steps] : done.steps,
      cause: earlier?.cause ?? cause,
    });
    if (done.failure) this.fail(done.failure.error, { automation, subject, step: done.failure.step });
  }

  moved(transitions: readonly TransitionMade[]): void {
    this.#transitions.push(...transitions);
  }

  /** Notes that something called for a rule that does not begin, if somebody asks for that. */
  skip(firing: Firing, why: string, where?: Explanation): void {
    // Nobody wonders why most tasks do not repeat.
    if (!this.skips || builtIn.includes(firing.automation)) return;
    const { automation, subject } = firing;
    this.skips.note({
      ...{ automation: automation.id, subject, cause: causeOf(firing), why },
      ...(where && { where }),
    });
  }

  /** Notes that an enrolment does not go on, if somebody asks for that. */
  skipWaiting(automation: Automation, subject: string, step: string | undefined, why: string): void {
    const cause = `waits at ${step ?? 'its beginning'}`;
    this.skips?.note({ automation: automation.id, subject, cause, why });
  }

  trace(now: number, events: number): Trace {
    return {
      now,
      events,
      transitions: this.#transitions,
      automations: [...this.#runs.values()],
      failures: [...this.#failures, ...this.unsettled],
      leftOut: this.leftOut.list(),
      skipped: this.skips?.but(this.#runs.values()) ?? [],
      held: this.skips?.held ?? [],
    };
  }
}

/** Says what started a rule. */
export const causeOf = ({ trigger, record, at }: Firing): string =>
  `${trigger}: ${record}${at === undefined ? '' : ` at ${formatInstant(at)}`}`;

/** Returns the first problem of a file. */
const placeOf = ([first]: Broken['problems']): string => `${first!.file}:${first!.line}: ${first!.message}`;
