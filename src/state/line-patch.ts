/**
 * Changes the line that a record has in a snapshot without parsing it: a sweep that moves all deals sets three fields of each,
 * and the other bytes of the line stay.
 *
 *     line      {"id":"D1","stage":"new","status":"open","updatedAt":"2026-08-03T08:00:00.000Z"}
 *     changes   stage: won
 *     copy      {"id":"D1","stage":"won","status":"open","updatedAt":"2026-09-14T08:00:00.000Z","stageSince":"2026-09-14T08:00:00.000Z"}
 *
 * The copy has the same bytes as the JSON text of the changed record.
 */
import type { Change } from '../domain/changes.ts';
import { isEmpty, type Json } from '../domain/records.ts';
import { endOfText, isAt } from './json-bytes.ts';

const [SPACE, QUOTE, COMMA, COLON, NEWLINE] = [0x20, 0x22, 0x2c, 0x3a, 0x0a];
const [OPEN_LIST, CLOSE_LIST, OPEN_MAP, CLOSE_MAP] = [0x5b, 0x5d, 0x7b, 0x7d];

/** What some changes make of a field. */
interface Patched {
  /** The field's name as JSON, with its quotes. */
  readonly name: Buffer;
  /** The field as JSON, name and value; undefined if it is removed. */
  readonly text: Buffer | undefined;
  /** Whether the changes removed the field at some time, so that it is no longer where the line has it. */
  readonly isGone: boolean;
}

/** What some changes do to the line of a record. */
export class LinePatch {
  /** The changed fields; those that a line lacks are added at its end, in this order. */
  readonly #fields: readonly Patched[];
  /** The most bytes by which a copy is longer than its line. */
  readonly growth: number;

  constructor(fields: readonly Patched[]) {
    this.#fields = fields;
    this.growth = fields.reduce((sum, { text }) => sum + (text ? text.length + 1 : 0), 0);
  }

  /**
   * Copies the line from `from` to `to`, its line end included, to `into` at `at`, as the changes leave it; returns where the
   * copy ends. Returns -1 for a line that is not in the form in which crm writes lines.
   */
  copy(bytes: Buffer, from: number, to: number, into: Buffer, at: number): number {
    if (bytes[from] !== OPEN_MAP) return -1;
    const fields = this.#fields;
    let [found, end] = [0, at];
    let i = from;
    do {
      const start = i + 1;
      if (bytes[start] !== QUOTE) return -1;
      const colon = endOfText(bytes, start, to) + 1;
      // A space after it would not be in the copy.
      if (bytes[colon] !== COLON || bytes[colon + 1] === SPACE) return -1;
      i = endOfValue(bytes, colon + 1, to);
      const place = placeAmong(fields, bytes, start, colon);
      if (place >= 0 && (found & (1 << place)) !== 0) return -1;
      if (place < 0) {
        into[end] = end === at ? OPEN_MAP : COMMA;
        end = copyBytes(bytes, start, i, into, end + 1);
        continue;
      }
      found |= 1 << place;
      const { text, isGone } = fields[place]!;
      if (isGone || !text) continue;
      into[end] = end === at ? OPEN_MAP : COMMA;
      end = copyBytes(text, 0, text.length, into, end + 1);
    } while (bytes[i] === COMMA);
    if (bytes[i] !== CLOSE_MAP || i + 2 !== to || bytes[i + 1] !== NEWLINE || end === at) return -1;
    for (let place = 0; place < fields.length; place++) {
      const { text, isGone } = fields[place]!;
      if (!text || (!isGone && (found & (1 << place)) !== 0)) continue;
      into[end] = COMMA;
      end = copyBytes(text, 0, text.length, into, end + 1);
    }
    into[end] = CLOSE_MAP;
    into[end + 1] = NEWLINE;
    return end + 2;
  }
}

