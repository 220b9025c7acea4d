/** The outcomes of entries to the stages of a pipeline, and how far the deals made in some days came. */
import { NOT_CUSTOMERS, type Pipeline } from '../../domain/config.ts';
import { CREATION_UNKNOWN, type DealHistory, IN_TRASH, STATUS, WON } from '../../state/deal-history.ts';
import { ExactSum } from '../../state/exact-sum.ts';
import { LOST_THERE, MOVED, REMOVED, STILL, type Visits, WON_THERE } from '../../state/visits.ts';
import type { PastDeals } from './past-deals.ts';

export const outcomes = ['advanced', 'won', 'lost', 'back', 'left', 'still'] as const;
export type Outcome = (typeof outcomes)[number];
/** Positions of outcomes. */
const ADVANCED = outcomes.indexOf('advanced');
const BACK = outcomes.indexOf('back');
const LEFT = outcomes.indexOf('left');
/** The positions of outcomes by how a visit ended. The outcome of a move depends on where it goes: see `#moved`. */
const outcomeOf: readonly number[] = Object.assign([], {
  [STILL]: outcomes.indexOf('still'),
  [WON_THERE]: outcomes.indexOf('won'),
  [LOST_THERE]: outcomes.indexOf('lost'),
  [REMOVED]: LEFT,
});

/** The entries to a stage in one currency. */
export interface Entries {
  readonly stage: string;
  readonly currency: string;
  /** The position of the currency, and of what counts by group also of the group. */
  readonly position: number;
  /** They add up to the entries. */
  readonly counts: { readonly [outcome in Outcome]: number };
  /** What the deals were worth when the visit ended, or are now, in minor units. */
  readonly units: { readonly [outcome in Outcome]: bigint };
  /** How long the visits were that ended, in milliseconds; without those of which it is not known when they began. */
  readonly stays: readonly number[];
  /** How many of the deals that were made in these days ever reached the stage, or a later one, and how many were won. */
  readonly reached: number;
  readonly reachedWon: number;
}

export interface EntriesAsked {
  readonly pipeline: Pipeline;
  /** Instants of entries and of creation: the first one is in, the second one is not. */
  readonly from: number;
  readonly to: number;
  /** Up to when it is known what became of them. */
  readonly until: number;
  readonly counted: PastDeals;
  /** Called with the stage and the position of each entry, and its row. */
  met?(stage: string, position: number, row: number): void;
}

/** Returns the stages in their order, those after the funnel last, each with its currencies. */
export function entriesIn(history: DealHistory, visits: Visits, asked: EntriesAsked): readonly Entries[] {
  return new Counting(history, asked).result(visits);
}

/** What is counted of a stage in one currency: entries by the position of their outcome, and deals made in these days. */
class Cell {
  readonly counts = outcomes.map(() => 0);
  readonly sums = outcomes.map(() => new ExactSum());
  readonly stays: number[] = [];
  reached = 0;
  reachedWon = 0;
}

class Counting {
  readonly #history: DealHistory;
  readonly #asked: EntriesAsked;
  /** By the position of a stage's word: its place in the funnel, or after it. */
  readonly #order: number[];
  /** Stages by their place, and how many of them are the funnel. */
  readonly #stages: string[];
  readonly #length: number;
  readonly #pipeline: number;
  /** By stage and currency, packed into one number. */
  readonly #cells = new Map<number, Cell>();
  readonly #width: number;

  constructor(history: DealHistory, asked: EntriesAsked) {
    this.#history = history;
    this.#asked = asked;
    const { stages, id } = asked.pipeline;
    const inFunnel = stages.filter(({ group }) => group !== NOT_CUSTOMERS).map(stage => stage.id);
    const known = [...inFunnel, ...stages.map(stage => stage.id).filter(stage => !inFunnel.includes(stage))];
    this.#length = inFunnel.length;
    this.#stages = [...known, ...history.words.stage.filter(word => !known.includes(word)).sort()];
    this.#order = history.words.stage.map(word => this.#stages.indexOf(word));
    this.#pipeline = history.words.pipeline.indexOf(id);
    this.#width = asked.counted.currencies.length + 1;
  }

