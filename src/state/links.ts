import type { Edges } from './edges.ts';
import { LazyIndex } from './lazy-index.ts';

/** The links after all of them were found. */
interface Lists {
  /** The first edge to each target, or -1. */
  first: Int32Array<ArrayBuffer>;
  /** Where the rows pointed when the lists were built. */
  readonly built: EdgeList;
  /** Where rows that changed since point. */
  readonly changed: Map<number, readonly number[]>;
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
  readonly #now: Edges;
  readonly #lists = new LazyIndex<Lists>(SEARCHES, () => this.#build());
  /** Until all lists are built: the first edge of each target that was searched for, or -1. */
  readonly #searched = new Map<number, number>();
  #from = new Int32Array(0);
  #next = new Int32Array(0);
  #edges = 0;
  /** Counts changes, so that results computed from rows that point can be recognised as out of date. */
  version = 0;

  constructor(edges: Edges) {
    this.#now = edges;
  }

  /** Calls `found` with each row that points and a row that it points to, in the order of the rows that point. */
  each(found: (row: number, target: number) => void): void {
    this.#now.each(found);
  }

  /** Finds the edges to one target; returns the first, or -1. */
  #search(target: number): number {
    const rows: number[] = [];
    this.#now.sources(target, row => rows.push(row));
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
    const built = new EdgeList();
    this.each((row, target) => built.add(row, target));
    // Edges of earlier searches stay, since a caller may be walking them.
    const start = this.#edges;
    this.#edges += built.count;
    this.#from = grown(this.#from, this.#edges);
    this.#next = grown(this.#next, this.#edges);
    this.#searched.clear();
    return { first: connect(built, start, this.#from, this.#next), built, changed: new Map() };
  }

  /** Drops all links, because a target came back from the trash, perhaps on another row. */
  invalidate(): void {
    this.version++;
    this.#lists.drop();
    this.#searched.clear();
  }

  /** Follows a change of a row, whose targets may have changed. */
  update(row: number): void {
    this.version++;
    this.#searched.clear();
    const lists = this.#lists.built;
    if (!lists) return;
    for (const target of lists.changed.get(row) ?? lists.built.targetsOf(row))
      this.#unlink(lists, row, target);
    const targets: number[] = [];
    lists.changed.set(row, targets);
    this.#now.targets(row, target => {
      lists.first = grown(lists.first, target);
      lists.first[target] = this.#newEdge(row, lists.first[target]!);
      targets.push(target);
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

  /** Returns the number of rows that point to the target. */
  count(target: number): number {
    let count = 0;
    for (let edge = this.first(target); edge >= 0; edge = this.next(edge)) count++;
    return count;
  }
}

/** Edges in ascending order of the rows that point. */
class EdgeList {
  #rows = new Int32Array(1024);
  #targets = new Int32Array(1024);
  count = 0;
  /** The largest target, or -1. */
  most = -1;

  add(row: number, target: number): void {
    const at = this.count++;
    if (at === this.#rows.length) {
      this.#rows = enlarged(this.#rows);
      this.#targets = enlarged(this.#targets);
    }
    this.#rows[at] = row;
    this.#targets[at] = target;
    if (target > this.most) this.most = target;
  }

  get rows(): Int32Array {
    return this.#rows.subarray(0, this.count);
  }

  get targets(): Int32Array {
    return this.#targets.subarray(0, this.count);
  }

  /** Returns the targets of a row. */
  targetsOf(row: number): Int32Array {
    const first = firstNotBelow(this.rows, row);
    return this.targets.subarray(first, firstNotBelow(this.rows, row + 1));
  }
}

/**
 * Puts edges into `from` and `next` from the place `start` on, those to the same target side by side (a counting sort).
 * Returns the first edge to each target.
 */
function connect(
  edges: EdgeList,
  start: number,
  from: Int32Array,
  next: Int32Array,
): Int32Array<ArrayBuffer> {
  const { rows, targets, most } = edges;
  // Counts at first, then the place after the last edge to each target.
  const places = new Int32Array(most + 1);
  for (let i = 0; i < targets.length; i++) places[targets[i]!]!++;
  for (let target = 0, place = start; target <= most; target++) places[target] = place += places[target]!;
  const first = new Int32Array(most + 1).fill(-1);
  for (let i = targets.length - 1; i >= 0; i--) {
    const target = targets[i]!;
    const edge = --places[target]!;
    from[edge] = rows[i]!;
    next[edge] = first[target]!;
    first[target] = edge;
  }
  return first;
}

/** Returns the first place in an ascending array whose number is not below `number`. */
function firstNotBelow(ascending: Int32Array, number: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (ascending[middle]! < number) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Returns a copy in larger memory, of which only what is written becomes resident. */
function enlarged(array: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(8 * array.length);
  larger.set(array);
  return larger;
}

/** Returns an array with room for a place; unwritten places are -1. */
function grown(array: Int32Array<ArrayBuffer>, place: number): Int32Array<ArrayBuffer> {
  if (place < array.length) return array;
  const larger = new Int32Array(Math.max(place + 1, 64, Math.ceil(array.length * 1.5))).fill(-1);
  larger.set(array);
  return larger;
}
