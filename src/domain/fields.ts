/**
 * The field registry: one row per field of every kind. Queries, columns, `set`, CSV, JSON, tables and help are
 * all fed from it; a new field is one row here.
 */
import type { Cell, ColumnType } from './columns.ts';
import { type Config, type CustomField, type CustomKind, customKinds } from './config.ts';
import { type FieldTypeName, fieldTypes } from './field-types.ts';
import type { Kind } from './kinds.ts';
import { type Deal, type Json, type Rec, readerOf, valueAt } from './records.ts';

export interface Field {
  /** camelCase, as in JSON, CSV and `set`. */
  readonly name: string;
  readonly type: FieldTypeName;
  /** Where it is in the record; `fields.product` for a custom field. */
  readonly path: string;
  /** Other names it goes by, in `set` and in queries; kebab-case is always understood. */
  readonly aliases: readonly string[];
  /** Whether `set` and import may change it. */
  readonly settable: boolean;
  readonly required: boolean;
  /** The kinds that a reference may point to. */
  readonly refs?: readonly Kind[];
  /** The record is a part of the one that it points to, and is forgotten with it. */
  readonly belongs?: true;
  /** The values of a closed set. */
  readonly options?: (config: Config) => readonly string[];
  /** What the options are called, where they have names beside their ids. */
  readonly names?: (config: Config) => readonly { readonly id: string; readonly name: string }[];
  /** Whether it is shown by itself in JSON and CSV; custom fields are inside `fields`. */
  readonly custom: boolean;
  /** Read from a record instead of from `path`, where it is another view of a stored field. */
  readonly read?: (record: Rec) => Json | undefined;
  /** The day or instant says when something happened: a day without a year is the nearest past one. */
  readonly happened?: true;
  /** The field that keeps the time of day, where one is typed with the day. */
  readonly time?: string;
  /** Whether bare words search it. */
  readonly searched: boolean;
}

type Extra = Partial<Omit<Field, 'name' | 'type'>>;

/** A field that is as most are: stored under its name, and to be set. */
export const field = (name: string, type: FieldTypeName, extra: Extra = {}): Field => ({
  name,
  type,
  path: name,
  aliases: [],
  settable: true,
  required: false,
  custom: false,
  searched: false,
  ...extra,
});

const id = field('id', 'text', { settable: false });
const created = field('createdAt', 'instant', { aliases: ['created'], settable: false });
const updated = field('updatedAt', 'instant', { aliases: ['updated'], settable: false });
const externalId = field('externalId', 'text');
const owner = field('owner', 'user');
const tags = field('tags', 'tags', { aliases: ['tag'] });
/** Whoever it was: a user, or a login that is none. */
export const activityBy = field('by', 'word');
const subjects = ['deal', 'contact', 'account'] as const;
const stagesByConfig = new WeakMap<Config, readonly string[]>();
/** The stages of all pipelines, put together once: an import asks for them at every row. */
const stageIds = (config: Config): readonly string[] => {
  let ids = stagesByConfig.get(config);
  if (!ids)
    stagesByConfig.set(config, (ids = [...new Set(config.pipelines.flatMap(p => p.stages.map(s => s.id)))]));
  return ids;
};
const primary = (record: Rec): Json | undefined => (record.contacts as readonly string[] | undefined)?.[0];

