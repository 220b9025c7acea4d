/** How much a command adds to the journal. */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

const sizeOf = (dir, wanted) =>
  readdirSync(dir, { withFileTypes: true })
    .filter(entry => entry.isFile() && wanted.test(entry.name))
    .reduce((sum, { name }) => sum + statSync(join(dir, name)).size, 0);

const journal = dir => sizeOf(join(dir, 'data', 'journal'), /\.jsonl$/);
const snapshots = dir => sizeOf(join(dir, 'data'), /\.jsonl$/);

/**
 * name    what the table calls it
 * job     the command, one of jobs.mjs
 * bound   the most it may add
 * grown   what it added, in the unit of the bound: of the journal's size before and after, and the workspace
 * csv     instead: the file that it imported, whose size is the unit of all that the workspace then has
 */
export const growths = [
  {
    name: 'a move, bytes',
    job: '`deal move`, 1,000 deals',
    bound: 420,
    grown: (before, after) => after - before,
  },
  {
    name: 'an import of 8,800 deals, times the snapshots',
    job: 'import of 8,800 deals',
    bound: 1.1,
    grown: (before, after, dir) => ((after - before) / snapshots(dir)).toFixed(2),
  },
  {
    name: 'each of 10,000 firings, bytes',
    job: 'a sweep of the same that sets a field and adds a task for each of 10,000 deals',
    bound: 550,
    grown: (before, after) => Math.round((after - before) / 10_000),
  },
  {
    name: 'a quiet sweep, bytes',
    job: 'a quiet sweep of 8,800 deals',
    bound: 0,
    grown: (before, after) => after - before,
  },
];

/** Runs `command` in a workspace; returns what it added, or how large that is beside the file that it read. */
export function measureGrowth({ grown, csv }, { dir, files }, command) {
  if (csv) {
    command();
    return ((journal(dir) + snapshots(dir)) / statSync(csv(files)).size).toFixed(2);
  }
  const before = journal(dir);
  command();
  return grown(before, journal(dir), dir);
}
