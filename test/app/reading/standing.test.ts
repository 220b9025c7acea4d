/** The sums that are kept with a snapshot, and corrected by what has changed since. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Kept, standingOf } from '../../../src/app/reading/standing.ts';
import { View } from '../../../src/app/core/view.ts';
import type { Change } from '../../../src/domain/changes.ts';
import { addition } from '../../../src/domain/changes.ts';
import { dayNumber } from '../../../src/domain/dates.ts';
import { minorUnits } from '../../../src/domain/money.ts';
import type { Deal, Rec } from '../../../src/domain/records.ts';
import { weightedOf } from '../../../src/query/probability.ts';
import { MemorySource } from '../../../src/state/source.ts';
import { State } from '../../../src/state/state.ts';
import { clock, configOf, crmYaml } from '../../query/world.ts';

const config = configOf(
  new Map([
    ['crm.yaml', crmYaml],
    [
      'pipelines/sales.yaml',
      'name: Sales\nstages:\n  - { id: new, name: New, probability: 10 }\n  - { id: offer, name: Offer, probability: 33 }\n  - { id: other, name: Other }\n',
    ],
  ]),
);
const AT = '2026-09-01T10:00:00.000Z';
const fields = fc.record({
  status: fc.constantFrom('open', 'won', 'lost'),
  stage: fc.constantFrom('new', 'offer', 'other'),
  value: fc.constantFrom('0', '1.05', '333.33', '80000000000000.99'),
  currency: fc.constantFrom('EUR', 'JPY', 'USD'),
  expectedClose: fc.option(fc.constantFrom('2026-08-31', '2026-09-01', '2026-09-30', '2027-01-01')),
});
type Fields = typeof fields extends fc.Arbitrary<infer T> ? T : never;
const step = fc.oneof(
  fc.record({ does: fc.constant('set' as const), at: fc.nat(9), fields }),
  fc.record({ does: fc.constant('add' as const), at: fc.constant(0), fields }),
  fc.record({ does: fc.constant('remove' as const), at: fc.nat(9), fields }),
);

const dealOf = (number: number, { expectedClose, currency, value, ...own }: Fields): Rec => ({
  ...{ id: `D${number}`, title: 'Chairs', pipeline: 'sales', createdAt: AT, updatedAt: AT, stageSince: AT },
  ...{ ...own, currency, value: currency === 'JPY' ? value.split('.')[0]! : value },
  ...(expectedClose !== null && { expectedClose }),
});

/** A state that starts from deals in files, as far as it can tell. */
function stateOf(deals: readonly Rec[], name: string): State {
  return new State(
    {
      seq: 1,
      seqOf: () => 1,
      source: kind => Object.assign(new MemorySource(kind === 'deal' ? deals : []), { name }),
      named: () => [],
      trash: () => [],
      next: () => deals.length + 1,
    },
    config,
  );
}

function change(state: State, does: 'set' | 'add' | 'remove', at: number, next: Rec): void {
  const rows = state.table('deal').liveRows();
  const deal = rows.length > 0 ? state.table('deal').record(rows[at % rows.length]!) : undefined;
  if (does === 'add') state.apply(addition('deal', { ...next, id: state.nextId('deal') }), AT, 2);
  if (does === 'add' || !deal) return;
  const set: Record<string, [Rec[string] | null, Rec[string] | null]> = {};
  for (const path of ['status', 'stage', 'value', 'currency', 'expectedClose'])
    if (deal[path] !== next[path]) set[path] = [deal[path] ?? null, next[path] ?? null];
  const made = does === 'set' ? { kind: 'deal', id: deal.id, set } : { kind: 'deal', id: deal.id, rm: deal };
  state.apply(made as Change, AT, 2);
}

/** The sums of the deals for which `holds` holds, added up one by one. */
function sumsOf(state: State, holds: (deal: Deal) => boolean): unknown[] {
  const table = state.table('deal');
  const weighted = weightedOf(state);
  const sums = new Map<string, { deals: number; value: bigint; weighted: bigint; noProbability: number }>();
  for (const row of table.liveRows()) {
    const deal = table.record(row) as Deal;
    if (!holds(deal)) continue;
    const own = weighted(row);
    const sum = sums.get(deal.currency) ?? { deals: 0, value: 0n, weighted: 0n, noProbability: 0 };
    sums.set(deal.currency, {
      deals: sum.deals + 1,
      value: sum.value + BigInt(minorUnits(deal.value, deal.currency)),
      weighted: sum.weighted + (own === '' ? 0n : BigInt(minorUnits(own, deal.currency))),
      noProbability: sum.noProbability + Number(own === ''),
    });
  }
  return [...sums].sort();
}

const manager = { user: 'ana', role: 'manager' } as const;

test('sums kept with a snapshot, and what has changed since, are the sums of all deals (property)', () => {
  fc.assert(
    fc.property(
      fc.array(fields, { minLength: 1, maxLength: 6 }),
      fc.array(fc.array(step, { maxLength: 5 }), { minLength: 1, maxLength: 3 }),
      (first, batches) => {
        const deals = first.map((each, i) => dealOf(i + 1, each));
        const files = new Map<string, string>();
        let hits = 0;
        const caches: Kept = {
          kept: (name, key) => {
            const text = files.get(`${name} ${key}`);
            if (text !== undefined) hits++;
            return text === undefined ? undefined : JSON.parse(text);
          },
          keep: (name, key, value) => void files.set(`${name} ${key}`, JSON.stringify(value)),
        };
        for (const [i, steps] of batches.entries()) {
          const state = stateOf(deals, 'a');
          for (const { does, at, fields: next } of steps) change(state, does, at, dealOf(1, next));
          const standing = standingOf(new View(state, manager, clock), caches, () => true)!;
          expect(hits).toBe(i);
          for (const status of ['open', 'won', 'lost'])
            expect([...standing.of(status)].sort()).toEqual(sumsOf(state, deal => deal.status === status));
          const [from, to] = ['2026-09-01', '2026-09-30'];
          const isOpenFrom = ({ status, expectedClose: day }: Deal) =>
            status === 'open' && !!day && day >= from && day <= to;
          const between = standing.openBetween(dayNumber(from), dayNumber(to));
          expect([...between].sort()).toEqual(sumsOf(state, isOpenFrom));
          const isPast = ({ status, expectedClose: day }: Deal) => status === 'open' && !!day && day < from;
          const past = sumsOf(state, isPast) as [string, { deals: number }][];
          expect(standing.openBefore(dayNumber(from))).toBe(
            past.reduce((n, [, { deals: its }]) => n + its, 0),
          );
        }
      },
    ),
    { numRuns: Number(process.env.RUNS ?? 100) },
  );
});

test('sums are not for a viewer from whom deals are hidden, and hold for one snapshot only', () => {
  const deals = [
    dealOf(1, { status: 'open', stage: 'new', value: '0', currency: 'EUR', expectedClose: null }),
  ];
  const keys: string[] = [];
  const caches: Kept = {
    kept: (_, key) => {
      keys.push(key);
      return undefined;
    },
    keep: () => undefined,
  };
  const restricted = { user: 'cho', role: 'restricted' } as const;
  expect(standingOf(new View(stateOf(deals, 'a'), restricted, clock), caches, () => true)).toBeUndefined();
  expect(keys).toEqual([]);
  for (const name of ['a', 'b'])
    standingOf(new View(stateOf(deals, name), manager, clock), caches, () => true);
  expect(new Set(keys).size).toBe(2);
});
