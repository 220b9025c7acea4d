/** Compares the changes of a sweep with the expected ones. */
import { type Change, idOf, kindOf } from '../../../domain/changes.ts';
import { CrmError } from '../../../domain/errors.ts';
import { fieldTypes } from '../../../kinds/field-types.ts';
import { findField, readField } from '../../../kinds/fields.ts';
import { isNamed, type Kind, numberOf } from '../../../domain/kinds.ts';
import { type Json, type Rec, sameJson } from '../../../domain/records.ts';
import type { Plan } from '../../../engine/plan.ts';
import type { AutomationRun, Failure } from '../../../engine/sweep/report.ts';
import { defaultScore, isScored, scoreOf } from '../../../query/score.ts';
import type { Writer } from '../../core/writer.ts';
import type { Expected, GivenFields } from './cases.ts';

/** A line of the difference: what was expected and not done, was done and not expected, or was done otherwise. */
export interface Difference {
  readonly sign: '-' | '+' | '~';
  readonly text: string;
  /** Where the expectation stands; undefined where there was none. */
  readonly line: number | undefined;
}

/** The total change of one record by a sweep. */
interface Done {
  readonly id: string;
  readonly kind: Kind;
  readonly before: Rec | undefined;
  readonly after: Rec | undefined;
  /** Whether transitions alone did it: such moves may be left out. */
  readonly moved: boolean;
}

/** What sweeps did: their changes, and the records before and after. */
export interface Swept {
  readonly plans: readonly Plan[];
  readonly before: (id: string) => Rec | undefined;
  readonly after: Writer;
  /** The id of the record that a case names. */
  readonly find: (name: string) => string;
}

/** Fields that follow from others, and are not listed for a new record. */
const derived = new Set([
  'id',
  'createdAt',
  'updatedAt',
  'stageSince',
  'held',
  'key',
  'enrolment',
  'step',
  'automation',
]);

/**
 * Returns the differences in the order of the expectations, then the unexpected changes; none if everything is as
 * expected.
 */
export function differences(expected: readonly Expected[], swept: Swept): Difference[] {
  const found: Difference[] = [];
  const left = doneBy(swept);
  const runs = swept.plans.flatMap(plan => plan.trace.automations);
  const failures = swept.plans.flatMap(plan => plan.trace.failures);
  const missing: Expected[] = [];
  for (const each of expected) {
    const at = left.findIndex(done => !isString(mismatch(each, done, swept)));
    if (each.type === 'outcome') {
      if (!meets(each, runs, failures, swept))
        found.push({ sign: '-', text: `${each.outcome}: ${each.text}`, line: each.line });
    } else if (at >= 0) left.splice(at, 1);
    else missing.push(each);
  }
  for (const each of missing) {
    // A change of the same record, or of the same kind, counts as the meant one.
    const at = left.findIndex(done => isNear(each, done, swept));
    const near = at < 0 ? undefined : left.splice(at, 1)[0]!;
    const why = near && mismatch(each, near, swept);
    found.push(
      isString(why)
        ? { sign: '~', text: `${nameOf(near!)}: ${why}`, line: each.line }
        : { sign: '-', text: textOf(each), line: each.line },
    );
  }
  for (const done of left) if (!done.moved) found.push({ sign: '+', text: doneText(done), line: undefined });
  const wanted = expected.filter(each => each.type === 'outcome' && each.outcome === 'failed');
  for (const failure of failures)
    if (!wanted.some(each => 'text' in each && failure.error.includes(each.text)))
      found.push({ sign: '+', text: failureText(failure), line: undefined });
  return found;
}

const isString = (value: unknown): value is string => typeof value === 'string';

function doneBy({ plans, before, after }: Swept): Done[] {
  const changes = new Map<string, Change[]>();
  for (const change of plans.flatMap(plan => plan.changes)) {
    const kind = kindOf(change);
    if (isNamed(kind) || kind === 'enrolment') continue;
    const id = idOf(change);
    const known = changes.get(id);
    if (known) known.push(change);
    else changes.set(id, [change]);
  }
  return [...changes].flatMap(([id, all]): Done[] => {
    const [was, is] = [before(id), after.draft.state.get(id)];
    const kind = kindOf(all[0]!) as Kind;
    if (!was && !is) return [];
    return [
      {
        id,
        kind,
        before: was,
        after: is,
        moved: all.every(c => c.why?.transition !== undefined || onlyHeld(c)),
      },
    ];
  });
}

