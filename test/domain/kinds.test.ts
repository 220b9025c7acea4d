import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isNamed, Kinds, namedKindNames, numberOf, refNumber } from '../../src/domain/kinds.ts';

const deal = { name: 'deal', letter: 'D', plural: 'deals', isExtensible: true } as const;
const contact = { name: 'contact', letter: 'C', plural: 'contacts' } as const;
const task = { name: 'task', letter: 'T', plural: 'tasks', isExtensible: true } as const;
const kinds = new Kinds([deal, contact, task]);

describe('kinds of record', () => {
  test('are known by name, in order', () => {
    expect(kinds.names).toEqual(['deal', 'contact', 'task']);
    expect(kinds.all).toEqual([deal, contact, task]);
    expect(kinds.of('contact')).toBe(contact);
    expect([kinds.has('task'), kinds.has('file'), kinds.has(undefined)]).toEqual([true, false, false]);
    expect(kinds.extensible).toEqual(['deal', 'task']);
    expect(JSON.stringify({ kinds })).toBe('{}');
  });

  test('have a plural, and so has what the journal keeps by name', () => {
    expect(['deal', 'contact', 'file', 'cursor'].map(kind => kinds.pluralOf(kind))).toEqual([
      'deals',
      'contacts',
      'files',
      'cursors',
    ]);
    expect(namedKindNames).toEqual(['file', 'cursor']);
    expect(['file', 'cursor', 'deal', 'toString'].map(isNamed)).toEqual([true, true, false, false]);
  });

  test.each(['d', '', 'DD', 'AD', 'Ä', '1'])('cannot have the letter %j', letter => {
    expect(() => new Kinds([{ name: 'x', letter, plural: 'xs' }])).toThrow(
      `the letter ${JSON.stringify(letter)} of x is taken, or is not a capital letter`,
    );
  });

  test('cannot have the same letter', () => {
    expect(() => new Kinds([deal, { name: 'day', letter: 'D', plural: 'days' }])).toThrow(
      'the letter "D" of day is taken, or is not a capital letter',
    );
  });
});

describe('an id', () => {
  test.each([
    ['D1', 'deal', 1],
    ['D9', 'deal', 9],
    ['C12', 'contact', 12],
    ['T100', 'task', 100],
    ['D999999999999999', 'deal', 999_999_999_999_999],
  ])('%s is of a %s with the number %d', (id, kind, number) => {
    expect(kinds.parseId(id)).toEqual({ kind, number });
    expect(kinds.makeId(kind, number)).toBe(id);
    expect(kinds.kindOf(id)).toBe(kind);
    expect(numberOf(id)).toBe(number);
  });

  test.each([
    '',
    'D',
    'D0',
    'D01',
    'd1',
    'X1',
    'D1a',
    'D1 ',
    'D/',
    'D:',
    'D1/',
    'D1:',
    'DD1',
    '1',
    'D-1',
    `D${'1'.repeat(16)}`,
  ])('is not %j', text => expect(kinds.parseId(text)).toBeUndefined());
});

describe('a reference as a number', () => {
  const id = fc.record({
    kind: fc.constantFrom('deal', 'contact', 'task'),
    number: fc.oneof(fc.integer({ min: 1, max: 99 }), fc.integer({ min: 1, max: 2 ** 40 - 1 })),
  });

  test('is of one record, in the order of kinds and then of numbers (property)', () => {
    fc.assert(
      fc.property(id, id, (a, b) => {
        const [x, y] = [kinds.refTo(a.kind, a.number), kinds.refTo(b.kind, b.number)];
        expect(kinds.refOf(kinds.makeId(a.kind, a.number))).toBe(x);
        expect(kinds.refKind(x)).toBe(a.kind);
        expect(refNumber(x)).toBe(a.number);
        expect(kinds.numberIn(b.kind, x)).toBe(b.kind === a.kind ? a.number : 0);
        const [i, j] = [kinds.names.indexOf(a.kind), kinds.names.indexOf(b.kind)];
        expect(Math.sign(x - y)).toBe(Math.sign(i - j || a.number - b.number));
      }),
    );
  });

  test('is 0 for what is not a record, and 0 is of no kind', () => {
    expect([null, undefined, '', 'X1', 'file'].map(id => kinds.refOf(id))).toEqual([0, 0, 0, 0, 0]);
    expect(kinds.refKind(0)).toBeUndefined();
    expect(['deal', 'contact', 'task'].map(kind => kinds.numberIn(kind, 0))).toEqual([0, 0, 0]);
    expect(kinds.numberIn('deal', kinds.refTo('deal', 0))).toBe(0);
    expect(kinds.numberIn('deal', kinds.refTo('contact', 0))).toBe(0);
  });
});
