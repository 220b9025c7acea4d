/**
 * The shape of records in output: the fields of each kind in the order of the contract, each as JSON, as exact text
 * for TSV and CSV, and as text for people. Made from the field registry and the derived fields of queries.
 */
import { unknownField } from '../core/readable-fields.ts';
import type { View } from '../core/view.ts';
import { pipelineOf, stageOf, customFieldsOf } from '../../domain/config.ts';
import { DAY, dayFromNumber, dayNumber, HOUR } from '../../domain/dates.ts';
import type { Kind } from '../../domain/kinds.ts';
import { type Deal, isEmpty, type Json } from '../../domain/records.ts';
import { propertyField } from '../../kinds/event-property.ts';
import { fieldTypes } from '../../kinds/field-types.ts';
import type { Field } from '../../kinds/field.ts';
import { fieldsOf, findField, readField } from '../../kinds/fields.ts';
import { definitionOf } from '../../kinds/define.ts';
import { findDerived } from '../../query/names.ts';
import { nextAction, showSums, type Sum } from '../../query/derived.ts';
import { isScored, type ScoredKind, scoreNames, scoreOf } from '../../query/score.ts';
import type { CodeColumn } from '../../state/columns/column.ts';
import { nameInTrash, nameOf, sayingOf, shortLabelOf } from './said.ts';
import { throughField } from './through-field.ts';

/** One field of rows of a kind. */
export interface Shown {
  readonly name: string;
  /** For people; left out: the name in words. */
  readonly title?: string;
  readonly align?: 'left' | 'right';
  readonly whole?: boolean;
  /** Whether a table that is too narrow may go without it. */
  readonly goes?: boolean;
  /** Whether it identifies the record. */
  readonly isName?: boolean;
  /** Whether a record in full has it below its other fields. */
  readonly below?: boolean;
  /** Whether JSON of a record leaves it out if it is empty. */
  readonly sparse?: boolean;
  json(row: number): Json;
  text(row: number): string;
  human(row: number): string;
  /** The colour of a row's stage, as the pipeline has it. */
  color?(row: number): string | undefined;
}

export type Breadth = 'list' | 'json' | 'flat';

/**
 * The fields of a kind to show: the named ones in their order, else those of lists, of JSON, or all one by one
 * (`flat`, for CSV: custom fields each on their own). Throws USAGE for an unknown name.
 */
export function shown(view: View, kind: Kind, breadth: Breadth, names?: readonly string[]): Shown[] {
  if (names) return names.map(name => namedField(view, kind, name));
  const { inLists, inJson } = definitionOf(view.kinds, kind);
  const wanted = breadth === 'list' ? inLists : inJson;
  return wanted.flatMap(name => {
    // A custom field took the place of the one that has this name elsewhere.
    if (customFieldsOf(view.state.config, kind).some(f => f.name === name)) return [];
    if (name !== 'fields')
      return breadth === 'flat' && (name === 'score' || name === 'scores')
        ? []
        : sparsely(view, kind, breadth, shownField(view, kind, name));
    if (!view.kinds.of(kind).isExtensible) return [];
    return breadth === 'flat'
      ? customFieldsOf(view.state.config, kind).map(f => shownField(view, kind, f.name))
      : allCustom(view, kind);
  });
}

/** A field that a whole record in JSON is without where it is empty. */
function sparsely(view: View, kind: Kind, breadth: Breadth, field: Shown): Shown {
  const isSparse = breadth === 'json' && findField(view.state.config, kind, field.name)?.sparse;
  return isSparse ? { ...field, sparse: true } : field;
}

/**
 * Returns the fields of a list for people: money with its currency, no column that is empty in every row, and only
 * the first three if there is little room.
 */
export function shownToPeople(view: View, kind: Kind, rows: readonly number[]): Shown[] {
  const naming = namingField(view, kind);
  return withoutCurrency(shown(view, kind, 'list'))
    .filter(field => rows.some(row => field.text(row) !== ''))
    .map((field, i) => ({
      ...field,
      ...(field.name === naming ? { isName: true } : i >= 3 && { goes: true }),
    }));
}

/** Returns the field that says which record it is; of a kind without names or titles, the last text field of lists. */
export function namingField(view: View, kind: Kind): string | undefined {
  const { named, inLists } = definitionOf(view.kinds, kind);
  return named ?? inLists.findLast(name => isText(view, kind, name));
}

const isText = (view: View, kind: Kind, name: string): boolean =>
  findField(view.state.config, kind, name)?.type === 'text';

/**
 * Returns the fields of a record for people: each field that is not empty, references by name and id, and the next
 * action.
 */
