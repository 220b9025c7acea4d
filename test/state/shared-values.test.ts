import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Json, type Rec, sameJson } from '../../src/domain/records.ts';
import {
  LineCutter,
  ofItsOwn,
  sharedAmong,
  type SharedValues,
  withoutShared,
  withShared,
} from '../../src/state/shared-values.ts';
import { anyText } from '../texts.ts';

const text = fc.oneof(
  fc.constantFrom('EUR', 'USD', '', 'a "b",{', 'back\\', '","currency":"EUR"', '\ud800é'),
  anyText({ maxLength: 8 }),
);
const json: fc.Arbitrary<Json> = fc.oneof(
  text,
  fc.constantFrom(null, true, 12.5),
  fc.array(text, { maxLength: 3 }),
  fc.dictionary(fc.constantFrom('currency', 'more'), text),
);
const field = fc.constantFrom('title', 'currency', 'pipeline', 'createdAt', 'fields', 'a "b"', 'é');
const record: fc.Arbitrary<Rec> = fc
  .tuple(fc.boolean(), fc.uniqueArray(fc.tuple(field, json), { selector: ([name]) => name }))
  .map(([isFirst, fields]) =>
    Object.fromEntries([...(isFirst ? [['id', 'D1']] : []), ...fields, ...(isFirst ? [] : [['id', 'D1']])]),
  );
const shared: fc.Arbitrary<SharedValues> = fc.dictionary(field, text);

test('what a line says of any record, with what is shared, is the record (property)', () => {
  fc.assert(
    fc.property(record, shared, (whole, shared) => {
      const line = withoutShared(whole, shared);
      for (const name in shared) expect(line[name]).not.toBe(shared[name]);
      const read = withShared(JSON.parse(JSON.stringify(line)), shared);
      expect(sameJson(read as Json, JSON.parse(JSON.stringify(whole)))).toBe(true);
      // Null is what stands for nothing in a line, and not a value.
      for (const name in shared) expect(read[name]).not.toBeNull();
    }),
  );
});

/** Returns the bits of the names that are in a record, and of those in `more`. */
const bitsOf = (names: readonly string[], record: Rec, more = 0): number =>
  names.reduce((bits, name, i) => bits | (name in record ? 1 << i : more & (1 << i)), 0);

test('a JSON text is cut as its record is (property)', () => {
  fc.assert(
    fc.property(record, shared, fc.nat(5), fc.nat(255), (whole, shared, at, more) => {
      const names = Object.keys(shared);
      const bytes = Buffer.from(`xx${JSON.stringify(whole)}yy`);
      const into = Buffer.alloc(bytes.length + at);
      const cutter = new LineCutter(shared);
      const end = cutter.copy(bytes, 2, bytes.length - 2, into, at, bitsOf(names, whole, more));
      const cut = JSON.parse(into.toString('utf8', at, end));
      const [first] = Object.keys(whole);
      const left = { ...withoutShared(whole, shared) };
      for (const name of names) {
        if (!(name in whole)) delete left[name];
        // The field that a record begins with stays.
        if (name === first) left[name] = whole[name];
      }
      expect(cut).toEqual(JSON.parse(JSON.stringify(left)));
      expect(names.filter((_, i) => cutter.found & (1 << i))).toEqual(names.filter(name => name in whole));
    }),
  );
});

test.each<[Rec, SharedValues, string]>([
  [{ id: 'D1', a: 'x', b: 'y' }, { b: 'y' }, '{"id":"D1","a":"x"}'],
  [{ id: 'D1', b: 'y', a: 'x' }, { b: 'y' }, '{"id":"D1","a":"x"}'],
  [{ id: 'D1', b: 'yy' }, { b: 'y' }, '{"id":"D1","b":"yy"}'],
  [{ id: 'D1', bb: 'y' }, { b: 'y' }, '{"id":"D1","bb":"y"}'],
  [{ id: 'D1', b: 1 }, { b: 'y' }, '{"id":"D1","b":1}'],
  [{ b: 'y', id: 'D1' }, { b: 'y' }, '{"b":"y","id":"D1"}'],
  [{ id: 'D1', a: '","b":"y"', b: 'y' }, { b: 'y' }, '{"id":"D1","a":"\\",\\"b\\":\\"y\\""}'],
  [{ id: 'D1', a: '\\', b: 'y' }, { b: 'y' }, '{"id":"D1","a":"\\\\"}'],
  [{ id: 'D1', a: '}]', b: 'y' }, { b: 'y' }, '{"id":"D1","a":"}]"}'],
  [{ id: 'D1', a: '[{', b: 'y' }, { b: 'y' }, '{"id":"D1","a":"[{"}'],
  [{ id: 'D1', a: ['x', 'y'], b: 'y', c: 1 }, { b: 'y' }, '{"id":"D1","a":["x","y"],"c":1}'],
  [{ id: 'D1', a: { x: 1, b: 'y' }, b: 'y' }, { b: 'y' }, '{"id":"D1","a":{"x":1,"b":"y"}}'],
  [{ id: 'D1', a: 'x', b: 'y', c: 'z' }, { a: 'x', c: 'z', b: 'q' }, '{"id":"D1","b":"y"}'],
])('of the text of %j, without %j, remains %s', (record, shared, expected) => {
  const bytes = Buffer.from(JSON.stringify(record));
  const into = Buffer.alloc(bytes.length);
  const cutter = new LineCutter(shared);
  const names = Object.keys(shared);
  const end = cutter.copy(bytes, 0, bytes.length, into, 0, bitsOf(names, record));
  expect(into.toString('utf8', 0, end)).toBe(expected);
  expect(names.filter((_, i) => cutter.found & (1 << i))).toEqual(names.filter(name => name in record));
});

test('shares what more than half of the records have, and nothing long', () => {
  const long = 'x'.repeat(63);
  const records: Rec[] = Array.from({ length: 9 }, (_, i) => ({
    id: `D${i + 1}`,
    currency: i < 5 ? 'EUR' : 'USD',
    pipeline: i < 4 ? 'sales' : `p${i}`,
    title: long,
    tags: ['a'],
    ...(i > 3 && { account: 'A1' }),
  }));
  const rows = records.map((_, row) => row);
  const fields = ['pipeline', 'account', 'currency', 'title', 'tags'];
  const of = (chosen: readonly number[]) => sharedAmong(chosen, row => records[row]!, fields);
  expect(of(rows)).toEqual({ account: 'A1', currency: 'EUR' });
  expect(Object.keys(of(rows))).toEqual(['account', 'currency']);
  expect(of([5, 6])).toEqual({ account: 'A1', currency: 'USD' });
  expect(of([])).toEqual({});
  expect(ofItsOwn(records[0]!, { currency: 'EUR', pipeline: 'other' })).toEqual({
    id: 'D1',
    pipeline: 'sales',
    title: long,
    tags: ['a'],
  });
});
