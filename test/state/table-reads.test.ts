/** A table reads of its source, and makes cells of, only what is asked for. */
import { expect, test } from 'vitest';
import type { AddChange, Change, Line } from '../../src/domain/changes.ts';
import { numberOf } from '../../src/domain/kinds.ts';
import type { Rec } from '../../src/domain/records.ts';
import type { ColumnSpec } from '../../src/kinds/define.ts';
import { columnsOf } from '../../src/kinds/fields.ts';
import { recordKinds } from '../../src/kinds/index.ts';
import { MemorySource } from '../../src/state/source.ts';
import { BLOCK, Table } from '../../src/state/table.ts';
import { added } from '../added.ts';
import { cellOf, configOf } from './contents.ts';

const AT = '2026-09-02T10:00:00.000Z';
const contacts = recordKinds.of('contact');
const named = (count: number): Rec[] =>
  Array.from({ length: count }, (_, i) => ({
    id: `C${i + 1}`,
    name: `Jane ${i % 3}`,
    email: `j${i}@example.com`,
  }));

/** A source that notes which columns and records are read of it. */
class Watched extends MemorySource {
  readonly columns: string[] = [];
  readonly records: number[] = [];
  override column(spec: ColumnSpec) {
    this.columns.push(spec.key);
    return super.column(spec);
  }
  override record(row: number): Rec {
    this.records.push(row);
    return super.record(row);
  }
}

/** The columns of contacts, which note for which keys a cell is made. */
function watchedSpecs() {
  const made: string[] = [];
  const specs = new Map(
    [...columnsOf(configOf(), 'contact')].map(([key, spec]): [string, ColumnSpec] => [
      key,
      {
        ...spec,
        cell: record => {
          made.push(key);
          return spec.cell(record);
        },
      },
    ]),
  );
  return { made, specs };
}

function tableOf(count: number) {
  const source = new Watched(named(count));
  const { made, specs } = watchedSpecs();
  return { source, made, specs, table: new Table(contacts, source, specs) };
}

const set = (id: string, path: string, value: string): Change => ({
  kind: 'contact',
  id,
  set: { [path]: ['x', value] },
});

test('a column is read when it is asked for, once', () => {
  const { source, table } = tableOf(3);
  table.apply(set('C1', 'name', 'Joe'), AT);
  table.apply(added({ id: 'C4', name: 'Ann' }), AT);
  expect(source.columns).toEqual([]);
  for (let time = 0; time < 2; time++) expect(cellOf(table.column('name'), 0)).toBe('joe');
  expect(source.columns).toEqual(['name']);
  table.loadColumns();
  table.loadColumns();
  expect([...source.columns].sort()).toEqual([...columnsOf(configOf(), 'contact').keys()].sort());
});

test('a change makes cells of the columns that it concerns, also of those that were read after one like it', () => {
  const { made, table } = tableOf(3);
  table.column('name');
  table.column('email');
  made.length = 0;
  table.apply(set('C1', 'name', 'Joe'), AT);
  expect(made).toEqual(['name']);
  table.apply(set('C2', 'email', 'joe@example.com'), AT);
  expect(made).toEqual(['name', 'email']);
  table.column('owner');
  made.length = 0;
  table.apply(set('C1', 'owner', 'ana'), AT);
  table.apply(set('C1', 'name', 'Jim'), AT);
  expect(made).toEqual(['owner', 'name']);
  table.apply({ kind: 'contact', id: 'C1', rm: { id: 'C1' } }, AT);
  expect(made).toEqual(['owner', 'name']);
  table.apply(added({ id: 'C9', name: 'Ann' }), AT);
  expect([...made].sort()).toEqual(['email', 'name', 'name', 'owner', 'owner']);
  expect([cellOf(table.column('owner'), 0), cellOf(table.column('name'), 3)]).toEqual(['ana', 'ann']);
});

test('without columns and indexes a change makes no cell, and reads no record', () => {
  const { made, source, table } = tableOf(3);
  table.apply(set('C1', 'name', 'Joe'), AT);
  table.apply(added({ id: 'C4', name: 'Ann' }), AT);
  expect([made, source.records]).toEqual([[], []]);
});

