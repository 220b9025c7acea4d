import { recordKinds } from '../../src/kinds/index.ts';
import { added } from '../added.ts';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { applyChange, type Change } from '../../src/domain/changes.ts';
import { columnsOf } from '../../src/kinds/fields.ts';
import { fold } from '../../src/domain/fold.ts';
import type { Rec } from '../../src/domain/records.ts';
import type { TextColumn } from '../../src/state/columns/column.ts';
import { MemorySource } from '../../src/state/source.ts';
import { BLOCK, Table } from '../../src/state/table.ts';
import { cellOf, configOf } from './contents.ts';

const T1 = '2026-09-01T10:00:00.000Z';
const T2 = '2026-09-02T10:00:00.000Z';
const specs = columnsOf(configOf(), 'contact');

const name = fc.constantFrom('Jane', 'JANE', 'Jäne', 'Joe', '', 'two\nlines');
const fields = fc.record({
  name,
  email: name,
  tags: fc.subarray(['a', 'b']),
  account: fc.constantFrom('A1', 'A2'),
});
const step = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant('add'), gap: fc.nat(2), fields }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('set'), pick: fc.nat(40), name, email: name }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('remove'), pick: fc.nat(40) }) },
  // What comes back need not be what went: an undo may bring back an older record.
  { weight: 2, arbitrary: fc.record({ do: fc.constant('restore'), pick: fc.nat(40), fields }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('read') }) },
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

/** The records of a table, kept in the simplest way. */
class Model {
  readonly live = new Map<number, Rec>();
  readonly gone: number[] = [];
  last = 0;

  nth(n: number): number | undefined {
    const numbers = [...this.live.keys()];
    return numbers[n % numbers.length];
  }

  apply(change: Change): void {
    const number = Number(('add' in change ? change.add.id : change.id).slice(1));
    const next = applyChange(this.live.get(number), change, T2);
    if (next) this.live.set(number, next);
    else {
      this.live.delete(number);
      this.gone.push(number);
    }
    this.last = Math.max(this.last, number);
  }

  changeOf(each: Step): Change | undefined {
    if (each.do === 'add') return added({ id: `C${this.last + 1 + each.gap}`, ...each.fields });
    if (each.do === 'restore') {
      const number = this.gone[each.pick % this.gone.length];
      return number === undefined || this.live.has(number)
        ? undefined
        : added({ id: `C${number}`, ...each.fields, createdAt: T1, updatedAt: T1 });
    }
    if (each.do === 'read') return undefined;
    const number = this.nth(each.pick);
    if (number === undefined) return undefined;
    const now = this.live.get(number)!;
    return each.do === 'remove'
      ? { kind: 'contact', id: now.id, rm: now }
      : {
          kind: 'contact',
          id: now.id,
          set: { name: [now.name ?? null, each.name], email: [now.email ?? null, each.email] },
        };
  }
}

/** What a table says of the order of its rows, and the first of some of them. */
function expectOrder(table: Table): void {
  const all = Array.from({ length: table.rows }, (_, row) => table.number(row));
  const isGapless = all.every((number, row) => number === row + 1 && table.live(row));
  expect([table.isInOrder, table.isGapless]).toEqual([
    all.every((n, row) => row === 0 || n > all[row - 1]!),
    isGapless,
  ]);
  const odd = (among: Uint8Array, from: number) => {
    among.forEach((_, i) => {
      if (table.number(from + i) % 2 === 0) among[i] = 0;
    });
  };
  const live = all.filter((_, row) => table.live(row)).sort((a, b) => a - b);
  for (const [narrow, expected] of [
    [undefined, live],
    [odd, live.filter(number => number % 2 === 1)],
  ] as const)
    for (const limit of [0, 1, 2, 99])
      expect(Array.from(table.select(narrow, limit), row => table.number(row))).toEqual(
        expected.slice(0, limit),
      );
}

