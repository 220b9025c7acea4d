/**
 * A change is data that carries the old value, so that history, undo and triggers can all read it.
 * Nothing changes a record but `applyChange`, and nothing writes but a commit of changes.
 */
import { type AnyKind, type Kind, numberOf } from './kinds.ts';
import { isEmpty, type Json, type Rec, sameJson, valueAt, withMore } from './records.ts';

/** Why a rule, an import or a file made a change. */
export interface Why {
  readonly transition?: number;
  readonly automation?: string;
  readonly step?: string;
  readonly enrolment?: string;
  readonly line?: number;
  /**
   * Set on a deal whose import did not say when the deal was made: `createdAt` is then the earliest time that it
   * gave.
   */
  readonly creation?: 'unknown';
  readonly file?: string;
  /** What a removed record was merged into. */
  readonly into?: string;
}

/** In the journal, an addition has only the kind and id that are in its record: see `asStored`. */
export interface AddChange {
  readonly kind: Kind;
  readonly id: string;
  readonly add: Rec;
  readonly why?: Why | undefined;
  /** Set if the change is kept as its line of the journal, so that `add` is parsed when it is asked for. */
  readonly line?: Line;
}

/** The line that an added record has in the journal, in memory shared with other lines. */
export interface Line {
  readonly kind: Kind;
  readonly id: string;
  /** The number in its id. */
  readonly number: number;
  readonly bytes: Buffer;
  /** Whether the record has a creation time of its own: an import gave the time at which it was created elsewhere. */
  readonly hasTimes: boolean;
  /** The line begins at this byte, and ends before `end`, its line end included. */
  readonly start: number;
  readonly end: number;
}

/** Each field by its path, `[old, new]`; null is empty. */
export interface SetChange {
  readonly kind: AnyKind;
  readonly id: string;
  readonly set: { readonly [path: string]: readonly [Json, Json] };
  readonly why?: Why;
}

export interface RmChange {
  readonly kind: AnyKind;
  readonly id: string;
  readonly rm: Rec;
  /** Erased for good, from the trash too: `rm` has no more than the id. */
  readonly purge?: true;
  readonly why?: Why;
}

export type Change = AddChange | SetChange | RmChange;

/** The facts of a transaction beside its changes. */
export interface Head {
  /** 1, 2, 3, ... without a gap. */
  readonly seq: number;
  readonly at: string;
  readonly by: string;
  readonly via: string;
  readonly request: string;
  /** What a given request id is bound to: a digest of the user who acted and of the command line. */
  readonly asked?: string;
  /** false if the changes must not trigger automations: an import without --trigger, an undo. */
  readonly trigger?: false;
  /** The transaction that this one takes back. */
  readonly undoes?: number;
  /** The transaction that erased a part of this one; if several did, the last of them. */
  readonly purged?: number;
}

/** Returns what tells a transaction, wherever it is: two sides may have been given one request id. */
export const markOf = ({ request, at, by, via }: Pick<Head, 'request' | 'at' | 'by' | 'via'>): string =>
  JSON.stringify([request, at, by, via]);

/** What a purge records for each earlier transaction from which it erases: the hash of the rest of that transaction. */
export interface Erasure {
  readonly seq: number;
  readonly now: string;
}

export interface Transaction extends Head {
  readonly changes: readonly Change[];
  /** Of a purge: what it erases, before its own changes. */
  readonly erases?: readonly Erasure[];
  /** The chain of hashes: the hash of the transaction before, and the hash of this one. */
  readonly prev: string;
  readonly hash: string;
}

/** Makes the change that adds a record. */
export const addition = (kind: Kind, record: Rec, why?: Why): AddChange => ({
  kind,
  id: record.id,
  add: record,
  ...(why && { why }),
});

/** Returns a change as its line of the journal says it. */
export function asStored(change: Change): object {
  if (!('add' in change) || change.line) return change;
  const { kind: _, id: __, ...said } = change;
  return said;
}

export const kindOf = (change: Change): AnyKind => change.kind;

/** Whether a change restores a record from the trash: only such a change has the time of the record's last change. */
export const isRestored = (change: Change): boolean =>
  'add' in change && !change.line && change.add.updatedAt !== undefined;

/** Returns the records that a transaction takes out of the trash, changes and puts back. */
export function passingThrough(changes: readonly Change[]): Set<string> {
  const first = new Map<string, Change>();
  const last = new Map<string, Change>();
  for (const change of changes) {
    const id = idOf(change);
    if (!first.has(id)) first.set(id, change);
    last.set(id, change);
  }
  const passes = ([id, change]: [string, Change]) => isRestored(change) && 'rm' in last.get(id)!;
  return new Set([...first].filter(passes).map(([id]) => id));
}

export const isPurge = (change: Change): boolean => 'rm' in change && change.purge === true;

export const idOf = (change: Change): string => change.id;

/** Returns the number in the id of a change of a record. */
export const numberIn = (change: Change): number =>
  'add' in change && change.line ? change.line.number : numberOf(change.id);

