import { grouped } from '../ui/words.ts';

const WIDTH = 24;

/** A bar with rows, their rate and the time left; `part` of the whole is done, in `spent` ms. ASCII. */
export function bar(rows: number, part: number, spent: number): string {
  const share = Math.min(1, Math.max(0, part));
  const filled = Math.round(share * WIDTH);
  const rate = `${grouped(Math.round((rows / spent) * 1000))} rows/s`;
  const left = share > 0 ? `, ${inSeconds((spent / share) * (1 - share))} left` : '';
  return `[${'#'.repeat(filled)}${'.'.repeat(WIDTH - filled)}] ${Math.floor(share * 100)}%  ${grouped(rows)} rows, ${rate}${left}`;
}

const inSeconds = (ms: number): string =>
  ms < 60_000
    ? `${Math.ceil(ms / 1000)} s`
    : `${Math.floor(ms / 60_000)} min ${Math.floor((ms % 60_000) / 1000)} s`;