function expectSame(table: Table, model: Model): void {
  const numbers = [...model.live.keys()].sort((a, b) => a - b);
  const rows = table.liveRows();
  expect(rows.map(row => table.number(row))).toEqual(numbers);
  expect(table.size).toBe(numbers.length);
  expectOrder(table);
  expect(rows.map(row => table.record(row))).toEqual(numbers.map(number => model.live.get(number)));
  for (let number = 0; number <= model.last + 2; number++) {
    const row = table.row(number);
    expect(row >= 0 && table.live(row) && table.id(row)).toBe(model.live.has(number) ? `C${number}` : false);
  }
  for (const [key, spec] of specs) {
    const column = table.column(key);
    const fresh = new Table(
      recordKinds.of('contact'),
      new MemorySource(numbers.map(n => model.live.get(n)!)),
      specs,
    ).column(spec.key);
    expect(
      rows.map(row => cellOf(column, row)),
      key,
    ).toEqual(numbers.map((_, row) => cellOf(fresh, row)));
  }
  for (const text of ['jane', 'JOE', 'jäne', 'Two Lines', 'nobody', '']) {
    const folded = (value: unknown) => fold(typeof value === 'string' ? value : '').replaceAll('\n', ' ');
    for (const key of ['name', 'email'])
      expect(
        table
          .find(key, text)
          .map(row => table.number(row))
          .sort((a, b) => a - b),
        `${key} ${text}`,
      ).toEqual(numbers.filter(number => folded(model.live.get(number)![key]) === folded(text)));
  }
}

test('a table is its source and the changes since, whatever was read of it in between (property)', () => {
  const start = fc.array(fc.record({ gap: fc.nat(2), fields }), { maxLength: 6 });
  fc.assert(
    fc.property(start, fc.array(step, { maxLength: 14 }), (first, steps) => {
      const model = new Model();
      for (const { gap, fields } of first) {
        // Those in between were removed before the source was written, and may come back.
        for (let i = 1; i <= gap; i++) model.gone.push(model.last + i);
        model.apply(added({ id: `C${model.last + 1 + gap}`, ...fields }));
      }
      const source = [...model.live.values()];
      const table = new Table(recordKinds.of('contact'), new MemorySource(source), specs);
      source.forEach((record, row) => {
        expect(table.recordInSource(row)).toEqual(record);
      });
      for (const each of steps) {
        if (each.do === 'read') expectSame(table, model);
        const change = model.changeOf(each);
        if (!change) continue;
        model.apply(change);
        table.apply(change, T2);
      }
      expectSame(table, model);
    }),
    { numRuns: 300 },
  );
});

test('rows are narrowed block by block, and blocks without any are left out', () => {
  const rows = 2 * BLOCK + 5;
  const table = new Table(
    recordKinds.of('contact'),
    new MemorySource(Array.from({ length: rows }, (_, row): Rec => ({ id: `C${row + 1}` }))),
    specs,
  );
  table.apply({ kind: 'contact', id: 'C2', rm: { id: 'C2' } }, T1);
  table.apply({ kind: 'contact', id: `C${BLOCK + 1}`, rm: { id: `C${BLOCK + 1}` } }, T1);
  const seen: number[][] = [];
  const middle = (among: Uint8Array, from: number) => {
    seen.push([from, among.length, among.indexOf(0)]);
    if (from !== BLOCK) among.fill(0);
  };
  expect([...table.blocks(middle)].map(({ among, from }) => [from, among.length])).toEqual([[BLOCK, BLOCK]]);
  expect(seen).toEqual([
    [0, BLOCK, 1],
    [BLOCK, BLOCK, 0],
    [2 * BLOCK, 5, -1],
  ]);
  expect([table.select(middle)[0], table.select(middle).length]).toEqual([BLOCK + 1, BLOCK - 1]);
});

test('a number is found wherever it lies among those that are missing', () => {
  const numbers = [3, 4, 9, 10, 11, 30, 41];
  const source = numbers.slice(0, 5).map((number): Rec => ({ id: `C${number}` }));
  const table = new Table(recordKinds.of('contact'), new MemorySource(source), specs);
  for (const number of numbers.slice(5)) table.apply(added({ id: `C${number}` }), T1);
  for (let number = 0; number < 50; number++)
    expect(table.row(number), `${number}`).toBe(numbers.indexOf(number));
  table.apply(added({ id: 'C5' }), T1);
  for (let number = 0; number < 50; number++)
    expect(table.row(number), `${number}`).toBe([...numbers, 5].indexOf(number));
});

