/**
 * A lazy index answers the first few questions by scanning, and builds an index once more questions come.
 *
 *     question 1 .. N          scan: reads only what this question needs
 *     question N + 1           build: one pass over everything, about as costly as N scans
 *     from then on             look up
 *
 * Most commands ask about one or two records of 100,000, and building an index for them would be most of their time;
 * an import or a sweep asks about all of them, and scanning would be quadratic. With N chosen so that N scans cost
 * about one build, a command never takes more than twice the time of the better choice. Columns in files, links
 * between tables, text look-ups and text searches all work this way.
 */
export class LazyIndex<Index> {
  readonly #scans: number;
  readonly #build: () => Index;
  #asked = 0;
  #index: Index | undefined;

  /** `scans`: the number of questions that are answered by scanning before `build` is worth its cost. */
  constructor(scans: number, build: () => Index) {
    this.#scans = scans;
    this.#build = build;
  }

  /** Counts a question; returns the index if it is worth building by now, or undefined if this question is to scan. */
  ask(): Index | undefined {
    if (this.#index === undefined && ++this.#asked > this.#scans) this.#index = this.#build();
    return this.#index;
  }

  /** Returns the index if it was built, without counting a question. */
  get built(): Index | undefined {
    return this.#index;
  }

  /** Drops the index. The next question builds it again, since the questions asked so far have shown that many come. */
  drop(): void {
    this.#index = undefined;
  }
}
