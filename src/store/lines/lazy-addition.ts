/**
 * An addition that was read from the journal and is parsed when somebody asks for its record: the first sweep after an import
 * of a million sees as many additions, and without rules for them it needs no more than their number.
 */
import type { AddChange, Why } from '../../domain/changes.ts';
import { invalid } from '../../domain/errors.ts';
import type { Kind, Kinds } from '../../domain/kinds.ts';
import type { Rec } from '../../domain/records.ts';
import { wrongChange } from '../../kinds/change-shape.ts';

/** How the line of an addition begins: the id, which tells the kind, comes first. */
const BEGIN = Buffer.from('{"add":{"id":"');
const QUOTE = 0x22;
/** A letter and the digits of the largest number, in bytes. */
const LONGEST_ID = 17;

/** Where a line lies in a file. */
interface Place {
  readonly bytes: Buffer;
  readonly start: number;
  readonly end: number;
  /** What errors call it. */
  readonly name: string;
  readonly line: number;
}

export class LazyAddition implements AddChange {
  readonly kind: Kind;
  readonly id: string;
  readonly #kinds: Kinds;
  readonly #place: Place;
  #parsed: Pick<AddChange, 'add' | 'why'> | undefined;

  private constructor(kinds: Kinds, kind: Kind, id: string, place: Place) {
    this.#kinds = kinds;
    this.kind = kind;
    this.id = id;
    this.#place = place;
  }

  /** Returns the addition on a line; undefined if the line does not begin as crm writes additions. */
  static at(kinds: Kinds, place: Place): LazyAddition | undefined {
    const { bytes, start, end } = place;
    const from = start + BEGIN.length;
    if (from >= end || BEGIN.compare(bytes, start, from) !== 0) return undefined;
    let to = from;
    while (to < end && to - from <= LONGEST_ID && bytes[to] !== QUOTE) to++;
    const id = bytes.toString('latin1', from, to);
    const parsed = bytes[to] === QUOTE ? kinds.parseId(id) : undefined;
    return parsed && new LazyAddition(kinds, parsed.kind, id, place);
  }

  get add(): Rec {
    return this.#read().add;
  }

  get why(): Why | undefined {
    return this.#read().why;
  }

  /** Throws INVALID, as reading the whole transaction does, if the line is not an addition that a journal may have. */
  #read(): Pick<AddChange, 'add' | 'why'> {
    return (this.#parsed ??= this.#parse());
  }

  #parse(): Pick<AddChange, 'add' | 'why'> {
    const { bytes, start, end, name, line } = this.#place;
    let value: AddChange | undefined;
    let wrong: string | undefined;
    try {
      value = JSON.parse(bytes.toString('utf8', start, end)) as AddChange;
      wrong = wrongChange(this.#kinds, value) ?? (value.add.id === this.id ? undefined : 'has two ids');
    } catch {
      wrong = 'not a JSON object; the journal is damaged';
    }
    if (wrong !== undefined) throw invalid(`${name}:${line}: ${wrong}`, 'crm doctor');
    return value!;
  }
}
