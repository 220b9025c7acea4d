import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { SetChange } from '../../src/domain/changes.ts';
import {
  type DealHistory,
  endOfDeal,
  firstRowOf,
  historyColumnNames,
  IN_TRASH,
  NO_DAY,
  STATUS,
  VOID,
} from '../../src/state/deal-history.ts';
import { HistoryFold } from '../../src/state/fold-history.ts';
import { added } from '../added.ts';
import { naivePast, type NaiveState } from './naive-history.ts';
import { type RandomTransaction, randomHistory } from './random-history.ts';

const folded = (transactions: readonly RandomTransaction[], base?: DealHistory): DealHistory => {
  const fold = new HistoryFold(base);
  for (const tx of transactions) fold.take(tx);
  return fold.finish();
};

/** What the rows say of a deal at an instant. */
function stateAt(history: DealHistory, number: number, at: number): NaiveState | undefined {
  const first = firstRowOf(history, number);
  if (first < 0 || (history.flags[first]! & VOID) !== 0) return undefined;
  let row = -1;
  for (let each = first; each < endOfDeal(history, first); each++) if (history.at[each]! <= at) row = each;
  if (row < 0) return undefined;
  const { words, status, close } = history;
  return {
    place: { stage: words.stage[history.stage[row]!]!, pipeline: words.pipeline[history.pipeline[row]!]! },
    status: (['open', 'won', 'lost'] as const)[status[row]! & STATUS]!,
    isInTrash: (status[row]! & IN_TRASH) !== 0,
    owner: words.owner[history.owner[row]!] ?? null,
    currency: words.currency[history.currency[row]!]!,
    units: history.value[row]!,
    close: close[row] === NO_DAY ? null : close[row]!,
  };
}

describe('the past of deals', () => {
  test('agrees at each instant with a list of times and values per field', () => {
    fc.assert(
      fc.property(randomHistory(), ({ transactions, now }) => {
        const history = folded(transactions);
        const naive = naivePast(transactions);
        expect(new Set(history.deal)).toEqual(new Set(naive.keys()));
        for (const deal of naive.values())
          for (const time of deal
            .times()
            .flatMap(at => [at - 1, at, at + 1])
            .concat(now))
            expect({ time, ...stateAt(history, deal.number, time) }).toEqual({ time, ...deal.state(time) });
      }),
      { numRuns: 400 },
    );
  });

  test('ends with the deals as they are, and those in the trash', () => {
    fc.assert(
      fc.property(randomHistory(), ({ transactions, deals, trash, now }) => {
        const history = folded(transactions);
        for (const { id, stage, status, value, owner } of deals.values()) {
          const said = stateAt(history, Number(id.slice(1)), now);
          expect(said).toMatchObject({ status, isInTrash: false, owner: owner ?? null });
          expect(said!.place.stage).toBe(stage);
          expect(said!.units).toBe(Math.round(Number(value) * (said!.currency === 'JPY' ? 1 : 100)));
        }
        for (const id of trash.keys())
          expect(stateAt(history, Number(id.slice(1)), now)?.isInTrash ?? true).toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  test('rows lie by deal and in order of time', () => {
    fc.assert(
      fc.property(randomHistory(), ({ transactions }) => {
        const { rows, deal, at } = folded(transactions);
        for (let row = 1; row < rows; row++)
          expect(
            deal[row]! > deal[row - 1]! || (deal[row] === deal[row - 1] && at[row]! >= at[row - 1]!),
          ).toBe(true);
      }),
    );
  });

  test('goes on from any transaction as if it had been folded at once', () => {
    fc.assert(
      fc.property(randomHistory(), fc.nat(), fc.nat(), ({ transactions }, a, b) => {
        const cuts = [a % (transactions.length + 1), b % (transactions.length + 1)].sort((x, y) => x - y);
        const first = folded(transactions.slice(0, cuts[0]));
        const second = folded(transactions.slice(cuts[0], cuts[1]), first);
        const third = folded(transactions.slice(cuts[1]), second);
        expect(third).toEqual(folded(transactions));
        expect(historyColumnNames.every(name => third[name].length === third.rows)).toBe(true);
      }),
      { numRuns: 400 },
    );
  });

  test.each([
    [
      'its closing',
      { status: ['won', 'open'], closedAt: ['2025-12-22T08:00:00Z', null] },
      'status',
      'closedAt',
      ['open', 'won'],
    ],
    ['its entry', { stage: ['talks', 'new'] }, 'stage', 'stageSince', ['new', 'talks']],
  ] as const)(
    'keeps what was before when %s is corrected to the instant of the change before it, and again',
    (...row) => {
      const [, away, field, time, back] = row;
      const at = (day: string) => `${day}T08:00:00Z`;
      const add = {
        ...{ id: 'D1', title: 'Chairs', value: '4.50', currency: 'USD', pipeline: 'sales', stage: 'talks' },
        ...{
          status: field === 'status' ? 'won' : 'open',
          createdAt: at('2025-12-22'),
          stageSince: at('2025-12-22'),
        },
        ...(field === 'status' && { closedAt: at('2025-12-22') }),
      };
      const sets: [string, SetChange['set']][] = [
        ['2026-01-05', away],
        ['2026-01-06', { [field]: back, [time]: [null, at('2026-01-06')] }],
        ['2026-01-07', { [time]: [at('2026-01-06'), at('2026-01-05')] }],
        ['2026-01-08', { [time]: [at('2026-01-05'), at('2026-01-06')] }],
      ];
      const history = folded([
        { seq: 1, hash: '1', prev: '', at: at('2025-12-31'), changes: [added(add, { line: 2 })] },
        ...sets.map(([day, set], i) => ({
          ...{ seq: i + 2, hash: `${i + 2}`, prev: '', at: at(day) },
          changes: [{ kind: 'deal', id: 'D1', set } as const],
        })),
      ]);
      const said = (day: string) => {
        const state = stateAt(history, 1, Date.parse(`${day}T09:00:00Z`))!;
        return field === 'status' ? state.status : state.place.stage;
      };
      expect(['2025-12-22', '2026-01-04', '2026-01-05', '2026-01-06', '2026-01-08'].map(said)).toEqual([
        back[1],
        back[1],
        back[0],
        back[1],
        back[1],
      ]);
    },
  );
});
