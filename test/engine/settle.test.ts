/** Transition tables applied to a draft, as the journal will tell it. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Json, Rec } from '../../src/domain/records.ts';
import { settleDeals } from '../../src/engine/settle.ts';
import { columnsOf } from '../../src/kinds/fields.ts';
import { Draft } from '../../src/state/draft.ts';
import type { State } from '../../src/state/state.ts';
import { clock, configOf, crmYaml, scopeOf, stateOf } from '../query/world.ts';
import { cellOf } from '../state/contents.ts';
import { runs as runsOf } from '../effort.ts';

const stages = ['a', 'b', 'c', 'd'];
const tags = ['x', 'y'];
const row = fc.record(
  {
    to: fc.constantFrom(...stages),
    from: fc.uniqueArray(fc.constantFrom(...stages), { minLength: 1, maxLength: 2 }),
    when: fc.constantFrom(...tags.map(tag => `tag:${tag}`), 'stage-age:>1d'),
  },
  { requiredKeys: ['to', 'from'] },
);
const BEFORE = '2026-09-01T10:00:00.000Z';
const deal = fc.record({
  stage: fc.constantFrom(...stages),
  tags: fc.subarray(tags),
  held: fc.constantFrom(undefined, { stage: null }, { stage: 'b' }),
});

const settingsOf = (transitions: readonly object[]) =>
  configOf(
    new Map([
      ['crm.yaml', crmYaml],
      [
        'pipelines/sales.yaml',
        JSON.stringify({ name: 'Sales', stages: stages.map(id => ({ id, name: id })), transitions }),
      ],
    ]),
  );

const dealsOf = (some: readonly { stage: string; tags: string[]; held?: object | undefined }[]): Rec[] =>
  some.map(({ held, ...each }, i) => ({
    id: `D${i + 1}`,
    title: 'Chairs',
    pipeline: 'sales',
    ...each,
    ...(held && { held: held as unknown as Json }),
    createdAt: BEFORE,
    updatedAt: BEFORE,
    stageSince: BEFORE,
  }));

/** The deals, and what every column says of them. */
function dealsIn(state: State): unknown {
  const table = state.table('deal');
  return table
    .liveRows()
    .map(row => [
      table.record(row),
      ...[...columnsOf(state.config, 'deal').keys()].map(key => cellOf(table.column(key), row)),
    ]);
}

test('what a table leaves of a deal is what its changes say, also of one that it moves in circles (property)', () => {
  let circles = 0;
  let runs = 0;
  fc.assert(
    fc.property(
      fc.array(row, { minLength: 2, maxLength: 6 }),
      fc.array(deal, { minLength: 1, maxLength: 3 }),
      (rows, some) => {
        runs++;
        const settings = settingsOf(rows);
        const records = dealsOf(some);
        const draft = new Draft(stateOf(records, settings), clock);
        const failed = new Set<string>();
        const made = settleDeals(draft, scopeOf(draft.state), { fail: id => failed.add(id) });
        circles += failed.size;
        const told = stateOf(records, settings);
        for (const change of draft.changes) told.apply(change, draft.at, draft.seq);
        expect(dealsIn(draft.state)).toEqual(dealsIn(told));
        // The moves that are told lead from where each deal was to where it is.
        for (const { id, stage } of records) {
          const way = made.filter(move => move.record === id);
          expect([stage, ...way.map(move => move.to)]).toEqual([
            ...way.map(move => move.from),
            draft.state.get(id)!.stage,
          ]);
          for (const move of way) expect(rows[move.rule - 1]!.to).toBe(move.to);
        }
        for (const { id } of records) {
          const stayed =
            !made.some(move => move.record === id) && some[Number(id.slice(1)) - 1]!.held === undefined;
          if (stayed) expect(draft.state.get(id)).toEqual(records[Number(id.slice(1)) - 1]);
        }
      },
    ),
    { numRuns: runsOf(60), seed: 1 },
  );
  expect(circles).toBeGreaterThan(runs / 16);
});

const condition = fc.constantFrom(
  ...['tag:x', 'not tag:x', 'has:task', 'no:task', 'tasks.done:>=1', 'tasks.open:0', 'idle.over:1d'],
  ...['idle:<1h', 'stage-age:>1d', 'tag:x or has:task', 'event:page.viewed', 'invoices.paid:>=1', 'is:won'],
  ...['not (idle.over:1d tag:y)', 'invoices.paid:0 tag:y', 'invoices.paid:>=2', 'invoices.paid:1'],
);
const tables = fc.array(
  fc.record(
    {
      to: fc.constantFrom(...stages),
      from: fc.uniqueArray(fc.constantFrom(...stages), { minLength: 1, maxLength: 3 }),
      when: condition,
    },
    { requiredKeys: ['to'] },
  ),
  { maxLength: 5 },
);
const some = fc.array(
  fc.record({
    deal,
    pipeline: fc.constantFrom('sales', 'renewals'),
    task: fc.constantFrom(undefined, 'open', 'done'),
    days: fc.nat(3),
    isRemoved: fc.boolean(),
  }),
  { minLength: 1, maxLength: 12 },
);

