import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Cell } from '../../src/domain/cell.ts';
import type { Rec } from '../../src/domain/records.ts';
import { zone } from '../../src/domain/zone.ts';
import { columnsOf } from '../../src/kinds/fields.ts';
import { AddedRows } from '../../src/state/added-rows.ts';
import type { LiveColumn, NumberColumn } from '../../src/state/columns/column.ts';
import { dumpColumn, liveColumn } from '../../src/state/columns/index.ts';
import { Draft } from '../../src/state/draft.ts';
import { cellOf, configOf, emptyState } from './contents.ts';

const config = configOf();
const keys = [...columnsOf(config, 'deal').keys()];

/** What an import does, and what may happen to its records and columns meanwhile. */
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ add: fc.constantFrom(1, 2, 60, 255, 256, 257), timed: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ ask: fc.constantFrom(...keys) }) },
  { weight: 1, arbitrary: fc.record({ set: fc.nat(), title: fc.string({ maxLength: 5 }) }) },
  { weight: 1, arbitrary: fc.record({ remove: fc.nat() }) },
  { weight: 1, arbitrary: fc.record({ find: fc.nat() }) },
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

/** The columns of deals after the steps, and what was found on the way. */
function columnsAfter(steps: readonly Step[], asLines: boolean) {
  const draft = new Draft(emptyState(config), { now: 0, zone: zone('UTC') });
  if (asLines) draft.addLines();
  const table = () => draft.state.table('deal');
  const found: unknown[] = [];
  let made = 0;
  const live = (n: number) => {
    const rows = table().liveRows();
    return rows.length === 0 ? undefined : table().id(rows[n % rows.length]!);
  };
  for (const each of steps)
    if ('add' in each)
      for (let i = 0; i < each.add; i++, made++)
        draft.insert('deal', {
          title: `Deal ${made % 7}`,
          value: made % 3 ? `${made}.00` : null,
          stage: made % 2 ? 'new' : 'won',
          tags: made % 5 ? [`tag${made % 4}`] : [],
          externalId: made % 11 ? `X${made}` : null,
          ...(each.timed && made % 2 && { createdAt: '2025-02-03T04:05:06.007Z' }),
        });
    else if ('ask' in each) found.push(table().rows > 0 && table().column(each.ask).type);
    else if ('set' in each) {
      const id = live(each.set);
      if (id !== undefined) draft.set(id, { title: each.title, stage: 'lost' });
    } else if ('remove' in each) {
      const id = live(each.remove);
      if (id !== undefined) draft.remove(id);
    } else found.push(table().find('externalId', `x${each.find % (made + 1)}`));
  const rows = table().liveRows();
  const columns = keys.map(key => {
    const { type, values, items, words } = dumpColumn(table().column(key), rows);
    // A word that no row has any more may be in the dictionary.
    const said = (codes: ArrayLike<number> | undefined) =>
      Array.from(codes ?? [], code => (words ? (words[code] ?? '') : code)).join();
    return [key, type, ...(type === 'code' ? [said(values)] : [values.join(), said(items)])].join(' ');
  });
  return { found, columns };
}

test('columns of rows that were added by the hundred are those of rows added one by one (property)', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 8 }), steps => {
      expect(columnsAfter(steps, true)).toEqual(columnsAfter(steps, false));
    }),
    { numRuns: 40 },
  );
});

const deal = { title: 'Chairs', value: '1.00', stage: 'new', tags: ['a'], createdAt: undefined };

/** What all columns say of each row. */
const cellsOf = (draft: Draft) => {
  const table = draft.state.table('deal');
  return keys.map(key => [key, table.liveRows().map(row => cellOf(table.column(key), row))]);
};

test.each([1, 255, 256, 257, 600])(
  'columns are those of the records, of %i lines of two transactions',
  count => {
    const [lines, objects] = [true, false].map(asLines => {
      const state = emptyState(config);
      let draft!: Draft;
      for (const now of [0, 86_400_000]) {
        draft = new Draft(state, { now, zone: zone('UTC') });
        if (asLines) draft.addLines();
        for (let i = 0; i < count; i++)
          draft.insert('deal', {
            ...deal,
            value: `${i}.00`,
            ...(i % 2 && { createdAt: '2025-02-03T04:05:06.007Z' }),
          });
        if (now === 0) draft.state.table('deal').column('updatedAt');
      }
      return cellsOf(draft);
    });
    expect(lines).toEqual(objects);
  },
);

