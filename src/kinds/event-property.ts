/** The properties of an event, which are whatever somebody observed: they are no fields of the registry. */
import { exactNumber } from '../domain/decimal.ts';
import { whyNotNamed } from '../domain/names.ts';
import type { Json } from '../domain/records.ts';
import type { Field } from './field.ts';
import { externalId } from './shared.ts';

/** What a property's text means: numbers and truths where they look like it; 007 stays text, and so does a number that would be rounded. */
export function propertyOf(text: string): Json {
  if (text === 'true' || text === 'false') return text === 'true';
  return /^-?(0|[1-9]\d{0,14})(\.\d+)?$/.test(text) ? (exactNumber(text) ?? text) : text;
}

/** A property as a field, by a name such as `prop.form` or `props.form`; undefined if it is not one. */
export function propertyField(name: string): Field | undefined {
  const key = /^props?\.(.+)$/s.exec(name)?.[1];
  if (key === undefined || whyNotNamed('a property', key) !== undefined) return undefined;
  return { ...externalId, name: `prop.${key}`, path: `props.${key}`, aliases: [] };
}

export const isProperty = (field: Field): boolean => field.path.startsWith('props.');
