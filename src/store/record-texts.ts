/**
 * Records by id, each kept as its JSON text and parsed when it is asked for: a quarter of the memory of objects, of which
 * doctor would hold all that a workspace has.
 */
import type { Rec } from '../domain/records.ts';

export class RecordTexts implements Iterable<readonly [string, Rec]> {
  readonly #texts = new Map<string, string>();

  get size(): number {
    return this.#texts.size;
  }

  has(id: string): boolean {
    return this.#texts.has(id);
  }

  get(id: string): Rec | undefined {
    const text = this.#texts.get(id);
    return text === undefined ? undefined : (JSON.parse(text) as Rec);
  }

  set(id: string, record: Rec): void {
    this.#texts.set(id, JSON.stringify(record));
  }

  /** Returns whether there was such a record. */
  delete(id: string): boolean {
    return this.#texts.delete(id);
  }

  keys(): Iterable<string> {
    return this.#texts.keys();
  }

  *values(): Generator<Rec> {
    for (const text of this.#texts.values()) yield JSON.parse(text) as Rec;
  }

  *[Symbol.iterator](): Generator<readonly [string, Rec]> {
    for (const [id, text] of this.#texts) yield [id, JSON.parse(text) as Rec];
  }
}
