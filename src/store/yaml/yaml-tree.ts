/** The value of a YAML document as an edit changes it. Each map and list knows which node of which text it came from. */
import {
  type Document,
  isAlias,
  isMap,
  isPair,
  isScalar,
  isSeq,
  type Node,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
import { type Entry, keyOf, type Lines } from './yaml-source.ts';

export type YamlMap = Map<string, YamlValue>;
export type YamlValue = YamlMap | YamlValue[] | string | number | boolean | bigint | null | object;

/** A value that a command puts into a document. */
export type Plain =
  | string
  | number
  | boolean
  | null
  | readonly Plain[]
  | { readonly [key: string]: Plain | undefined };

/** Where a map or list of a tree is written. */
export interface Source {
  readonly lines: Lines;
  readonly node: Node;
  /** The entry whose value it is, and the collection around that; undefined at the root. */
  readonly entry?: Entry;
  readonly around?: YAMLMap | YAMLSeq;
}

export type Path = readonly (string | number)[];

export const isList = (value: unknown): value is YamlValue[] => Array.isArray(value);
export const isMapping = (value: unknown): value is YamlMap => value instanceof Map;

/** A document's value, to be changed in place. */
export class YamlTree {
  root: YamlValue;
  /** New maps that are written with an entry per line. */
  readonly blocks = new WeakSet<object>();

  constructor(root: YamlValue) {
    this.root = root;
  }

  /** The value at a path; undefined if there is none. */
  get(path: Path): YamlValue | undefined {
    let at: YamlValue | undefined = this.root;
    for (const step of path) {
      if (isMapping(at)) at = at.get(String(step));
      else if (isList(at)) at = at[Number(step)];
      else return undefined;
    }
    return at;
  }

  /** The map at a path; makes it, and those above it, where something else or nothing is there. */
  map(path: Path): YamlMap {
    const there = this.get(path);
    return isMapping(there) ? there : this.#make(path, new Map());
  }

  /** The list at a path; makes it where something else or nothing is there. */
  list(path: Path): YamlValue[] {
    const there = this.get(path);
    return isList(there) ? there : this.#make(path, []);
  }

  #make<T extends YamlMap | YamlValue[]>(path: Path, made: T): T {
    this.blocks.add(made);
    this.#set(path, made);
    return made;
  }

  /** Puts a value at a path that ends with a key: new maps and lists on one line, or with an entry per line as a `block`. */
  put(path: Path, value: Plain, block = false): void {
    this.#set(path, block ? this.#inBlocks(asValue(value)) : asValue(value));
  }

  /** Adds an item, on one line, to the list at a path: at its end, or at an index. */
  add(path: Path, value: Plain, at?: number): void {
    const list = this.list(path);
    list.splice(at ?? list.length, 0, asValue(value));
  }

  /** Puts in, at an index of a list or map, the entry that another tree has at the same path. */
  insertFrom(other: YamlTree, path: Path, from: number, at: number): void {
    const there = other.get(path);
    if (isList(there)) this.list(path).splice(at, 0, there[from]!);
    else if (isMapping(there)) {
      const map = this.map(path);
      const entries = [...map];
      entries.splice(at, 0, [...there][from]!);
      map.clear();
      for (const [key, value] of entries) map.set(key, value);
    }
  }

  /** Replaces every value of a map's entry below a path, however deep, by what the function returns for it. */
  replaceEach(path: Path, by: (key: string, value: YamlValue) => YamlValue): void {
    const visit = (value: YamlValue | undefined): void => {
      if (isList(value)) value.forEach(visit);
      else if (isMapping(value))
        for (const [key, each] of value) {
          value.set(key, by(key, each));
          visit(each);
        }
    };
    visit(this.get(path));
  }

  /** Gives the entry of a map at a path another key; it stays where it is. */
  rename(path: Path, key: string): void {
    const above = this.get(path.slice(0, -1));
    if (!isMapping(above)) return;
    const entries = [...above];
    above.clear();
    for (const [each, value] of entries) above.set(each === String(path.at(-1)) ? key : each, value);
  }

  /** Removes the value at a path. */
  take(path: Path): void {
    const above = this.get(path.slice(0, -1));
    const step = path.at(-1)!;
    if (isMapping(above)) above.delete(String(step));
    else if (isList(above)) above.splice(Number(step), 1);
  }

  #set(path: Path, value: YamlValue): void {
    const step = path.at(-1);
    if (step === undefined) {
      this.root = value;
      return;
    }
    const above = this.get(path.slice(0, -1));
    if (isList(above)) above[Number(step)] = value;
    else this.map(path.slice(0, -1)).set(String(step), value);
  }

  #inBlocks(value: YamlValue): YamlValue {
    if (isMapping(value)) {
      this.blocks.add(value);
      for (const each of value.values()) this.#inBlocks(each);
    }
    return value;
  }
}

/** Plain data as a value of a tree; what is undefined is left out. */
function asValue(plain: Plain): YamlValue {
  if (Array.isArray(plain)) return plain.map(asValue);
  if (typeof plain !== 'object' || plain === null) return plain as YamlValue;
  const entries = Object.entries(plain).filter((entry): entry is [string, Plain] => entry[1] !== undefined);
  return new Map(entries.map(([key, value]) => [key, asValue(value)]));
}

/** The value of a node, with aliases as copies of what they stand for; `note` is told of every node. */
export function readNode(
  document: Document.Parsed,
  node: unknown,
  note: (node: Node, value: YamlValue, around: YAMLMap | YAMLSeq | undefined) => void,
  around?: YAMLMap | YAMLSeq,
): YamlValue {
  const read = (): YamlValue => {
    if (isAlias(node)) return readNode(document, node.resolve(document), () => {});
    if (isScalar(node)) return node.value as YamlValue;
    if (isMap(node) && isPlain(node, ':map'))
      return new Map(node.items.map(pair => [keyOf(pair), readNode(document, pair.value, note, node)]));
    if (isSeq(node) && isPlain(node, ':seq') && !node.items.some(isPair))
      return node.items.map(item => readNode(document, item, note, node));
    return (node as Node | null)?.toJS(document) ?? null;
  };
  const value = read();
  if (node) note(node as Node, value, around);
  return value;
}

/** Whether a collection is a map or list, and not a set or ordered map of YAML 1.1. */
const isPlain = ({ tag }: YAMLMap | YAMLSeq, ending: string): boolean =>
  tag === undefined || tag.endsWith(ending);

/** Whether two values of trees are equal, with the keys of maps in the same order. */
export function sameValue(a: YamlValue | undefined, b: YamlValue | undefined): boolean {
  if (a === b || Object.is(a, b)) return true;
  if (isMapping(a) && isMapping(b)) {
    const others = [...b];
    return (
      a.size === b.size &&
      [...a].every(([key, value], i) => key === others[i]![0] && sameValue(value, others[i]![1]))
    );
  }
  if (isList(a) && isList(b)) return a.length === b.length && a.every((value, i) => sameValue(value, b[i]));
  if (isMapping(a) || isMapping(b) || isList(a) || isList(b)) return false;
  // What YAML 1.1 has beside these: dates, sets, binary data.
  return typeof a === 'object' && typeof b === 'object' && JSON.stringify(a) === JSON.stringify(b);
}
