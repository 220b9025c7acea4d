/** Facts about an earlier time that become known later: what the rows of a deal say before and after them. */
import { describe, expect, test } from 'vitest';
import type { Change, SetChange, Why } from '../../src/domain/changes.ts';
import {
  BACKDATED,
  CREATION_UNKNOWN,
  type DealHistory,
  IMPORTED,
  STATUS,
  VOID,
} from '../../src/state/deal-history.ts';
import { HistoryFold } from '../../src/state/fold-history.ts';
import { added } from '../added.ts';

/** The nth of January. */
const at = (day: number) => `2026-01-${String(day).padStart(2, '0')}T08:00:00.000Z`;
const day = (time: number) => new Date(time).getUTCDate();

const deal = {
  id: 'D1',
  title: 'Chairs',
  value: '4.50',
  currency: 'EUR',
  pipeline: 'sales',
  stage: 'new',
  status: 'open',
};
const add = (values: object = {}, why?: Why): Change => added({ ...deal, ...values }, why);
const set = (values: SetChange['set']): Change => ({ kind: 'deal', id: 'D1', set: values });
const rm: Change = { kind: 'deal', id: 'D1', rm: deal };
const imported = (values: object = {}, why?: Why) => add(values, { line: 2, ...why });

interface Tx {
  readonly day: number;
  readonly changes: readonly Change[];
  readonly undoes?: number;
}
const on = (day: number, ...changes: readonly Change[]): Tx => ({ day, changes });

function folded(transactions: readonly Tx[]): DealHistory {
  const fold = new HistoryFold();
  for (const [i, { day, ...tx }] of transactions.entries())
    fold.take({ seq: i + 1, hash: `${i + 1}`, at: at(day), ...tx });
  return fold.finish();
}

const statuses = ['open', 'won', 'lost'];

/** Each row of D1: its day, since when it was in its stage, the stage, and its status if it is not open, and the other pipeline. */
const rowsOf = (history: DealHistory) =>
  Array.from({ length: history.rows }, (_, row) => {
    const status = history.status[row]!;
    return [
      day(history.at[row]!),
      day(history.since[row]!),
      history.words.stage[history.stage[row]!],
      ...(history.words.pipeline[history.pipeline[row]!] === 'sales' ? [] : ['service']),
      ...(status === 0 ? [] : [`${statuses[status & STATUS]}${status > STATUS ? ', in the trash' : ''}`]),
    ];
  });

const flagsOf = ({ flags }: DealHistory) =>
  Object.entries({ IMPORTED, CREATION_UNKNOWN, VOID, BACKDATED }).flatMap(([name, bit]) =>
    (flags[0]! & bit) !== 0 ? [name] : [],
  );

