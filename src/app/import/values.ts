/** Turns texts into stored values, by the type of a field and the mapping's notation of numbers and dates. */
import { readMoney, readNumber } from './amounts.ts';
import { type DateReader, dateReader } from './date-texts.ts';
import type { Mapping } from './mapping.ts';
import { unguardFormula } from '../../channels/csv-write.ts';
import { CrmError, usage } from '../../domain/errors.ts';
import { type Locale, localeNamed } from '../../domain/locales.ts';
import { isEmpty, type Json, type Rec } from '../../domain/records.ts';
import { activityBy } from '../../kinds/activity.ts';
import { isProperty, propertyOf } from '../../kinds/event-property.ts';
import { fieldTypes, parseUser, type ValueContext } from '../../kinds/field-types.ts';
import type { Field, FieldTypeName } from '../../kinds/field.ts';
import { readField } from '../../kinds/fields.ts';

/** Reads a text that is not empty; throws USAGE with what is accepted. */
export type ReadValue = (text: string, context: ValueContext) => Json;

/** Types of which few values come back in many rows, and whose meaning does not change while rows are read. */
const repeated: readonly FieldTypeName[] = ['choice', 'choices', 'tags', 'currency', 'boolean'];
const MOST_KEPT = 10_000;
/** Types whose values stand in a cell as they are stored, or by a name. */
const writtenOneWay: readonly FieldTypeName[] = [
  'text',
  'link',
  'word',
  'choice',
  'choices',
  'tags',
  'user',
  'currency',
  'ref',
  'refs',
  'repeat',
  'phone',
  'phones',
  'emails',
  'domains',
  'handle',
];

export class ValueReaders {
  readonly #locale: Locale | undefined;
  readonly #dates: DateReader;
  readonly #guarded: boolean;

  /** `guarded`: texts may have the apostrophe that an export puts before formulas. */
  constructor(mapping: Pick<Mapping, 'dates' | 'locale'>, clock: ValueContext['clock'], guarded: boolean) {
    this.#locale = mapping.locale === undefined ? undefined : localeNamed(mapping.locale);
    this.#dates = dateReader(clock, mapping.dates, this.#locale?.order);
    this.#guarded = guarded;
  }

  /** The reader of a field's texts. */
  of(field: Field): ReadValue {
    const read = this.#readerOf(field);
    if (!repeated.includes(field.type)) return read;
    const known = new Map<string, Json>();
    return (text, context) => {
      let value = known.get(text);
      if (value === undefined) {
        value = read(text, context);
        if (known.size < MOST_KEPT) known.set(text, value);
      }
      return value;
    };
  }