  result(visits: Visits): readonly Entries[] {
    this.#countEntries(visits);
    this.#countCohort(visits);
    const { currencies } = this.#asked.counted;
    return [...this.#cells]
      .map(([key, { counts, sums, stays, reached, reachedWon }]) => {
        const place = Math.floor(key / this.#width);
        const position = (key % this.#width) - 1;
        const entries: Entries = {
          stage: this.#stages[place]!,
          currency: currencies[position] ?? '',
          position,
          counts: byOutcome(i => counts[i]!),
          units: byOutcome(i => sums[i]!.total),
          stays,
          reached,
          reachedWon,
        };
        return { place, entries };
      })
      .sort((a, b) => a.place - b.place || (a.entries.currency < b.entries.currency ? -1 : 1))
      .map(({ entries }) => entries);
  }

  /** Returns the cell of a stage; the position of a currency is -1 for none. */
  #cell(place: number, currency: number): Cell {
    return this.#cellOf(place * this.#width + currency + 1);
  }

  #cellOf(key: number): Cell {
    let cell = this.#cells.get(key);
    if (!cell) this.#cells.set(key, (cell = new Cell()));
    return cell;
  }

  #countEntries(visits: Visits): void {
    // A column of a history is a getter: it is called once here, and not for each entry.
    const { pipeline, stage, words } = this.#history;
    const { from, to, counted, met } = this.#asked;
    const { first, last, entered, left, how } = visits;
    const [order, own] = [this.#order, this.#pipeline];
    const isUnknown = unknownEntriesOf(this.#history);
    const chosen = enteredBetween(visits, from, to);
    for (let i = 0; i < chosen.length; i++) {
      const visit = chosen[i]!;
      const row = first[visit]!;
      if (pipeline[row] !== own || !counted.includes(row)) continue;
      const end = last[visit]!;
      const position = counted.currency(end);
      const place = order[stage[row]!]!;
      const cell = this.#cell(place, position);
      if (met) met(words.stage[stage[row]!]!, position, row);
      const ending = how[visit]!;
      const next = ending === MOVED ? first[visit + 1]! : -1;
      const outcome =
        next < 0 ? outcomeOf[ending]! : this.#moved(place, pipeline[next]!, order[stage[next]!]!);
      cell.counts[outcome]!++;
      cell.sums[outcome]!.add(counted.units(end));
      if (ending !== STILL && !isUnknown(row)) cell.stays.push(left[visit]! - entered[visit]!);
    }
  }

  /** Returns the outcome of a move to another place. */
  #moved(from: number, pipeline: number, to: number): number {
    if (pipeline !== this.#pipeline || to >= this.#length) return LEFT;
    return to > from ? ADVANCED : BACK;
  }

  /** Counts the deals that were made in these days, by the furthest stage of the funnel that each was in. */
  #countCohort({ first, end }: Visits): void {
    const { pipeline, stage, at, status, runs } = this.#history;
    const { from, to, until, counted } = this.#asked;
    for (let i = 0; i < end.length; i++) {
      const row = runs.begin[i]!;
      if (!(at[row]! >= from && at[row]! < to)) continue;
      let furthest = -1;
      for (let visit = i === 0 ? 0 : end[i - 1]!; visit < end[i]!; visit++) {
        const place = this.#order[stage[first[visit]!]!]!;
        if (pipeline[first[visit]!] === this.#pipeline && place < this.#length && place > furthest)
          furthest = place;
      }
      if (furthest < 0 || !counted.includes(row)) continue;
      let last = runs.end[i]! - 1;
      while (last > row && at[last]! > until) last--;
      const isWon = (status[last]! & STATUS) === WON && (status[last]! & IN_TRASH) === 0;
      const cell = this.#cell(furthest, counted.currency(last));
      cell.reached++;
      if (isWon) cell.reachedWon++;
    }
    this.#countStagesBefore();
  }

  /** Counts the deals that reached a stage for all stages before it too. */
  #countStagesBefore(): void {
    const byFurthest = [...this.#cells].map(([key, { reached, reachedWon }]) => ({
      key,
      reached,
      reachedWon,
    }));
    for (const { key, reached, reachedWon } of byFurthest)
      for (let before = key - this.#width; reached > 0 && before >= 0; before -= this.#width) {
        const cell = this.#cellOf(before);
        cell.reached += reached;
        cell.reachedWon += reachedWon;
      }
  }
}

/** Returns the visits that began between two instants: the first one is in, the second one is not. */
function enteredBetween({ count, entered }: Visits, from: number, to: number): Int32Array {
  const chosen = new Int32Array(count);
  let size = 0;
  for (let visit = 0; visit < count; visit++)
    if (entered[visit]! >= from && entered[visit]! < to) chosen[size++] = visit;
  return chosen.subarray(0, size);
}

/** Returns a test of whether nobody knows when the deal of a row entered its first stage: it was imported without any time. */
export function unknownEntriesOf({ flags, since, at }: DealHistory): (row: number) => boolean {
  return row => (flags[row]! & CREATION_UNKNOWN) !== 0 && since[row] === at[row];
}

const byOutcome = <T>(make: (position: number) => T): Record<Outcome, T> =>
  Object.fromEntries(outcomes.map((outcome, position) => [outcome, make(position)])) as Record<Outcome, T>;
