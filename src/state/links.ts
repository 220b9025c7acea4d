import { LazyIndex } from './lazy-index.ts';
import type { Narrow } from './table.ts';

/** The links after all of them were found. */
interface Lists {
  /** The first edge to each target, or -1. */
  first: Int32Array<ArrayBuffer>;
  /** The targets of each row in the lists, needed to take them out again. */
  readonly linked: (number[] | number | undefined)[];
}

/**
 * The number of targets that are searched for one by one before all lists are built: a search reads one column, as
 * building does.
 */
const SEARCHES = 16;

/**
 * Which rows of one table point to a row of another (a deal's tasks, an account's contacts), as linked lists in typed
 * arrays. An edge is an index into `#from` (the row that points) and `#next` (the next edge to the same target):
 *
 *     first   target 0 -> edge 3        from  [ 9, 4, 7, 2 ]
 *             target 1 -> -1            next  [ -1, 0, -1, 1 ]      target 0: rows 2, 4, 9
 *
 * A lazy index (see LazyIndex): the first targets are searched for one by one, then all lists are built in one pass, in
 * which the edges of a target lie side by side in memory. From then on `update` changes the lists in place. To walk:
 * `for (let edge = links.first(target); edge >= 0; edge = links.next(edge)) links.row(edge)`.
 */
export class Links {
  readonly #targets: (row: number, found: (target: number) => void) => void;
  readonly #sources: (target: number, found: (row: number) => void) => void;
  readonly #rows: () => number;
  readonly #lists = new LazyIndex<Lists>(SEARCHES, () => this.#build());
  /** Until all lists are built: the first edge of each target that was searched for, or -1. */
  readonly #searched = new Map<number, number>();
  #from = new Int32Array(0);
  #next = new Int32Array(0);
  #edges = 0;

  /**
   * `targets` calls `found` with each row that a row points to now, `sources` with each row that points to a target
   * now; `rows` returns the number of rows of the pointing table.
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

  /** Finds the edges to one target; returns the first, or -1. */
  #search(target: number): number {
    const rows: number[] = [];
    this.#sources(target, row => rows.push(row));
    let first = -1;
    for (const row of rows.sort((a, b) => b - a)) {
      const edge = this.#newEdge(row, first);
      first = edge;
    }
    this.#searched.set(target, first);
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

  #build(): Lists {
    const from: number[] = [];
    const to: number[] = [];
    const lists: Lists = { first: new Int32Array(0), linked: [] };
    let most = -1;
    const rows = this.#rows();
    for (let row = 0; row < rows; row++)
      this.#targets(row, target => {
        from.push(row);
        to.push(target);
        if (target > most) most = target;
        remember(lists, row, target);
      });
    // A counting sort puts the edges of one target side by side. Edges of earlier searches stay, since a caller may be
    // walking them.
    const places = placesOf(to, most + 1, this.#edges);
    this.#edges += to.length;
    lists.first = new Int32Array(most + 1).fill(-1);
    this.#from = grown(this.#from, this.#edges);
    this.#next = grown(this.#next, this.#edges);
    connect(from, to, { places, first: lists.first, from: this.#from, next: this.#next });
    this.#searched.clear();
    return lists;
  }

  /** Drops all links, because a target came back from the trash, perhaps on another row. */
  invalidate(): void {
    this.#lists.drop();
    this.#searched.clear();
  }

  /** Follows a change of a row, whose targets may have changed. */
  update(row: number): void {
    this.#searched.clear();
    const lists = this.#lists.built;
    if (!lists) return;
    const linked = lists.linked[row];
    if (linked !== undefined) {
      for (const target of typeof linked === 'number' ? [linked] : linked) this.#unlink(lists, row, target);
      lists.linked[row] = undefined;
    }
    this.#targets(row, target => {
      lists.first = grown(lists.first, target);
      lists.first[target] = this.#newEdge(row, lists.first[target]!);
      remember(lists, row, target);
    });
  }

  #unlink({ first }: Lists, row: number, target: number): void {
    let before = -1;
    for (let edge = first[target]!; edge >= 0; edge = this.#next[edge]!) {
      if (this.#from[edge] === row) {
        if (before < 0) first[target] = this.#next[edge]!;
        else this.#next[before] = this.#next[edge]!;
        return;
      }
      before = edge;
    }
  }

  /** Returns the first edge to a target, or -1; a target below 0 has none. */
  first(target: number): number {
    if (target < 0) return -1;
    let first = this.#lists.built?.first;
    if (!first) {
      const known = this.#searched.get(target);
      if (known !== undefined) return known;
      first = this.#lists.ask()?.first;
      if (!first) return this.#search(target);
    }
    return target < first.length ? first[target]! : -1;
  }

  /** Returns the next edge to the same target, or -1. */
  next(edge: number): number {
    return this.#next[edge]!;
  }

  /** Returns the row that an edge comes from. */
  row(edge: number): number {
    return this.#from[edge]!;
  }

  /** Calls `each` with every row that points to the target, until it returns true; returns whether it did. */
  some(target: number, each: (row: number) => boolean): boolean {
    for (let edge = this.first(target); edge >= 0; edge = this.next(edge))
      if (each(this.row(edge))) return true;
    return false;
  }

  /** Takes the rows to which no row points out of a block. */
  readonly keepTargets: Narrow = (among, from) => {
    keepLinked(among, this.#lists.whole.first, from);
  };

  /** Returns the number of rows that point to the target. */
  count(target: number): number {
    let count = 0;
    for (let edge = this.first(target); edge >= 0; edge = this.next(edge)) count++;
    return count;
  }
}

/** Returns the first place of the edges to each target, counted from `start` on. */
function placesOf(to: readonly number[], targets: number, start: number): Int32Array {
  const places = new Int32Array(targets + 1);
  for (let i = 0; i < to.length; i++) places[to[i]! + 1]!++;
  places[0] = start;
  for (let target = 0; target < targets; target++) places[target + 1]! += places[target]!;
  return places;
}

/** Puts each edge in its place, and after the one before it to the same target. */
function connect(
  rows: readonly number[],
  to: readonly number[],
  { places, first, from, next }: Readonly<Record<'places' | 'first' | 'from' | 'next', Int32Array>>,
): void {
  for (let i = 0; i < to.length; i++) {
    const target = to[i]!;
    const edge = places[target]!++;
    from[edge] = rows[i]!;
    if (first[target]! < 0) first[target] = edge;
    else next[edge - 1] = edge;
  }
}

function keepLinked(among: Uint8Array, first: Int32Array, from: number): void {
  const known = Math.max(0, Math.min(among.length, first.length - from));
  for (let i = 0; i < known; i++) if (first[from + i]! < 0) among[i] = 0;
  among.fill(0, known);
}

function remember({ linked }: Lists, row: number, target: number): void {
  const known = linked[row];
  linked[row] =
    known === undefined ? target : typeof known === 'number' ? [known, target] : [...known, target];
}

/** Returns an array with room for a place; unwritten places are -1. */
function grown(array: Int32Array<ArrayBuffer>, place: number): Int32Array<ArrayBuffer> {
  if (place < array.length) return array;
  const larger = new Int32Array(Math.max(place + 1, 64, Math.ceil(array.length * 1.5))).fill(-1);
  larger.set(array);
  return larger;
}