test('a row differs from the source once it was added, changed or came back', () => {
  const source = [1, 2, 3].map((n): Rec => ({ id: `C${n}`, name: 'Jane' }));
  const table = new Table(recordKinds.of('contact'), new MemorySource(source), specs);
  table.apply({ kind: 'contact', id: 'C2', set: { name: ['Jane', 'Joe'] } }, T1);
  table.apply({ kind: 'contact', id: 'C3', rm: source[2]! }, T1);
  table.apply(added({ id: 'C4' }), T1);
  const said = () => [0, 1, 2, 3].map(row => table.differs(row));
  expect(said()).toEqual([false, true, false, true]);
  table.apply(added(source[2]!), T1);
  table.record(1);
  expect(said()).toEqual([false, true, true, true]);
  expect(table.recordInSource(1)).toEqual(source[1]);
});

test('a table says whether its rows are all numbers from 1 on, in order, and how many of the source did not change', () => {
  const source = [1, 2, 3].map((n): Rec => ({ id: `C${n}`, name: 'Jane' }));
  const table = new Table(recordKinds.of('contact'), new MemorySource(source), specs);
  const said = () => [
    table.isGapless,
    table.isInOrder,
    table.rowsOfSource().unchanged,
    table
      .liveRows()
      .map(row => table.number(row))
      .join(''),
  ];
  const rename = (id: string): Change => ({ kind: 'contact', id, set: { name: ['Jane', 'Joe'] } });
  const remove = (id: string): Change => ({ kind: 'contact', id, rm: { id } });
  const after: unknown[] = [said()];
  for (const change of [
    added({ id: 'C4' }),
    rename('C4'),
    rename('C1'),
    remove('C4'),
    remove('C2'),
    added(source[1]!),
    added({ id: 'C4' }),
    added({ id: 'C6' }),
    added({ id: 'C5' }),
  ]) {
    table.apply(change, T1);
    after.push(said());
    // A record that was read is kept apart from changes of records that nobody has read.
    table.record(0);
  }
  expect(after).toEqual([
    [true, true, 3, '123'],
    [true, true, 3, '1234'],
    [true, true, 3, '1234'],
    [true, true, 2, '1234'],
    [false, true, 2, '123'],
    [false, true, 1, '13'],
    [false, true, 1, '123'],
    [true, true, 1, '1234'],
    [false, true, 1, '12346'],
    [false, false, 1, '123456'],
  ]);
  expect(table.rowsOfSource()).toEqual({ all: 3, unchanged: 1 });
  table.apply(remove('C3'), T1);
  table.apply(rename('C2'), T1);
  expect(table.rowsOfSource()).toEqual({ all: 3, unchanged: 0 });
});

test('columns follow a record that was added after a change that sets nothing', () => {
  const table = new Table(recordKinds.of('contact'), new MemorySource([{ id: 'C1', name: 'Jane' }]), specs);
  const names = table.column('name') as TextColumn;
  table.apply({ kind: 'contact', id: 'C1', set: {} }, T1);
  table.apply(added({ id: 'C2', name: 'Joe' }), T1);
  expect([0, 1].map(row => names.get(row))).toEqual(['jane', 'joe']);
});

test('all columns that are loaded at once follow changes, and a column that there is not is refused', () => {
  const table = new Table(recordKinds.of('contact'), new MemorySource([{ id: 'C1', name: 'Jane' }]), specs);
  table.loadColumns();
  table.apply({ kind: 'contact', id: 'C1', set: { name: ['Jane', 'Joe'] } }, T1);
  expect(cellOf(table.column('name'), 0)).toBe('joe');
  expect(() => table.column('nothing')).toThrow('no column nothing in contact');
});

/** A source whose records have lines on disk. */
class LinesSource extends MemorySource {
  readonly asked: number[][] = [];
  copyLines(from: number, to: number, into: Buffer, ends: Uint32Array): number {
    this.asked.push([from, to]);
    for (let row = from; row < to; row++)
      ends[row - from] = into.write(`${row}\n`, 2 * (row - from)) * (row - from + 1);
    return to - from;
  }
}

