/** One subject's way through a rule: runs its steps until it waits, ends or fails. */
import { whoTakesOver } from '../domain/absence.ts';
import { today } from '../domain/clock.ts';

import type { Automation, SubjectKind } from '../domain/automation.ts';
import type { Change, Why } from '../domain/changes.ts';
import type { Config } from '../domain/config.ts';
import { formatInstant } from '../domain/dates.ts';
import { CrmError, failed } from '../domain/errors.ts';
import { type Kind, numberOf } from '../domain/kinds.ts';
import { type Enrolment, isObject, type Json, type Rec } from '../domain/records.ts';
import { addedBy, type Descent, remembered } from './generations.ts';
import { type Instruction, placeOf, programOf } from './program.ts';
import type { Recorder } from './recorder.ts';
import type { Reading, Running, Start } from './steps/step.ts';
import { ownerOf, relatedTo } from './subjects.ts';
import { type Lens, textSource } from './text-data.ts';
import { hasLiquid, TextError, type Texts } from './texts.ts';
import { fieldTypes } from '../kinds/field-types.ts';
import { compileText, type Query } from '../query/compile.ts';
import { wordTest } from '../query/derived.ts';
import type { Scope } from '../query/scope.ts';
import type { CodeColumn, NumberColumn } from '../state/columns/column.ts';
import type { State } from '../state/state.ts';

/** A rule that goes round in circles without waiting is stopped after so many steps. */
const MOST_STEPS = 1000;

export interface StepDone {
  readonly step: string;
  readonly did: string;
}

export interface Advanced {
  readonly outcome: 'completed' | 'waiting' | 'failed';
  readonly steps: readonly StepDone[];
  /** Where it failed, and why. */
  readonly failure?: { readonly step: string; readonly error: string };
}

/** What is remembered of an enrolment while it runs; a new one has no record yet. */
export interface Way extends Pick<Enrolment, 'id' | 'automation' | 'subject' | 'events'> {
  readonly record: Enrolment | undefined;
  readonly startedAt: number;
  readonly step?: string | undefined;
  readonly since?: number | undefined;
  deal?: string | undefined;
  goals?: readonly string[] | undefined;
  readonly cause?: string | undefined;
  /** What led to it, where nobody began it. */
  readonly descent?: Partial<Descent> | undefined;
}

/** The queries of steps, compiled once for each settings: what they mean depends on these. */
const queries = new WeakMap<Config, Map<string, Query>>();

function queryOf(text: string, kind: Kind, config: Config): Query {
  let known = queries.get(config);
  if (!known) queries.set(config, (known = new Map()));
  const key = `${kind} ${text}`;
  let query = known.get(key);
  if (!query) known.set(key, (query = compileText(text, kind, config)));
  return query;
}

/** Advances an enrolment, and records where it is then. */
export function advance(
  automation: Automation,
  way: Way,
  writer: Recorder,
  scope: Scope,
  texts: Texts,
  leftOut: Running['leftOut'],
): Advanced {
  const program = programOf(automation);
  const { draft } = writer;
  const { now } = scope.clock;
  const steps: StepDone[] = [];
  const begun = draft.changes.length;
  const startOfWay = way.step === undefined ? 0 : placeOf(program, way.step);
  if (startOfWay === undefined) {
    // Should the step come back, the time that was waited counts.
    const since = way.since === undefined ? {} : { since: formatInstant(way.since) };
    remember(writer, way, { status: 'failed', step: way.step, ...since, error: 'step removed' });
    return { outcome: 'failed', steps, failure: { step: way.step!, error: 'step removed' } };
  }
  let counts: ReturnType<typeof eventCounter> | undefined;
  const inside: Scope = { ...scope, countsEvent: row => (counts ??= eventCounter(scope, way))(row) };
  const starts: Start[] = [];
  const take = (instruction: Instruction, since: number): Running => {
    const { id, spec } = instruction;
    const why: Why = { automation: automation.id, step: id, enrolment: way.id };
    const at = {
      ...{ id, params: spec.params, since, why, starts, leftOut },
      atWork: () => ({ automation: automation.id, ...way.descent, added: draft.changes.slice(begun) }),
    };
    return running(automation, way, at, writer, inside, texts);
  };
  /** Where it is when it rests: what it started begins only now, so that its own record comes first. */
  const rest = (now: Remembered): void => {
    remember(writer, way, now, draft.changes.slice(begun));
    for (const { automation, subject, descent } of starts)
      draft.insert('enrolment', {
        automation,
        subject,
        status: 'ready',
        events: scope.state.nextNumber('event'),
        cause: way.id,
        ...remembered(descent),
      });
  };
  let at = startOfWay;
  for (let count = 0; at < program.length; count++) {
    at = goalReached(program, at, way, instruction => take(instruction, now)) ?? at;
    const instruction = program[at]!;
    const { id, step, next, otherwise } = instruction;
    // It may come by the same step again later, as for the first time.
    const isBack = count === 0 && way.step === id;
    const since = (isBack ? way.since : undefined) ?? now;
    const mark = draft.changes.length;
    try {
      if (count >= MOST_STEPS) throw failed(`does not come to an end: ${MOST_STEPS} steps without a wait`);
      const did = step.run(take(instruction, since));
      if (did.wait) {
        const isSame = isBack && way.record?.status === 'waiting';
        if (!isSame) rest({ status: 'waiting', step: id, since: formatInstant(since) });
        if (!isSame) steps.push({ step: id, did: did.did });
        return { outcome: 'waiting', steps };
      }
      steps.push({ step: id, did: did.did });
      if (did.goal !== undefined) way.goals = [...(way.goals ?? []), did.goal];
      if (did.end) break;
      at = did.goTo === undefined ? (did.branch === false ? otherwise : next) : labelled(program, did.goTo);
    } catch (error) {
      if (!(error instanceof CrmError) && !(error instanceof TextError)) throw error;
      draft.revert(mark, {});
      rest({ status: 'failed', step: id, error: error.message });
      return { outcome: 'failed', steps, failure: { step: id, error: error.message } };
    }
  }
  rest({ status: 'completed' });
  return { outcome: 'completed', steps };
}

