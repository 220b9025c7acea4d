/**
 * `data/conflicts.json`: offline changes that a sync refused because others had changed the same values in another
 * way. They stay until a person settles them; the journal does not have them.
 */
import { join } from 'node:path';
import type { Change, SetChange } from '../../domain/changes.ts';
import { invalid } from '../../domain/errors.ts';
import type { Json } from '../../domain/records.ts';
import { makeDirectory, removeQuietly, replaceFile } from '../disk/durable.ts';
import { readIfThere } from '../disk/io.ts';
import type { Site } from '../site/site.ts';

export interface OpenConflict {
  /** The record, or the path of the file. */
  readonly id: string;
  readonly why: string;
  /** The refused values. */
  readonly change: Change;
  /** The values of others, by path of the field; left out if the conflict is not about fields of an existing record. */
  readonly theirs?: { readonly [path: string]: Json };
  /** Who made the change, and when, as an instant. */
  readonly by: string;
  readonly at: string;
  /** The request that made it. */
  readonly request: string;
  /** The changes that it is made of, if there were several. */
  readonly steps?: readonly OpenConflict[];
}

/** The most bytes that are read of the list. */
const LARGEST = 64 << 20;

export class ConflictList {
  readonly #site: Pick<Site, 'io' | 'data' | 'temporary'>;
  readonly #path: string;

  constructor(site: Pick<Site, 'io' | 'data' | 'temporary'>) {
    this.#site = site;
    this.#path = join(site.data, 'conflicts.json');
  }

  /** Returns the conflicts in the order in which they came. */
  read(): OpenConflict[] {
    const text = readIfThere(this.#site.io, this.#path, LARGEST)?.toString();
    if (text === undefined) return [];
    try {
      const value: unknown = JSON.parse(text);
      if (Array.isArray(value) && value.every(isConflict)) return value;
    } catch {
      // Said below.
    }
    throw invalid(
      `${this.#path}: is not a list of conflicts`,
      'move it elsewhere; what it lists is no longer known',
    );
  }

  /**
   * Adds what is not in the list yet; durable when it returns. A field has one conflict: a later one takes the place of an
   * earlier one that nobody settled, which stays among its steps.
   */
  add(conflicts: readonly OpenConflict[]): void {
    const known = this.read();
    const marks = new Set(known.flatMap(stepsOf).map(markOf));
    const fresh = conflicts.filter(each => stepsOf(each).some(step => !marks.has(markOf(step))));
    if (fresh.length === 0) return;
    const list = [...known];
    for (const each of fresh) {
      const at = list.findIndex(other => other.id === each.id && isOfSameFields(other.change, each.change));
      if (at < 0) list.push(each);
      else list[at] = joined(list[at]!, each);
    }
    this.#write(list);
  }

  /** Takes conflicts out of the list; durable when it returns. */
  remove(isSettled: (conflict: OpenConflict) => boolean): void {
    const known = this.read();
    const left = known.filter(each => !isSettled(each));
    if (left.length < known.length) this.#write(left);
  }

  #write(conflicts: readonly OpenConflict[]): void {
    const { io, data, temporary } = this.#site;
    if (conflicts.length === 0) {
      removeQuietly(io, this.#path);
      return;
    }
    makeDirectory(io, data);
    replaceFile(io, this.#path, temporary, sink => sink.write(`${JSON.stringify(conflicts, null, 1)}\n`));
  }
}

const markOf = ({ id, request, change }: OpenConflict): string => JSON.stringify([id, request, change]);

/** The changes that a conflict is made of. */
const stepsOf = (conflict: OpenConflict): readonly OpenConflict[] => conflict.steps ?? [conflict];

function isOfSameFields(a: Change, b: Change): boolean {
  if (!('set' in a) || !('set' in b)) return 'rm' in a && 'rm' in b;
  return Object.keys(a.set).some(path => path in b.set);
}

/** A conflict in the place of an earlier one about the same. */
function joined(earlier: OpenConflict, later: OpenConflict): OpenConflict {
  const marks = new Set(stepsOf(earlier).map(markOf));
  const steps = [...stepsOf(earlier), ...stepsOf(later).filter(step => !marks.has(markOf(step)))];
  if (!('set' in earlier.change) || !('set' in later.change)) return { ...later, steps };
  const set: Record<string, readonly [Json, Json]> = { ...earlier.change.set };
  for (const [path, [old, mine]] of Object.entries(later.change.set))
    set[path] = [set[path]?.[0] ?? old, mine];
  const isAll = Object.keys(earlier.change.set).every(path => path in (later.change as SetChange).set);
  return {
    ...later,
    why: isAll ? later.why : `${earlier.why}; ${later.why}`,
    change: { ...later.change, set },
    ...((earlier.theirs ?? later.theirs) && { theirs: { ...earlier.theirs, ...later.theirs } }),
    steps,
  };
}

function isConflict(value: unknown): value is OpenConflict {
  if (typeof value !== 'object' || value === null) return false;
  const { id, why, change, by, at, request } = value as Record<string, unknown>;
  const isText = [id, why, by, at, request].every(each => typeof each === 'string');
  return (
    isText &&
    typeof change === 'object' &&
    change !== null &&
    typeof (change as { id?: unknown }).id === 'string'
  );
}
