/** Advances one enrolment: runs the steps of its rule until it waits, ends or fails. */
import type { Automation } from '../domain/automation.ts';
import type { Change, Why } from '../domain/changes.ts';
import { formatInstant } from '../domain/dates.ts';
import { CrmError, failed } from '../domain/errors.ts';
import type { Enrolment } from '../domain/records.ts';
import type { Scope } from '../query/scope.ts';
import { addedBy, remembered } from './generations.ts';
import { eventCounter } from './own-events.ts';
import { type Instruction, placeOf, programOf } from './program.ts';
import type { Recorder } from './recorder.ts';
import { type Hands, running } from './running.ts';
import type { Running, Start } from './steps/step.ts';
import { TextError } from './texts/texts.ts';
import type { Enrolled } from './enrolled.ts';

/** The most steps without a wait: a rule that loops is stopped after them. */
const MOST_STEPS = 1000;

export interface StepDone {
  readonly step: string;
  readonly did: string;
}

export interface Advanced {
  readonly outcome: 'completed' | 'waiting' | 'failed';
  readonly steps: readonly StepDone[];
  /** The step that failed, and why. */
  readonly failure?: { readonly step: string; readonly error: string };
}

/** Advances an enrolment, and records its place. */
export function advance(automation: Automation, enrolled: Enrolled, hands: Hands): Advanced {
  const program = programOf(automation);
  const start = enrolled.step === undefined ? 0 : placeOf(program, enrolled.step);
  if (start !== undefined) return new Walk(automation, program, enrolled, hands).from(start);
  // If the step comes again, the time that was waited counts.
  const since = enrolled.since === undefined ? {} : { since: formatInstant(enrolled.since) };
  remember(hands.writer, enrolled, {
    status: 'failed',
    step: enrolled.step,
    ...since,
    error: 'step removed',
  });
  return { outcome: 'failed', steps: [], failure: { step: enrolled.step!, error: 'step removed' } };
}

/** Where an enrolment continues after a step: the index of an instruction, or `waits`. */
type Next = number | 'waits';

class Walk {
  readonly #automation: Automation;
  readonly #program: readonly Instruction[];
  readonly #enrolled: Enrolled;
  readonly #hands: Hands;
  readonly #inside: Scope;
  readonly #steps: StepDone[] = [];
  readonly #starts: Start[] = [];
  /** The number of changes when it began. */
  readonly #begun: number;

  constructor(automation: Automation, program: readonly Instruction[], enrolled: Enrolled, hands: Hands) {
    this.#automation = automation;
    this.#program = program;
    this.#enrolled = enrolled;
    this.#hands = hands;
    this.#begun = hands.writer.draft.changes.length;
    let counts: ReturnType<typeof eventCounter> | undefined;
    const countsEvent: Scope['countsEvent'] = row => (counts ??= eventCounter(hands.scope, enrolled))(row);
    this.#inside = { ...hands.scope, countsEvent };
  }

