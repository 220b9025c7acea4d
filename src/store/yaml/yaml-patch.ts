/** The shared data of an edit of YAML text: the original document, and the edits of its text so far. */
import { type Document, isAlias, type Node } from 'yaml';
import type { PrintOptions } from './yaml-print.ts';
import type { Lines } from './yaml-source.ts';
import { sameValue, type Source, type YamlValue } from './yaml-tree.ts';

/** Replaces the text between two offsets. */
export interface TextEdit {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

/** A place that cannot be changed as asked, by its offset, and why. */
export class Unchangeable extends Error {
  readonly offset: number;

  constructor(offset: number, why: string) {
    super(why);
    this.offset = offset;
  }
}

/** What the parts of a patch know in common. */
export interface Patch {
  readonly document: Document.Parsed;
  readonly lines: Lines;
  readonly edits: TextEdit[];
  /** The values of the nodes before the edit. */
  readonly before: ReadonlyMap<Node, YamlValue>;
  /** The maps and lists of the nodes as the edit left them. */
  readonly after: ReadonlyMap<Node, YamlValue>;
  readonly sources: WeakMap<object, Source>;
  /** Maps that are written with an entry per line. */
  readonly blocks: WeakSet<object>;
  /** How far maps, and lists in maps, are indented. */
  readonly step: number;
  readonly listStep: number;
  readonly print: PrintOptions;
  /** Whether what is put back is written as it was, with its comments. */
  readonly asWritten: boolean;
  /** Whether blank lines go with what is above them. */
  readonly withBlanks: boolean;
}

/** The new entries of a collection. */
export interface Changes {
  /** Whether the entry of each index stays. */
  readonly stays: readonly boolean[];
  /** What is new, by the index of the entry after which it comes; -1 for the beginning. */
  readonly added: ReadonlyMap<number, readonly Added[]>;
}

export interface Added {
  readonly key: string | undefined;
  readonly value: YamlValue;
  /** Where it was written, of an item that moves. */
  readonly source?: Source;
}

/** Where the entry of a value was written; undefined where it was another value, or an alias, or is new. */
export function sourceOf(
  { sources, before, asWritten }: Patch,
  { value, source: moved }: Added,
): Source | undefined {
  if (!asWritten) return undefined;
  const source = moved ?? (typeof value === 'object' && value !== null ? sources.get(value) : undefined);
  if (!source?.entry || !source.around || (isAlias(source.node) && !moved)) return undefined;
  const was = before.get(source.node);
  return was === undefined || sameValue(was, value) ? source : undefined;
}