  #readerOf(field: Field): ReadValue {
    const locale = this.#locale;
    const { parse } = fieldTypes[field.type];
    switch (field.type) {
      case 'money':
        return (text, context) => readMoney(text, context.currency, locale);
      case 'number':
        return text => readNumber(text, locale);
      case 'day':
        return text => (field.time === undefined ? this.#dates.day(text) : this.#dates.due(text));
      case 'time':
        // Other programs write seconds too.
        return (text, context) => parse(text.trim().replace(/^(\d\d?:\d\d):\d\d$/, '$1'), field, context);
      case 'instant':
        return text => this.#dates.instant(text);
      case 'boolean':
        return (text, context) => {
          const word = text.trim().toLowerCase();
          if (['y', 'x', 'on', ...(locale?.yes ?? [])].includes(word)) return true;
          if (['n', 'off', ...(locale?.no ?? [])].includes(word)) return false;
          return parse(text, field, context);
        };
      case 'tags':
      case 'choices':
        return (text, context) => {
          const cell = this.#unguarded(text).trim();
          // An export ends with a comma if an item has what separates items elsewhere.
          if (cell.endsWith(',')) return parse(cell, field, context);
          const list = withoutLabels(cell);
          // Where no comma separates them, a semicolon may.
          return parse(list.includes(',') ? list : list.replaceAll(';', ','), field, context);
        };
      case 'word':
        if (field === activityBy)
          return (text, context) => authorOf(this.#unguarded(text), field.name, context);
        return (text, context) => parse(this.#unguarded(text), field, context);
      case 'text':
      case 'link':
      case 'choice':
      case 'phone':
      case 'phones':
      case 'emails':
      case 'domains':
      case 'handle':
        if (isProperty(field)) return text => propertyOf(this.#unguarded(text));
        return this.#guarded
          ? (text, context) => parse(unguardFormula(text), field, context)
          : (text, context) => parse(text, field, context);
      default:
        return (text, context) => parse(text, field, context);
    }
  }

  /**
   * Returns the value of a cell: the record's present value if the cell repeats it, even if that could not be set any
   * more (a record in the trash, a removed option, a retired currency); otherwise the result of `read`.
   */
  unchanged(field: Field, record: Rec, text: string, read: (text: string) => Json): Json {
    const now = readField(field, record);
    if (isEmpty(now)) return read(text);
    const { print } = fieldTypes[field.type];
    const isSame = () => this.#unguarded(text).trim() === print(now!).trim();
    // A value with several notations is read first: 1.234 may be a number of thousands.
    if (!writtenOneWay.includes(field.type)) {
      try {
        return read(text);
      } catch (error) {
        if (error instanceof CrmError && isSame()) return now!;
        throw error;
      }
    }
    if (isSame()) return now!;
    return Array.isArray(now) ? this.#listOf(now as readonly string[], text, read) : read(text);
  }

  /** A list of which some items are there already: these stay as they are. */
  #listOf(now: readonly string[], text: string, read: (text: string) => Json): Json {
    try {
      return read(text);
    } catch (error) {
      const items = this.#unguarded(text)
        .split(/[,;]/)
        .map(item => item.trim())
        .filter(item => item !== '');
      if (!(error instanceof CrmError) || !items.some(item => now.includes(item))) throw error;
      return [...new Set(items.flatMap(item => (now.includes(item) ? item : (read(item) as string[]))))];
    }
  }

  #unguarded(text: string): string {
    return this.#guarded ? unguardFormula(text) : text;
  }
}

/**
 * Reads the author of something: a user by id, name or e-mail, or a login name. A workspace without users has only
 * login names.
 */
function authorOf(text: string, name: string, context: ValueContext): Json {
  const typed = text.trim();
  const isLogin = typed === context.me || typed === 'me' || Object.keys(context.config.users).length === 0;
  return isLogin ? (typed === 'me' ? context.me : typed) : parseUser(typed, name, context);
}

/** Google separates labels by `:::`, and marks those of its own with a star. */
const withoutLabels = (text: string): string =>
  text.includes(':::') || /^\* my/.test(text)
    ? text
        .split(':::')
        .map(label => label.trim())
        .filter(label => !label.startsWith('* '))
        .join(',')
    : text;

/** A field that a row may only repeat as it is. */
export const cannotBeSet = (field: Field, column: string) =>
  usage(
    `${field.name} cannot be set`,
    field.name === 'id'
      ? '--key id updates the records of this workspace'
      : `--ignore ${JSON.stringify(column)}`,
  );

/** A row that names another workspace, where --key id would change the record that has its id in this one. */
export const foreignRow = (origin: string) =>
  usage(
    `the row is of another workspace, ${origin}: its id is another record here`,
    '--same-workspace if its ids come from this workspace; crm export --portable writes names instead',
  );

/** The error of an id that may be of another workspace. */
export const unprovenId = (id: string, origin: string | undefined) =>
  usage(
    origin === undefined
      ? `${id} is an id, and nothing says that it comes from this workspace`
      : `${id} is an id of another workspace, ${origin}`,
    origin === undefined
      ? '--same-workspace or --key id says that it is; crm export --portable writes names instead'
      : 'crm export --portable writes names instead',
  );