export function shownInFull(view: View, kind: Kind, row: number): Shown[] {
  const more = (definitionOf(view.kinds, kind).inFull ?? [])
    .map(name => shownField(view, kind, name))
    .filter(field => field.text(row) !== '0');
  // A time of day is shown with its day.
  const several = definitionOf(view.kinds, kind).several ?? [];
  // All of what it may have several of, if there are several.
  const isWhole = (name: string) => name === 'contacts' || several.some(({ all }) => all === name);
  const times = new Set(fieldsOf(view.state.config, kind).map(field => field.time));
  return withoutCurrency([...shown(view, kind, 'flat'), ...more])
    .filter(field => !isWhole(field.name) || field.text(row).includes(','))
    .filter(field => !times.has(field.name))
    .map(field => {
      const { refs } = findField(view.state.config, kind, field.name) ?? {};
      const named = (id: string) => {
        const removed = nameInTrash(view, id);
        if (removed !== undefined) return `${removed} (${id}, in the trash)`;
        return nameOf(view, id) === id ? id : `${nameOf(view, id)} (${id})`;
      };
      return refs && field.text(row) !== ''
        ? { ...field, human: () => field.text(row).split(',').map(named).join(', ') }
        : field;
    });
}

/** Without the currency by itself: amounts are shown with it. */
const withoutCurrency = (fields: readonly Shown[]): Shown[] =>
  fields.filter(field => field.name !== 'currency');

/** Returns one field of a kind, by its name; of what it points to after a dot: `account.name`. Throws USAGE for an unknown one. */
/** A field that is asked for by name: what follows from other things too is shown as queries see it. */
function namedField(view: View, kind: Kind, name: string): Shown {
  const isDerived = findField(view.state.config, kind, name)?.derivedToo;
  return (isDerived && derivedField(view, kind, name)) || shownField(view, kind, name);
}

function shownField(view: View, kind: Kind, name: string): Shown {
  const { config } = view.state;
  const field = findField(config, kind, name);
  if (field) return storedField(view, kind, field);
  if (name === 'fields' && view.kinds.of(kind).isExtensible) return allCustom(view, kind);
  const { hasProps, inJson } = definitionOf(view.kinds, kind);
  if (name === 'props' && hasProps) return props(view, kind);
  const property = hasProps && propertyField(name);
  if (property) return storedField(view, kind, property);
  if (name === 'scores' && isScored(view.kinds, kind) && inJson.includes(name)) return scores(view, kind);
  const derived = derivedField(view, kind, name);
  if (derived) return derived;
  const through = throughField(view, kind, name, shownField);
  if (through) return through;
  throw unknownField(config, kind, name);
}

function storedField(view: View, kind: Kind, field: Field): Shown {
  const definition = definitionOf(view.kinds, kind);
  const table = view.state.table(kind);
  const type = fieldTypes[field.type];
  const stored = (row: number): Json | undefined => readField(field, table.record(row));
  const cut = view.cutter(kind, field.path);
  const value = cut ? (row: number) => cut(stored(row)) : stored;
  const text = (row: number) => {
    const known = value(row);
    return isEmpty(known) ? '' : type.print(known);
  };
  const say = sayingOf(view, kind, field);
  const human = (row: number) => say(value(row), table.record(row));
  const time = field.time && findField(view.state.config, kind, field.time);
  const withTime = (row: number) =>
    [human(row), (time && readField(time, table.record(row))) ?? ''].filter(part => part !== '').join(' ');
  const numeric = field.type === 'money' || field.type === 'number';
  const isTime = field.type === 'day' || field.type === 'instant';
  const label = field.label ?? shortLabelOf(field);
  return {
    name: field.name,
    ...(label !== undefined && { title: label }),
    ...(numeric && { align: 'right' as const }),
    ...((field.name === 'id' || isTime) && { whole: true }),
    ...(field.below && { below: true }),
    json: row => value(row) ?? (type.list ? [] : null),
    text,
    human: time ? withTime : human,
    ...(definition.inPipelines && field.name === 'stage' && { color: stageColor(view) }),
  };
}

function stageColor(view: View): NonNullable<Shown['color']> {
  const table = view.state.table('deal');
  return row => {
    const { pipeline, stage } = table.record(row) as Deal;
    return stageOf(pipelineOf(view.state.config, pipeline), stage)?.color;
  };
}

