/** The probability of a deal, and its sources, in lines. */
import type { ProbabilityExplained } from '../app/reports/explain-probability.ts';
import { printable } from '../ui/escape.ts';

/** Returns the probability that counts, then each of its possible sources. */
export function probabilityLines(found: ProbabilityExplained): string[] {
  const { record, title, pipeline, stage, status, probability, from, own, given, learned } = found;
  const because = {
    status: `it is ${status}`,
    deal: 'its own probability counts',
    stage: 'the probability of its stage counts',
  };
  return [
    `${record} ${printable(title)}: ${probability === null ? 'not known' : percent(probability)}${from ? `, ${because[from]}` : ''}`,
    `  its own: ${own === null ? 'none' : percent(own)}`,
    `  given for ${pipeline}/${stage}: ${given === null ? 'none' : percent(given)}`,
    `  learned: ${learnedText(learned)}`,
  ];
}

function learnedText({ won, n, rate, low, high, isEnough }: ProbabilityExplained['learned']): string {
  if (rate === null) return 'no deal that was ever in this stage is decided';
  const made = `${won} of ${n} decided deals that were ever in this stage were won`;
  if (!isEnough) return `not yet (n = ${n}); ${made}`;
  return `${percent(rate)} (95 % interval: ${percent(low!)} to ${percent(high!)}); ${made}`;
}

const percent = (rate: number): string => `${Math.round(rate * 1000) / 10} %`;
