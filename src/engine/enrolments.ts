/** One subject's way through a rule: runs its steps until it waits, ends or fails. */

import type { Automation } from '../domain/automation.ts';
import type { Why } from '../domain/changes.ts';
import { formatInstant } from '../domain/dates.ts';
import { CrmError, failed } from '../domain/errors.ts';
import { fieldTypes } from '../domain/field-types.ts';
import { type Kind, parseId } from '../domain/kinds.ts';
import type { Enrolment, Json } from '../domain/records.ts';
import { compileText, type Query } from '../query/compile.ts';
import type { Scope } from '../query/scope.ts';
import { hasLiquid } from './params.ts';
import { placeOf, programOf } from './program.ts';
import type { Recorder } from './recorder.ts';
import type { Running } from './steps/step.ts';
import { relatedTo } from './subjects.ts';
import { textData } from './text-data.ts';
import { TextError, type Texts } from './texts.ts';

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
  readonly cause?: string | undefined;
}

const queries = new Map<string, Query>();

/** Advances an enrolment, and records where it is then. */
export function advance(
  automation: Automation,
  way: Way,
  writer: Recorder,
  scope: Scope,
  texts: Texts,
): Advanced {
  const program = programOf(automation);
  const { draft } = writer;
  const { now } = scope.clock;
  const steps: StepDone[] = [];
  const startOfWay = way.step === undefined ? 0 : placeOf(program, way.step);
  if (startOfWay === undefined) {
    remember(writer, way, { status: 'failed', step: way.step, error: 'step removed' });
    return { outcome: 'failed', steps, failure: { step: way.step!, error: 'step removed' } };
  }
  const inside: Scope = { ...scope, countsEvent: eventCounter(scope, way) };
  let at = startOfWay;
  for (let count = 0; at < program.length; count++) {
    const { id, spec, step, next, otherwise } = program[at]!;
    const since = at === startOfWay && way.step === id && way.since !== undefined ? way.since : now;
    const mark = draft.changes.length;
    try {
      if (count >= MOST_STEPS) throw failed(`does not come to an end: ${MOST_STEPS} steps without a wait`);
      const why: Why = { automation: automation.id, step: id, enrolment: way.id };
      const did = step.run(
        running(automation, way, { id, params: spec.params, since, why }, writer, inside, texts),
      );
      if (did.wait) {
        const isSame = way.record?.status === 'waiting' && way.step === id;
        if (!isSame) remember(writer, way, { status: 'waiting', step: id, since: formatInstant(since) });
        if (!isSame) steps.push({ step: id, did: did.did });
        return { outcome: 'waiting', steps };
      }
      steps.push({ step: id, did: did.did });
      if (did.end) break;
      at = did.branch === false ? otherwise : next;
    } catch (error) {
      if (!(error instanceof CrmError) && !(error instanceof TextError)) throw error;
      draft.revert(mark, {});
      remember(writer, way, { status: 'failed', step: id, error: error.message });
      return { outcome: 'failed', steps, failure: { step: id, error: error.message } };
    }
  }
  remember(writer, way, { status: 'completed' });
  return { outcome: 'completed', steps };
}

/** Writes the enrolment as it is now. */
function remember(
  writer: Recorder,
  way: Way,
  now: { status: Enrolment['status']; step?: string | undefined; since?: string; error?: string },
): void {
  const fields = { status: now.status, step: now.step, since: now.since, error: now.error, deal: way.deal };
  if (way.record)
    writer.draft.set(way.record.id, {
      ...fields,
      step: now.step ?? null,
      since: now.since ?? null,
      error: now.error ?? null,
    });
  else
    writer.draft.add('enrolment', {
      automation: way.automation,
      subject: way.subject,
      events: way.events,
      cause: way.cause,
      ...fields,
    });
}

/** Inside steps only events count that were recorded after the enrolment began, and are not dated before it. */
function eventCounter({ state }: Scope, way: Way): (row: number) => boolean {
  const events = state.table('event');
  const at = events.column('at') as { get(row: number): number };
  return row => events.number(row) >= way.events && at.get(row) >= way.startedAt;
}

function running(
  automation: Automation,
  way: Way,
  { id: step, params, since, why }: { id: string; params: Running['params']; since: number; why: Why },
  writer: Recorder,
  scope: Scope,
  texts: Texts,
): Running {
  const { state } = scope;
  const text = (value: unknown): string => {
    if (!hasLiquid(value)) return String(value ?? '');
    return texts.render(
      value,
      textData(state, way.subject, way.deal, way.cause, scope.clock.now),
      scope.clock.now,
    );
  };
  const on = (kind?: unknown): string => {
    if (kind === undefined || kind === null) return way.subject;
    const wanted = kind as 'deal' | 'contact' | 'account' | 'task';
    const id =
      wanted === 'deal' && way.deal !== undefined
        ? way.deal
        : (relatedTo(state, way.subject, wanted) ??
          (way.cause === undefined ? undefined : relatedTo(state, way.cause, wanted)));
    if (id === undefined || !state.get(id)) throw failed(`${way.subject} has no ${wanted}`);
    return id;
  };
  return {
    automation,
    params,
    enrolment: way,
    step,
    writer,
    why,
    scope,
    since,
    on,
    text,
    fields: (kind, values, currency) => readFields(writer, kind, values, currency, text),
    made: deal => {
      way.deal = deal;
    },
    holds: (source, id) => {
      const { kind, number } = parseId(id)!;
      const key = `${kind} ${source}`;
      let query = queries.get(key);
      if (!query) queries.set(key, (query = compileText(source, kind, state.config)));
      return query.bind(scope).test(state.table(kind).row(number));
    },
  };
}

function readFields(
  writer: Recorder,
  kind: Kind,
  values: Running['params'],
  currency: string,
  text: (value: unknown) => string,
): Record<string, Json> {
  const fields: Record<string, Json> = {};
  for (const [name, value] of Object.entries(values)) {
    const field = writer.settable(kind, name);
    const typed = Array.isArray(value) ? value.map(text).join(',') : value === null ? '' : text(value);
    if (kind === 'deal' && field.name === 'owner' && (typed === 'auto' || typed === 'round-robin')) {
      fields.owner = writer.autoOwner(typeof values.pipeline === 'string' ? values.pipeline : undefined);
      continue;
    }
    const parsed = typed === '' ? null : fieldTypes[field.type].parse(typed, field, writer.context(currency));
    fields[field.path] =
      field.path === 'contacts' && field.type === 'ref' && typeof parsed === 'string' ? [parsed] : parsed;
  }
  return fields;
}

/** Of an enrolment in a state: its way so far. */
export function wayOf(record: Enrolment): Way {
  return {
    id: record.id,
    automation: record.automation,
    subject: record.subject,
    events: record.events,
    record,
    startedAt: Date.parse(record.createdAt!),
    step: record.step,
    since: record.since === undefined ? undefined : Date.parse(record.since),
    deal: record.deal,
    cause: record.cause,
  };
}
