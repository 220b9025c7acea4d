import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { DAY } from '../../../src/domain/dates.ts';
import { recordKinds } from '../../../src/kinds/index.ts';
import { type DealHistory, historyColumnNames } from '../../../src/state/deal-history.ts';
import { HistoryFold } from '../../../src/state/fold-history.ts';
import { HISTORY_FILE } from '../../../src/store/past/history-file.ts';
import { type HistoryPlace, withHistory } from '../../../src/store/past/kept-history.ts';
import { nodeIo } from '../../../src/store/disk/io.ts';
import type { LineTaker } from '../../../src/store/journal/journal-lines.ts';
import { workspace } from '../../harness.ts';
import { type RandomTransaction, randomHistory, START } from '../../state/random-history.ts';
import { runs } from '../../effort.ts';

/** Reads columns and words: of all rows, of every third one, and of the recent past. */
function read(history: DealHistory) {
  const { seq, hash, rows, words, runs } = history;
  const columns = (of: DealHistory) =>
    Object.fromEntries(historyColumnNames.map(name => [name, Array.from(of[name])]));
  const thirds = Int32Array.from({ length: Math.ceil(rows / 3) }, (_, i) => 3 * i);
  return {
    // Before and after the columns are read.
    pickedFirst: historyColumnNames.map(name => Array.from(history.picked(name, thirds))),
    ...{ seq, hash, rows, words, columns: columns(history) },
    runs: Object.values(runs).map(each => Array.from(each as Int32Array)),
    picked: historyColumnNames.map(name => Array.from(history.picked(name, thirds))),
    lent: historyColumnNames.map(name => Array.from(history.lent(name))),
    recent: [-10, 20, 90].map(day => recentRows(history.recent(START + day * DAY), history)),
  };
}

/** Returns the rows of a recent past that the whole past does not have. */
function recentRows(recent: DealHistory, history: DealHistory) {
  const lines = ({ runs, ...of }: DealHistory) => {
    const { begin, end } = runs;
    const rows = Array.from(begin, (first, i) =>
      Array.from({ length: end[i]! - first }, (_, n) => first + n),
    );
    return rows.flat().map(row => historyColumnNames.map(name => of[name][row]).join());
  };
  const known = new Set(lines(history));
  return lines(recent).filter(line => !known.has(line));
}

const folded = (transactions: readonly RandomTransaction[]) => {
  const fold = new HistoryFold();
  for (const tx of transactions) fold.take(tx);
  return read(fold.finish());
};

function cacheDirectory(): string {
  const dir = mkdtempSync(join(tmpdir(), 'crm-history-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

/** A journal that says these transactions, and caches in a directory. */
function placeOf(dir: string, transactions: readonly RandomTransaction[]): HistoryPlace {
  let names = 0;
  const journal = {
    tip: async () => ({ seq: transactions.length, hash: transactions.at(-1)?.hash ?? '' }),
    read: async (after: number, to = transactions.length) => transactions.slice(after, to),
  };
  const lines = {
    sizeOf: () => 0,
    read: async (after: number, to: number, taker: LineTaker) => {
      for (const tx of transactions.slice(after, to)) taker.take(tx as never);
    },
  };
  return {
    io: nodeIo,
    caches: { path: dir, make: () => dir },
    version: 'test',
    temporary: { name: () => `.tmp-${++names}` },
    journal: journal as never,
    lines,
    kinds: recordKinds,
  };
}

const past = async (dir: string, transactions: readonly RandomTransaction[], tail = 0) =>
  withHistory(
    placeOf(dir, transactions),
    {
      tip: { seq: transactions.length, hash: transactions.at(-1)?.hash ?? '' },
      tail: transactions.slice(transactions.length - tail) as never,
    },
    read,
  );

describe('the kept past', () => {
  test('is extended by later transactions, from the tail or from the journal', async () => {
    const dir = cacheDirectory();
    await fc.assert(
      fc.asyncProperty(randomHistory(), fc.nat(), fc.nat(), async ({ transactions }, cut, tail) => {
        rmSync(join(dir, HISTORY_FILE), { force: true });
        await past(dir, transactions.slice(0, cut % (transactions.length + 1)));
        expect(await past(dir, transactions, tail % (transactions.length + 1))).toEqual(folded(transactions));
      }),
      { numRuns: runs(40) },
    );
  });

  test('is made anew if any byte of the file changes', async () => {
    const dir = cacheDirectory();
    const [history] = fc.sample(randomHistory({ steps: 60 }), { numRuns: 1, seed: 4 });
    const { transactions } = history!;
    const path = join(dir, HISTORY_FILE);
    await past(dir, transactions);
    const sound = readFileSync(path);
    const right = folded(transactions);
    for (let at = 0; at < sound.length; at += 11) {
      const damaged = Buffer.from(sound);
      damaged[at]! ^= 1 << (at % 8);
      writeFileSync(path, damaged);
      expect(await past(dir, transactions)).toEqual(right);
    }
    for (const size of [0, 5, 100, sound.length - 1]) {
      writeFileSync(path, sound.subarray(0, size));
      expect(await past(dir, transactions)).toEqual(right);
    }
  });

  test('of another journal, a longer one or another version is not used', async () => {
    const dir = cacheDirectory();
    const [one, other] = fc.sample(randomHistory({ steps: 60 }), { numRuns: 2, seed: 5 });
    const others = other!.transactions.map(tx => ({
      ...tx,
      hash: `other ${tx.seq}`,
      prev: tx.seq === 1 ? '' : `other ${tx.seq - 1}`,
    }));
    await past(dir, one!.transactions);
    expect(await past(dir, others)).toEqual(folded(others));
    await past(dir, one!.transactions);
    const less = one!.transactions.slice(0, 3);
    expect(await past(dir, less)).toEqual(folded(less));
  });
});

describe('crm', () => {
  test('erases purged records from the kept past', async () => {
    const ws = await workspace();
    await ws.ok('user add bob --name Bob');
    await ws.ok('deal add Chairs --owner bob');
    await ws.ok('deal add Tables');
    await ws.ok('history D1 --stages');
    const path = ws.cache(HISTORY_FILE);
    expect(readFileSync(path).includes('bob')).toBe(true);
    await ws.ok('purge D1 --yes');
    expect(existsSync(path)).toBe(false);
    expect(await ws.ok('history D2 --stages')).toContain('deal add');
    expect(readFileSync(path).includes('bob')).toBe(false);
    expect((await ws.crm('history D1 --stages')).code).toBe(3);
  });

  test('says the same with and without the kept past', async () => {
    const ws = await workspace();
    await ws.ok('deal add Chairs');
    const stages = () => ws.ok('history D1 --stages');
    await stages();
    for (const line of [
      'deal move D1 in-contact',
      'deal win D1',
      'undo',
      'deal rm D1',
      'undo',
      'deal move D1 to-contact',
    ]) {
      await ws.ok(line);
      const kept = await stages();
      rmSync(ws.cache(HISTORY_FILE), { force: true });
      expect(await stages()).toBe(kept);
    }
  });
});