const builtIn: Record<Kind, readonly Field[]> = {
  deal: [
    id,
    field('title', 'text', { required: true, searched: true }),
    field('value', 'money', { required: true }),
    field('currency', 'currency', { required: true }),
    field('pipeline', 'choice', {
      required: true,
      options: config => config.pipelines.map(p => p.id),
      names: config => config.pipelines,
    }),
    field('stage', 'choice', {
      required: true,
      options: stageIds,
      names: config => config.pipelines.flatMap(p => p.stages),
    }),
    field('status', 'choice', { required: true, options: () => ['open', 'won', 'lost'] }),
    owner,
    field('contact', 'ref', { refs: ['contact'], path: 'contacts', read: primary }),
    field('contacts', 'refs', { refs: ['contact'] }),
    field('account', 'ref', { refs: ['account'] }),
    field('description', 'text', { searched: true }),
    tags,
    field('expectedClose', 'day', { aliases: ['close'] }),
    created,
    updated,
    field('stageSince', 'instant', { settable: false }),
    field('closedAt', 'instant', { aliases: ['closed'], happened: true }),
    field('closedStage', 'choice', { settable: false, options: stageIds }),
    field('lostReason', 'text'),
    externalId,
  ],
  contact: [
    id,
    field('name', 'text', { required: true, searched: true }),
    field('email', 'text'),
    field('phone', 'text'),
    field('account', 'ref', { refs: ['account'] }),
    owner,
    tags,
    field('consent', 'boolean'),
    externalId,
    created,
    updated,
  ],
  account: [
    id,
    field('name', 'text', { required: true, searched: true }),
    field('domain', 'text'),
    field('parent', 'ref', { refs: ['account'] }),
    owner,
    tags,
    field('description', 'text', { searched: true }),
    externalId,
    created,
    updated,
  ],
  task: [
    id,
    field('title', 'text', { required: true, searched: true }),
    field('type', 'choice', { required: true, options: config => Object.keys(config.taskTypes) }),
    field('for', 'ref', { refs: subjects, belongs: true }),
    field('due', 'day', { time: 'dueTime' }),
    field('assignee', 'user'),
    field('status', 'choice', { required: true, options: () => ['open', 'done'] }),
    field('outcome', 'text'),
    field('doneAt', 'instant', { aliases: ['done'], happened: true }),
    field('repeat', 'repeat'),
    field('whenCreated', 'word'),
    field('whenDone', 'word'),
    externalId,
    created,
    updated,
    field('dueTime', 'time'),
  ],
  activity: [
    id,
    field('type', 'choice', { required: true, options: () => activityTypes }),
    field('for', 'ref', { refs: subjects, belongs: true, required: true }),
    field('at', 'instant', { required: true, happened: true }),
    activityBy,
    field('text', 'text', { searched: true }),
    externalId,
    created,
    updated,
  ],
  event: [
    id,
    field('name', 'word', { required: true }),
    field('contact', 'ref', { refs: ['contact'], belongs: true, required: true }),
    field('at', 'instant', { required: true, happened: true }),
    externalId,
    created,
    updated,
  ],
  invoice: [
    id,
    field('for', 'ref', { refs: subjects, settable: false, read: invoiceFor }),
    field('deal', 'ref', { refs: ['deal'] }),
    field('account', 'ref', { refs: ['account'] }),
    field('contact', 'ref', { refs: ['contact'] }),
    field('amount', 'money', { required: true }),
    field('currency', 'currency', { required: true }),
    field('issued', 'day', { happened: true }),
    field('paid', 'day', { happened: true }),
    externalId,
    created,
    updated,
  ],
  message: [
    id,
    field('channel', 'word', { settable: false }),
    field('status', 'word', { settable: false }),
    field('to', 'text', { settable: false }),
    field('subject', 'text', { settable: false, searched: true }),
    field('body', 'text', { settable: false }),
    field('template', 'word', { settable: false }),
    field('contact', 'ref', { refs: ['contact'], belongs: true, settable: false }),
    field('deal', 'ref', { refs: ['deal'], settable: false }),
    field('account', 'ref', { refs: ['account'], settable: false }),
    field('task', 'ref', { refs: ['task'], settable: false }),
    field('automation', 'word', { settable: false }),
    field('enrolment', 'ref', { refs: ['enrolment'], settable: false }),
    field('step', 'word', { settable: false }),
    field('key', 'text', { settable: false }),
    created,
    updated,
  ],
  enrolment: [
    id,
    field('automation', 'word', { settable: false }),
    field('subject', 'ref', { refs: ['deal', 'contact', 'account', 'task'], belongs: true, settable: false }),
    field('status', 'word', { settable: false }),
    field('step', 'word', { settable: false }),
    field('since', 'instant', { settable: false }),
    field('deal', 'ref', { refs: ['deal'], settable: false }),
    field('addedDeals', 'refs', { refs: ['deal'], settable: false }),
    field('addedTasks', 'refs', { refs: ['task'], settable: false }),
    field('addedActivities', 'refs', { refs: ['activity'], settable: false }),
    field('addedEvents', 'refs', { refs: ['event'], settable: false }),
    field('error', 'text', { settable: false }),
    created,
    updated,
  ],
};

export const activityTypes = ['call', 'email', 'meeting', 'note'] as const;

function invoiceFor(record: Rec): Json | undefined {
  return record.deal ?? record.account ?? record.contact;
}

const cache = new WeakMap<Config, Map<Kind, readonly Field[]>>();

/** All fields of a kind, custom fields last, in the order in which they are shown. */
export function fieldsOf(config: Config, kind: Kind): readonly Field[] {
  let byKind = cache.get(config);
  if (!byKind) cache.set(config, (byKind = new Map()));
  let fields = byKind.get(kind);
  if (!fields) {
    const custom = isCustomKind(kind) ? config.fields[kind].map(customField) : [];
    byKind.set(kind, (fields = [...builtIn[kind], ...custom]));
  }
  return fields;
}

