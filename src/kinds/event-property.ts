/** The properties of an event: whatever somebody observed, so they are not fields of the registry. */
import { exactNumber } from '../domain/decimal.ts';
import { whyNotNamed } from '../domain/names.ts';
import type { Json } from '../domain/records.ts';
import type { Field } from './field.ts';
import { externalId } from './shared.ts';

/**
 * Reads a property's text as a number or as true or false if it looks like one; 007 stays a text, and so does a
 * number that would be rounded.
 */
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
