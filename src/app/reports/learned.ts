/** Learns the probability that a deal of a stage is won, from the decided deals that were ever in it. */
import { type DealHistory, IN_TRASH, OPEN, STATUS, WON } from '../../state/deal-history.ts';
import type { Visits } from '../../state/visits.ts';

/** With fewer decided deals than this, the stage's own probability counts. */
export const ENOUGH = 30;

/** The rate of a stage's decided deals. */
export interface Learned {
  readonly won: number;
  /** How many were decided. */
  readonly n: number;
  /** The share that was won, from 0 to 1; undefined if none was decided. */
  readonly rate: number | undefined;
  /** The 95 % interval after Wilson around it. */
  readonly low: number | undefined;
  readonly high: number | undefined;
}

export interface LearnedAsked {
  /** The instant up to which outcomes of deals are known. */
  readonly until: number;
  /** Whether a deal counts, by a row of it. */
  includes(row: number): boolean;
  /** Called with each `pipeline/stage` and the first row of a decided deal that was ever in it. */
  met?(place: string, row: number): void;
}

/** Returns what is learned of each stage, by `pipeline/stage`; of a stage that no decided deal was in, nothing. */
export function learnedIn(history: DealHistory, visits: Visits, asked: LearnedAsked): Map<string, Learned> {
  const { pipeline, stage, at, status, words, runs } = history;
  const { first, end } = visits;
  const counts = new Map<number, { won: number; n: number }>();
  const width = words.stage.length;
  const nameOf = (key: number) => `${words.pipeline[Math.floor(key / width)]}/${words.stage[key % width]}`;
  for (let i = 0, visit = 0; i < end.length; i++) {
    if (visit === end[i]) continue;
    const begin = first[visit]!;
    let last = runs.end[i]! - 1;
    while (last > begin && at[last]! > asked.until) last--;
    const decided = status[last]!;
    const isCounted = decided !== OPEN && (decided & IN_TRASH) === 0 && asked.includes(begin);
    const isWon = (decided & STATUS) === WON;
    const met = new Set<number>();
    for (; visit < end[i]!; visit++)
      if (isCounted) met.add(pipeline[first[visit]!]! * width + stage[first[visit]!]!);
    for (const key of met) {
      let known = counts.get(key);
      if (!known) counts.set(key, (known = { won: 0, n: 0 }));
      known.n++;
      asked.met?.(nameOf(key), begin);
      if (isWon) known.won++;
    }
  }
  return new Map([...counts].map(([key, { won, n }]) => [nameOf(key), learnedOf(won, n)]));
}

/** Returns the rate and interval that follow from the number of won and decided deals. */
export function learnedOf(won: number, n: number): Learned {
  if (n === 0) return { won, n, rate: undefined, low: undefined, high: undefined };
  const rate = won / n;
  const square = Z * Z;
  const middle = rate + square / (2 * n);
  const around = Z * Math.sqrt((rate * (1 - rate)) / n + square / (4 * n * n));
  const whole = 1 + square / n;
  return {
    won,
    n,
    rate,
    low: Math.max(0, (middle - around) / whole),
    high: Math.min(1, (middle + around) / whole),
  };
}

/** The 97.5th percentile of the normal distribution: 95 % lie between it and its negative. */
const Z = 1.959963984540054;
