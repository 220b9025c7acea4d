import { added } from '../../added.ts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Flow, type FlowName, flowNames, type Flows, flowsIn } from '../../../src/app/reports/flows.ts';
import { DAY } from '../../../src/domain/dates.ts';
import { type DealHistory, NO_DAY } from '../../../src/state/deal-history.ts';
import { HistoryFold } from '../../../src/state/fold-history.ts';
import { naivePast, type NaiveState } from '../../state/naive-history.ts';
import { type RandomTransaction, randomHistory, START } from '../../state/random-history.ts';
import { runs } from '../../effort.ts';

const folded = (transactions: readonly RandomTransaction[]): DealHistory => {
  const fold = new HistoryFold();
  for (const tx of transactions) fold.take(tx);
  return fold.finish();
};

/** A deal is in the cell of its pipeline, owner and currency. */
const cellOf = ({ place: { pipeline }, owner, currency }: Pick<NaiveState, 'place' | 'owner' | 'currency'>) =>
  ['sales', 'service'].indexOf(pipeline) * 9 +
  ['ana', 'bob', null].indexOf(owner) * 3 +
  ['EUR', 'USD', 'JPY'].indexOf(currency);
const CELLS = 18;

interface Due {
  readonly from: number;
  readonly to: number;
}
const isDue = (close: number | null, due: Due | undefined) =>
  !due || (close !== null && close >= due.from && close <= due.to);

function flows(history: DealHistory, from: number, to: number, due?: Due) {
  const { words } = history;
  return flowsIn(history, {
    from,
    to,
    cells: CELLS,
    cellOf: row =>
      cellOf({
        place: { pipeline: words.pipeline[history.pipeline[row]!]!, stage: '' },
        owner: words.owner[history.owner[row]!] ?? null,
        currency: words.currency[history.currency[row]!]!,
      }),
    unitsOf: row => history.value[row]!,
    ...(due && {
      isDue: (row: number) => isDue(history.close[row] === NO_DAY ? null : history.close[row]!, due),
    }),
  });
}

/** The same from lists of times and values, one instant after the other. */
function naiveFlows(transactions: readonly RandomTransaction[], from: number, to: number, due?: Due) {
  const cells = Array.from({ length: CELLS }, () =>
    Object.fromEntries(flowNames.map(name => [name, { deals: 0, units: 0n }])),
  ) as unknown as Record<FlowName, { deals: number; units: bigint }>[];
  const slipped = cells.map(() => 0);
  const add = (name: FlowName, cell: number, units: number) => {
    cells[cell]![name].deals++;
    cells[cell]![name].units += BigInt(units);
  };
  const isOpen = (state: NaiveState | undefined): boolean => state?.status === 'open' && !state.isInTrash;
  const counts = (state: NaiveState | undefined): boolean => isOpen(state) && isDue(state!.close, due);
  for (const deal of naivePast(transactions).values()) {
    const [start, end] = [deal.state(from - 1), deal.state(to - 1)];
    if (counts(start)) {
      add('start', cellOf(start!), start!.units);
      if (!isDue(end!.close, due)) slipped[cellOf(start!)]!++;
    }
    if (counts(end)) add('end', cellOf(end!), end!.units);
    for (const time of deal.times().filter(at => at >= from && at < to)) {
      const [old, now] = [deal.state(time - 1), deal.state(time)];
      if (!now) continue;
      const isSame = old !== undefined && cellOf(old) === cellOf(now);
      const way = now.isInTrash ? 'removed' : now.status === 'lost' ? 'lost' : 'won';
      if (!old) {
        if (!isDue(now.close, due)) continue;
        if (isOpen(now) || !now.isInTrash) add('created', cellOf(now), now.units);
        if (!isOpen(now) && !now.isInTrash) add(way, cellOf(now), now.units);
      } else if (counts(old)) {
        const units = isSame ? now.units : old.units;
        const stays = counts(now) || !isOpen(now);
        if (isSame && stays && now.units > old.units) add('raised', cellOf(old), now.units - old.units);
        if (isSame && stays && now.units < old.units) add('lowered', cellOf(old), old.units - now.units);
        if (!isOpen(now)) add(way, cellOf(old), units);
        else if (!counts(now)) add(isSame ? 'pushedOut' : 'movedOut', cellOf(old), old.units);
        else if (!isSame) {
          add('movedOut', cellOf(old), old.units);
          add('movedIn', cellOf(now), now.units);
        }
      } else if (counts(now)) {
        const isPulled = isOpen(old) && isSame;
        const how = old.isInTrash
          ? 'restored'
          : old.status !== 'open'
            ? 'reopened'
            : isPulled
              ? 'pulledIn'
              : 'movedIn';
        add(how, cellOf(now), now.units);
      }
    }
  }
  return cells.map((flows, cell) => ({ ...flows, slipped: slipped[cell]! }));
}