/** Returns which of the fields has the name whose JSON is between `start` and `end`; -1 if none has it. */
function placeAmong(fields: readonly Patched[], bytes: Buffer, start: number, end: number): number {
  for (let place = 0; place < fields.length; place++) {
    const { name } = fields[place]!;
    if (name.length === end - start && isAt(bytes, start, name)) return place;
  }
  return -1;
}

/** Returns the end of the value that begins at `at`: the comma after it, or the brace that closes the record. */
function endOfValue(bytes: Buffer, at: number, to: number): number {
  let depth = 0;
  let i = at;
  for (; i < to; i++) {
    const byte = bytes[i]!;
    if (byte === QUOTE) i = endOfText(bytes, i, to);
    else if (byte === OPEN_MAP || byte === OPEN_LIST) depth++;
    else if (byte === CLOSE_MAP || byte === CLOSE_LIST) {
      if (depth === 0) return i;
      depth--;
    } else if (byte === COMMA && depth === 0) return i;
  }
  return i;
}

/** Copies bytes one by one: for so few of them this takes less time than a call of the system's copying. */
function copyBytes(bytes: Buffer, from: number, to: number, into: Buffer, at: number): number {
  let end = at;
  for (let i = from; i < to; i++) into[end++] = bytes[i]!;
  return end;
}

/** A change and its time. */
interface Timed {
  readonly change: Change;
  readonly at: string;
}

/** The fields that one patch may change, at most: a bit of a number notes each that is found. */
const MOST_FIELDS = 30;
/** The most patches that are kept: a sweep needs one for each stage and time, and bulk edits may set as many values as records. */
const MOST_KEPT = 1000;

/** The patches of changes, of which a sweep makes the same for many records. */
export class LinePatches {
  readonly #made = new Map<string, LinePatch | undefined>();

  /** Returns the patch that does what the changes do; undefined if they do more than set fields of a record. */
  of(changes: readonly Timed[]): LinePatch | undefined {
    let key = '';
    for (const { change, at } of changes) {
      if (!('set' in change)) return undefined;
      key += `${at}\n`;
      for (const path in change.set) key += `${path}\n${keyOf(change.set[path]![1])}\n`;
    }
    if (this.#made.has(key)) return this.#made.get(key);
    const patch = patchOf(changes);
    if (this.#made.size < MOST_KEPT) this.#made.set(key, patch);
    return patch;
  }
}

/** Returns a text that no other value has. Most values are texts, which need no JSON for that. */
const keyOf = (value: Json): string =>
  typeof value === 'string' ? `${value.length} ${value}` : `,${JSON.stringify(value)}`;

/** Returns the patch that does to a line what `applyChange` does to its record; undefined if no patch can. */
function patchOf(changes: readonly Timed[]): LinePatch | undefined {
  const values = new Map<string, Json | undefined>();
  const gone = new Set<string>();
  const put = (field: string, value: Json | undefined) => {
    if (isEmpty(value)) gone.add(field);
    // A field that was removed and is set again comes last.
    if (isEmpty(value) || values.get(field) === undefined) values.delete(field);
    values.set(field, isEmpty(value) ? undefined : value);
  };
  for (const { change, at } of changes) {
    if (!('set' in change)) return undefined;
    put('updatedAt', at);
    for (const path in change.set) put(path, change.set[path]![1]);
    if (change.set.stage && !change.set.stageSince) put('stageSince', at);
  }
  // A path with a point is within a group, and an object puts names that begin with a digit, and `__proto__`, elsewhere.
  const isUsual = [...values.keys()].every(path => !/^\d|\.|^__proto__$|^id$/.test(path));
  if (!isUsual || values.size > MOST_FIELDS) return undefined;
  return new LinePatch(
    [...values].map(([field, value]) => ({
      name: Buffer.from(JSON.stringify(field)),
      text:
        value === undefined ? undefined : Buffer.from(`${JSON.stringify(field)}:${JSON.stringify(value)}`),
      isGone: gone.has(field),
    })),
  );
}
