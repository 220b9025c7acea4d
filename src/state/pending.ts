import { applyChange, type Change, concerns, says } from '../domain/changes.ts';
import type { Rec } from '../domain/records.ts';
import type { LinePatch, LinePatches } from './line-patch.ts';

/**
 * Changes of a row that were not applied to its record yet. Reading and parsing a record costs far more than noting a
 * change, and often the changes alone are enough: they `say` the value that a column reads, or do not `concern` the
 * column.
 */
export class Pending {
  readonly #changes: { readonly change: Change; readonly at: string }[] = [];
  /** The record that the changes alone make; undefined until somebody asks for it. */
  #said: Rec | undefined;

  constructor(change: Change, at: string) {
    this.push(change, at);
  }

  push(change: Change, at: string): void {
    this.#changes.push({ change, at });
    this.#said = undefined;
  }

  /** Whether the changes make the whole record, so that no earlier one is needed. */
  get isWhole(): boolean {
    return 'add' in this.#changes[0]!.change;
  }

  /** Returns what does to the record's line what the changes do to the record; undefined if the record must be read. */
  patch(patches: LinePatches): LinePatch | undefined {
    return patches.of(this.#changes);
  }

  /** Applies the changes to a record. */
  on(record: Rec | undefined): Rec | undefined {
    let next = record;
    for (const { change, at } of this.#changes) next = applyChange(next, change, at);
    return next;
  }

  /** Returns the part of the record that the changes alone tell. */
  get said(): Rec {
    return (this.#said ??= this.on(undefined)!);
  }

  // Loops instead of iterators: a command asks this for every row changed since the checkpoint and every column read.

  /** Whether the changes tell the values at all of these paths. */
  say(paths: readonly string[]): boolean {
    for (let i = 0; i < paths.length; i++) if (!this.#some(says, paths[i]!)) return false;
    return true;
  }

  /** Whether the changes may have altered a value at one of these paths. */
  concern(paths: readonly string[]): boolean {
    for (let i = 0; i < paths.length; i++) if (this.#some(concerns, paths[i]!)) return true;
    return false;
  }

  #some(holds: (change: Change, path: string) => boolean, path: string): boolean {
    const changes = this.#changes;
    for (let i = 0; i < changes.length; i++) if (holds(changes[i]!.change, path)) return true;
    return false;
  }
}