/** The place of a goal ahead that is reached by now, whatever comes before it. */
function goalReached(
  program: readonly Instruction[],
  at: number,
  way: Way,
  running: (goal: Instruction) => Running,
): number | undefined {
  for (const spec of program[at]!.goals) {
    const place = program.findIndex(each => each.spec === spec);
    const goal = program[place]!;
    if (way.goals?.includes(goal.step.goal!.name(spec.params))) continue;
    try {
      if (goal.step.goal!.isReached(running(goal))) return place;
    } catch (error) {
      // There is no such record yet: a deal that is still to be made.
      if (!(error instanceof CrmError)) throw error;
    }
  }
  return undefined;
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
function remember(writer: Recorder, way: Way, now: Remembered, changes: readonly Change[] = []): void {
  const { status, step, since, error } = now;
  const added = addedBy(way.record, changes);
  const fields = { status, step, since, error, deal: way.deal, goals: way.goals, ...added };
  if (way.record)
    writer.draft.set(way.record.id, {
      ...fields,
      step: step ?? null,
      since: since ?? null,
      error: error ?? null,
    });
  else
    writer.draft.insert('enrolment', {
      automation: way.automation,
      subject: way.subject,
      events: way.events,
      cause: way.cause,
      ...fields,
      ...remembered(way.descent),
    });
}

/**
 * Inside steps only events count that were recorded after the enrolment began, and are not dated before it; of mail
 * that says of which message it is, only what is of a message that this enrolment sent, where it sent one.
 */
function eventCounter({ state }: Scope, way: Way): (row: number) => boolean {
  const events = state.table('event');
  const at = events.column('at') as NumberColumn;
  const names = events.column('name') as CodeColumn;
  const isMail = wordTest(names, name => name.startsWith('email.'));
  const isOfOther = (row: number): boolean => {
    const { props } = events.record(row);
    const message = isObject(props) ? props.message : undefined;
    if (typeof message !== 'string' || !way.record) return false;
    const sent: string[] = [];
    const messages = state.table('message');
    const ofWay = state.links('enrolment', 'message', 'enrolment');
    ofWay.some(state.table('enrolment').row(numberOf(way.id)), each => {
      if (messages.record(each).channel === 'email') sent.push(messages.id(each));
      return false;
    });
    return sent.length > 0 && !sent.includes(message);
  };
  return row =>
    events.number(row) >= way.events &&
    at.get(row) >= way.startedAt &&
    !(isMail(names.get(row)) && isOfOther(row));
}

function running(
  automation: Automation,
  way: Way,
  {
    id: step,
    params,
    since,
    ...atHand
  }: Pick<Running, 'params' | 'since' | 'why' | 'starts' | 'atWork' | 'leftOut'> & { id: string },
  writer: Recorder,
  scope: Scope,
  texts: Texts,
): Running {
  const { state } = scope;
  const text: Running['text'] = (value, reading) => {
    if (!hasLiquid(value)) return String(value ?? '');
    const { now } = scope.clock;
    return texts.render(
      value,
      textSource(state, way.subject, way.deal, way.cause, now, lensOf(reading)),
      now,
    );
  };
  const lensOf = (reading: Reading | undefined): Lens | undefined => {
    if (!reading) return undefined;
    const { reader, named } = reading;
    return {
      sees: id => reader === undefined || writer.sees(reader, id),
      named: (kind, id) => void named.set(kind, id),
    };
  };
  const around = (kind: SubjectKind): string | undefined => {
    if (kind === 'deal' && way.deal !== undefined) return way.deal;
    return (
      relatedTo(state, way.subject, kind) ??
      (way.cause === undefined ? undefined : relatedTo(state, way.cause, kind))
    );
  };
  const on = (kind?: unknown): string => {
    if (kind === undefined || kind === null) return way.subject;
    const id = around(kind as SubjectKind);
    if (id === undefined || !state.has(id)) throw failed(`${way.subject} has no ${String(kind)}`);
    return id;
  };
  /** The record that the step's own `on:` names. */
  const named = (): string | undefined =>
    params.on === undefined || params.on === null ? undefined : on(params.on);
  return {
    automation,
    params,
    enrolment: way,
    step,
    writer,
    ...atHand,
    scope,
    since,
    on,
    text,
    fields: (kind, values, before) => readFields(writer, kind, values, before, text, today(scope.clock)),
    owner: () => ownerOf(state, named() ?? way.deal ?? way.subject),
    related: kind => {
      const record = named();
      return record === undefined ? around(kind) : relatedTo(state, record, kind);
    },
    made: deal => {
      way.deal = deal;
    },
    holds: (source, id) => {
      const { kind, number } = state.kinds.parseId(id)!;
      return queryOf(source, kind, state.config).bind(scope).test(state.table(kind).row(number));
    },
  };
}

function readFields(
  writer: Recorder,
  kind: Kind,
  values: Running['params'],
  before: Rec | undefined,
  text: (value: unknown) => string,
  day: string,
): Record<string, Json> {
  const { config } = writer;
  const fields: Record<string, Json> = {};
  // What the values of other fields mean depends on these two.
  const said = (name: string) => (values[name] === undefined ? before?.[name] : text(values[name]));
  const pipeline = config.pipelines.find(p => p.id === said('pipeline')) ?? config.pipelines[0];
  const currency = said('currency') ?? (kind === 'deal' ? pipeline?.currency : undefined) ?? config.currency;
  for (const [name, value] of Object.entries(values)) {
    const field = writer.settable(kind, name);
    const typed = Array.isArray(value)
      ? value.map(each => text(each)).join(',')
      : value === null
        ? ''
        : text(value);
    if (kind === 'deal' && field.name === 'owner' && typed === 'auto') {
      fields.owner = writer.autoOwner(pipeline?.id);
      continue;
    }
    const parsed =
      typed === '' ? null : fieldTypes[field.type].parse(typed, field, writer.context(String(currency)));
    if (field.type === 'user' && !field.custom && typeof parsed === 'string') {
      fields[field.path] = whoTakesOver(config, parsed, day);
      continue;
    }
    fields[field.path] =
      field.path === 'contacts' && field.type === 'ref' && typeof parsed === 'string' ? [parsed] : parsed;
  }
  return fields;
}

/** The way of a subject that begins now; `cause` is the record that started it, where that is another. */
export function newWay(
  state: State,
  automation: Automation,
  subject: string,
  cause: string | undefined,
  now: number,
  descent: Descent | undefined,
): Way {
  const byEvent = cause !== undefined && state.kinds.parseId(cause)?.kind === 'event';
  return {
    id: state.nextId('enrolment'),
    automation: automation.id,
    subject,
    // The next event to come, or the one after that which started it.
    events: byEvent ? numberOf(cause) + 1 : state.nextNumber('event'),
    record: undefined,
    startedAt: startOf(state, cause, now),
    cause,
    descent,
  };
}

/** When an enrolment began: now, but one that an event started began with it. */
function startOf(state: State, cause: string | undefined, now: number): number {
  const event =
    cause !== undefined && state.kinds.parseId(cause)?.kind === 'event' ? state.get(cause) : undefined;
  return typeof event?.at === 'string' ? Math.min(Date.parse(event.at), now) : now;
}

/** The way of an enrolment in a state, so far. */
export function wayOf(state: State, record: Enrolment): Way {
  return {
    id: record.id,
    automation: record.automation,
    subject: record.subject,
    events: record.events,
    record,
    startedAt: startOf(state, record.cause, Date.parse(record.createdAt!)),
    step: record.step,
    since: record.since === undefined ? undefined : Date.parse(record.since),
    deal: record.deal,
    goals: record.goals,
    cause: record.cause,
    descent: {
      ...(record.generations && { generations: record.generations }),
      ...(record.after && { after: record.after }),
    },
  };
}
