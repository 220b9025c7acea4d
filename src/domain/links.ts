/**
 * Which rows of one table point to a row of another, as linked lists in typed arrays. Asked of a few rows it looks for
 * what points to each of them; then it is built in one pass, and changed in place. An edge is a place in `#from` and
 * `#next`; `#first` has the first edge of each target. To go through them:
 * `for (let edge = links.first(target); edge >= 0; edge = links.next(edge)) links.row(edge)`.
 */
export class Links {
  readonly #targets: (row: number, found: (target: number) => void) => void;
  readonly #sources: (target: number, found: (row: number) => void) => void;
  readonly #rows: () => number;
  #isBuilt = false;
  /** Before it is built: the first edge of each target that was asked for, or -1. */
  readonly #asked = new Map<number, number>();
  #searches = 0;
  #first = new Int32Array(0);
  #from = new Int32Array(0);
  #next = new Int32Array(0);
  #edges = 0;
  /** The targets of each row as they are in the lists, to take them out again. */
  #linked: (number[] | number | undefined)[] = [];

  /**
   * `targets` calls `found` with the rows that a row points to now, `sources` with the rows that point to a target now;
   * `rows` says how many rows there are.
   */
  constructor(
    targets: (row: number, found: (target: number) => void) => void,
    sources: (target: number, found: (row: number) => void) => void,
    rows: () => number,
  ) {
    this.#targets = targets;
    this.#sources = sources;
    this.#rows = rows;
  }

  /** The first edge of one target, whose edges are looked for by themselves. */
  #search(target: number): number {
    const rows: number[] = [];
    this.#sources(target, row => rows.push(row));
    let first = -1;
    for (const row of rows.sort((a, b) => b - a)) {
      const edge = this.#newEdge(row, first);
      first = edge;
    }
    this.#asked.set(target, first);
    return first;
  }

  #newEdge(row: number, next: number): number {
    const edge = this.#edges++;
    this.#from = grown(this.#from, edge);
    this.#next = grown(this.#next, edge);
    this.#from[edge] = row;
    this.#next[edge] = next;
    return edge;
  }

  #build(): void {
    const from: number[] = [];
    const to: number[] = [];
    this.#linked = [];
    let most = -1;
    const rows = this.#rows();
    for (let row = 0; row < rows; row++)
      this.#targets(row, target => {
        from.push(row);
        to.push(target);
        if (target > most) most = target;
        this.#remember(row, target);
      });
    // The edges of one target lie side by side: whoever goes through them stays in one place of the memory.
    const next = new Int32Array(most + 2);
    for (const target of to) next[target + 1]!++;
    // Those that were found before it was built stay: somebody may be going through them.
    next[0] = this.#edges;
    for (let target = 0; target <= most; target++) next[target + 1]! += next[target]!;
    this.#edges += to.length;
    this.#first = new Int32Array(most + 1).fill(-1);
    this.#from = grown(this.#from, this.#edges);
    this.#next = grown(this.#next, this.#edges);
    for (let i = 0; i < to.length; i++) {
      const target = to[i]!;
      const edge = next[target]!++;
      this.#from[edge] = from[i]!;
      if (this.#first[target]! < 0) this.#first[target] = edge;
      else this.#next[edge - 1] = edge;
    }
    this.#asked.clear();
    this.#isBuilt = true;
  }

  #remember(row: number, target: number): void {
    const linked = this.#linked[row];
    this.#linked[row] =
      linked === undefined ? target : typeof linked === 'number' ? [linked, target] : [...linked, target];
  }

  /** Forgets everything, to be found anew when next asked: rows may point to targets that came back. */
  invalidate(): void {
    this.#isBuilt = false;
    this.#asked.clear();
  }

  /** Follows a change of the row: where it points now. */
  update(row: number): void {
    this.#asked.clear();
    if (!this.#isBuilt) return;
    const linked = this.#linked[row];
    if (linked !== undefined) {
      for (const target of typeof linked === 'number' ? [linked] : linked) this.#unlink(row, target);
      this.#linked[row] = undefined;
    }
    this.#targets(row, target => {
      this.#link(row, target);
      this.#remember(row, target);
    });
  }

  #link(row: number, target: number): void {
    this.#first = grown(this.#first, target);
    this.#first[target] = this.#newEdge(row, this.#first[target]!);
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

  /** The first edge to a target, or -1; of a target below 0 there is none. */
  first(target: number): number {
    if (!this.#isBuilt) {
      if (target < 0) return -1;
      const known = this.#asked.get(target);
      if (known !== undefined) return known;
      if (++this.#searches <= SEARCHES_BEFORE_BUILDING) return this.#search(target);
      this.#build();
    }
    return target >= 0 && target < this.#first.length ? this.#first[target]! : -1;
  }

  /** The next edge to the same target, or -1. */
  next(edge: number): number {
    return this.#next[edge]!;
  }

  /** The row that an edge comes from. */
  row(edge: number): number {
    return this.#from[edge]!;
  }

  /** Calls `each` with every row that points to the target, until it returns true; returns whether it did. */
  some(target: number, each: (row: number) => boolean): boolean {
    for (let edge = this.first(target); edge >= 0; edge = this.next(edge))
      if (each(this.row(edge))) return true;
    return false;
  }

  /** How many rows point to the target. */
  count(target: number): number {
    let count = 0;
    for (let edge = this.first(target); edge >= 0; edge = this.next(edge)) count++;
    return count;
  }
}

/** So many targets are looked for one by one before all are. */
const SEARCHES_BEFORE_BUILDING = 16;

/** With room for a place; -1 where nothing was written yet. */
function grown(array: Int32Array<ArrayBuffer>, place: number): Int32Array<ArrayBuffer> {
  if (place < array.length) return array;
  const larger = new Int32Array(Math.max(place + 1, 64, Math.ceil(array.length * 1.5))).fill(-1);
  larger.set(array);
  return larger;
}
