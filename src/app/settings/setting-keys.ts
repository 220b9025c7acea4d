/** Keys of settings as people type them, `color=red`, and how each becomes a value in YAML. */
import { withArticle } from '../../domain/article.ts';
import { parseDuration } from '../../domain/dates.ts';
import { usage } from '../../domain/errors.ts';
import { oneOf } from '../../kinds/field-types.ts';
import { suggestion } from '../../domain/nearest.ts';
import type { Path, YamlTree } from '../../store/yaml/yaml-tree.ts';

/** Reads a text that is not empty; `key` is for the error. Throws USAGE with what is accepted. */
export type Read = (text: string, key: string) => string | number | boolean | readonly string[];

export interface SettingKey {
  readonly read: Read;
  /** Whether it must have a value. */
  readonly required?: boolean;
  /** How the key is given to something new; left out: it can only be changed. */
  readonly option?: SettingOption;
}

export interface SettingOption {
  /** The word that stands for its value: `PERCENT`. */
  readonly takes: string;
  readonly help: string;
  /** Left out: the key. */
  readonly flag?: string;
  /** Whether the option may be given several times, for a list. */
  readonly isList?: true;
}

export type SettingKeys = Readonly<Record<string, SettingKey>>;

/** A value for each key; undefined to take the key out. */
export type SettingValues = ReadonlyMap<string, ReturnType<Read> | undefined>;

export const asText: Read = text => text;

export const asList: Read = text =>
  text
    .split(',')
    .map(item => item.trim())
    .filter(item => item !== '');

/** Returns the text as typed, if it is valid. */
export const asDuration: Read = text => {
  parseDuration(text);
  return text;
};

export const asPercent: Read = (text, key) => {
  if (/^\d+(\.\d+)?$/.test(text) && Number(text) <= 100) return Number(text);
  throw usage(`${key}: ${JSON.stringify(text)} is not a percentage`, 'accepted: 0 to 100');
};

/** Reads an amount as it is typed, `20000` or `20k`, without a currency. */
export const asAmount: Read = (text, key) => {
  const match = /^(\d+(?:\.\d+)?)([km]?)$/i.exec(text.trim());
  const amount = match ? Number(`${match[1]}e${{ '': 0, k: 3, m: 6 }[match[2]!.toLowerCase()]}`) : 0;
  if (amount > 0) return amount;
  throw usage(`${key}: ${JSON.stringify(text)} is not an amount`, 'accepted: 20000, 20k or 1.5m, above 0');
};

export const asTruth: Read = (text, key) => {
  const value = { true: true, yes: true, false: false, no: false }[text.toLowerCase()];
  if (value !== undefined) return value;
  throw usage(`${key}: ${JSON.stringify(text)} is neither yes nor no`, 'accepted: true, yes, false, no');
};

export const asOneOf =
  (options: readonly string[]): Read =>
  (text, key) =>
    oneOf(text, options, key);

/** Returns the values of `key=text` pairs of a `what`; an empty text removes the key. */
export function readSettings(
  what: string,
  keys: SettingKeys,
  texts: readonly (readonly [key: string, text: string])[],
): SettingValues {
  return new Map(
    texts.map(([key, text]) => {
      const known = Object.hasOwn(keys, key) ? keys[key]! : undefined;
      if (key === 'id')
        throw usage(`the id of ${withArticle(what)} never changes`, 'name=... is what people read');
      if (!known)
        throw usage(
          `${withArticle(what)} has no ${JSON.stringify(key)}`,
          suggestion(key, Object.keys(keys), `what ${withArticle(what)} has`),
        );
      if (text === '' && known.required) throw usage(`${withArticle(what)} needs ${withArticle(key)}`);
      return [key, text === '' ? undefined : known.read(text, key)] as const;
    }),
  );
}

/** Writes values into the map at a path of a YAML file; `quota.month` is a key in the map `quota`. */
export function putSettings(tree: YamlTree, path: Path, values: SettingValues): void {
  for (const [key, value] of values) putAt(tree, path, key.split('.'), value);
}

function putAt(
  tree: YamlTree,
  path: Path,
  keys: readonly string[],
  value: ReturnType<Read> | undefined,
): void {
  const [first, second] = keys as [string, string?];
  const at = [...path, first];
  if (second === undefined) {
    if (value === undefined) tree.take(at);
    else tree.put(at, value);
  } else if (value !== undefined) {
    if (tree.get(at) === undefined) tree.put(at, { [second]: value });
    else tree.put([...at, second], value);
  } else {
    tree.take([...at, second]);
    if (tree.map(at).size === 0) tree.take(at);
  }
}
