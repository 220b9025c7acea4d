import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Change } from '../../../src/domain/changes.ts';
import { formatInstant } from '../../../src/domain/dates.ts';
import { recordKinds } from '../../../src/kinds/index.ts';
import type { Told } from '../../../src/state/deal-history.ts';
import { HistoryFold } from '../../../src/state/fold-history.ts';
import { FormerDeals } from '../../../src/state/former-deals.ts';
import { ChangesSince } from '../../../src/store/past/changes-since.ts';
import { GENESIS } from '../../../src/store/lines/encoding.ts';
import { FileJournal } from '../../../src/store/journal/file-journal.ts';
import { LineFold } from '../../../src/store/past/fold-lines.ts';
import { JournalLines } from '../../../src/store/journal/journal-lines.ts';
import { PACK_SIZE } from '../../../src/store/journal/journal-directory.ts';
import { added } from '../../added.ts';
import { runs } from '../../effort.ts';
import { emptyDirectory } from '../../harness.ts';
import { configOf, emptyState } from '../../state/contents.ts';
import { type RandomTransaction, randomHistory } from '../../state/random-history.ts';
import { unsyncedIo } from '../hooked-io.ts';
import { commitOf } from '../journal-contract.ts';

const config = configOf();
/** Going back stops at the first transaction that is early enough, so a clock that was put back is left out. */
const histories = randomHistory({ steps: 25 }).filter(
  ({ transactions }) =>
    transactions.length > 0 && transactions.every(({ at }, i) => i === 0 || at >= transactions[i - 1]!.at),
);

let names = 0;

/** A journal of these transactions after one that adds a contact, which some of them rename. */
async function journalOf(transactions: readonly RandomTransaction[], contacts: readonly boolean[]) {
  const dir = join(emptyDirectory(), 'journal');
  mkdirSync(dir);
  const temporary = { name: () => `.tmp-0-0-${++names}` };
  const journal = new FileJournal(unsyncedIo, dir, temporary, () => 'salt', recordKinds);
  const contact = added({ id: 'C1', name: 'Ana' } as never);
  await journal.append(await journal.tip(), { ...commitOf(1), at: transactions[0]!.at, changes: [contact] });
  for (const [i, { at, changes, undoes }] of transactions.entries()) {
    const renamed: Change = { kind: 'contact', id: 'C1', set: { name: [`${i}`, `${i + 1}`] } } as never;
    const all = contacts[i % contacts.length] ? [...changes, renamed] : changes;
    const commit = {
      ...commitOf(i + 2),
      at,
      changes: all,
      ...(undoes !== undefined && { undoes: undoes + 1 }),
    };
    await journal.append(await journal.tip(), commit as never);
  }
  return journal;
}

/** The past of a journal, and what it notes of transactions, however small they are. */
async function foldedFrom(journal: FileJournal) {
  const { seq } = await journal.tip();
  const lines = new JournalLines(unsyncedIo, journal.dir, journal);
  const fold = new HistoryFold();
  const taker = new LineFold(fold, recordKinds, { seq: 0, hash: GENESIS }, { least: 1, gap: 1 });
  await lines.read(0, seq, taker);
  const told = taker.told();
  const now = emptyState(config);
  for (const tx of await journal.read(0)) for (const change of tx.changes) now.apply(change, tx.at, tx.seq);
  return { lines, seq, now, history: fold.finish(told) };
}

/** Returns the changes that take the state back to an instant, and how many bytes of lines were handed over for that. */
async function backTo(
  { lines, seq, now, history }: Awaited<ReturnType<typeof foldedFrom>>,
  until: number,
  told: readonly Told[],
) {
  const { runs: of, picked } = history;
  const past = new FormerDeals(
    now.table('deal'),
    { ...history, told, runs: of, picked } as never,
    until,
    seq,
  );
  const taker = new ChangesSince(recordKinds, { seq, until }, past);
  let bytes = 0;
  await lines.readBackwards(seq, {
    wants: head => taker.wants(head),
    knows: each => taker.knows(each),
    begin: head => taker.begin(head),
    take: tx => taker.take(tx),
    lines: (piece, end) => {
      bytes += end;
      taker.lines(piece, end);
    },
  });
  const changes: Change[] = [];
  const state = { seq, kinds: recordKinds, has: () => true, get: () => undefined };
  taker
    .result()
    .apply(
      { ...state, apply: (change: Change) => changes.push(change) } as never,
      formatInstant(until),
      id => (id.startsWith('D') ? (past.fieldsOf(Number(id.slice(1))) ?? null) : undefined),
    );
  return { bytes, changes };
}

describe('going back in time', () => {
  test('finds the same changes if it leaves out what the past tells', async () => {
    let saved = 0;
    await fc.assert(
      fc.asyncProperty(
        histories,
        fc.array(fc.boolean(), { minLength: 1 }),
        fc.nat(),
        async ({ transactions, now }, contacts, pick) => {
          const folded = await foldedFrom(await journalOf(transactions, contacts));
          const first = Date.parse(transactions[0]!.at);
          const until = first + (pick % (now - first + 1));
          const whole = await backTo(folded, until, []);
          const less = await backTo(folded, until, folded.history.told);
          expect(less.changes).toEqual(whole.changes);
          expect(less.bytes).toBeLessThanOrEqual(whole.bytes);
          saved += whole.bytes - less.bytes;
          // Notes of other transactions than those that are there count for nothing.
          const wrong = folded.history.told.map((each, i) =>
            i % 2 === 0
              ? { ...each, hash: 'other', others: [] }
              : { ...each, size: each.size + 1, others: [] },
          );
          expect(await backTo(folded, until, wrong)).toEqual(whole);
        },
      ),
      { numRuns: runs(50) },
    );
    expect(saved).toBeGreaterThan(0);
  });

  test('leaves out what the past tells in packs too', async () => {
    const [history] = fc.sample(histories, { numRuns: 1, seed: 3 });
    const last = history!.transactions.at(-1)!;
    const filler = Array.from({ length: PACK_SIZE }, () => ({ ...last, changes: [] }));
    const journal = await journalOf([...history!.transactions, ...filler], [true, false]);
    journal.pack((await journal.tip()).seq);
    const folded = await foldedFrom(journal);
    const until = Date.parse(history!.transactions[0]!.at);
    const whole = await backTo(folded, until, []);
    const less = await backTo(folded, until, folded.history.told);
    expect(less.changes).toEqual(whole.changes);
    expect(less.bytes).toBeLessThan(whole.bytes);
  });
});
