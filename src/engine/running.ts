/** The context of a running step: the records around the enrolment, texts, queries and values. */
import { memoByKey } from '../domain/memo.ts';
import { whoTakesOver } from '../domain/absence.ts';
import type { Automation, SubjectKind } from '../domain/automation.ts';
import { today } from '../domain/clock.ts';
import type { Config } from '../domain/config.ts';
import { failed } from '../domain/errors.ts';
import type { Kind } from '../domain/kinds.ts';
import type { Json, Rec } from '../domain/records.ts';
import { definitionOf } from '../kinds/define.ts';
import { fieldTypes } from '../kinds/field-types.ts';
import { compileText, type Query } from '../query/compile.ts';
import type { Scope } from '../query/scope.ts';
import type { State } from '../state/state.ts';
import type { Recorder } from './recorder.ts';
import type { Reading, Running } from './steps/step.ts';
import { ownerOf, relatedTo } from './subjects.ts';
import { type Lens, textSource } from './texts/text-data.ts';
import { hasLiquid, type Texts } from './texts/texts.ts';
import type { Enrolled } from './enrolled.ts';

/** The tools with which enrolments are advanced. */
export interface Hands {
  readonly writer: Recorder;
  readonly scope: Scope;
  readonly texts: Texts;
  readonly leftOut: Running['leftOut'];
  readonly hashOf: Running['hashOf'];
}

/** The step that an enrolment is at. */
export interface AtStep extends Pick<Running, 'step' | 'params' | 'since' | 'why' | 'starts' | 'atWork'> {
  /** The state and time that its queries are asked of; events count from the enrolment's beginning. */
  readonly scope: Scope;
}

export function running(automation: Automation, enrolled: Enrolled, hands: Hands, at: AtStep): Running {
  const { writer, leftOut, hashOf } = hands;
  const { scope, params } = at;
  const { state } = scope;
  const { text, marked } = renderer(enrolled, hands);
  const on = (kind?: unknown): string => {
    if (kind === undefined || kind === null) return enrolled.subject;
    const id = around(state, enrolled, kind as SubjectKind);
    if (id === undefined || !state.has(id)) throw failed(`${enrolled.subject} has no ${String(kind)}`);
    return id;
  };
  /** Returns the record that the step's own `on:` names. */
  const named = (): string | undefined =>
    params.on === undefined || params.on === null ? undefined : on(params.on);
  return {
    automation,
    enrolment: enrolled,
    writer,
    leftOut,
    hashOf,
    on,
    text,
    marked,
    fields: (kind, values, before) => readFields(writer, kind, values, before, text, today(scope.clock)),
    owner: () => ownerOf(state, named() ?? enrolled.deal ?? enrolled.subject),
    related: kind => {
      const record = named();
      return record === undefined ? around(state, enrolled, kind) : relatedTo(state, record, kind);
    },
    made: deal => {
      enrolled.deal = deal;
    },
    holds: (source, id) => {
      const { kind, number } = state.kinds.parseId(id)!;
      return queriesOf(state.config, kind)(source).bind(scope).test(state.table(kind).row(number));
    },
    // Last, because V8 (Node 20) takes 40 us to add all of the above to a copy, and 1 us to copy after them.
    ...at,
  };
}

/** Returns the record of a kind that belongs to an enrolment: made by a step, of its subject, or of what started it. */
function around(state: State, enrolled: Enrolled, kind: SubjectKind): string | undefined {
  if (enrolled.deal !== undefined && state.kinds.kindOf(enrolled.deal) === kind) return enrolled.deal;
  return (
    relatedTo(state, enrolled.subject, kind) ??
    (enrolled.cause === undefined ? undefined : relatedTo(state, enrolled.cause, kind))
  );
}

/** Renders the texts of an enrolment. */
function renderer(enrolled: Enrolled, { writer, scope, texts }: Hands): Pick<Running, 'text' | 'marked'> {
  const lensOf = (reading: Reading | undefined): Lens | undefined => {
    if (!reading) return undefined;
    const { reader, named } = reading;
    return {
      sees: id => reader === undefined || writer.sees(reader, id),
      named: (kind, id) => void named.set(kind, id),
    };
  };
  const { now } = scope.clock;
  const sourceFor = (reading: Reading | undefined) =>
    textSource(scope.state, enrolled, { texts, now }, lensOf(reading));
  return {
    text: (value, reading) =>
      hasLiquid(value) ? texts.render(value, sourceFor(reading), now) : String(value ?? ''),
    marked: (value, reading) =>
      hasLiquid(value)
        ? texts.renderMarked(value, sourceFor(reading), now)
        : { text: String(value ?? ''), inserted: [] },
  };
}

/** Compiles the queries of steps, once for each version of the settings, on which their meaning depends. */
const queriesOf = memoByKey((config: Config, kind: Kind) => {
  const queries = new Map<string, Query>();
  return (text: string): Query => {
    let query = queries.get(text);
    if (!query) queries.set(text, (query = compileText(text, kind, config)));
    return query;
  };
});

/** Reads the values of fields as `set` would read them, with their texts rendered. */
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
  // The meaning of the values of other fields depends on these two.
  const said = (name: string) => (values[name] === undefined ? before?.[name] : text(values[name]));
  const pipeline = config.pipelines.find(p => p.id === said('pipeline')) ?? config.pipelines[0];
  const { inPipelines } = definitionOf(config.kinds, kind);
  const currency = said('currency') ?? (inPipelines && pipeline?.currency) ?? config.currency;
  for (const [name, value] of Object.entries(values)) {
    const field = writer.settable(kind, name);
    const typed = Array.isArray(value)
      ? value.map(each => text(each)).join(',')
      : value === null
        ? ''
        : text(value);
    if (field.assigns && typed === 'auto') {
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
