import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { asStored } from '../../src/domain/changes.ts';
import { dayNumber, formatInstant } from '../../src/domain/dates.ts';
import { minorUnits } from '../../src/domain/money.ts';
import type { Deal } from '../../src/domain/records.ts';
import { recordKinds } from '../../src/kinds/index.ts';
import { columnsOf } from '../../src/kinds/fields.ts';
import { buildColumn, dumpColumn } from '../../src/state/columns/index.ts';
import { HistoryFold } from '../../src/state/fold-history.ts';
import { FormerDeals } from '../../src/state/former-deals.ts';
import { State } from '../../src/state/state.ts';
import { ChangesSince } from '../../src/store/past/changes-since.ts';
import { configOf, emptyState } from '../state/contents.ts';
import { naivePast } from '../state/naive-history.ts';
import { type RandomTransaction, randomHistory } from '../state/random-history.ts';
import { runs } from '../effort.ts';

const config = configOf();
/** While a clock was put back, the last transaction up to an instant says nothing of those before it. */
const histories = randomHistory({ steps: 15 }).filter(
  ({ transactions }) =>
    transactions.length > 0 && transactions.every(({ at }, i) => i === 0 || at >= transactions[i - 1]!.at),
);

/** The deals as of an instant, by transactions as objects or as lines of bytes. */
function stateAt(transactions: readonly RandomTransaction[], until: number, isOfLines: boolean): State {
  const now = emptyState(config);
  const fold = new HistoryFold();
  for (const tx of transactions) {
    for (const change of tx.changes) now.apply(change, tx.at, tx.seq);
    fold.take(tx);
  }
  const deals = new FormerDeals(now.table('deal'), fold.finish(), until, now.seq);
  const taker = new ChangesSince(recordKinds, { seq: now.seq, until }, deals);
  for (const tx of [...transactions].reverse()) {
    if (!taker.wants(tx)) break;
    if (!isOfLines) taker.take(tx);
    else {
      const bytes = Buffer.from(tx.changes.map(change => `${JSON.stringify(asStored(change))}\n`).join(''));
      taker.begin(tx);
      taker.lines(bytes, bytes.length);
    }
  }
  const seq = transactions.at(-1)!.seq;
  const nothing = { named: () => [], trash: () => [], next: () => 1 };
  const state = new State({ seq, seqOf: () => seq, source: () => deals, ...nothing }, config);
  taker.result().apply(state, formatInstant(until), id => deals.fieldsOf(Number(id.slice(1))) ?? null);
  return state;
}

const contentsOf = (state: State) => {
  const table = state.table('deal');
  return table.liveRows().map(row => table.record(row));
};

describe('the deals of an instant', () => {
  test('equal a list of times and values per field', () => {
    fc.assert(
      fc.property(histories, fc.nat(), ({ transactions, now }, pick) => {
        const naive = naivePast(transactions);
        const times = [...naive.values()].flatMap(deal => deal.times()).concat(now);
        const until = times[pick % times.length]!;
        const known = new Map(
          contentsOf(stateAt(transactions, until, true)).map(each => [each.id, each as Deal]),
        );
        for (const deal of naive.values()) {
          const then = deal.state(until);
          const found = known.get(`D${deal.number}`);
          expect(found !== undefined, `D${deal.number}`).toBe(then !== undefined && !then.isInTrash);
          if (!found || !then) continue;
          const { stage, pipeline, status, owner = null, currency, value, expectedClose } = found;
          expect({
            place: { stage, pipeline },
            status,
            isInTrash: false,
            owner,
            currency,
            units: minorUnits(value as string, currency as string),
            close: expectedClose ? dayNumber(expectedClose as string) : null,
          }).toEqual(then);
          expect(found.closedAt === undefined).toBe(status === 'open');
        }
      }),
      { numRuns: runs(50) },
    );
  });

  test('are the same by lines as by objects, and in columns as in records', () => {
    fc.assert(
      fc.property(histories, fc.nat(), ({ transactions, now }, pick) => {
        const first = Date.parse(transactions[0]!.at);
        const until = first + (pick % (now - first + 1));
        const state = stateAt(transactions, until, true);
        expect(contentsOf(state)).toEqual(contentsOf(stateAt(transactions, until, false)));
        const table = state.table('deal');
        const rows = table.liveRows();
        for (const [key, spec] of columnsOf(config, 'deal')) {
          const column = table.column(key);
          const built = buildColumn(spec.type, rows.length, i => spec.cell(table.record(rows[i]!)));
          expect([key, wordsOf(dumpColumn(column, rows))]).toEqual([key, wordsOf(built)]);
        }
      }),
      { numRuns: runs(50) },
    );
  });
});

/** A column with words instead of their codes, which depend on what was met first. */
const wordsOf = ({ values, items, words }: ReturnType<typeof dumpColumn>) => ({
  values: [...values].map(each => (words && !items ? (words[each] ?? null) : each)),
  items: items && [...items].map(each => (words ? words[each]! : each)),
});