test('lines of the source are copied up to the first row that differs', () => {
  const source = new LinesSource([1, 2, 3, 4, 5, 6].map((n): Rec => ({ id: `C${n}`, name: 'Jane' })));
  const table = new Table(recordKinds.of('contact'), source, specs);
  table.apply({ kind: 'contact', id: 'C3', set: { name: ['Jane', 'Joe'] } }, T1);
  table.apply({ kind: 'contact', id: 'C5', rm: { id: 'C5' } }, T1);
  table.apply(added({ id: 'C7' }), T1);
  const copied = (row: number, end: number, room = 9) =>
    table.copyUnchanged(row, end, Buffer.alloc(99), new Uint32Array(room));
  expect([copied(0, 7), copied(1, 7), copied(0, 1), copied(0, 7, 1), copied(5, 7)]).toEqual([2, 1, 1, 1, 1]);
  expect(source.asked).toEqual([
    [0, 2],
    [1, 2],
    [0, 1],
    [0, 1],
    [5, 6],
  ]);
  // Changed, removed, and added as an object.
  table.record(2);
  expect([copied(2, 7), copied(4, 7), copied(6, 7)]).toEqual([0, 0, 0]);
  const inMemory = new Table(recordKinds.of('contact'), new MemorySource([{ id: 'C1' }]), specs);
  expect(inMemory.copyUnchanged(0, 1, Buffer.alloc(99), new Uint32Array(9))).toBe(0);
});

test('a change of a record that does not exist is refused: the journal is wrong', () => {
  const table = new Table(recordKinds.of('contact'), new MemorySource([]), specs);
  expect(() => table.apply({ kind: 'contact', id: 'C9', set: { name: [null, 'Jane'] } }, T1)).toThrow(
    expect.objectContaining({
      kind: 'INVALID',
      message: 'data/journal: a transaction changes C9, which is not there',
      hint: 'crm doctor names the transaction',
    }),
  );
  expect(table.apply({ kind: 'contact', id: 'C9', rm: { id: 'C9' }, purge: true }, T1)).toBe(-1);
});

test('results computed from it can be recognised as outdated', () => {
  const table = new Table(recordKinds.of('contact'), new MemorySource([]), specs);
  const before = table.version;
  table.apply(added({ id: 'C1', name: 'Jane' }), T1);
  expect(table.version).toBeGreaterThan(before);
});

test('a column follows changes of records that nobody has read, whichever columns are read when (property)', () => {
  const deals = columnsOf(
    configOf([
      { name: 'size', type: 'number' },
      { name: 'color', type: 'text' },
    ] as never),
    'deal',
  );
  const deal: Rec = {
    id: 'D1',
    title: 'Chairs',
    stage: 'new',
    pipeline: 'sales',
    value: '10.00',
    tags: ['a'],
    fields: { size: 1, color: 'red' },
    createdAt: T1,
    updatedAt: T1,
    stageSince: T1,
  };
  const text = fc.constantFrom(null, 'one', 'two');
  const fieldsOf = fc.record({ size: fc.nat(9), color: fc.constantFrom('green', 'blue') });
  const values = {
    title: text,
    description: text,
    stage: fc.constantFrom('won', 'lost'),
    stageSince: fc.constant(T1),
    tags: fc.constantFrom(null, ['b'], ['a', 'b']),
    held: fc.constantFrom(null, { stage: 'new' }, { stage: null }),
    'held.stage': text,
    'fields.size': fc.constantFrom(null, 7),
    'fields.color': text,
    fields: fc.oneof(fc.constant(null), fieldsOf),
    updatedAt: fc.constant(T1),
  };
  const set = fc.record(values, { requiredKeys: [] }).filter(each => Object.keys(each).length > 0);
  // Columns are loaded one by one, between the changes: a change must reach those that came after one of the same fields.
  const read = fc.subarray([...deals.keys()], { maxLength: 3 });
  const steps = fc.array(fc.tuple(read, set), { minLength: 1, maxLength: 5 });
  fc.assert(
    fc.property(fc.boolean(), steps, (isAdded, sets) => {
      // Enough others that the columns come from the source all the same.
      const others = [2, 3, 4, 5].map((n): Rec => ({ ...deal, id: `D${n}` }));
      const table = new Table(
        recordKinds.of('deal'),
        new MemorySource(isAdded ? others : [deal, ...others]),
        deals,
      );
      let record: Rec | undefined = { ...deal, id: isAdded ? 'D6' : 'D1' };
      const { id } = record;
      if (isAdded) table.apply(added(record), T1);
      for (const [keys, each] of sets) {
        for (const key of keys) table.column(key);
        const pairs = Object.entries(each).map(([path, value]) => [path, [null, value]]);
        const change = { kind: 'deal', id, set: Object.fromEntries(pairs) } as Change;
        table.apply(change, T2);
        record = applyChange(record, change, T2);
      }
      const row = table.row(isAdded ? 6 : 1);
      const fresh = new Table(recordKinds.of('deal'), new MemorySource([record!]), deals);
      for (const key of deals.keys())
        expect(cellOf(table.column(key), row), key).toEqual(cellOf(fresh.column(key), 0));
    }),
    { numRuns: 500 },
  );
});

