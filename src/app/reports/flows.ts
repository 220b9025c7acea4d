/**
 * Computes what became of open deals between two instants: each flow in and out, so that the start plus the flows
 * gives the end.
 */
import {
  type DealHistory,
  IN_TRASH,
  LOST,
  type Numbers,
  OPEN,
  STATUS,
  VOID,
} from '../../state/deal-history.ts';

export const flowNames = [
  'start',
  'created',
  'reopened',
  'movedIn',
  'pulledIn',
  'raised',
  'restored',
  'won',
  'lost',
  'movedOut',
  'pushedOut',
  'lowered',
  'removed',
  'end',
] as const;
export type FlowName = (typeof flowNames)[number];

/** How many deals, and what they are worth in minor units. */
export interface Flow {
  readonly deals: number;
  readonly units: bigint;
}

export type Flows = { readonly [name in FlowName]: Flow } & {
  /** The number of deals that were due at the start and, by the data at the end, no longer are. */
  readonly slipped: number;
};

export interface FlowsAsked {
  /** Instants: the first one is in, the second one is not. */
  readonly from: number;
  readonly to: number;
  /** Cells are numbers from 0 on, below this: what is open is in one of them. */
  readonly cells: number;
  /** The cell of an open row of the history; below 0 if it counts nowhere. */
  cellOf(row: number): number;
  /** In minor units, not negative. */
  unitsOf(row: number): number | bigint;
  /** Called with the cells in which a deal counts, and a row of it; more than once for the same. */
  met?(cell: number, row: number): void;
  /** Only deals count that are due then, as a row says. */
  isDue?(row: number): boolean;
}

/** Returns the flows of each cell. */
export function flowsIn(history: DealHistory, asked: FlowsAsked): readonly Flows[] {
  const counting = new Counting(history, asked);
  const { at, flags, runs } = history;
  const { begin, end } = runs;
  for (let i = 0; i < begin.length; i++)
    if ((flags[begin[i]!]! & VOID) === 0) walk(counting, at, begin[i]!, end[i]!, asked);
  return counting.result();
}

/** Goes through the rows of a deal; of those of one instant only the last one holds. */
function walk(
  counting: Counting,
  at: Numbers,
  begin: number,
  end: number,
  { from, to }: Pick<FlowsAsked, 'from' | 'to'>,
): void {
  let row = begin - 1;
  while (row + 1 < end && at[row + 1]! < from) row++;
  let before = row < begin ? -1 : row;
  const first = before;
  counting.count('start', before);
  for (row++; row < end && at[row]! < to; row++) {
    if (row + 1 < end && at[row + 1] === at[row]) continue;
    counting.step(before, row);
    before = row;
  }
  counting.count('end', before);
  counting.compare(first, before);
}

class Counting {
  // A column of a history is a getter: it is called once here, and not for each row.
  readonly #status: Numbers;
  readonly #asked: FlowsAsked;
  readonly #deals: Float64Array;
  readonly #units: bigint[];
  readonly #small: Float64Array;
  readonly #slipped: Float64Array;

  constructor(history: DealHistory, asked: FlowsAsked) {
    this.#status = history.status;
    this.#asked = asked;
    const size = asked.cells * flowNames.length;
    this.#deals = new Float64Array(size);
    this.#units = new Array<bigint>(size).fill(0n);
    this.#small = new Float64Array(size);
    this.#slipped = new Float64Array(asked.cells);
  }