/** The customers of deals: contacts and accounts that there are, and others. */
const customers = fc.array(
  fc.record(
    {
      contacts: fc.uniqueArray(fc.constantFrom('C1', 'C2', 'C3'), { minLength: 1, maxLength: 2 }),
      account: fc.constantFrom('A1', 'A2', 'A3'),
    },
    { requiredKeys: [] },
  ),
  { minLength: 1, maxLength: 4 },
);
const times = { createdAt: BEFORE, updatedAt: BEFORE };
const invoice = fc.record(
  {
    deal: fc.constantFrom('D1', 'D2', 'D3'),
    account: fc.constantFrom('A1', 'A2'),
    contact: fc.constantFrom('C1', 'C2'),
    paid: fc.constantFrom('2026-09-01', '2099-01-01'),
  },
  { requiredKeys: ['contact'] },
);
const event = fc.record({
  name: fc.constantFrom('page.viewed', 'form.submitted'),
  contact: fc.constantFrom('C1', 'C2'),
  at: fc.constantFrom(BEFORE, '2099-01-01T00:00:00.000Z'),
});
/** What was observed of contacts and accounts, of which there are two each. */
const seen = fc
  .record({ invoices: fc.array(invoice, { maxLength: 8 }), events: fc.array(event, { maxLength: 3 }) })
  .map(({ invoices, events }): Rec[] => [
    ...['C1', 'C2', 'A1', 'A2'].map(id => ({ id, name: id, ...times })),
    ...invoices.map((each, i) => ({ id: `I${i + 1}`, amount: '1.00', currency: 'EUR', ...each, ...times })),
    ...events.map((each, i) => ({ id: `E${i + 1}`, ...each, createdAt: BEFORE })),
  ]);

test('deals that are decided together move as if they were decided one by one (property)', () => {
  fc.assert(
    fc.property(tables, tables, some, customers, seen, (sales, renewals, all, its, observed) => {
      const settings = configOf(
        new Map([
          ['crm.yaml', crmYaml],
          ...Object.entries({ sales, renewals }).map(([id, transitions]): [string, string] => [
            `pipelines/${id}.yaml`,
            JSON.stringify({ name: id, stages: stages.map(each => ({ id: each, name: each })), transitions }),
          ]),
        ]),
      );
      const records = dealsOf(all.map(each => each.deal)).map((record, i): Rec => {
        const at = new Date(clock.now - all[i]!.days * 86_400_000).toISOString();
        const times = { createdAt: at, updatedAt: at, stageSince: at };
        return { ...record, ...its[i % its.length], pipeline: all[i]!.pipeline, ...times };
      });
      const tasks = all.flatMap(({ task }, i): Rec[] =>
        task === undefined
          ? []
          : [
              {
                ...{ id: `T${i + 1}`, title: 'Call', type: 'call', for: `D${i + 1}`, status: task },
                ...{ createdAt: BEFORE, updatedAt: BEFORE, ...(task === 'done' && { doneAt: BEFORE }) },
              },
            ],
      );
      const settled = (isInOrder: boolean, isHeldAsked = true) => {
        const draft = new Draft(stateOf([...records, ...tasks, ...observed], settings), clock);
        const table = draft.state.table('deal');
        for (const [i, { isRemoved }] of all.entries()) if (isRemoved) draft.remove(`D${i + 1}`);
        // Deals whose rows are in another order are decided one by one.
        if (!isInOrder) Object.defineProperty(table, 'isInOrder', { value: false });
        const failed: string[] = [];
        const held: unknown[] = [];
        const made = settleDeals(draft, scopeOf(draft.state), {
          fail: (id, error) => failed.push(id, error),
          ...(isHeldAsked && { held: each => held.push(each) }),
        });
        return { made, failed, held, changes: draft.changes };
      };
      const oneByOne = settled(false);
      expect(settled(true)).toEqual(oneByOne);
      // Held deals that nobody asks for are decided together too.
      expect(settled(true, false)).toEqual({ ...oneByOne, held: [] });
    }),
    { numRuns: runsOf(30) },
  );
});
