/** The sums that are kept as of a transaction, and corrected by what has changed since. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Board, type BoardOptions, board } from '../../../src/app/reading/board.ts';
import type { SumsCaches } from '../../../src/app/reading/kept-sums.ts';
import { type Standing, standingOf } from '../../../src/app/reading/standing.ts';
import { tasksView } from '../../../src/app/reading/tasks-view.ts';
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
import { runs } from '../../effort.ts';

const configWith = (yaml: string) =>
  configOf(
    new Map([
      ['crm.yaml', yaml],
      [
        'pipelines/sales.yaml',
        'name: Sales\nstages:\n  - { id: new, name: New, probability: 10 }\n  - { id: offer, name: Offer, probability: 33 }\n  - { id: other, name: Other }\n',
      ],
    ]),
  );
const config = configWith(crmYaml);
const AT = '2026-09-01T10:00:00.000Z';
const days = ['2026-08-31', '2026-09-01', '2026-09-30', '2027-01-01'] as const;
const fields = fc.record({
  status: fc.constantFrom('open', 'won', 'lost'),
  pipeline: fc.constantFrom('sales', 'sales', 'sales', 'removed'),
  stage: fc.constantFrom('new', 'offer', 'other', 'removed'),
  value: fc.constantFrom('0', '1.05', '333.33', '80000000000000.99'),
  currency: fc.constantFrom('EUR', 'JPY', 'USD'),
  expectedClose: fc.option(fc.constantFrom(...days)),
  // The second is on the first day of September in Amsterdam.
  closedAt: fc.constantFrom(
    '2026-08-31T21:59:00.000Z',
    '2026-08-31T22:00:00.000Z',
    '2026-09-30T21:59:59.999Z',
  ),
});
const taskFields = fc.record({
  status: fc.constantFrom('open', 'done'),
  for: fc.option(fc.constantFrom('D1', 'D2', 'D3', 'D7', 'C1')),
  due: fc.option(fc.constantFrom(...days)),
});
type TaskFields = typeof taskFields extends fc.Arbitrary<infer T> ? T : never;
type Fields = typeof fields extends fc.Arbitrary<infer T> ? T : never;
/** Many deals in few places, with many tasks. */
const crowded = fc.record({
  status: fc.constantFrom('open', 'open', 'open', 'won'),
  pipeline: fc.constant('sales'),
  stage: fc.constantFrom('new', 'new', 'offer'),
  value: fc.constantFrom('0', '1.05', '333.33'),
  currency: fc.constant('EUR'),
  expectedClose: fc.constant(null),
  closedAt: fc.constant('2026-08-31T22:00:00.000Z'),
}) as fc.Arbitrary<Fields>;
const planned = fc.record({
  status: fc.constantFrom('open', 'open', 'done'),
  for: fc.option(fc.constantFrom('D1', 'D2', 'D3'), { freq: 9 }),
  due: fc.option(fc.constantFrom(...days)),
}) as fc.Arbitrary<TaskFields>;
const stepOf = (deal: fc.Arbitrary<Fields>, task: fc.Arbitrary<TaskFields>) =>
  fc.record({
    does: fc.constantFrom('set', 'set', 'add', 'remove', 'restore', 'purge'),
    kind: fc.constantFrom('deal', 'task'),
    at: fc.nat(9),
    deal,
    task,
  });
type Step = ReturnType<typeof stepOf> extends fc.Arbitrary<infer T> ? T : never;

const dealOf = (
  number: number,
  { expectedClose, currency, value, status, pipeline, stage, closedAt }: Fields,
): Rec => ({
  ...{ id: `D${number}`, title: 'Chairs', pipeline, createdAt: AT, updatedAt: AT, stageSince: AT },
  ...{ status, stage, currency, value: currency === 'JPY' ? value.split('.')[0]! : value },
  ...(expectedClose !== null && { expectedClose }),
  ...(status !== 'open' && { closedAt }),
});
const taskOf = (number: number, { status, for: subject, due }: TaskFields): Rec => ({
  ...{ id: `T${number}`, title: `Call ${number}`, type: 'call', status, createdAt: AT, updatedAt: AT },
  ...(subject !== null && { for: subject }),
  ...(due !== null && { due }),
});

