/** The outcomes of entries to the stages of a pipeline, and how far the deals made in some days came. */
import { NOT_CUSTOMERS, type Pipeline } from '../../domain/config.ts';
import { CREATION_UNKNOWN, type DealHistory, IN_TRASH, STATUS, WON } from '../../state/deal-history.ts';
import { LOST_THERE, REMOVED, STILL, type Visits, WON_THERE } from '../../state/visits.ts';
import type { PastDeals } from './past-deals.ts';

export const outcomes = ['advanced', 'won', 'lost', 'back', 'left', 'still'] as const;
export type Outcome = (typeof outcomes)[number];

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

interface Cell {
  readonly counts: Record<Outcome, number>;
  readonly units: Record<Outcome, bigint>;
  readonly stays: number[];
  reached: number;
  reachedWon: number;
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
  readonly #cells = new Map<number, Map<number, Cell>>();

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
  }

  result(visits: Visits): readonly Entries[] {
    this.#countEntries(visits);
    this.#countCohort(visits);
    const { currencies } = this.#asked.counted;
    return [...this.#cells]
      .sort(([a], [b]) => a - b)
      .flatMap(([place, cells]) =>
        [...cells]
          .map(([code, cell]) => ({
            stage: this.#stages[place]!,
            currency: currencies[code] ?? '',
            position: code,
            ...cell,
          }))
          .sort((a, b) => (a.currency < b.currency ? -1 : 1)),
      );
  }

  #cell(place: number, currency: number): Cell {
    let cells = this.#cells.get(place);
    if (!cells) this.#cells.set(place, (cells = new Map()));
    let cell = cells.get(currency);
    if (!cell)
      cells.set(
        currency,
        (cell = { counts: none(() => 0), units: none(() => 0n), stays: [], reached: 0, reachedWon: 0 }),
      );
    return cell;
  }

  #countEntries(visits: Visits): void {
    const { pipeline, stage } = this.#history;
    const { from, to, counted } = this.#asked;
    const { count, first, last, entered, left, how } = visits;
    for (let visit = 0; visit < count; visit++) {
      const row = first[visit]!;
      if (!(entered[visit]! >= from && entered[visit]! < to)) continue;
      if (pipeline[row] !== this.#pipeline || !counted.includes(row)) continue;
      const end = last[visit]!;
      const cell = this.#cell(this.#order[stage[row]!]!, counted.currency(end));
      this.#asked.met?.(this.#history.words.stage[stage[row]!]!, counted.currency(end), row);
      const outcome = this.#outcome(visits, visit);
      cell.counts[outcome]++;
      cell.units[outcome] += BigInt(counted.units(end));
      if (how[visit] !== STILL && !isEntryUnknown(this.#history, row))
        cell.stays.push(left[visit]! - entered[visit]!);
    }
  }

  #outcome({ first, how }: Visits, visit: number): Outcome {
    switch (how[visit]) {
      case STILL:
        return 'still';
      case WON_THERE:
        return 'won';
      case LOST_THERE:
        return 'lost';
      case REMOVED:
        return 'left';
      default: {
        const { pipeline, stage } = this.#history;
        const [row, next] = [first[visit]!, first[visit + 1]!];
        const [place, to] = [this.#order[stage[row]!]!, this.#order[stage[next]!]!];
        if (pipeline[next] !== this.#pipeline || to >= this.#length) return 'left';
        return to > place ? 'advanced' : 'back';
      }
    }
  }

  /** The deals that were made in these days, by the furthest stage of the funnel that each was in. */
  #countCohort({ count, first }: Visits): void {
    const { deal, pipeline, stage, at } = this.#history;
    const { from } = this.#asked;
    for (let visit = 0; visit < count; ) {
      const begin = first[visit]!;
      let furthest = -1;
      // A deal whose first visit began before these days was made before them.
      if (at[begin]! < from) while (visit < count && deal[first[visit]!] === deal[begin]) visit++;
      for (; visit < count && deal[first[visit]!] === deal[begin]; visit++) {
        const row = first[visit]!;
        const place = this.#order[stage[row]!]!;
        if (pipeline[row] === this.#pipeline && place < this.#length) furthest = Math.max(furthest, place);
      }
      if (furthest >= 0) this.#countDeal(begin, furthest);
    }
  }

  #countDeal(begin: number, furthest: number): void {
    const { at, status } = this.#history;
    const { from, to, until, counted } = this.#asked;
    const [first, last] = boundsOf(this.#history, begin, until);
    if (!(at[first]! >= from && at[first]! < to) || !counted.includes(first)) return;
    const isWon = (status[last]! & STATUS) === WON && (status[last]! & IN_TRASH) === 0;
    for (let place = 0; place <= furthest; place++) {
      const cell = this.#cell(place, counted.currency(last));
      cell.reached++;
      if (isWon) cell.reachedWon++;
    }
  }
}

/** Returns the first row of the deal of a row, and its last one as of an instant. */
export function boundsOf(
  { deal, at, rows }: DealHistory,
  row: number,
  until: number,
): readonly [number, number] {
  let first = row;
  while (first > 0 && deal[first - 1] === deal[row]) first--;
  let last = row;
  while (last + 1 < rows && deal[last + 1] === deal[row] && at[last + 1]! <= until) last++;
  return [first, last];
}

/** Whether nobody knows when the deal of a row entered its first stage: it was imported without any time. */
export function isEntryUnknown({ flags, since, at }: DealHistory, row: number): boolean {
  return (flags[row]! & CREATION_UNKNOWN) !== 0 && since[row] === at[row];
}

const none = <T>(make: () => T): Record<Outcome, T> =>
  Object.fromEntries(outcomes.map(outcome => [outcome, make()])) as Record<Outcome, T>;