  /** The cell of an open deal; below 0 of one that is not open, counts nowhere, or is not due. */
  #cell(row: number): number {
    return row >= 0 && this.#isOpen(row) && this.#isDue(row) ? this.#asked.cellOf(row) : -1;
  }

  #isOpen(row: number): boolean {
    return this.#status[row] === OPEN;
  }

  #isDue(row: number): boolean {
    return this.#asked.isDue?.(row) ?? true;
  }

  count(name: FlowName, row: number): void {
    const cell = this.#cell(row);
    if (cell >= 0) this.#add(name, cell, row, this.#asked.unitsOf(row));
  }

  #add(name: FlowName, cell: number, row: number, units: number | bigint): void {
    this.#asked.met?.(cell, row);
    const at = cell * flowNames.length + flowNames.indexOf(name);
    this.#deals[at]!++;
    if (typeof units === 'number' && units < HALF && this.#small[at]! < HALF) this.#small[at]! += units;
    else this.#units[at]! += BigInt(units);
  }

  /** What happened between two rows, `before` being -1 of a deal that was not there. */
  step(before: number, row: number): void {
    const [from, to] = [this.#cell(before), this.#cell(row)];
    if (from >= 0 && to >= 0) this.#change(before, row, from, to);
    else if (to >= 0) this.#add(this.#wayIn(before, row), to, row, this.#asked.unitsOf(row));
    else if (from >= 0) this.#leave(before, row, from);
    else if (before < 0) this.#comeAndGo(row);
  }

  #change(before: number, row: number, from: number, to: number): void {
    const [old, units] = [this.#asked.unitsOf(before), this.#asked.unitsOf(row)];
    if (from !== to) {
      this.#add('movedOut', from, row, old);
      this.#add('movedIn', to, row, units);
    } else this.#revalue(from, row, old, units);
  }

  #revalue(cell: number, row: number, old: number | bigint, units: number | bigint): void {
    if (units > old) this.#add('raised', cell, row, difference(units, old));
    else if (units < old) this.#add('lowered', cell, row, difference(old, units));
  }

  #wayIn(before: number, row: number): FlowName {
    if (before < 0) return 'created';
    const status = this.#status[before]!;
    if ((status & IN_TRASH) !== 0) return 'restored';
    if (status !== OPEN) return 'reopened';
    return !this.#isDue(before) && this.#asked.cellOf(before) === this.#asked.cellOf(row)
      ? 'pulledIn'
      : 'movedIn';
  }

  #leave(before: number, row: number, cell: number): void {
    const old = this.#asked.unitsOf(before);
    if (this.#isOpen(row)) {
      const isPushed = !this.#isDue(row) && this.#asked.cellOf(row) === cell;
      this.#add(isPushed ? 'pushedOut' : 'movedOut', cell, row, old);
      return;
    }
    // A change of value together with a win is counted before the win; a change of currency cannot be.
    const isSame = this.#asked.cellOf(row) === cell;
    const units = isSame ? this.#asked.unitsOf(row) : old;
    this.#revalue(cell, row, old, units);
    this.#add(this.#wayOut(row), cell, row, units);
  }

  #wayOut(row: number): FlowName {
    const status = this.#status[row]!;
    if ((status & IN_TRASH) !== 0) return 'removed';
    return (status & STATUS) === LOST ? 'lost' : 'won';
  }

  /** A deal that was added as won or lost was open for no time. */
  #comeAndGo(row: number): void {
    const status = this.#status[row]!;
    if (status === OPEN || (status & IN_TRASH) !== 0 || !this.#isDue(row)) return;
    const cell = this.#asked.cellOf(row);
    if (cell < 0) return;
    this.#add('created', cell, row, this.#asked.unitsOf(row));
    this.#add(this.#wayOut(row), cell, row, this.#asked.unitsOf(row));
  }

  /** Whether the expected close of a deal that was due at the start has changed since. */
  compare(first: number, last: number): void {
    const cell = this.#cell(first);
    if (cell >= 0 && !this.#isDue(last)) this.#slipped[cell]!++;
  }

  result(): readonly Flows[] {
    return Array.from({ length: this.#asked.cells }, (_, cell) => {
      const flows = flowNames.map((name, i) => {
        const at = cell * flowNames.length + i;
        return [name, { deals: this.#deals[at]!, units: this.#units[at]! + BigInt(this.#small[at]!) }];
      });
      return { ...(Object.fromEntries(flows) as Omit<Flows, 'slipped'>), slipped: this.#slipped[cell]! };
    });
  }
}

const difference = (more: number | bigint, less: number | bigint): number | bigint =>
  typeof more === 'number' && typeof less === 'number' ? more - less : BigInt(more) - BigInt(less);

/** Two numbers below this add up to a safe integer. */
const HALF = 2 ** 52;
