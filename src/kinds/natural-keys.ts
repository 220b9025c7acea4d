/** The keys by which people name records of a kind: those of the kind, and handles that the workspace defines. */
import { type Config, customFieldsOf } from '../domain/config.ts';
import type { Kind, Kinds } from '../domain/kinds.ts';
import { type Json, type Rec, valueAt } from '../domain/records.ts';
import { handleIn } from '../domain/web-names.ts';
import { definitionOf, definitionsIn, type Key } from './define.ts';
import { samePhone } from './phones.ts';
import { allOf } from './several.ts';

const cache = new WeakMap<Config, Map<Kind, readonly Key[]>>();

/** The rank of what people are called on networks: a text means something else first. */
const HANDLE = 9;

const ranks = new WeakMap<Kinds, readonly number[]>();

/** Returns the ranks of all keys, ascending: a text is looked up by the keys of each rank in turn. */
export function ranksOf(kinds: Kinds): readonly number[] {
  let known = ranks.get(kinds);
  if (!known) {
    const all = definitionsIn(kinds).flatMap(each => each.keys.map(key => key.rank));
    known = [...new Set([...all, HANDLE])].sort((a, b) => a - b);
    ranks.set(kinds, known);
  }
  return known;
}

/** Returns the keys of a kind in a workspace, in the order in which a name is looked up. */
export function keysOf(config: Config, kind: Kind): readonly Key[] {
  let byKind = cache.get(config);
  if (!byKind) cache.set(config, (byKind = new Map()));
  let keys = byKind.get(kind);
  if (!keys) {
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
    byKind.set(kind, (keys = [...definitionOf(config.kinds, kind).keys, ...handles]));
  }
  return keys;
}

/** Returns what people call a key, in `--key` and in hints: the field of the primary one. */
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

/** Whether a stored value is the key that a text says. */
export function isKey(key: Key, value: string, text: string, config: Config): boolean {
  if (key.isPhone) return samePhone(value, text, config.country);
  const [a, b] = [value.normalize(), (key.read?.(text) ?? text).normalize()];
  if (!key.caseless) return a === b;
  return a.toLowerCase() === b.toLowerCase() || a.toLowerCase() === text.normalize().toLowerCase();
}
