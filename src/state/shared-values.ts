/**
 * Values that most records of a large snapshot have. Its head says them once, and its lines leave them out:
 *
 *     head      {"snapshot":"deals","format":2,...,"shared":{"currency":"EUR","pipeline":"sales"},...}
 *     line      {"id":"D1","title":"40 chairs"}                    EUR, sales
 *     line      {"id":"D2","title":"A desk","currency":"USD"}      USD, sales
 *     line      {"id":"D3","title":"A lamp","pipeline":null}       EUR, and no pipeline
 *
 * A line says what differs, and null for a value that its record lacks.
 */
import { type Json, type Rec, withMore } from '../domain/records.ts';
import { endOfText, isAt } from './json-bytes.ts';

/** By field, in the order in which records are completed. */
export type SharedValues = Readonly<Record<string, string>>;

/** A value longer than this, in bytes, is not shared: the head of a snapshot has a fixed width. */
const LONGEST = 64;
/** The number of records that are asked for their values. */
const SAMPLE = 1000;

/** Returns the record of a line. */
export function withShared(own: Rec, shared: SharedValues): Rec {
  for (const field in shared) if (own[field] !== undefined) return differing(own, shared);
  return withMore(own, shared);
}

/** Returns the record of a line that differs in shared values. */
function differing(own: Rec, shared: SharedValues): Rec {
  const record: Record<string, Json | undefined> = { ...withMore(own, shared), ...own };
  for (const field in shared) if (record[field] === null) delete record[field];
  return record as unknown as Rec;
}

/** Returns what the line of a record says. */
export function withoutShared(record: Rec, shared: SharedValues): Rec {
  const own: Record<string, Json | undefined> = { ...record };
  for (const field in shared) {
    const value = own[field];
    if (value === shared[field]) delete own[field];
    else if (value === undefined) own[field] = null;
  }
  return own as unknown as Rec;
}

/** Returns a record without the values that it shares. */
export const ofItsOwn = (record: Rec, shared: SharedValues): Rec =>
  Object.fromEntries(Object.entries(record).filter(([field, value]) => value !== shared[field])) as Rec;

/** Returns the values of these fields that more than half of the records have, judged by some of them. */
export function sharedAmong(
  rows: readonly number[],
  recordOf: (row: number) => Rec,
  fields: readonly string[],
): SharedValues {
  const step = Math.max(1, Math.floor(rows.length / SAMPLE));
  const counts = new Map(fields.map(field => [field, new Map<string, number>()]));
  let asked = 0;
  for (let i = 0; i < rows.length; i += step) {
    const record = recordOf(rows[i]!);
    asked++;
    for (const [field, values] of counts) {
      const value = record[field];
      if (typeof value === 'string') values.set(value, (values.get(value) ?? 0) + 1);
    }
  }
  const shared: Record<string, string> = {};
  for (const [field, values] of counts)
    for (const [value, count] of values)
      if (count * 2 > asked && Buffer.byteLength(JSON.stringify(value)) <= LONGEST) shared[field] = value;
  return shared;
}

const [QUOTE, COMMA] = [0x22, 0x2c];
const [OPEN_LIST, CLOSE_LIST, OPEN_MAP, CLOSE_MAP] = [0x5b, 0x5d, 0x7b, 0x7d];

/** Copies records that are JSON texts without their shared values. */
export class LineCutter {
  readonly #keys: readonly Buffer[];
  readonly #pairs: readonly Buffer[];
  /** After `copy`: has a bit for each shared field, in order, that the record has itself. */
  found = 0;

  constructor(shared: SharedValues) {
    this.#keys = Object.keys(shared).map(field => Buffer.from(`,${JSON.stringify(field)}:`));
    this.#pairs = Object.entries(shared).map(([field, value]) =>
      Buffer.from(`,${JSON.stringify(field)}:${JSON.stringify(value)}`),
    );
  }

  /**
   * Copies the bytes from `from` to `to`, which begin with a record, to `into` at `at`; returns where the copy ends. Looks no
   * further than the last of the fields that the record may have, given as bits like `found`.
   */
  copy(bytes: Buffer, from: number, to: number, into: Buffer, at: number, possible: number): number {
    this.found = 0;
    let [begin, end, depth] = [from, at, 0];
    for (let i = from; i < to && this.found !== possible; i++) {
      const byte = bytes[i]!;
      if (byte === QUOTE) i = endOfText(bytes, i, to);
      else if (byte === OPEN_MAP || byte === OPEN_LIST) {
        depth++;
        // The first field is left where it is, because the comma comes after it.
        if (depth === 1) this.#fieldAt(bytes, i);
      } else if (byte === CLOSE_MAP || byte === CLOSE_LIST) depth--;
      else if (byte === COMMA && depth === 1) {
        const field = this.#fieldAt(bytes, i);
        const pair = field < 0 ? undefined : this.#pairs[field]!;
        if (!pair || !isAt(bytes, i, pair)) continue;
        end += bytes.copy(into, end, begin, i);
        begin = i + pair.length;
        i = begin - 1;
      }
    }
    return end + bytes.copy(into, end, begin, to);
  }

  /** Notes the shared field whose name comes after the byte at `at`; -1 for any other. */
  #fieldAt(bytes: Buffer, at: number): number {
    for (let field = 0; field < this.#keys.length; field++) {
      if (!isAt(bytes, at, this.#keys[field]!, 1)) continue;
      this.found |= 1 << field;
      return field;
    }
    return -1;
  }
}
