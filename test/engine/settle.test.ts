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
    { numRuns: 150, seed: 1 },
  );
  expect(circles).toBeGreaterThan(runs / 16);
});