const inflows: readonly FlowName[] = ['start', 'created', 'reopened', 'movedIn', 'pulledIn', 'restored'];
const outflows: readonly FlowName[] = ['won', 'lost', 'movedOut', 'pushedOut', 'removed'];
const sum = (flow: Flows, names: readonly FlowName[], what: (flow: Flow) => bigint) =>
  names.reduce((total, name) => total + what(flow[name]), 0n);
const units = ({ units }: Flow) => units;
const deals = ({ deals }: Flow) => BigInt(deals);

function requireBalance(flow: Flows): void {
  expect(sum(flow, inflows, deals) - sum(flow, outflows, deals)).toBe(deals(flow.end));
  expect(sum(flow, [...inflows, 'raised'], units) - sum(flow, [...outflows, 'lowered'], units)).toBe(
    units(flow.end),
  );
}

const instants = fc
  .tuple(fc.integer({ min: -60, max: 250 }), fc.integer({ min: -60, max: 250 }))
  .map(days => days.sort((a, b) => a - b).map(day => START + day * DAY) as [number, number]);
const due = fc.option(
  fc.tuple(fc.nat(200), fc.nat(60)).map(([from, length]) => {
    const first = Math.floor(START / DAY) + from;
    return { from: first, to: first + length };
  }),
  { nil: undefined },
);

describe('flows', () => {
  test('are what lists of times and values say, cell by cell', () => {
    fc.assert(
      fc.property(randomHistory(), instants, due, ({ transactions }, [from, to], period) => {
        expect(flows(folded(transactions), from, to, period)).toEqual(
          naiveFlows(transactions, from, to, period),
        );
      }),
      { numRuns: runs(100) },
    );
  });

  test('lead from the start to the end, in every cell and every period', () => {
    fc.assert(
      fc.property(randomHistory(), instants, due, ({ transactions }, [from, to], period) => {
        for (const flow of flows(folded(transactions), from, to, period)) requireBalance(flow);
      }),
      { numRuns: runs(100) },
    );
  });

  test('of the parts of a period add up to its own, and each part ends as the next one begins', () => {
    fc.assert(
      fc.property(randomHistory(), instants, fc.nat(), due, ({ transactions }, [from, to], cut, period) => {
        const history = folded(transactions);
        const middle = from + (cut % Math.max(1, to - from));
        const [whole, first, second] = [
          flows(history, from, to, period),
          flows(history, from, middle, period),
          flows(history, middle, to, period),
        ];
        for (const [i, flow] of whole.entries()) {
          expect(first[i]!.end).toEqual(second[i]!.start);
          for (const name of flowNames.filter(each => each !== 'start' && each !== 'end'))
            for (const what of [units, deals])
              expect(what(first[i]![name]) + what(second[i]![name])).toBe(what(flow[name]));
        }
      }),
      { numRuns: runs(80) },
    );
  });

  test('of sums beyond safe integers are exact', () => {
    const transactions = [1, 2, 3].map(seq => ({
      seq,
      hash: `${seq}`,
      prev: seq === 1 ? '' : `${seq - 1}`,
      at: '2026-01-05T08:00:00.000Z',
      changes: [
        added({
          id: `D${seq}`,
          value: '90071992547409.91',
          currency: 'EUR',
          pipeline: 'sales',
          stage: 'new',
          status: 'open',
          owner: 'ana',
        }),
      ],
    }));
    const cells = flows(folded(transactions), START - DAY, START + DAY);
    expect(cells[0]!.created).toEqual({ deals: 3, units: 3n * 9007199254740991n });
  });
});