test('rows wait until there are 256, or one is of another time', () => {
  const rows = new AddedRows('deal');
  expect([rows.isEmpty, rows.isFullFor('a')]).toEqual([true, false]);
  for (let row = 0; row < 256; row++) {
    expect(rows.isFullFor('a')).toBe(false);
    rows.push(row + 5, { id: `D${row + 6}` }, 'a');
    expect([rows.isEmpty, rows.isFullFor('b')]).toEqual([false, true]);
  }
  expect(rows.isFullFor('a')).toBe(true);
  rows.clear();
  expect([rows.isEmpty, rows.isFullFor('a'), rows.isFullFor('b')]).toEqual([true, false, false]);
});

test.each([
  ['one field', ['title'], (record: Rec) => record.title as Cell, ['a', 'b']],
  [
    'a field that no record has',
    ['nothing'],
    (record: Rec) => (record.nothing as Cell) ?? 'none',
    ['none', 'none'],
  ],
  ['two fields', ['title', 'id'], (record: Rec) => `${record.title}${record.id}`, ['aD1', 'bD2']],
  [
    'a field within a field',
    ['fields.size'],
    (record: Rec) => JSON.stringify(record.fields),
    ['{"size":1}', '{"size":2}'],
  ],
  ['no field', [], (record: Rec) => record.id, ['D1', 'D2']],
  [
    'a time',
    ['updatedAt'],
    (record: Rec) => `${record.updatedAt} ${record.title}`,
    ['T undefined', 'T undefined'],
  ],
  [
    'a time and a field',
    ['createdAt', 'title'],
    (record: Rec) => `${record.createdAt} ${record.title}`,
    ['T a', 'T b'],
  ],
])('a column that reads %s gets the cells of waiting rows', (_, reads, cell, expected) => {
  const rows = new AddedRows('deal');
  rows.push(3, { id: 'D1', title: 'a', fields: { size: 1 } }, 'T');
  rows.push(4, { id: 'D2', title: 'b', fields: { size: 2 } }, 'T');
  const set: unknown[] = [];
  const column = {
    setAll: (from: number, cells: readonly Cell[]) => set.push(from, [...cells]),
    setSame: (from: number, count: number, cell: Cell) => set.push(from, Array(count).fill(cell)),
  };
  rows.writeTo(column as unknown as LiveColumn, { key: 'k', storedAs: 'k', type: 'text', reads, cell });
  expect(set).toEqual([3, expected]);
});

test.each([
  ['a field that no record has', ['owner'], 1],
  ['a field that one has', ['size'], 3],
  ['a time, which is the same for all', ['stageSince'], 1],
  ['a time and a field that none has', ['createdAt', 'owner'], 3],
])('of a column that reads %s, %j, cells are made: %i', (_, reads, expected) => {
  const rows = new AddedRows('deal');
  for (const n of [1, 2, 3]) rows.push(n, { id: `D${n}`, stage: 'new', ...(n === 2 && { size: 7 }) }, 'T');
  let made = 0;
  const cell = (record: Rec) => {
    made++;
    return reads.map(path => record[path] ?? '-').join(' ');
  };
  const column = liveColumn({ type: 'text', values: new Uint32Array(1), items: Buffer.from('\n') });
  rows.writeTo(column, { key: 'k', storedAs: 'k', type: 'text', reads, cell });
  expect(made).toBe(expected);
});

test.each<[string, readonly (string | undefined)[]]>([
  ['all', ['new', 'new', 'won']],
  ['none', [undefined, undefined, undefined]],
  ['only the first', ['new', undefined, undefined]],
  ['only the last', [undefined, undefined, 'new']],
])('added deals, %s with a stage, say since when they are in it', (_, stages) => {
  const at = '2026-05-06T07:08:09.010Z';
  const spec = columnsOf(config, 'deal').get('stageSince')!;
  const rows = new AddedRows('deal');
  for (const [row, stage] of stages.entries())
    rows.push(row, { id: `D${row + 1}`, ...(stage && { stage }) }, at);
  const column = liveColumn({ type: 'number', values: new Float64Array() });
  rows.writeTo(column, spec);
  expect(stages.map((_, row) => (column as NumberColumn).get(row))).toEqual(
    stages.map(stage => (stage === undefined ? Number.NaN : Date.parse(at))),
  );
});
