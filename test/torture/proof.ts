/** What a proof is: it tries something many times, and says how often, and what went wrong. */

export interface Trial {
  /** 1 is the release figure; less tries less. */
  readonly scale: number;
  /** The same seed tries the same, where the order of processes does not decide. */
  readonly seed: number;
  /** worker.ts as a program for Node. */
  readonly worker: string;
  /** One violation is enough: there is no need to look for more. */
  readonly one?: boolean;
}

export interface Outcome {
  /** What was tried how often, in words: `1,204 calls failed, 1,204 killed`. */
  readonly tried: string;
  /** Empty where all is well; each says how to come to it again. */
  readonly violations: readonly string[];
  /** Why less was tried than should have been: the machine does not have what it takes. */
  readonly skipped?: string;
}

export interface Proof {
  /** For --only. */
  readonly name: string;
  /** What is done, for the table. */
  readonly what: string;
  run(trial: Trial): Promise<Outcome>;
}

/** How many of `full` are tried at a scale: at least one. */
export const scaled = (full: number, { scale }: Trial): number => Math.max(1, Math.round(full * scale));

/** Below this scale a proof that goes through scenarios takes every fourth of them: making one costs more than trying it. */
export const SMALL = 0.01;

/** Which of all scenarios are tried at a scale; the seed says which fourth, where it is small. */
export const someOf = <T>(all: readonly T[], { scale, seed }: Pick<Trial, 'scale' | 'seed'>): readonly T[] =>
  scale < SMALL ? all.filter((_, i) => (i + seed) % 4 === 0) : all;

const grouped = (n: number): string => String(n).replace(/\B(?=(\d{3})+$)/g, ',');

/** `1,204 calls` */
export const counted = (n: number, what: string): string => `${grouped(n)} ${what}`;
