/** Rows by text, searched for one by one at first and looked up once many are asked for. */
import { describe, expect, test } from 'vitest';
import type { Rec } from '../../src/domain/records.ts';
import { columnsOf } from '../../src/kinds/fields.ts';
import { LazyIndex } from '../../src/state/lazy-index.ts';
import { narrowest, wider } from '../../src/state/narrow-numbers.ts';
import { MemorySource } from '../../src/state/source.ts';
import { TextIndex } from '../../src/state/text-index.ts';
import { configOf } from './contents.ts';

const specs = columnsOf(configOf(), 'contact');
const source: Rec[] = [
  { id: 'C1', name: 'Jane', email: 'a@x.com', otherEmails: ['b@x.com'] },
  { id: 'C2', name: 'JÁNE', email: 'b@x.com' },
  { id: 'C3', name: '' },
  { id: 'C4', name: 'Joe\nBloggs', email: 'ba@x.com' },
  { id: 'C5', name: 'jane', otherEmails: ['a@x.com', 'c@x.com'] },
];

describe.each([
  ['the first time', 0],
  ['the eighth time', 7],
  ['the ninth time', 8],
])('texts that are asked for %s', (_, before) => {
  test.each([
    ['name', 'Jane', [0, 1, 4]],
    ['name', 'jané', [0, 1, 4]],
    ['name', 'joe bloggs', [3]],
    ['name', 'Joe', []],
    ['name', 'bloggs', []],
    ['emails', 'B@x.com', [0, 1]],
    ['emails', 'a@x.com', [0, 4]],
    ['emails', 'c@x.com', [4]],
    ['emails', 'x.com', []],
  ])('by %s %j are found in rows %j', (key, text, expected) => {
    const index = new TextIndex(new MemorySource(source), specs.get(key)!);
    for (let i = 0; i < before; i++) expect(index.find('nobody', () => 'as before')).toEqual([]);
    for (let i = 0; i < 3; i++) expect(index.find(text, () => 'as before')).toEqual(expected);
    expect(index.find(text, () => undefined)).toEqual([]);
  });

  test('are those of the rows as they are now, in ascending order', () => {
    const index = new TextIndex(new MemorySource(source), specs.get('name')!);
    for (let i = 0; i < before; i++) index.find('nobody', () => 'as before');
    const now = new Map<number, Rec | undefined>([
      [0, { ...source[0]!, name: 'Kim' }],
      [1, { ...source[1]!, email: 'z@x.com' }],
      [2, { ...source[2]!, name: 'Jane' }],
      [4, undefined],
      [6, { id: 'C7', name: 'jane' }],
    ]);
    for (const [row, record] of [...now].reverse()) if (record) index.note(row, record);
    const rows = (text: string) => index.find(text, row => (now.has(row) ? now.get(row) : 'as before'));
    expect([rows('jane'), rows('kim'), rows('joe bloggs')]).toEqual([[1, 2, 6], [0], [3]]);
  });
});

test('an index of no rows finds those that were noted', () => {
  const index = new TextIndex(new MemorySource([]), specs.get('name')!);
  expect(index.find('jane', () => 'as before')).toEqual([]);
  const jane = { id: 'C1', name: 'Jane' };
  index.note(3, jane);
  index.note(4, { id: 'C2' });
  expect(index.find('jane', () => jane)).toEqual([3]);
});

test('a lazy index is built by the question after those that are to scan, and again at once when it was dropped', () => {
  let built = 0;
  const index = new LazyIndex(2, () => ++built);
  expect([index.ask(), index.ask(), index.built, index.ask(), index.built, index.ask()]).toEqual([
    undefined,
    undefined,
    undefined,
    1,
    1,
    1,
  ]);
  index.drop();
  expect([index.built, index.ask(), index.ask(), built]).toEqual([undefined, 2, 2, 2]);
});

test.each<[number[], new (size: number) => { readonly length: number }]>([
  [[], Uint8Array],
  [[0, 255], Uint8Array],
  [[256], Int16Array],
  [[-1, 3], Int16Array],
  [[32_767, -32_768], Int16Array],
  [[32_768], Int32Array],
  [[-32_769], Int32Array],
  [[2 ** 31 - 1, -(2 ** 31)], Int32Array],
  [[2 ** 30], Int32Array],
  [[-1, 255], Int16Array],
  [[-(2 ** 31)], Int32Array],
  [[2 ** 31], Float64Array],
  [[0.5], Float64Array],
  [[Number.NaN], Float64Array],
])('the numbers %j have room in an array no wider than they need', (numbers, expected) => {
  const width = narrowest(Float64Array.from(numbers));
  expect(width).toBe(expected);
  if (expected !== Float64Array) expect(narrowest(Int32Array.from(numbers))).toBe(expected);
  const both = [
    wider(width, new Int16Array(1)),
    wider(Int16Array, new width(1)),
    wider(width, new Uint8Array(1)),
  ];
  const wide = expected === Uint8Array ? Int16Array : expected;
  expect(both).toEqual([wide, wide, expected]);
});