/** A state that starts from records as of a transaction. */
function stateOf(
  seq: number,
  records: Readonly<Record<'deal' | 'task', readonly Rec[]>>,
  next: number,
  settings = config,
): State {
  return new State(
    {
      seq,
      seqOf: () => seq,
      source: kind => new MemorySource(kind === 'deal' || kind === 'task' ? records[kind] : []),
      named: () => [],
      trash: () => [],
      next: () => next,
    },
    settings,
  );
}

const paths = {
  deal: ['status', 'pipeline', 'stage', 'value', 'currency', 'expectedClose', 'closedAt'],
  task: ['status', 'for', 'due'],
};

/** Changes a record of the state, if there is one for it. */
function change(state: State, { does, kind, at, deal, task }: Step, seq: number): void {
  const make = (number: number) => (kind === 'deal' ? dealOf(number, deal) : taskOf(number, task));
  const table = state.table(kind);
  const rows = table.liveRows();
  const old = rows.length > 0 ? table.record(rows[at % rows.length]!) : undefined;
  const trashed = [...state.trash().values()].find(({ id }) => state.kinds.kindOf(id) === kind);
  const made = (): Change | undefined => {
    if (does === 'add') return addition(kind, { ...make(1), id: state.nextId(kind) });
    if (does === 'restore') return trashed && addition(kind, trashed.record);
    if (!old) return undefined;
    if (does === 'remove') return { kind, id: old.id, rm: old };
    if (does === 'purge') return { kind, id: old.id, rm: { id: old.id } as Rec, purge: true };
    const next = make(1);
    const set: Record<string, [Rec[string] | null, Rec[string] | null]> = {};
    for (const path of paths[kind])
      if (old[path] !== next[path]) set[path] = [old[path] ?? null, next[path] ?? null];
    return { kind, id: old.id, set } as Change;
  };
  const change = made();
  if (change) state.apply(change, AT, seq);
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

const text = (sums: ReadonlyMap<string, unknown>) => [...sums].sort();
const liveRecords = (state: State, kind: 'deal' | 'task') => {
  const table = state.table(kind);
  return table.liveRows().map(row => table.record(row));
};

/** Compares the sums with those of the records. */
function expectSums(state: State, standing: Standing): void {
  for (const status of ['open', 'won', 'lost'])
    expect(text(standing.of(status))).toEqual(sumsOf(state, deal => deal.status === status));
  const [from, to] = ['2026-09-01', '2026-09-30'];
  const isBetween = (day: unknown) => typeof day === 'string' && day >= from && day <= to;
  const [first, last] = [dayNumber(from), dayNumber(to)];
  const isOpen = ({ status }: Rec) => status === 'open';
  expect(text(standing.openBetween(first, last))).toEqual(
    sumsOf(state, deal => isOpen(deal) && isBetween(deal.expectedClose)),
  );
  const closedOn = ({ closedAt }: Deal) => clock.zone.day(Date.parse(closedAt!));
  expect(text(standing.wonBetween(first, last))).toEqual(
    sumsOf(state, deal => deal.status === 'won' && isBetween(closedOn(deal))),
  );
  const deals = liveRecords(state, 'deal') as Deal[];
  const isPast = ({ expectedClose: day }: Deal) => !!day && day < from;
  expect(standing.openBefore(first)).toBe(deals.filter(deal => isOpen(deal) && isPast(deal)).length);
  const open = liveRecords(state, 'task').filter(isOpen);
  expect(standing.planned).toBe(
    deals.filter(deal => isOpen(deal) && open.some(task => task.for === deal.id)).length,
  );
  for (const day of [null, ...days])
    expect(standing.due.get(day && dayNumber(day)) ?? 0).toBe(
      open.filter(({ due }) => (due ?? null) === day).length,
    );
}

/** Compares the board that has kept sums and first deals with the one that goes through all deals. */
function expectBoards(view: View, caches: SumsCaches, mosts: readonly (number | undefined)[]): void {
  for (const closed of [false, true]) {
    const options = { pipeline: config.pipelines[0]!, by: 'stage', query: [], closed } as const;
    const shown = ({ columns, totals, card }: Board) => ({
      totals,
      columns: columns.map(({ rows, ...column }) => ({
        ...column,
        rows: mosts.map(most => rows(most).map(row => [row, card(row)])),
      })),
    });
    expect(shown(board(view, options, caches))).toEqual(shown(board(view, options)));
  }
}

/** Compares the tasks view that has kept first deals with the one that goes through all deals. */
function expectTasks(view: View, caches: SumsCaches, mosts: readonly (number | undefined)[]): void {
  const shown = (caches?: SumsCaches) => {
    const { groups, line } = tasksView(view, [], 'next-action', { apart: false }, caches);
    return groups.map(group => ({
      ...group,
      rows: mosts.map(most => group.rows(most).map(row => line(group, row))),
    }));
  };
  expect(shown(caches)).toEqual(shown());
}

/** Caches of one workspace, with what its journal says. */
class Caches implements SumsCaches {
  readonly #files = new Map<string, string>();
  hashOf: SumsCaches['hashOf'] = () => undefined;
  readonly version = '1';
  readonly fewest = 0;
  readonly firsts: number;
  writes = 0;
  constructor(firsts = 40) {
    this.firsts = firsts;
  }
  kept<T extends object>(name: string, key: string): T | undefined {
    const file = this.#files.get(`${name} ${key}`);
    return file === undefined ? undefined : JSON.parse(file);
  }
  keep(name: string, key: string, value: object): void {
    this.writes++;
    this.#files.set(`${name} ${key}`, JSON.stringify(value));
  }
}

/** What happens to a workspace: deals and tasks at first, then changes. */
const storyOf = (deal: fc.Arbitrary<Fields>, task: fc.Arbitrary<TaskFields>, mostDeals: number) =>
  fc.record({
    deals: fc.array(deal, { minLength: 1, maxLength: mostDeals }),
    tasks: fc.array(task, { maxLength: mostDeals }),
    batches: fc.array(
      fc.record({
        steps: fc.array(stepOf(deal, task), { maxLength: 4 }),
        isFolded: fc.boolean(),
        isLost: fc.boolean(),
      }),
      { minLength: 1, maxLength: 4 },
    ),
  });
type Story = ReturnType<typeof storyOf> extends fc.Arbitrary<infer T> ? T : never;

/** Calls `check` after each batch of changes. */
function tell({ deals, tasks, batches }: Story, caches: Caches, check: (view: View) => void): void {
  const records = {
    deal: deals.map((each, i) => dealOf(i + 1, each)),
    task: tasks.map((each, i) => taskOf(i + 1, each)),
  };
  let state = stateOf(1, records, 20);
  let base = 1;
  for (const [i, { steps, isFolded, isLost }] of batches.entries()) {
    // The journal goes on; or it is another one from here on, as after a restored copy.
    const seq = i + 2;
    for (const each of steps) change(state, each, seq);
    state.seq = seq;
    caches.hashOf = isLost
      ? at => (at === seq ? `${at} lost` : undefined)
      : at => (at >= base && at <= seq ? String(at) : undefined);
    check(new View(state, manager, clock));
    // The next command finds what a checkpoint left.
    if (!isFolded) continue;
    base = seq;
    const left = { deal: liveRecords(state, 'deal'), task: liveRecords(state, 'task') };
    state = stateOf(base, left, 20 * (i + 2));
  }
}

test('sums kept as of a transaction, and what has changed since, are the sums of all records (property)', () => {
  fc.assert(
    fc.property(storyOf(fields, taskFields, 6), story => {
      const caches = new Caches();
      tell(story, caches, view => {
        expectSums(view.state, standingOf(view, caches)!);
        expectBoards(view, caches, [2]);
      });
    }),
    { numRuns: runs(40) },
  );
});

test('the first deals kept as of a transaction, and what has changed since, are the first of all deals (property)', () => {
  fc.assert(
    fc.property(storyOf(crowded, planned, 9), fc.constantFrom(1, 2, 3, 40), (story, firsts) => {
      const caches = new Caches(firsts);
      const mosts = [1, 3, undefined];
      tell(story, caches, view => {
        expectBoards(view, caches, mosts);
        expectTasks(view, caches, mosts);
      });
    }),
    { numRuns: runs(40) },
  );
});

test('of two tasks due on the same day, the one that was added first is next, also if it came back from the trash', () => {
  const task = { status: 'open', for: 'D1', due: '2026-09-01' } as const;
  const state = stateOf(1, { deal: [dealOf(1, open)], task: [taskOf(2, task)] }, 3);
  state.apply(addition('task', taskOf(1, task)), AT, 2);
  const { groups, line } = tasksView(new View(state, manager, clock), [], 'next-action', { apart: false });
  expect(groups.flatMap(group => group.rows().map(row => line(group, row).task))).toEqual(['T1']);
});

const open: Fields = {
  ...{ status: 'open', pipeline: 'sales', stage: 'new', value: '0', currency: 'EUR', expectedClose: null },
  closedAt: '2026-08-31T22:00:00.000Z',
};

test('sums of another history are not used, and those of this one are', () => {
  const caches = new Caches();
  const standing = (deals: number, hash: string) => {
    const state = stateOf(
      1,
      { deal: Array.from({ length: deals }, (_, i) => dealOf(i + 1, open)), task: [] },
      9,
    );
    caches.hashOf = seq => (seq === 1 ? hash : undefined);
    return standingOf(new View(state, manager, clock), caches)!
      .of('open')
      .get('EUR')!.deals;
  };
  expect(standing(3, 'a')).toBe(3);
  expect(standing(4, 'b')).toBe(4);
  // These deals are not read: the hash says that they are the same.
  expect(standing(5, 'b')).toBe(4);
  expect(caches.writes).toBe(2);
});

test('a board of all deals of a pipeline takes its sums from the caches, and any other board adds up its deals', () => {
  const caches = new Caches();
  caches.hashOf = String;
  const pipeline = config.pipelines[0]!;
  const counts = (deals: number, options: Partial<BoardOptions> = {}, given: SumsCaches = caches) => {
    const deal = Array.from({ length: deals }, (_, i) => dealOf(i + 1, open));
    const view = new View(stateOf(1, { deal, task: [] }, 9), manager, clock);
    const { columns } = board(view, { pipeline, by: 'stage', query: [], closed: false, ...options }, given);
    return columns[0]!.count;
  };
  expect(counts(2)).toBe(2);
  // The hash says that these are the same deals.
  expect(counts(3)).toBe(2);
  expect(counts(3, { query: ['title:chairs'] })).toBe(3);
  expect(counts(3, { by: 'owner' })).toBe(3);
  expect(counts(3, {}, { ...caches, hashOf: String, fewest: 4, kept: () => undefined, keep: () => {} })).toBe(
    3,
  );
});

test('sums are added up anew if a custom field takes the place of the probabilities that deals have themselves', () => {
  const caches = new Caches();
  caches.hashOf = String;
  const deal = [{ ...dealOf(1, open), value: '100.00', probability: 50 }];
  const weighted = (settings: typeof config) => {
    const view = new View(stateOf(1, { deal, task: [] }, 9, settings), manager, clock);
    const { totals } = board(
      view,
      { pipeline: settings.pipelines[0]!, by: 'stage', query: [], closed: false },
      caches,
    );
    return [totals[0]!.weighted, standingOf(view, caches)!.of('open').get('EUR')!.weighted];
  };
  expect(weighted(config)).toEqual(['50.00', 5000n]);
  const seats = '    seats: { type: number }\n';
  const custom = configWith(crmYaml.replace(seats, `${seats}    probability: { type: number }\n`));
  expect(weighted(custom)).toEqual(['10.00', 1000n]);
});

test('sums are kept again after many changes, and not for a viewer from whom deals are hidden', () => {
  const caches = new Caches();
  caches.hashOf = String;
  const state = stateOf(1, { deal: [dealOf(1, open)], task: [] }, 2);
  const ask = (role: 'manager' | 'restricted') =>
    standingOf(new View(state, { user: 'cho', role }, clock), caches);
  expect(ask('restricted')).toBeUndefined();
  expect(caches.writes).toBe(0);
  const writesAfter = (added: number) => {
    for (let i = 0; i < added; i++)
      state.apply(addition('deal', { ...dealOf(1, open), id: state.nextId('deal') }), AT, state.seq + 1);
    expect(ask('manager')!.of('open').get('EUR')!.deals).toBe(state.table('deal').size);
    return caches.writes;
  };
  expect([0, 15, 1, 15, 100].map(writesAfter)).toEqual([1, 1, 2, 2, 3]);
});
