/** From texts to stored values, by the type of a field and the mapping's ways of writing numbers and dates. */
import { unguardFormula } from '../../channels/csv-write.ts';
import { usage } from '../../domain/errors.ts';
import { isProperty, propertyOf } from '../../domain/event-property.ts';
import { type FieldTypeName, fieldTypes, type ValueContext } from '../../domain/field-types.ts';
import type { Field } from '../../domain/fields.ts';
import type { Json } from '../../domain/records.ts';
import { readMoney, readNumber } from './amounts.ts';
import { type DateReader, dateReader } from './date-texts.ts';
import { type Locale, localeNamed } from '../../domain/locales.ts';
import type { Mapping } from './mapping.ts';

/** Reads a text that is not empty; throws USAGE with what is accepted. */
export type ReadValue = (text: string, context: ValueContext) => Json;

/** Types of which few values come back in many rows, and whose meaning does not change while rows are read. */
const repeated: readonly FieldTypeName[] = ['choice', 'choices', 'tags', 'currency', 'boolean'];
const MOST_KEPT = 10_000;

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
          const list = this.#unguarded(text);
          // Where no comma separates them, a semicolon may.
          return parse(list.includes(',') ? list : list.replaceAll(';', ','), field, context);
        };
      case 'text':
      case 'link':
      case 'word':
      case 'choice':
        if (field.path === 'domain') return text => domainOf(this.#unguarded(text));
        if (isProperty(field)) return text => propertyOf(this.#unguarded(text));
        return this.#guarded
          ? (text, context) => parse(unguardFormula(text), field, context)
          : (text, context) => parse(text, field, context);
      default:
        return (text, context) => parse(text, field, context);
    }
  }

  #unguarded(text: string): string {
    return this.#guarded ? unguardFormula(text) : text;
  }
}

/** A web address is that of a domain. */
const domainOf = (text: string): string =>
  text
    .trim()
    .toLowerCase()
    .replace(/^https?:\/\/(www\.)?|^www\./, '')
    .replace(/[/?#].*$/s, '');

/** A field that a row may only repeat as it is. */
export const cannotBeSet = (field: Field, column: string) =>
  usage(`${field.name} cannot be set`, `--ignore ${JSON.stringify(column)}`);
