/**
 * Values that a record may have several of: e-mails, phones, domains, accounts. The first is the primary one and is
 * stored under the singular (`email`), the others under `otherEmails`; records from the time of a single value did
 * not change. People see `email`, the primary one, and `emails`, all of them, which is never stored:
 *
 *     { email: 'a@x.com', otherEmails: ['b@x.com'] }      email  a@x.com      emails  a@x.com, b@x.com
 */
import { eachOnce } from '../domain/email.ts';
import { isEmpty, type Json, type Rec } from '../domain/records.ts';
import { type Field, field, type FieldTypeName } from './field.ts';
import type { Fields } from './writing.ts';

/** What a record may have several of. */
export interface Several {
  /** The name of the primary one: `email`. */
  readonly one: string;
  /** The name of all: `emails`. */
  readonly all: string;
  /** Where those beside the primary one are stored: `otherEmails`. */
  readonly others: string;
  /** Returns a value as it is kept; throws USAGE if it cannot be one. */
  clean(value: string): string;
  /** Whether two values are the same, by the country of the workspace. */
  same(a: string, b: string, country: string | undefined): boolean;
  /** Whether bare words search them all. */
  readonly isSearched?: true;
}

/** Returns all values of a record, the primary one first, each once. */
export function allOf(
  record: { readonly [path: string]: Json | undefined },
  { one, others }: Several,
): string[] {
  const primary = record[one];
  const more = record[others];
  const rest = Array.isArray(more) ? (more as readonly string[]) : [];
  return typeof primary === 'string' && primary !== ''
    ? [...new Set([primary, ...rest])]
    : [...new Set(rest)];
}

interface Extra extends Partial<Field> {
  /** The type of `all`, and of what is stored of the others. */
  readonly type: FieldTypeName;
}

/** The fields of `all`, and of what is stored beside the primary one. */
export const severalFields = (several: Several, { type, ...extra }: Extra): Field[] => [
  field(several.all, type, {
    ...extra,
    parts: [several.one, several.others],
    read: record => allOf(record, several),
  }),
  field(several.others, type, {
    settable: false,
    hidden: true,
    ...(extra.refs ? { refs: extra.refs } : { columnless: true }),
  }),
];

/**
 * Turns values given for `email` or for `emails` into the stored fields. A given `email` replaces the primary one; an
 * address that the record has already moves to the front; an empty one removes the primary one. `emails` replaces
 * all.
 */
export function completeSeveral(
  several: Several,
  fields: Fields,
  before: Rec | undefined,
  country: string | undefined,
): void {
  const { one, all, others, clean } = several;
  if (fields[all] === undefined && others in fields) fields[all] = allOf({ ...before, ...fields }, several);
  const first = fields[one];
  if (first === undefined && fields[all] === undefined) return;
  const same = (a: string, b: string) => several.same(a, b, country);
  const had = before ? allOf(before, several) : [];
  const kept = (value: string) => (had.includes(value) ? value : clean(value));
  const given = fields[all] === undefined ? undefined : listOf(fields[all]).map(kept);
  let list: string[];
  if (isEmpty(first)) list = given ?? (first === undefined ? had : had.slice(1));
  else {
    const primary = kept(String(first));
    const rest = given ?? (had.some(each => same(each, primary)) ? had : had.slice(1));
    list = [primary, ...rest.filter(each => !same(each, primary))];
  }
  store(several, fields, before, eachOnce(list, same));
}

function store(
  { one, all, others }: Several,
  fields: Fields,
  before: Rec | undefined,
  list: readonly string[],
): void {
  delete fields[all];
  const [primary, ...rest] = list;
  fields[one] = primary ?? null;
  if (rest.length > 0 || !isEmpty(before?.[others])) fields[others] = rest.length > 0 ? rest : null;
  else delete fields[others];
}

const listOf = (value: Json | undefined): string[] => (Array.isArray(value) ? (value as string[]) : []);

/**
 * Returns further fields to set so that a record whose fields were changed one by one (by an undo, a merge or a
 * purge) has a primary value if it has any, and no value twice.
 */
export function tidied(
  all: readonly Several[],
  record: { readonly [path: string]: Json | undefined },
): Fields {
  const fields: Fields = {};
  for (const several of all) {
    const more = record[several.others];
    if (isEmpty(more)) continue;
    const [primary, ...rest] = allOf(record, several);
    if (primary !== record[several.one]) fields[several.one] = primary ?? null;
    if (rest.length !== (more as readonly Json[]).length || primary !== record[several.one])
      fields[several.others] = rest.length > 0 ? rest : null;
  }
  return fields;
}