test('a record is read once, also if it is changed after that', () => {
  const { source, table } = tableOf(3);
  expect([table.record(1).name, table.record(1).email]).toEqual(['Jane 1', 'j1@example.com']);
  table.apply(set('C2', 'name', 'Joe'), AT);
  table.apply(set('C2', 'email', 'joe@example.com'), AT);
  expect(table.record(1)).toMatchObject({ name: 'Joe', email: 'joe@example.com' });
  expect(source.records).toEqual([1]);
  // A record that nobody has read is read when it is asked for, with all of its changes. Columns do without it.
  const name = table.column('name');
  table.apply(set('C3', 'name', 'Kim'), AT);
  table.apply(set('C3', 'email', 'kim@example.com'), AT);
  expect([cellOf(name, 2), cellOf(table.column('email'), 2)]).toEqual(['kim', 'kim@example.com']);
  expect(source.records).toEqual([1]);
  for (let time = 0; time < 2; time++)
    expect(table.record(2)).toMatchObject({ name: 'Kim', email: 'kim@example.com' });
  expect(source.records).toEqual([1, 2]);
});

test('a column that is read after changes makes cells of the rows that were added, and of those that changed in it', () => {
  const { made, table } = tableOf(6);
  table.record(0);
  table.apply(set('C1', 'name', 'Joe'), AT);
  table.apply(set('C3', 'name', 'Kim'), AT);
  table.apply(added({ id: 'C7', name: 'Ann' }), AT);
  // Of the rows in the source, none has another address.
  table.apply(set('C7', 'email', 'ann@example.com'), AT);
  /** The number of cells that are made when a column is read: the source makes one for each of its rows. */
  const count = (key: string) => {
    made.length = 0;
    table.column(key);
    expect(new Set(made)).toEqual(new Set([key]));
    return made.length;
  };
  expect(count('email')).toBe(6 + 1);
  expect(count('name')).toBe(6 + 3);
  for (const [id, path] of [
    ['C2', 'phone'],
    ['C4', 'owner'],
    ['C5', 'phone'],
  ] as const)
    table.apply(set(id, path, 'x'), AT);
  table.apply({ kind: 'contact', id: 'C5', rm: { id: 'C5' } }, AT);
  // C1 was read, so its changes are no longer told apart; C2 changed in it; C7 was added.
  expect(count('phones')).toBe(6 + 3);
  expect([0, 1, 2, 3, 5, 6].map(row => cellOf(table.column('name'), row))).toEqual([
    'joe',
    'jane 1',
    'kim',
    'jane 0',
    'jane 2',
    'ann',
  ]);
  expect(cellOf(table.column('email'), 6)).toBe('ann@example.com');
});

test('a text is looked up in one column, which is read once, and in no record that has not changed', () => {
  const { source, table } = tableOf(9);
  for (let time = 0; time < 20; time++) expect(table.find('name', 'JANE 1')).toEqual([1, 4, 7]);
  expect([source.columns, source.records]).toEqual([['name'], []]);
  table.apply(set('C2', 'name', 'Ann'), AT);
  table.apply(set('C9', 'name', 'Jane 1'), AT);
  table.apply({ kind: 'contact', id: 'C5', rm: { id: 'C5' } }, AT);
  expect(table.find('name', 'jane 1')).toEqual([7, 8]);
  expect(table.find('name', 'nobody')).toEqual([]);
  expect(source.columns).toEqual(['name']);
  // A change of another field does not concern it.
  source.records.length = 0;
  table.apply(set('C6', 'phone', '123'), AT);
  expect(source.records).toEqual([]);
  const { source: none, table: empty } = tableOf(0);
  empty.apply(added({ id: 'C1', name: 'Jane 1' }), AT);
  expect(empty.find('name', 'jane 1')).toEqual([0]);
  expect(none.columns).toEqual([]);
});

/** A record that is kept as its line of the journal. */
const line = (record: Rec, hasTimes = false): AddChange => ({
  ...added(record),
  line: { kind: 'contact', id: record.id, number: numberOf(record.id), hasTimes } as Line,
});

test('all columns are read once more lines came than a small source has rows', () => {
  const { source, specs, table } = tableOf(2);
  for (const n of [3, 4]) table.apply(line({ id: `C${n}`, name: `Kim ${n}` }), AT);
  expect(source.columns).toEqual([]);
  table.apply(line({ id: 'C5', name: 'Ann' }), AT);
  expect([...source.columns].sort()).toEqual([...specs.keys()].sort());
  table.apply(line({ id: 'C6', name: 'Joe' }), AT);
  expect([1, 2, 4, 5].map(row => cellOf(table.column('name'), row))).toEqual([
    'jane 1',
    'kim 3',
    'ann',
    'joe',
  ]);
});