/** A source whose records have the lines on disk that a snapshot has. */
class SnapshotSource extends MemorySource {
  readonly lines: readonly string[];
  constructor(records: readonly Rec[], lines = records.map(record => `${JSON.stringify(record)}\n`)) {
    super(records);
    this.lines = lines;
  }
  copyLines(from: number, to: number, into: Buffer, ends: Uint32Array): number {
    let size = 0;
    for (let row = from; row < to; row++) ends[row - from] = size += into.write(this.lines[row]!, size);
    return to - from;
  }
}

test('lines of rows that were changed are copied as their changes leave them, unless their records were read', () => {
  const records = [1, 2, 3, 4, 5, 6].map((n): Rec => ({ id: `C${n}`, name: 'Jane' }));
  const table = new Table(recordKinds.of('contact'), new SnapshotSource(records), specs);
  for (const n of [1, 2, 3, 5])
    table.apply({ kind: 'contact', id: `C${n}`, set: { name: [null, `Joe ${n}`] } }, T1);
  table.apply({ kind: 'contact', id: 'C5', rm: { id: 'C5' } }, T1);
  table.apply(added({ id: 'C7' }), T1);
  table.apply({ kind: 'contact', id: 'C7', set: { name: [null, 'Joe'] } }, T1);
  const patched = (
    row: number,
    end: number,
    { room = 999, lines = 9 } = {},
    shared?: Record<string, string>,
  ) => {
    const into = Buffer.alloc(room);
    const ends = new Uint32Array(lines);
    const rows = table.copyPatched(row, end, into, ends, shared);
    return into.toString('utf8', 0, rows > 0 ? ends[rows - 1] : 0);
  };
  const lineOf = (n: number) => `{"id":"C${n}","name":"Joe ${n}","updatedAt":"${T1}"}\n`;
  const [one, two, three] = [1, 2, 3].map(lineOf) as [string, string, string];
  expect(patched(0, 7)).toBe(one + two + three);
  expect(patched(1, 2)).toBe(two);
  expect(patched(0, 7, { lines: 2 })).toBe(one + two);
  expect(patched(0, 7, { room: 2 * one.length + 30 })).toBe(one + two);
  // Not changed, removed, added; whole records only.
  expect([patched(3, 7), patched(4, 7), patched(6, 7), patched(0, 7, {}, { name: 'Jane' })]).toEqual([
    '',
    '',
    '',
    '',
  ]);
  table.record(1);
  expect(patched(0, 7)).toBe(one);
});

test('records are read from the first line on that is not in the form of crm', () => {
  const records = [1, 2, 3].map((n): Rec => ({ id: `C${n}`, name: 'Jane' }));
  const lines = records.map(record => `${JSON.stringify(record)}\n`);
  lines[1] = '{"id": "C2"}\n';
  const table = new Table(recordKinds.of('contact'), new SnapshotSource(records, lines), specs);
  for (const { id } of records) table.apply({ kind: 'contact', id, set: { name: ['Jane', 'Joe'] } }, T1);
  const patched = (row: number) => table.copyPatched(row, 3, Buffer.alloc(999), new Uint32Array(9));
  expect([patched(0), patched(1), patched(2)]).toEqual([1, 0, 0]);
});
