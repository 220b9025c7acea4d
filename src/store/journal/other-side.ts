/** A second history of the same workspace: another copy of it, or the files of the journal that were made elsewhere. */
import { join } from 'node:path';
import { failed, invalid, notFound } from '../../domain/errors.ts';
import type { Kinds } from '../../domain/kinds.ts';
import { decode } from '../lines/encoding.ts';
import { FileJournal } from './file-journal.ts';
import { codeOf, type Io, readWhole } from '../disk/io.ts';
import type { Journal, Stored } from './journal.ts';

/** The transactions of the other side that this one does not have. */
export interface OtherSide {
  /** The last transaction that both have. */
  readonly fork: number;
  /** The later transactions of the other side, in order. */
  readonly transactions: readonly Stored[];
}

/** How many transactions are compared at once. */
const BLOCK = 256;

/**
 * Reads the other side in `dir`: a workspace, or a directory of transactions with any file names. FAILED if the two
 * have nothing in common, INVALID if the other one is damaged or incomplete.
 */
export async function readOtherSide(io: Io, dir: string, here: Journal, kinds: Kinds): Promise<OtherSide> {
  const journal = join(dir, 'data', 'journal');
  if (io.existsSync(journal)) {
    // It is only read: nobody asks for a name or a salt.
    const there = new FileJournal(io, journal, { name: () => '' }, () => '', kinds);
    const fork = await forkOf(here, there);
    if (fork === 0) throw nothingInCommon(dir);
    return { fork, transactions: await there.read(fork) };
  }
  return looseIn(io, dir, here, kinds);
}

const nothingInCommon = (dir: string) =>
  failed(
    `${dir} has no transaction in common with this workspace`,
    'it is another workspace, not another side of this one',
  );

/** The last transaction that both journals have; 0 if there is none. */
async function forkOf(here: Journal, there: Journal): Promise<number> {
  let to = Math.min((await here.tip()).seq, (await there.tip()).seq);
  while (to > 0) {
    const after = Math.floor((to - 1) / BLOCK) * BLOCK;
    const theirs = await there.read(after, to);
    const same = (await here.read(after, to)).findLast((tx, i) => tx.hash === theirs[i]!.hash);
    if (same) return same.seq;
    to = after;
  }
  return 0;
}

/** Transactions in files of a directory, in the order of their numbers: each must follow the one before. */
async function looseIn(io: Io, dir: string, here: Journal, kinds: Kinds): Promise<OtherSide> {
  const found = new Map<number, Stored>();
  for (const name of namesIn(io, dir)) {
    const path = join(dir, name);
    for (const tx of decode(kinds, readWhole(io, path), path, () => undefined)) {
      const known = found.get(tx.seq);
      if (known && known.hash !== tx.hash)
        throw invalid(
          `${path}: is another transaction ${tx.seq} than another file there`,
          'leave one side in it',
        );
      found.set(tx.seq, tx);
    }
  }
  const transactions = [...found.values()].sort((a, b) => a.seq - b.seq);
  const [first] = transactions;
  if (!first)
    throw notFound(
      `there are no transactions in ${dir}`,
      'name a workspace, or a directory of files of a journal',
    );
  transactions.forEach((tx, i) => {
    const before = transactions[i - 1];
    if (before && (before.seq !== tx.seq - 1 || before.hash !== tx.prev))
      throw invalid(
        `${dir}: transaction ${tx.seq} does not follow ${before.seq}`,
        'what lies between must be there too',
      );
  });
  const known = await here.read(Math.max(0, first.seq - 2), transactions.at(-1)!.seq);
  const isKnown = (seq: number, hash: string) => known.some(tx => tx.seq === seq && tx.hash === hash);
  if (first.seq === 1 ? !isKnown(1, first.hash) : !isKnown(first.seq - 1, first.prev))
    throw first.seq === 1
      ? nothingInCommon(dir)
      : invalid(
          `${dir}: transaction ${first.seq} does not follow one of this workspace`,
          `${first.seq - 1} of that side must be there too`,
        );
  const fork = transactions.findLast(tx => isKnown(tx.seq, tx.hash))?.seq ?? first.seq - 1;
  return { fork, transactions: transactions.filter(({ seq }) => seq > fork) };
}

function namesIn(io: Io, dir: string): string[] {
  try {
    return (io.readdirSync(dir) as string[]).filter(name => name.endsWith('.jsonl')).sort();
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR')
      throw notFound(`${dir} is not a directory`);
    throw error;
  }
}
