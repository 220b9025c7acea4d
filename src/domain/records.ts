/**
 * Records as they are stored and folded: plain JSON, what is empty left out. The field registry (fields.ts)
 * says what each kind has; these types are for code that works with one kind.
 */
import { memoBy } from './memo.ts';

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

export interface Rec {
  readonly id: string;
  readonly createdAt?: string;
  readonly updatedAt?: string;
  readonly [field: string]: Json | undefined;
}

/**
 * Returns a copy of a record with more values, which replace those of the record. The copy begins with the id because of V8 (Node 20): a
 * copy that begins with a spread and then gets other keys has a hidden class of its own, which takes 5 us for each of these
 * keys, and reading such copies takes four times as long.
 */
export const withMore = (record: Rec, more: Readonly<Record<string, Json | undefined>>): Rec => ({
  id: record.id,
  ...(record as Partial<Rec>),
  ...more,
});

export type DealStatus = 'open' | 'won' | 'lost';

export interface Deal extends Rec {
  readonly title: string;
  /** Exact decimal, in `currency`. */
  readonly value: string;
  readonly currency: string;
  readonly pipeline: string;
  readonly stage: string;
  readonly status: DealStatus;
  readonly owner?: string;
  /** The first is the primary contact. */
  readonly contacts?: readonly string[];
  readonly account?: string;
  readonly tags?: readonly string[];
  readonly stageSince?: string;
  readonly closedAt?: string;
  readonly closedStage?: string;
  /**
   * The answer of the transition table just after a move by hand. No transition moves the deal while the answer stays
   * the same.
   */
  readonly held?: { readonly stage: string | null };
}

export interface Contact extends Rec {
  readonly name: string;
  readonly email?: string;
  readonly account?: string;
  readonly owner?: string;
}

export interface Task extends Rec {
  readonly title: string;
  readonly type: string;
  readonly for?: string;
  readonly due?: string;
  /** The time of that day, `HH:MM`. */
  readonly dueTime?: string;
  readonly assignee?: string;
  readonly status: 'open' | 'done';
  readonly doneAt?: string;
  readonly outcome?: string;
  /** How often it comes again: `weekly`, `every 2 weeks`. */
  readonly repeat?: string;
  /** The automations that the task starts for the record that it is for. */
  readonly whenCreated?: string;
  readonly whenDone?: string;
}

/** One subject's way through an automation. A finished one is the ledger of `once`. */
export interface Enrolment extends Rec {
  readonly automation: string;
  readonly subject: string;
  /**
   * `ready` goes on at its step in the next sweep, or begins; `ended` was ended by another rule; `undone` was begun by
   * a sweep that was taken back.
   */
  readonly status: 'waiting' | 'ready' | 'completed' | 'ended' | 'failed' | 'undone';
  /** The id of the step at which it waits, failed or goes on. */
  readonly step?: string;
  /** When that step was entered. */
  readonly since?: string;
  /** The deal that a step made; later steps know it as `deal`. */
  readonly deal?: string;
  /** The names of the goals that it reached. */
  readonly goals?: readonly string[];
  /** The record that started it: a task, an event, another enrolment. */
  readonly cause?: string;
  /** The number of the first event that was recorded after it began. */
  readonly events: number;
  readonly error?: string;
  /** The records that its steps added, of the kinds for which rules can begin. */
  readonly addedDeals?: readonly string[];
  readonly addedTasks?: readonly string[];
  readonly addedActivities?: readonly string[];
  readonly addedEvents?: readonly string[];
  /** Per rule: the number of generations of added records that it took part in, on the way to this enrolment. */
  readonly generations?: { readonly [automation: string]: number };
  /** The rules whose work, since the last of these records was added, made it begin. */
  readonly after?: readonly string[];
}

/** Returns the first text of a record by which people name it: its title, name or subject; undefined if it has none. */
export function titleOf({ title, name, subject }: Rec): string | undefined {
  const known = [title, name, subject].find(each => typeof each === 'string' && each !== '');
  return known as string | undefined;
}

/** Returns the text by which people recognise a record: its title, or else what it says; undefined if it has neither. */
export const recognisedBy = (record: Rec): string | undefined =>
  titleOf(record) ?? (typeof record.text === 'string' && record.text !== '' ? record.text : undefined);

/** The place of a value in a record: inside a group, as custom fields are, or at the top. */
interface Place {
  readonly group: string | undefined;
  readonly name: string;
}

/** Paths in order, with their places. */
interface Order {
  readonly paths: readonly string[];
  readonly places: readonly Place[];
  readonly known: ReadonlySet<string>;
}

/** The order of lists of paths with which many records are made. */
const orderOf = memoBy(
  (paths: readonly string[]): Order => ({ paths, places: paths.map(placeOf), known: new Set(paths) }),
);

function placeOf(path: string): Place {
  const dot = path.indexOf('.');
  return dot < 0
    ? { group: undefined, name: path }
    : { group: path.slice(0, dot), name: path.slice(dot + 1) };
}

/** Makes a record of values by path, in the order of `first` and then in their own; empty values are left out. */
export function recordOf(
  id: string,
  values: { readonly [path: string]: Json | undefined },
  first: readonly string[],
): Rec {
  const { paths, places, known } = orderOf(first);
  const record: Record<string, Json> = { id };
  // Loops over arrays, without a closure or an iterator per record: an import makes a million.
  for (let i = 0; i < paths.length; i++) {
    const value = values[paths[i]!];
    if (!isEmpty(value)) put(record, places[i]!, value);
  }
  for (const path in values)
    if (!known.has(path) && !isEmpty(values[path])) put(record, placeOf(path), values[path]!);
  return record as unknown as Rec;
}

function put(record: Record<string, Json>, { group, name }: Place, value: Json): void {
  if (group === undefined) record[name] = value;
  else ((record[group] ??= {}) as Record<string, Json>)[name] = value;
}

/** Returns the value at a field's path: `title`, or `fields.product` for a custom field. */
export function valueAt(record: Rec, path: string): Json | undefined {
  return path.includes('.') ? readerOf(path)(record) : record[path];
}

/** Returns `valueAt` for one path, to be asked of many records. */
export function readerOf(path: string): (record: Rec) => Json | undefined {
  const dot = path.indexOf('.');
  if (dot < 0) return record => record[path];
  const [group, name] = [path.slice(0, dot), path.slice(dot + 1)];
  return record => {
    const inner = record[group];
    return isObject(inner) ? inner[name] : undefined;
  };
}

export function isObject(value: Json | undefined): value is { readonly [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether a value is empty. Empty values are not stored. */
export function isEmpty(value: Json | undefined): value is null | undefined | '' | readonly [] {
  return (
    value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0)
  );
}

/** Whether two values are equal as JSON, whatever the order of their keys. */
export function sameJson(a: Json | undefined, b: Json | undefined): boolean {
  if (a === b) return true;
  if (isEmpty(a) && isEmpty(b)) return true;
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && a.every((item, i) => sameJson(item, b[i]));
  if (isObject(a) && isObject(b)) {
    const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
    return [...keys].every(key => sameJson(a[key], b[key]));
  }
  return false;
}
