/** The keys by which people name records of a kind: those of the kind, and handles that the workspace defines. */
import { memoBy, memoByKey } from '../domain/memo.ts';
import { type Config, customFieldsOf } from '../domain/config.ts';
import type { Kind, Kinds } from '../domain/kinds.ts';
import { type Json, type Rec, valueAt } from '../domain/records.ts';
import { handleIn } from '../domain/web-names.ts';
import { definitionOf, definitionsIn, type Key } from './define.ts';
import { samePhone } from './phones.ts';
import { allOf } from './several.ts';

/** The rank of names on networks: every other meaning of a text comes first. */
const HANDLE = 9;

/** Returns the ranks of all keys, ascending: a text is looked up by the keys of each rank in turn. */
export const ranksOf = memoBy((kinds: Kinds): readonly number[] => {
  const all = definitionsIn(kinds).flatMap(each => each.keys.map(key => key.rank));
  return [...new Set([...all, HANDLE])].sort((a, b) => a - b);
});

/** Returns the keys of a kind in a workspace, in the order in which a name is looked up. */
export const keysOf = memoByKey((config: Config, kind: Kind): readonly Key[] => {
  const handles = customFieldsOf(config, kind)
    .filter(each => each.type === 'handle')
    .map(
      ({ name }): Key => ({
        path: `fields.${name}`,
        rank: HANDLE,
        said: name,
        unique: true,
        caseless: true,
        read: handleIn,
      }),
    );
  return [...definitionOf(config.kinds, kind).keys, ...handles];
});

/** Returns the name of a key in `--key` and in hints: the field of the primary value. */
export const nameOfKey = ({ path, several }: Key): string => several?.one ?? path;

/** Returns the values of a key that a record has, or that fields by path would give it. */
export function keyValues(
  { path, several }: Key,
  record: { readonly [path: string]: Json | undefined },
): string[] {
  if (several) return allOf(record, several);
  const value = record[path] ?? valueAt(record as Rec, path);
  return typeof value === 'string' ? [value] : [];
}

/** Whether a stored value is the key in a text. */
export function isKey(key: Key, value: string, text: string, config: Config): boolean {
  if (key.isPhone) return samePhone(value, text, config.country);
  const [a, b] = [value.normalize(), (key.read?.(text) ?? text).normalize()];
  if (!key.caseless) return a === b;
  return a.toLowerCase() === b.toLowerCase() || a.toLowerCase() === text.normalize().toLowerCase();
}
