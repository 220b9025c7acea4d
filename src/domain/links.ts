/**
 * Which rows of one table point to a row of another, as linked lists in typed arrays: built in one pass,
 * changed in place. An edge is a place in `#from` and `#next`; `#first` has the first edge of each target.
 */
export class Links {
  readonly #targets: (row: number, found: (target: number) => void) => void;
  readonly #rows: () => number;
  #isBuilt = false;
  #first: Int32Array = new Int32Array(64);
  #from: number[] = [];
  #next: number[] = [];
  /** The targets of each row as they are in the lists, to take them out again. */
  #linked: (number[] | number | undefined)[] = [];

  /** `targets` calls `found` with the rows that a row points to now; `rows` says how many rows there are. */
  constructor(targets: (row: number, found: (target: number) => void) => void, rows: () => number) {
    this.#targets = targets;
    this.#rows = rows;
  }

  #build(): void {
    this.#first.fill(-1);
    this.#from = [];
    this.#next = [];
    this.#linked = [];
    for (let row = this.#rows() - 1; row >= 0; row--) this.#link(row);
    this.#isBuilt = true;
  }

  /** Forgets everything, to be found anew when next asked: rows may point to targets that came back. */
  invalidate(): void {
    this.#isBuilt = false;
  }

  #link(row: number): void {
    this.#targets(row, target => {
      if (target >= this.#first.length) {
        const larger = new Int32Array(Math.max(target + 1, this.#first.length * 2)).fill(-1);
        larger.set(this.#first);
        this.#first = larger;
      }
      const edge = this.#from.push(row) - 1;
      this.#next.push(this.#first[target]!);
      this.#first[target] = edge;
      const linked = this.#linked[row];
      this.#linked[row] =
        linked === undefined ? target : typeof linked === 'number' ? [linked, target] : [...linked, target];
    });
  }

  /** Follows a change of the row: where it points now. */
  update(row: number): void {
    if (!this.#isBuilt) return;
    const linked = this.#linked[row];
    if (linked !== undefined) {
      for (const target of typeof linked === 'number' ? [linked] : linked) this.#unlink(row, target);
      this.#linked[row] = undefined;
    }
    this.#link(row);
  }

  #unlink(row: number, target: number): void {
    let before = -1;
    for (let edge = this.#first[target]!; edge >= 0; edge = this.#next[edge]!) {
      if (this.#from[edge] === row) {
        if (before < 0) this.#first[target] = this.#next[edge]!;
        else this.#next[before] = this.#next[edge]!;
        return;
      }
      before = edge;
    }
  }

  /** Calls `each` with every row that points to the target, until it returns true; returns whether it did. */
  some(target: number, each: (row: number) => boolean): boolean {
    if (!this.#isBuilt) this.#build();
    if (target >= this.#first.length || target < 0) return false;
    for (let edge = this.#first[target]!; edge >= 0; edge = this.#next[edge]!)
      if (each(this.#from[edge]!)) return true;
    return false;
  }

  /** How many rows point to the target. */
  count(target: number): number {
    let count = 0;
    this.some(target, () => {
      count++;
      return false;
    });
    return count;
  }
}