test('all columns are read once so many lines came that a snapshot is due', () => {
  const more = (from: number, count: number): Rec[] => named(from + count).slice(from);
  const { source, made, specs, table } = tableOf(300);
  for (const record of more(300, 250)) table.apply(line(record), AT);
  // Other additions are not counted as lines, but as rows.
  expect(source.columns).toEqual([]);
  table.apply(added({ id: 'C551', name: 'Ann' }), AT);
  expect(source.columns).toEqual([]);
  table.apply(line(more(551, 1)[0]!), AT);
  expect([...source.columns].sort()).toEqual([...specs.keys()].sort());
  made.length = 0;
  // Their cells are made some hundred at a time, or when one of the columns is asked for.
  for (const record of more(552, 256)) table.apply(line(record), AT);
  expect(made).toEqual([]);
  table.apply(line(more(808, 1)[0]!), AT);
  expect(made).not.toEqual([]);
  const count = made.length;
  expect(cellOf(table.column('email'), 808)).toBe('j808@example.com');
  expect(made.length).toBeGreaterThan(count);
  table.column('createdAt');
  table.apply(line({ id: 'C810', name: 'Later' }), '2026-09-03T10:00:00.000Z');
  table.apply(set('C809', 'name', 'Joe'), AT);
  table.apply(line({ id: 'C811', name: 'Last', createdAt: '2020-01-01T00:00:00.000Z' }, true), AT);
  expect(new Set(source.columns).size).toBe(source.columns.length);
  const rows = [0, 299, 300, 549, 550, 551, 552, 807, 808, 809, 810];
  const fresh = new Table(contacts, new MemorySource(rows.map(row => table.record(row))), specs);
  for (const key of specs.keys())
    expect(
      rows.map(row => cellOf(table.column(key), row)),
      key,
    ).toEqual(rows.map((_, i) => cellOf(fresh.column(key), i)));
});

test('blocks are gone through as far as rows are wanted', () => {
  const table = new Table(contacts, new MemorySource(named(3 * BLOCK)), columnsOf(configOf(), 'contact'));
  const asked: number[][] = [];
  const odd = (among: Uint8Array, from: number) => {
    asked.push([from, among.length]);
    for (let i = 0; i < among.length; i += 2) among[i] = 0;
  };
  const first = (limit: number) => {
    asked.length = 0;
    const rows = table.select(odd, limit);
    expect(rows.every((row, i) => row === 2 * i + 1)).toBe(true);
    return [rows.length, asked.map(([from]) => from! / BLOCK)];
  };
  expect(first(3)).toEqual([3, [0]]);
  expect(first(BLOCK / 2)).toEqual([BLOCK / 2, [0]]);
  expect(first(BLOCK / 2 + 1)).toEqual([BLOCK / 2 + 1, [0, 1]]);
  expect(first(Number.POSITIVE_INFINITY)).toEqual([(3 * BLOCK) / 2, [0, 1, 2]]);
  expect(asked.map(([, length]) => length)).toEqual([BLOCK, BLOCK, BLOCK]);
  for (const row of [0, BLOCK - 1, BLOCK, 3 * BLOCK - 1]) {
    const id = table.id(row);
    table.apply({ kind: 'contact', id, rm: { id } }, AT);
  }
  const blocks: number[][] = [];
  // The memory of one block is that of the next.
  for (const { among, from } of table.blocks()) blocks.push([from, among.indexOf(0), among.lastIndexOf(0)]);
  expect(blocks).toEqual([
    [0, 0, BLOCK - 1],
    [BLOCK, 0, 0],
    [2 * BLOCK, BLOCK - 1, BLOCK - 1],
  ]);
  expect(table.liveRows()).toHaveLength(3 * BLOCK - 4);
  const { table: empty } = tableOf(0);
  expect([...empty.blocks(odd)]).toEqual([]);
});

test('the word of one row comes from its record, and from the column once that was loaded', () => {
  const { source, table } = tableOf(3);
  table.apply(set('C2', 'owner', 'ana'), AT);
  table.apply(added({ id: 'C4', name: 'Ann', owner: 'joe' }), AT);
  const words = () => [0, 1, 3].map(row => table.word(row, 'owner'));
  const before = words();
  expect(before).toEqual([undefined, 'ana', 'joe']);
  expect(source.columns).toEqual([]);
  table.column('owner');
  source.records.length = 0;
  expect(words()).toEqual(before);
  expect(source.records).toEqual([]);
});