describe('the rows of a deal', () => {
  test.each<[string, readonly Tx[], unknown[][], string[]]>([
    ['begin with the transaction that added it', [on(9, add())], [[9, 9, 'new']], []],
    [
      'begin when the import says that it was made',
      [on(9, imported({ createdAt: at(3) }))],
      [[3, 3, 'new']],
      ['IMPORTED', 'BACKDATED'],
    ],
    [
      'begin with the earliest time of an import that does not say when it was made',
      [on(9, imported({ stageSince: at(5) }))],
      [[5, 5, 'new']],
      ['IMPORTED', 'CREATION_UNKNOWN', 'BACKDATED'],
    ],
    [
      'begin with a time that the import filled in',
      [on(9, imported({ createdAt: at(5), stageSince: at(7) }, { creation: 'unknown' }))],
      [[5, 7, 'new']],
      ['IMPORTED', 'CREATION_UNKNOWN', 'BACKDATED'],
    ],
    [
      'begin no later than the transaction',
      [on(9, imported({ createdAt: at(12), stageSince: at(13) }))],
      [[9, 9, 'new']],
      ['IMPORTED'],
    ],
    [
      'begin with the closing of an import that gives no other time',
      [on(9, imported({ status: 'won', closedAt: at(4) }))],
      [[4, 4, 'new', 'won']],
      ['IMPORTED', 'CREATION_UNKNOWN', 'BACKDATED'],
    ],
    [
      'of an open deal do not begin with a time of closing',
      [on(9, imported({ closedAt: at(4) }))],
      [[9, 9, 'new']],
      ['IMPORTED', 'CREATION_UNKNOWN'],
    ],
    [
      'of a closed deal are open until it was closed',
      [on(9, imported({ createdAt: at(2), status: 'lost', closedAt: at(4) }))],
      [
        [2, 2, 'new'],
        [4, 2, 'new', 'lost'],
      ],
      ['IMPORTED', 'BACKDATED'],
    ],
    [
      'begin earlier once the time of creation is corrected',
      [on(9, imported()), on(10, set({ createdAt: [at(9), at(3)] }))],
      [
        [3, 9, 'new'],
        [10, 9, 'new'],
      ],
      ['IMPORTED', 'BACKDATED'],
    ],
    [
      'begin no later than the first change after it, whatever time of creation is told',
      [
        on(9, imported({ createdAt: at(2) })),
        on(10, set({ stage: ['new', 'talks'] })),
        on(12, set({ createdAt: [at(2), at(11)] })),
      ],
      [
        [10, 10, 'new'],
        [10, 10, 'talks'],
        [12, 10, 'talks'],
      ],
      ['IMPORTED', 'BACKDATED'],
    ],
    [
      'begin no later than now, whatever time of creation is told',
      [on(9, imported({ createdAt: at(2) }), set({ createdAt: [at(2), at(20)] }))],
      [
        [9, 9, 'new'],
        [9, 2, 'new'],
      ],
      ['IMPORTED', 'BACKDATED'],
    ],
    [
      'keep their time of creation when it is emptied',
      [on(9, imported({ createdAt: at(2) })), on(10, set({ createdAt: [at(2), null] }))],
      [
        [2, 2, 'new'],
        [10, 2, 'new'],
      ],
      ['IMPORTED', 'BACKDATED'],
    ],
    [
      'are in the first stage since the corrected time of entry, but not before the deal was made',
      [
        on(5, add()),
        on(7, set({ title: ['Chairs', 'Desk'] })),
        on(9, set({ stageSince: [at(5), at(6)] })),
        on(10, set({ stageSince: [at(6), at(1)] })),
      ],
      [
        [5, 5, 'new'],
        [7, 5, 'new'],
        [9, 5, 'new'],
        [10, 5, 'new'],
      ],
      [],
    ],
    [
      'are in the first stage since the corrected time of entry, up to the last of them',
      [on(5, add()), on(7, set({ title: ['Chairs', 'Desk'] })), on(9, set({ stageSince: [at(5), at(6)] }))],
      [
        [5, 6, 'new'],
        [7, 6, 'new'],
        [9, 6, 'new'],
      ],
      [],
    ],
    [
      'are in the first stage since now at the latest',
      [on(5, add()), on(9, set({ stageSince: [at(5), at(20)] }))],
      [
        [5, 9, 'new'],
        [9, 9, 'new'],
      ],
      [],
    ],
    [
      'are in a later stage since the corrected time of entry',
      [on(5, add()), on(9, set({ stage: ['new', 'talks'] })), on(11, set({ stageSince: [at(9), at(7)] }))],
      [
        [5, 5, 'new'],
        [7, 7, 'talks'],
        [9, 7, 'talks'],
        [11, 7, 'talks'],
      ],
      ['BACKDATED'],
    ],
    [
      'are in a stage since the transaction when the time of entry is emptied',
      [on(5, add()), on(9, set({ stage: ['new', 'talks'], stageSince: [null, null] }))],
      [
        [5, 5, 'new'],
        [9, 9, 'talks'],
      ],
      [],
    ],
    [
      'of one transaction are one, unless the deal moves',
      [
        on(5, add()),
        on(
          9,
          set({ title: ['Chairs', 'Desk'] }),
          set({ stage: ['new', 'talks'] }),
          set({ value: ['4.50', '5.00'] }),
          set({ pipeline: ['sales', 'service'] }),
        ),
      ],
      [
        [5, 5, 'new'],
        [9, 5, 'new'],
        [9, 9, 'talks'],
        [9, 9, 'talks', 'service'],
      ],
      [],
    ],
    [
      'of one transaction are two where the deal was made at an earlier time in it',
      [on(9, imported({ createdAt: at(3) }), set({ title: ['Chairs', 'Desk'] }))],
      [
        [3, 3, 'new'],
        [9, 3, 'new'],
      ],
      ['IMPORTED', 'BACKDATED'],
    ],
    [
      'stay in order when the clock is put back',
      [on(9, add()), on(7, set({ stage: ['new', 'talks'] })), on(8, rm)],
      [
        [9, 9, 'new'],
        [9, 7, 'talks'],
        [9, 7, 'talks', 'open, in the trash'],
      ],
      [],
    ],
    [
      'leave the trash with the values and the time of entry that the record says',
      [
        on(5, add()),
        on(6, set({ status: ['open', 'won'], closedAt: [null, at(6)] })),
        on(7, rm),
        on(9, add({ stage: 'talks', stageSince: at(6), status: 'lost' })),
      ],
      [
        [5, 5, 'new'],
        [6, 5, 'new', 'won'],
        [7, 5, 'new', 'won, in the trash'],
        [9, 6, 'talks', 'lost'],
      ],
      [],
    ],
    [
      'leave the trash with the former time of entry if the record does not say it',
      [on(5, add()), on(7, rm), on(9, add())],
      [
        [5, 5, 'new'],
        [7, 5, 'new', 'open, in the trash'],
        [9, 5, 'new'],
      ],
      [],
    ],
    [
      'count no more when the import is undone',
      [on(5, imported()), { ...on(7, rm), undoes: 1 }],
      [[5, 5, 'new']],
      ['IMPORTED', 'CREATION_UNKNOWN', 'VOID'],
    ],
    [
      'count again when the undo of the import is undone',
      [on(5, imported()), { ...on(7, rm), undoes: 1 }, { ...on(9, add()), undoes: 2 }],
      [[5, 5, 'new']],
      ['IMPORTED', 'CREATION_UNKNOWN'],
    ],
    [
      'of a deal that was added by hand stay when that is undone',
      [on(5, add()), { ...on(7, rm), undoes: 1 }],
      [
        [5, 5, 'new'],
        [7, 5, 'new', 'open, in the trash'],
      ],
      [],
    ],
    [
      'are closed since the corrected time, and open before it',
      [on(5, add()), on(9, set({ status: ['open', 'won'], closedAt: [null, at(7)] }))],
      [
        [5, 5, 'new'],
        [7, 5, 'new', 'won'],
        [9, 5, 'new', 'won'],
      ],
      ['BACKDATED'],
    ],
    [
      'are closed now at the latest',
      [on(5, add()), on(9, set({ status: ['open', 'won'], closedAt: [null, at(20)] }))],
      [
        [5, 5, 'new'],
        [9, 5, 'new', 'won'],
      ],
      [],
    ],
    [
      'are lost since they were won when a won deal turns out to be lost',
      [
        on(5, add()),
        on(7, set({ status: ['open', 'won'], closedAt: [null, at(7)] })),
        on(9, set({ status: ['won', 'lost'] })),
      ],
      [
        [5, 5, 'new'],
        [7, 5, 'new', 'lost'],
        [9, 5, 'new', 'lost'],
      ],
      ['BACKDATED'],
    ],
    [
      'go back to the stage and its time of entry by an undo',
      [
        on(5, add()),
        on(7, set({ stage: ['new', 'talks'] })),
        { ...on(9, set({ stage: ['talks', 'new'], stageSince: [at(7), at(5)] })), undoes: 2 },
      ],
      [
        [5, 5, 'new'],
        [7, 7, 'talks'],
        [9, 5, 'new'],
      ],
      [],
    ],
    [
      'begin earlier once the time of creation is corrected at once',
      [on(9, imported(), set({ createdAt: [null, at(3)] }))],
      [[3, 9, 'new']],
      ['IMPORTED', 'BACKDATED'],
    ],
    [
      'of one transaction are one, whether it changes or removes the deal',
      [on(5, add()), on(9, set({ title: ['Chairs', 'Desk'] }), rm)],
      [
        [5, 5, 'new'],
        [9, 5, 'new', 'open, in the trash'],
      ],
      [],
    ],
    [
      'are in a later stage since now if that is told',
      [on(5, add()), on(9, set({ stage: ['new', 'talks'] })), on(11, set({ stageSince: [at(9), at(11)] }))],
      [
        [5, 5, 'new'],
        [9, 5, 'new'],
        [11, 11, 'talks'],
      ],
      [],
    ],
    [
      'are in the same stage of another pipeline since the corrected time of entry',
      [
        on(5, add()),
        on(8, set({ pipeline: ['sales', 'service'] })),
        on(9, set({ stageSince: [at(5), at(6)] })),
      ],
      [
        [5, 5, 'new'],
        [6, 6, 'new', 'service'],
        [8, 6, 'new', 'service'],
        [9, 6, 'new', 'service'],
      ],
      ['BACKDATED'],
    ],
    [
      'are closed since now if that is told',
      [
        on(5, add()),
        on(9, set({ status: ['open', 'won'], closedAt: [null, at(9)] })),
        on(11, set({ closedAt: [at(9), at(11)] })),
      ],
      [
        [5, 5, 'new'],
        [9, 5, 'new'],
        [11, 5, 'new', 'won'],
      ],
      [],
    ],
    [
      'are closed after another change of the same instant',
      [
        on(5, add()),
        on(9, set({ title: ['Chairs', 'Desk'] })),
        on(9, set({ status: ['open', 'won'], closedAt: [null, at(9)] })),
      ],
      [
        [5, 5, 'new'],
        [9, 5, 'new'],
        [9, 5, 'new', 'won'],
      ],
      [],
    ],
    [
      'stay closed since then, whatever else changes',
      [
        on(5, add()),
        on(7, set({ status: ['open', 'won'], closedAt: [null, at(7)] })),
        on(9, set({ title: ['Chairs', 'Desk'] })),
      ],
      [
        [5, 5, 'new'],
        [7, 5, 'new', 'won'],
        [9, 5, 'new', 'won'],
      ],
      [],
    ],
    [
      'are open again since the reopening alone',
      [
        on(5, add()),
        on(7, set({ status: ['open', 'won'], closedAt: [null, at(7)] })),
        on(9, set({ status: ['won', 'open'], closedAt: [at(7), null] })),
      ],
      [
        [5, 5, 'new'],
        [7, 5, 'new', 'won'],
        [9, 5, 'new'],
      ],
      [],
    ],
    [
      'are closed again since the undo of the reopening',
      [
        on(5, add()),
        on(7, set({ status: ['open', 'won'], closedAt: [null, at(6)] })),
        on(8, set({ status: ['won', 'open'], closedAt: [at(6), null] })),
        { ...on(9, set({ status: ['open', 'won'], closedAt: [null, at(6)] })), undoes: 3 },
      ],
      [
        [5, 5, 'new'],
        [6, 5, 'new', 'won'],
        [7, 5, 'new', 'won'],
        [8, 5, 'new'],
        [9, 5, 'new', 'won'],
      ],
      ['BACKDATED'],
    ],
    [
      'of a deal that was imported as won are lost since then when it turns out to be lost',
      [on(9, imported({ status: 'won', closedAt: at(4) })), on(11, set({ status: ['won', 'lost'] }))],
      [
        [4, 4, 'new', 'lost'],
        [11, 4, 'new', 'lost'],
      ],
      ['IMPORTED', 'CREATION_UNKNOWN', 'BACKDATED'],
    ],
    [
      'say nothing of other records',
      [
        on(5, add()),
        on(6, added({ id: 'C1', name: 'Jane', stage: 'talks' }), {
          kind: 'contact',
          id: 'C1',
          rm: { id: 'C1' },
        }),
      ],
      [[5, 5, 'new']],
      [],
    ],
    [
      'of a purged deal say no more',
      [on(5, add({ id: 'D2' })), on(7, set({ stage: ['new', 'talks'] }), rm)],
      [[5, 5, 'new']],
      [],
    ],
  ])('%s', (_, transactions, rows, flags) => {
    const history = folded(transactions);
    expect([rowsOf(history), flagsOf(history)]).toEqual([rows, flags]);
  });

  test('say which transaction they are of, and which they undo', () => {
    const { tx, undoes } = folded([
      on(5, add()),
      on(6, set({ title: ['Chairs', 'Desk'] })),
      on(7, set({ stage: ['new', 'talks'] })),
      { ...on(8, set({ stage: ['talks', 'new'], stageSince: [at(7), at(5)] })), undoes: 3 },
      { ...on(9, set({ title: ['Desk', 'Chairs'] })), undoes: 2 },
      on(10, set({ title: ['Chairs', 'Lamp'] })),
    ]);
    expect([Array.from(tx), Array.from(undoes)]).toEqual([
      [1, 2, 3, 4, 5, 6],
      [0, 0, 0, 3, 0, 0],
    ]);
  });

  test.each([
    ['4.50', 'EUR', 450],
    ['4.5', 'EUR', 450],
    ['4', 'EUR', 400],
    ['7', 'JPY', 7],
    ['1.234', 'KWD', 1234],
    // Written by hand, with more decimals than the currency has.
    ['4.505', 'EUR', 451],
    ['7.4', 'JPY', 7],
    ['0.001', 'EUR', 0],
    ['90071992547409.91', 'EUR', 9_007_199_254_740_991],
    ['72310879828964.10', 'EUR', 7_231_087_982_896_410],
    ['x', 'EUR', 0],
    [null, 'EUR', 0],
  ])('have the value %j %s as %i minor units', (value, currency, units) => {
    expect(Array.from(folded([on(5, add({ value, currency }))]).value)).toEqual([units]);
  });

  test('have a changed value in the currency that the deal has then', () => {
    const { value } = folded([
      on(5, add()),
      on(6, set({ value: ['4.50', '6.00'] })),
      on(7, set({ currency: ['EUR', 'JPY'], value: ['6.00', '800'] })),
    ]);
    expect(Array.from(value)).toEqual([450, 600, 800]);
  });
});