  from(start: number): Advanced {
    const { draft } = this.#hands.writer;
    let at = start;
    for (let count = 0; at < this.#program.length; count++) {
      at = this.#goalReached(at) ?? at;
      const { id } = this.#program[at]!;
      const mark = draft.changes.length;
      try {
        if (count >= MOST_STEPS) throw failed(`does not come to an end: ${MOST_STEPS} steps without a wait`);
        const next = this.#take(at, count === 0);
        if (next === 'waits') return { outcome: 'waiting', steps: this.#steps };
        at = next;
      } catch (error) {
        if (!(error instanceof CrmError) && !(error instanceof TextError)) throw error;
        draft.revert(mark, {});
        this.#rest({ status: 'failed', step: id, error: error.message });
        return { outcome: 'failed', steps: this.#steps, failure: { step: id, error: error.message } };
      }
    }
    this.#rest({ status: 'completed' });
    return { outcome: 'completed', steps: this.#steps };
  }

  /** Takes a step; a wait is noted once. */
  #take(at: number, isFirst: boolean): Next {
    const enrolled = this.#enrolled;
    const instruction = this.#program[at]!;
    const { id, step, next, otherwise } = instruction;
    // It may come to the same step again later, as if for the first time.
    const isBack = isFirst && enrolled.step === id;
    const since = (isBack ? enrolled.since : undefined) ?? this.#hands.scope.clock.now;
    const did = step.run(this.#running(instruction, since));
    const isNoted = did.wait && isBack && enrolled.record?.status === 'waiting';
    if (did.wait && !isNoted) this.#rest({ status: 'waiting', step: id, since: formatInstant(since) });
    if (!isNoted) this.#steps.push({ step: id, did: did.did });
    if (did.wait) return 'waits';
    if (did.goal !== undefined) enrolled.goals = [...(enrolled.goals ?? []), did.goal];
    if (did.end) return this.#program.length;
    if (did.goTo !== undefined) return labelled(this.#program, did.goTo);
    return did.branch === false ? otherwise : next;
  }

  /** Returns the place of a goal ahead that is reached by now, whatever steps lie before it. */
  #goalReached(at: number): number | undefined {
    for (const spec of this.#program[at]!.goals) {
      const place = this.#program.findIndex(each => each.spec === spec);
      const instruction = this.#program[place]!;
      const goal = instruction.step.goal!;
      if (this.#enrolled.goals?.includes(goal.name(spec.params))) continue;
      try {
        if (goal.isReached(this.#running(instruction, this.#hands.scope.clock.now))) return place;
      } catch (error) {
        // The record does not exist yet, such as a deal that a later step makes.
        if (!(error instanceof CrmError)) throw error;
      }
    }
    return undefined;
  }

  #running({ id, spec }: Instruction, since: number): Running {
    const { id: automation } = this.#automation;
    const enrolled = this.#enrolled;
    const why: Why = { automation, step: id, enrolment: enrolled.id };
    return running(this.#automation, enrolled, this.#hands, {
      step: id,
      params: spec.params,
      since,
      why,
      scope: this.#inside,
      starts: this.#starts,
      atWork: () => ({ automation, ...enrolled.descent, added: this.#made() }),
    });
  }

  #made(): Change[] {
    return this.#hands.writer.draft.changes.slice(this.#begun);
  }

  /** Records its place when it rests. Enrolments that it started begin only now, so that its own record comes first. */
  #rest(now: Remembered): void {
    const { writer, scope } = this.#hands;
    remember(writer, this.#enrolled, now, this.#made());
    for (const { automation, subject, descent } of this.#starts)
      writer.draft.insert('enrolment', {
        automation,
        subject,
        status: 'ready',
        events: scope.state.nextNumber('event'),
        cause: this.#enrolled.id,
        ...remembered(descent),
      });
  }
}

function labelled(program: readonly Instruction[], label: string): number {
  const place = program.findIndex(each => each.id === label);
  if (place < 0) throw failed(`there is no step with the label ${label}`);
  return place;
}

interface Remembered {
  readonly status: Enrolment['status'];
  readonly step?: string | undefined;
  readonly since?: string;
  readonly error?: string;
}

/** Writes the enrolment as it is now. */
function remember(
  writer: Recorder,
  enrolled: Enrolled,
  now: Remembered,
  changes: readonly Change[] = [],
): void {
  const { status, step, since, error } = now;
  const added = addedBy(enrolled.record, changes);
  const fields = { status, step, since, error, deal: enrolled.deal, goals: enrolled.goals, ...added };
  if (enrolled.record)
    writer.draft.set(enrolled.record.id, {
      ...fields,
      step: step ?? null,
      since: since ?? null,
      error: error ?? null,
    });
  else
    writer.draft.insert('enrolment', {
      automation: enrolled.automation,
      subject: enrolled.subject,
      events: enrolled.events,
      cause: enrolled.cause,
      ...fields,
      ...remembered(enrolled.descent),
    });
}