export const isCustomKind = (kind: Kind): kind is CustomKind =>
  (customKinds as readonly Kind[]).includes(kind);

function customField(custom: CustomField): Field {
  const types: Record<CustomField['type'], FieldTypeName> = {
    text: 'text',
    link: 'link',
    number: 'number',
    money: 'money',
    date: 'day',
    boolean: 'boolean',
    choice: 'choice',
    choices: 'choices',
  };
  return field(custom.name, types[custom.type], {
    path: `fields.${custom.name}`,
    aliases: [`fields.${custom.name}`],
    custom: true,
    options: () => custom.options ?? [],
  });
}

const camel = (name: string): string =>
  name.replace(/[-_](\p{L})/gu, (_, letter: string) => letter.toUpperCase());

/** The field that a name means, by its name, an alias, or either in kebab-case. */
export function findField(config: Config, kind: Kind, name: string): Field | undefined {
  const fields = fieldsOf(config, kind);
  const is = (wanted: string) =>
    fields.find(f => f.name === wanted) ?? fields.find(f => f.aliases.includes(wanted));
  return is(name) ?? is(camel(name));
}

const queryWords = 'text is has no not event group contactTag idle stageAge nextAction score scores'.split(
  ' ',
);

/** Whether queries and lists know the name as something that is not stored, so that no custom field can have it. */
export const isQueryWord = (name: string): boolean => queryWords.includes(camel(name));

/** A field's stored value. */
export function readField(field: Field, record: Rec): Json | undefined {
  return field.read ? field.read(record) : valueAt(record, field.path);
}

/** What a table keeps as a column: a field's values, or the text that bare words search. */
export interface ColumnSpec {
  readonly key: string;
  /** Its name in a projection: a field of another type is another column, though it has the same key. */
  readonly storedAs: string;
  readonly type: ColumnType;
  /** The paths of the record's own fields that it reads. */
  readonly reads: readonly string[];
  cell(record: Rec): Cell;
}

/** The column of all searched text of a record. */
export const SEARCH = 'search';
/** Stands between the texts in it, so that no phrase begins in one and ends in the next: a control character. */
export const BETWEEN_TEXTS = '\u001f';

/** The column that says how many adjustments of scores a record has. */
export const ADJUSTED = 'adjusted';
const countAdjustments = (record: Rec) => (record.adjustments as readonly Json[] | undefined)?.length ?? 0;

/** The column of the answer for which a deal is held; '' where no row applied, nothing where it is not held. */
export const HELD = 'held';
const heldAnswer = (record: Rec) => {
  const held = record.held as Deal['held'];
  return held && (held.stage ?? '');
};

const specCache = new WeakMap<Config, Map<Kind, ReadonlyMap<string, ColumnSpec>>>();

/** The columns of a kind by key: one for each field but the id, by its path, and one for searching. */
export function columnsOf(config: Config, kind: Kind): ReadonlyMap<string, ColumnSpec> {
  let byKind = specCache.get(config);
  if (!byKind) specCache.set(config, (byKind = new Map()));
  let specs = byKind.get(kind);
  if (!specs) {
    const fields = fieldsOf(config, kind);
    const searched = fields.filter(f => f.searched);
    const all = fields.filter(f => f !== id && !f.read).map(columnOf);
    if (searched.length > 0)
      all.push({
        key: SEARCH,
        storedAs: SEARCH,
        type: 'text',
        reads: searched.map(f => f.path),
        cell: record => searched.map(f => record[f.path] ?? '').join(BETWEEN_TEXTS),
      });
    if (kind === 'deal' || kind === 'contact')
      all.push({
        key: ADJUSTED,
        storedAs: ADJUSTED,
        type: 'number',
        reads: ['adjustments'],
        cell: countAdjustments,
      });
    if (kind === 'deal')
      all.push({ key: HELD, storedAs: HELD, type: 'code', reads: ['held'], cell: heldAnswer });
    byKind.set(kind, (specs = new Map(all.map(spec => [spec.key, spec]))));
  }
  return specs;
}

function columnOf(field: Field): ColumnSpec {
  const type = fieldTypes[field.type];
  const read = readerOf(field.path);
  return {
    key: field.path,
    storedAs: `${field.path} ${field.type}`,
    type: type.column,
    reads: [field.path],
    cell: record => type.cell(read(record), record),
  };
}
