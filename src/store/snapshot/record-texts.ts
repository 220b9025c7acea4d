/**
 * Keeps all records of one kind by ID without their objects, as doctor needs them: those of large transactions as the places of
 * their lines in the journal, all others as JSON text, which takes a quarter of the memory of objects.
 */
import { applyChange } from '../../domain/changes.ts';
import type { Rec } from '../../domain/records.ts';
import { PlacedRecords, type Rereadable } from '../lines/placed-records.ts';

export class RecordTexts implements Iterable<readonly [string, Rec]> {
  readonly #texts = new Map<string, string>();
  readonly #placed = new PlacedRecords();

  get size(): number {
    return this.#texts.size + this.#placed.size;
  }

  has(id: string): boolean {
    return this.#texts.has(id) || this.#placed.has(id);
  }

  get(id: string): Rec | undefined {
    const text = this.#texts.get(id);
    return text === undefined ? this.#placed.get(id) : (JSON.parse(text) as Rec);
  }

  set(id: string, record: Rec): void {
    this.#placed.delete(id);
    this.#texts.set(id, JSON.stringify(record));
  }

  /** Sets a record that a line of a large transaction adds; the line begins at byte `offset`. */
  addFrom(id: string, tx: Rereadable, offset: number): void {
    if (this.#placed.add(id, tx, offset)) this.#texts.delete(id);
    else this.set(id, applyChange(undefined, tx.changeAt(offset), tx.at)!);
  }

  /** Changes a record as a line of a large transaction says; the line begins at byte `offset`. */
  changeFrom(id: string, tx: Rereadable, offset: number): void {
    if (!this.#placed.change(id, tx, offset))
      this.set(id, applyChange(this.get(id), tx.changeAt(offset), tx.at)!);
  }

  /** Returns whether there was such a record. */
  delete(id: string): boolean {
    return this.#placed.delete(id) || this.#texts.delete(id);
  }

  *keys(): Generator<string> {
    yield* this.#placed.keys();
    yield* this.#texts.keys();
  }

  *values(): Generator<Rec> {
    for (const [, record] of this) yield record;
  }

  *[Symbol.iterator](): Generator<readonly [string, Rec]> {
    for (const id of this.#placed.keys()) yield [id, this.#placed.get(id)!];
    for (const [id, text] of this.#texts) yield [id, JSON.parse(text) as Rec];
  }
}
