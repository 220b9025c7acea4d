import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { setAt } from '../../src/domain/changes.ts';
import {
  isEmpty,
  isObject,
  type Json,
  readerOf,
  recognisedBy,
  recordOf,
  sameJson,
  titleOf,
  valueAt,
} from '../../src/domain/records.ts';

test('a record is known by its title, its name or its subject, and else by its text', () => {
  const all = { id: 'X1', title: 'T', name: 'N', subject: 'S', text: 'what it says' };
  expect(titleOf(all)).toBe('T');
  expect(titleOf({ ...all, title: '' })).toBe('N');
  expect(titleOf({ ...all, title: 7, name: '' })).toBe('S');
  const { id, text } = all;
  expect(titleOf({ id, text })).toBeUndefined();
  expect(recognisedBy({ id, text, name: 'N' })).toBe('N');
  expect(recognisedBy({ id, text })).toBe(text);
  for (const other of [undefined, '', 7]) expect(recognisedBy({ id, text: other })).toBeUndefined();
});

describe('a record of values by path', () => {
  test('has them in the order of a list, then in their own, and what is empty not at all', () => {
    const values = {
      'fields.b': 1,
      tags: [],
      name: 'N',
      'fields.a': 0,
      owner: '',
      note: null,
      is: false,
      x: undefined,
    };
    const record = recordOf('C1', values, ['name', 'fields.a']);
    expect(JSON.stringify(record)).toBe('{"id":"C1","name":"N","fields":{"a":0,"b":1},"is":false}');
  });

  test('says them again at their paths (property)', () => {
    const path = fc.constantFrom('name', 'title', 'fields.a', 'fields.b', 'generations.x');
    const value = fc.constantFrom<Json>(null, '', [], 'a', 0, false, ['x'], { y: 1 });
    fc.assert(
      fc.property(fc.dictionary(path, value), fc.uniqueArray(path), (values, first) => {
        const record = recordOf('C1', values, first);
        for (const [path, value] of Object.entries(values)) {
          const read = valueAt(record, path);
          expect(read).toEqual(isEmpty(value) ? undefined : value);
          expect(readerOf(path)(record)).toEqual(read);
        }
      }),
    );
  });

  test('its fields are in the given order and then in their own, whatever was made before (property)', () => {
    const path = fc.constantFrom('name', 'title', 'fields.a', 'fields.b', 'generations.x');
    const value = fc.constantFrom<Json>(null, '', 'a', 0);
    const order = fc.uniqueArray(path);
    fc.assert(
      fc.property(order, fc.array(fc.dictionary(path, value), { maxLength: 8 }), (first, several) => {
        for (const values of several) {
          const paths = [...new Set([...first, ...Object.keys(values)])].filter(
            each => !isEmpty(values[each]),
          );
          const expected: Record<string, Json> = { id: 'C1' };
          for (const each of paths) setAt(expected, each, values[each]!);
          expect(JSON.stringify(recordOf('C1', values, first))).toBe(JSON.stringify(expected));
        }
      }),
    );
  });

  test('a path into what is no group leads nowhere', () => {
    for (const fields of [undefined, null, 'text', ['a'], 7] as const)
      expect(valueAt({ id: 'C1', fields } as never, 'fields.0')).toBeUndefined();
  });
});

test('only a group of values is an object', () => {
  expect([{}, { a: 1 }].every(isObject)).toBe(true);
  expect([undefined, null, [], ['a'], 'a', 1, true].some(isObject)).toBe(false);
});

test('empty is what is not stored', () => {
  expect([undefined, null, '', []].every(isEmpty)).toBe(true);
  expect([' ', 0, false, [''], {}, { length: 0 }].some(isEmpty)).toBe(false);
});

describe('two values', () => {
  test('are the same as JSON, whatever the order of keys and whether what is empty is there', () => {
    expect(sameJson({ a: 1, b: [1, { c: '' }] }, { b: [1, {}], a: 1 })).toBe(true);
    expect(sameJson(undefined, null)).toBe(true);
    expect(sameJson('', [])).toBe(true);
  });

  const different: [Json, Json][] = [
    [1, 2],
    [1, '1'],
    [0, null],
    [false, ''],
    ['a', ['a']],
    [['a'], ['a', 'b']],
    [['a', 'b'], ['a']],
    [
      ['a', 'b'],
      ['b', 'a'],
    ],
    [['a'], { 0: 'a' }],
    [{ a: 1 }, { a: 2 }],
    [{ a: 1 }, {}],
    [{}, { a: 1 }],
    [{}, null],
    [{ a: { b: 1 } }, { a: { b: 2 } }],
  ];
  test.each(different)('%j is not %j', (a, b) => {
    expect([sameJson(a, b), sameJson(b, a)]).toEqual([false, false]);
  });
});