/**
 * Returns the record after a change made at `at`; undefined if the change removed it. Values that follow from the
 * journal (createdAt, updatedAt, a deal's stageSince) are not in the change, unless an undo or an import gives them.
 */
export function applyChange(record: Rec | undefined, change: Change, at: string): Rec | undefined {
  if ('add' in change) {
    const { add } = change;
    return withMore(add, timesAfter(add, at));
  }
  if ('rm' in change) return undefined;
  // The id comes first as in `withMore`.
  const next: Record<string, Json | undefined> = { id: change.id, ...record, updatedAt: at };
  // An undo sets what follows from the changes too: updatedAt and stageSince as they were.
  for (const path in change.set) setAt(next, path, change.set[path]![1]);
  if (change.set.stage && !change.set.stageSince) next.stageSince = at;
  return next as unknown as Rec;
}

/** Returns the times of a record that was added at `at`, with its id alone: those it has, and those that follow. */
export function timesAfter({ id, createdAt, updatedAt, stage, stageSince }: Rec, at: string): Rec {
  const created = createdAt ?? at;
  const updated = updatedAt ?? at;
  return stage === undefined && stageSince === undefined
    ? { id, createdAt: created, updatedAt: updated }
    : { id, createdAt: created, updatedAt: updated, stageSince: stageSince ?? created };
}

/** Writes the times that `timesAfter` returns to an object, and returns it. `stageSince` is undefined for a record without a stage. */
export function timesInto(
  into: { id: string; createdAt?: string; updatedAt?: string; stageSince?: Json | undefined },
  { id, createdAt, updatedAt, stage, stageSince }: Rec,
  at: string,
): Rec {
  into.id = id;
  into.createdAt = createdAt ?? at;
  into.updatedAt = updatedAt ?? at;
  into.stageSince =
    stage === undefined && stageSince === undefined ? undefined : (stageSince ?? into.createdAt);
  return into as Rec;
}

/** Whether a change gives the whole value that a record has at a path afterwards. */
export function says(change: Change, path: string): boolean {
  if (!('set' in change)) return 'add' in change;
  return (
    path === 'updatedAt' ||
    Object.hasOwn(change.set, path) ||
    (path === 'stageSince' && Object.hasOwn(change.set, 'stage'))
  );
}

/** Returns all paths that a change of these paths sets, those that follow from the change included. */
export const andWhatFollows = (paths: readonly string[]): readonly string[] => [
  ...paths,
  'updatedAt',
  ...(paths.includes('stage') ? ['stageSince'] : []),
];

/** Whether setting these paths may alter what a record has at a path. */
export function isAmong(path: string, paths: Iterable<string>): boolean {
  for (const each of paths) if (each === path || isWithin(each, path) || isWithin(path, each)) return true;
  return false;
}

/** Whether a change may alter what a record has at a path. */
export function concerns(change: Change, path: string): boolean {
  if (says(change, path)) return true;
  if (!('set' in change)) return false;
  for (const key in change.set) if (isWithin(key, path) || isWithin(path, key)) return true;
  return false;
}

/** Whether `fields.source` is within `fields`. */
const isWithin = (path: string, group: string): boolean =>
  path[group.length] === '.' && path.startsWith(group);

/** Sets what a record that is being made has at a path; what is empty is left out. */
export function setAt(record: Record<string, Json | undefined>, path: string, value: Json): void {
  const dot = path.indexOf('.');
  if (dot < 0) {
    if (isEmpty(value)) delete record[path];
    else record[path] = value;
    return;
  }
  const [group, name] = [path.slice(0, dot), path.slice(dot + 1)];
  const inner = { ...(record[group] as Record<string, Json> | undefined) };
  if (isEmpty(value)) delete inner[name];
  else inner[name] = value;
  if (Object.keys(inner).length === 0) delete record[group];
  else record[group] = inner;
}

/** Returns the change that sets `fields`, or undefined if the record has these values already. */
export function setChange(
  kind: AnyKind,
  record: Rec,
  fields: { readonly [path: string]: Json | undefined },
  why?: Why,
): SetChange | undefined {
  const set: Record<string, readonly [Json, Json]> = {};
  let isSo = true;
  for (const path in fields) {
    const [old, value] = [valueAt(record, path), fields[path]];
    if (sameJson(old, value)) continue;
    set[path] = [orNull(old), orNull(value)];
    isSo = false;
  }
  if (isSo) return undefined;
  return { kind, id: record.id, set, ...(why && { why }) };
}

const orNull = (value: Json | undefined): Json => (isEmpty(value) ? null : value);

/** Returns the change that reverses `change` on a record that has not changed since. */
export function invert(change: Change): Change {
  if ('add' in change) return { kind: change.kind, id: change.id, rm: change.add };
  if ('rm' in change) return addition(change.kind, change.rm);
  const set: Record<string, readonly [Json, Json]> = {};
  for (const [path, [old, value]] of Object.entries(change.set)) set[path] = [value, old];
  return { kind: change.kind, id: change.id, set };
}
