/**
 * Added records as the lines that the journal has of them. An import adds a million, and looks at few of them again:
 * a line takes a fraction of the memory of an object, is encoded once for journal and snapshot, and is read on demand.
 */
import type { AddChange, Why } from './changes.ts';
import { type Kind, makeId } from './kinds.ts';
import { isEmpty, type Json, type Rec } from './records.ts';

const BEFORE = '{"add":';
const AFTER = '}\n';

/** A change of which nothing is kept but its line: `{"add":{...},"why":{...}}`. */
export class AddedLine implements AddChange {
  readonly kind: Kind;
  readonly number: number;
  readonly bytes: Buffer;
  /** Where in `bytes` the line begins, its record ends, and the line ends, with its line end. */
  readonly start: number;
  readonly recordEnd: number;
  readonly end: number;

  constructor(kind: Kind, number: number, bytes: Buffer, start: number, recordEnd: number, end: number) {
    this.kind = kind;
    this.number = number;
    this.bytes = bytes;
    this.start = start;
    this.recordEnd = recordEnd;
    this.end = end;
  }

  get id(): string {
    return makeId(this.kind, this.number);
  }

  /** Read anew each time. */
  get add(): Rec {
    return JSON.parse(this.bytes.toString('utf8', this.start + BEFORE.length, this.recordEnd)) as Rec;
  }

  get why(): Why | undefined {
    return this.toJSON().why;
  }

  toJSON(): AddChange {
    return JSON.parse(this.bytes.toString('utf8', this.start, this.end)) as AddChange;
  }

  /** The beginning of the line that a snapshot has of its record; `endOfRecord` is the rest. */
  get beginOfRecord(): Buffer {
    return this.bytes.subarray(this.start + BEFORE.length, this.recordEnd - 1);
  }
}

/** What follows in a snapshot from when a record was added, as `applyChange` says it; with the line end. */
export function endOfRecord(kind: Kind, at: string): Buffer {
  const derived = { createdAt: at, updatedAt: at, ...(kind === 'deal' && { stageSince: at }) };
  return Buffer.from(`,${JSON.stringify(derived).slice(1)}\n`);
}

/** A field as lines have it: `"title":`, perhaps within a group, as custom fields are. */
interface Place {
  readonly path: string;
  readonly group: string;
  readonly key: string;
}

/** Lines are put into pieces of memory of this size, in bytes, unless one is longer. */
const PIECE = 1 << 21;
/** The most bytes that a UTF-16 unit takes. */
const WIDEST = 3;

/** Writes added records as lines, one after the other. */
export class AddedLines {
  #piece = Buffer.alloc(0);
  #length = 0;
  readonly #plans = new Map<readonly string[], ReadonlyMap<string, Place>>();

  /**
   * The line of a new record: its values by path, in the order of `paths`. Undefined where there are others, which a
   * record in memory has to put in their places.
   */
  add(
    kind: Kind,
    number: number,
    values: { readonly [path: string]: Json | undefined },
    paths: readonly string[],
    why: Why | undefined,
  ): AddedLine | undefined {
    let plan = this.#plans.get(paths);
    if (!plan) this.#plans.set(paths, (plan = planOf(paths)));
    for (const path in values) if (!plan.has(path)) return undefined;
    const record = recordText(makeId(kind, number), values, plan);
    const rest = why ? `,"why":${JSON.stringify(why)}${AFTER}` : AFTER;
    const most = WIDEST * (BEFORE.length + record.length + rest.length);
    if (this.#length + most > this.#piece.length) {
      this.#piece = Buffer.allocUnsafeSlow(Math.max(PIECE, most));
      this.#length = 0;
    }
    const [bytes, start] = [this.#piece, this.#length];
    this.#length += bytes.write(BEFORE + record + rest, start);
    const recordEnd = this.#length - Buffer.byteLength(rest);
    return new AddedLine(kind, number, bytes, start, recordEnd, this.#length);
  }
}

/** What follows from the journal alone is in no line: `applyChange` says what it is. */
const derived = ['createdAt', 'updatedAt', 'stageSince'];

function planOf(paths: readonly string[]): Map<string, Place> {
  const plan = new Map<string, Place>();
  for (const path of paths) {
    const dot = path.indexOf('.');
    const name = path.slice(dot + 1);
    if (!derived.includes(path))
      plan.set(path, { path, group: dot < 0 ? '' : path.slice(0, dot), key: `${JSON.stringify(name)}:` });
  }
  return plan;
}

function recordText(
  id: string,
  values: { readonly [path: string]: Json | undefined },
  plan: ReadonlyMap<string, Place>,
): string {
  let text = `{"id":"${id}"`;
  let within = '';
  for (const { path, group, key } of plan.values()) {
    const value = values[path];
    if (isEmpty(value)) continue;
    if (group === within) text += ',';
    else {
      if (within !== '') text += '}';
      text += group === '' ? ',' : `,${JSON.stringify(group)}:{`;
      within = group;
    }
    text += key + jsonOf(value);
  }
  return within === '' ? `${text}}` : `${text}}}`;
}

/** What JSON has between quotes as it is. */
const plain = /^[\x20\x21\x23-\x5b\x5d-\x7e]*$/;
const jsonOf = (value: Json): string =>
  typeof value === 'string' && plain.test(value) ? `"${value}"` : JSON.stringify(value);