/** The end of a hold is internal to the table. */
const onlyHeld = (change: Change): boolean =>
  'set' in change && Object.keys(change.set).every(path => path === 'held');

function isNear(expected: Expected, { id, kind, before, after }: Done, { find }: Swept): boolean {
  switch (expected.type) {
    case 'added':
      return !before && after !== undefined && kind === expected.kind;
    case 'changed':
      return named(find, expected.record) === id && before !== undefined && after !== undefined;
    case 'removed':
      return named(find, expected.record) === id && !after;
    case 'outcome':
      return false;
  }
}

/** The id of a record that a case names, which may not be there. */
function named(find: Swept['find'], name: string): string | undefined {
  try {
    return find(name);
  } catch (error) {
    if (error instanceof CrmError) return undefined;
    throw error;
  }
}

/** Says how a change differs from the expected one; `false` if it does not. */
function mismatch(expected: Expected, done: Done, swept: Swept): string | boolean {
  if (!isNear(expected, done, swept)) return 'is another one';
  if (expected.type !== 'added' && expected.type !== 'changed') return false;
  const wrong = fieldsWrong(expected.fields, done, swept.after, expected.type === 'changed');
  return wrong.length > 0 ? wrong.join('; ') : false;
}

function fieldsWrong(
  expected: GivenFields,
  { kind, before, after }: Done,
  writer: Writer,
  changed: boolean,
): string[] {
  return Object.entries(expected).flatMap(([name, text]) => {
    if (name === 'score' && isScored(writer.config.kinds, kind)) {
      const { config, view } = writer;
      const row = view.state.table(kind).row(numberOf(after!.id));
      const score = scoreOf(view.whole, kind, defaultScore(config, kind))(row);
      return score === Number(text) ? [] : [`score: expected ${text}, is ${score}`];
    }
    const field = findField(writer.config, kind, name);
    if (!field) return [`a ${kind} has no ${name}`];
    const is = readField(field, after!) ?? null;
    let wanted: Json;
    try {
      const currency = typeof after!.currency === 'string' ? after!.currency : writer.config.currency;
      wanted = text === '' ? null : fieldTypes[field.type].parse(text, field, writer.context(currency));
    } catch (error) {
      if (error instanceof CrmError) return [`${name}: ${error.message}`];
      throw error;
    }
    if (!sameJson(is, wanted)) return [`${name}: expected ${short(wanted)}, is ${short(is)}`];
    if (changed && sameJson(readField(field, before!) ?? null, is))
      return [`${name}: was ${short(is)} already`];
    return [];
  });
}

function meets(
  { outcome, text }: Expected & { type: 'outcome' },
  runs: readonly AutomationRun[],
  failures: readonly Failure[],
  { find }: Swept,
): boolean {
  if (outcome === 'failed') return failures.some(failure => failure.error.includes(text));
  const subject = named(find, text);
  return runs.findLast(run => run.subject === subject)?.outcome === outcome;
}

const short = (value: Json): string =>
  value === null
    ? 'nothing'
    : typeof value === 'string'
      ? /\s/.test(value)
        ? JSON.stringify(value)
        : value
      : JSON.stringify(value);

const pairs = (fields: readonly (readonly [string, Json | undefined])[]): string =>
  fields.map(([name, value]) => ` ${name}=${short(value ?? null)}`).join('');

function textOf(expected: Expected): string {
  switch (expected.type) {
    case 'added':
      return `${expected.kind}:${pairs(Object.entries(expected.fields))}`;
    case 'changed':
      return `${expected.record}:${pairs(Object.entries(expected.fields))}`;
    case 'removed':
      return `removed: ${expected.record}`;
    case 'outcome':
      return `${expected.outcome}: ${expected.text}`;
  }
}

const nameOf = ({ id, kind, before }: Done): string => (before ? id : `${kind} ${id}`);

function doneText(done: Done): string {
  const { id, before, after } = done;
  if (!after) return `removed: ${id}`;
  const fields = Object.entries(after).filter(
    ([name, value]) => !derived.has(name) && !(before && sameJson(before[name], value)),
  );
  const gone = Object.keys(before ?? {}).filter(name => !derived.has(name) && after[name] === undefined);
  return `${nameOf(done)}:${pairs([...fields, ...gone.map(name => [name, null] as const)])}`;
}

const failureText = ({ automation, subject, step, error }: Failure): string =>
  `failed: ${[automation, subject, step].filter(Boolean).join(' ')}: ${error}`;