function allCustom(view: View, kind: Kind): Shown {
  const table = view.state.table(kind);
  const custom = fieldsOf(view.state.config, kind).filter(f => f.custom);
  const object = (row: number) => {
    const record = table.record(row);
    const known = Object.fromEntries(
      custom.map(f => [f.name, readField(f, record) ?? (f.type === 'choices' ? [] : null)]),
    );
    // A value whose field was taken out of the settings is still there.
    return { ...(record.fields as { [name: string]: Json } | undefined), ...known };
  };
  const labels = new Map(custom.map(field => [field.name, field.label]));
  const text = (row: number) =>
    Object.entries(object(row))
      .filter(([, value]) => !isEmpty(value))
      .map(
        ([name, value]) =>
          `${labels.get(name) ?? name}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
      )
      .join(' ');
  return { name: 'fields', json: object, text: row => JSON.stringify(object(row)), human: text };
}

function props(view: View, kind: Kind): Shown {
  const table = view.state.table(kind);
  const object = (row: number): Json => table.record(row).props ?? {};
  return {
    name: 'props',
    json: object,
    text: row => JSON.stringify(object(row)),
    human: row => JSON.stringify(object(row)),
  };
}

function scores(view: View, kind: ScoredKind): Shown {
  const all = scoreNames(view.state.config, kind).map(id => [id, scoreOf(view.scope, kind, id)] as const);
  const object = (row: number) => Object.fromEntries(all.map(([id, score]) => [id, score(row)]));
  return {
    name: 'scores',
    json: object,
    text: row => JSON.stringify(object(row)),
    human: row => all.map(([id, score]) => `${id} ${score(row)}`).join(', '),
  };
}

function derivedField(view: View, kind: Kind, name: string): Shown | undefined {
  const { inPipelines } = definitionOf(view.kinds, kind);
  if (name === 'group' && inPipelines) return group(view);
  if (name === 'customer' && inPipelines) return customer(view);
  const derived = findDerived(kind, name, view.state.config);
  if (!derived) return undefined;
  let bound: ((row: number) => number) | undefined;
  const value = (row: number) => (bound ??= derived.bind(view.scope))(row);
  const today = () => dayNumber(view.clock.zone.day(view.clock.now));
  if (derived.type === 'next') {
    const text = (row: number) => nextAction(value(row), today());
    const due = (row: number) => (Number.isFinite(value(row)) ? ` ${dayFromNumber(value(row))}` : '');
    return { name: derived.name, json: text, text, human: row => text(row) + due(row) };
  }
  if (derived.exact) return exactly(derived.name, derived.exact(view.scope), value);
  if (derived.sums) return sums(derived.name, derived.sums(view.scope));
  const text =
    derived.type === 'duration'
      ? (row: number) => shortDuration(value(row))
      : (row: number) => String(value(row));
  const json = derived.type === 'duration' ? text : value;
  return { name: derived.name, align: 'right', json, text, human: text };
}

/** A figure that may be unknown: a percent as a number, an amount as exact text. */
function exactly(name: string, text: (row: number) => string, value: (row: number) => number): Shown {
  const json = (row: number) => (text(row) === '' ? null : name === 'weighted' ? text(row) : value(row));
  return { name, align: 'right', json, text, human: text };
}

/** `{"EUR":"5200.00","USD":"10.00"}`, and in words. */
const sums = (name: string, of: (row: number) => readonly Sum[]): Shown => {
  const text = (row: number) => (of(row).length === 0 ? '' : showSums(of(row)));
  const json = (row: number) => Object.fromEntries(of(row).map(({ currency, sum }) => [currency, sum]));
  return { name, align: 'right', json, text, human: text };
};

/** Whole days, or hours below one: `34d`, `6h`; what a query takes. */
export const shortDuration = (ms: number): string =>
  ms >= DAY ? `${Math.floor(ms / DAY)}d` : `${Math.floor(ms / HOUR)}h`;

/** Returns the customer of a deal: its account, otherwise its contact. */
function customer(view: View): Shown {
  const table = view.state.table('deal');
  const id = (row: number): string | null => {
    const { account, contacts } = table.record(row) as Deal;
    return [account, contacts?.[0]].find(each => each !== undefined && view.seesId(each)) ?? null;
  };
  return {
    name: 'customer',
    json: id,
    text: row => id(row) ?? '',
    human: row => {
      const known = id(row);
      return known === null ? '' : nameOf(view, known);
    },
  };
}

function group(view: View): Shown {
  const deals = view.state.table('deal');
  const pipeline = deals.column('pipeline') as CodeColumn;
  const stage = deals.column('stage') as CodeColumn;
  const groupOf = (row: number) =>
    stageOf(pipelineOf(view.state.config, pipeline.words[pipeline.get(row)]!), stage.words[stage.get(row)]!)
      ?.group;
  return {
    name: 'group',
    json: row => groupOf(row) ?? null,
    text: row => groupOf(row) ?? '',
    human: row => groupOf(row) ?? '',
  };
}
