/** Values of which a record may have several: the primary one and the others, however they are given. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isEmpty, type Rec } from '../../src/domain/records.ts';
import { severalColumn, textsIn, wrapped } from '../../src/kinds/several-cells.ts';
import { allOf, completeSeveral, type Several, severalFields, tidied } from '../../src/kinds/several.ts';
import type { Fields } from '../../src/kinds/writing.ts';

const emails: Several = {
  one: 'email',
  all: 'emails',
  others: 'otherEmails',
  clean: value => value.trim(),
  same: (a, b) => a.toLowerCase() === b.toLowerCase(),
};

const completed = (given: Fields, before?: Rec) => {
  const fields = { ...given };
  completeSeveral(emails, fields, before, undefined);
  return fields;
};
const had: Rec = { id: 'C1', email: 'a', otherEmails: ['b', 'c'] };

describe('all values of a record', () => {
  test.each([
    [{}, []],
    [{ email: 'a' }, ['a']],
    [{ email: '' }, []],
    [{ email: 7, otherEmails: 'b' }, []],
    [{ otherEmails: ['b', 'b'] }, ['b']],
    [{ email: '', otherEmails: ['b'] }, ['b']],
    [{ email: 'a', otherEmails: ['b', 'a', 'c'] }, ['a', 'b', 'c']],
  ])('of %j are %j', (record, values) => expect(allOf(record as never, emails)).toEqual(values));

  test('are a field of their own, with a field for those beside the primary one', () => {
    const [all, others] = severalFields(emails, { type: 'emails', yields: true, help: 'several' });
    expect(all).toMatchObject({
      name: 'emails',
      type: 'emails',
      yields: true,
      help: 'several',
      settable: true,
    });
    expect(all!.parts).toEqual(['email', 'otherEmails']);
    expect(all!.read!(had)).toEqual(['a', 'b', 'c']);
    expect(others).toMatchObject({
      name: 'otherEmails',
      type: 'emails',
      settable: false,
      hidden: true,
      columnless: true,
    });
    const [, refs] = severalFields(emails, { type: 'refs', refs: ['account'] });
    expect(refs).toMatchObject({ refs: ['account'] });
    expect(refs).not.toHaveProperty('columnless');
  });

  test('are found in one cell, none across two of them', () => {
    const column = severalColumn(emails, text => text.toUpperCase());
    expect(column).toMatchObject({
      key: 'emails',
      type: 'text',
      several: true,
      reads: ['email', 'otherEmails'],
    });
    expect(column.cell({ id: 'C1' })).toBeUndefined();
    expect(column.cell(had)).toBe('\u001fA\u001fB\u001fC\u001f');
    expect(String(column.cell(had)).includes(wrapped('B'))).toBe(true);
    expect(textsIn(String(column.cell(had)))).toEqual(['A', 'B', 'C']);
  });
});

describe('given', () => {
  test.each<[string, Fields, Rec | undefined, Fields]>([
    ['nothing', { name: 'x' }, had, { name: 'x' }],
    ['one, of a new record', { email: ' a ' }, undefined, { email: 'a' }],
    ['several, of a new record', { emails: ['a', ' b', 'A'] }, undefined, { email: 'a', otherEmails: ['b'] }],
    [
      'one and several',
      { email: 'b', emails: ['a', 'B', 'c'] },
      undefined,
      { email: 'b', otherEmails: ['a', 'c'] },
    ],
    ['another primary one', { email: 'x' }, had, { email: 'x', otherEmails: ['b', 'c'] }],
    ['one that it has', { email: 'c' }, had, { email: 'c', otherEmails: ['a', 'b'] }],
    ['one that it has, in other letters', { email: 'C' }, had, { email: 'C', otherEmails: ['a', 'b'] }],
    ['the primary one again', { email: 'a' }, had, { email: 'a', otherEmails: ['b', 'c'] }],
    ['none for the primary one', { email: null }, had, { email: 'b', otherEmails: ['c'] }],
    ['an empty one', { email: '' }, { id: 'C1', email: 'a' }, { email: null }],
    ['others instead of all', { emails: ['x'] }, had, { email: 'x', otherEmails: null }],
    ['none instead of all', { emails: [] }, had, { email: null, otherEmails: null }],
    ['null instead of all', { emails: null }, had, { email: null, otherEmails: null }],
    [
      'none for the primary one, and others',
      { email: null, emails: ['x', 'y'] },
      had,
      { email: 'x', otherEmails: ['y'] },
    ],
    [
      'what is stored of the others',
      { otherEmails: ['b', 'z'] },
      had,
      { email: 'a', otherEmails: ['b', 'z'] },
    ],
    ['none of the others', { otherEmails: null }, had, { email: 'a', otherEmails: null }],
    ['one, where there were none', { email: 'x' }, { id: 'C1' }, { email: 'x' }],
  ])('%s', (_, given, before, fields) => expect(completed(given, before)).toEqual(fields));

  test('a value that the record has already is kept as it is', () => {
    const before = { id: 'C1', email: ' a ', otherEmails: [' b '] };
    expect(completed({ emails: [' b ', ' c '] }, before)).toEqual({ email: ' b ', otherEmails: ['c'] });
  });

  test('anything, a record has each value once, and the given one first (property)', () => {
    const value = fc.constantFrom('a', 'A', 'b', 'c');
    const list = fc.array(value, { maxLength: 4 });
    fc.assert(
      fc.property(fc.option(value), fc.option(list), list, (email, emails, first) => {
        const before: Rec = { id: 'C1', ...completed({ emails: first }) } as Rec;
        const fields = completed({ ...(email && { email }), ...(emails && { emails }) }, before);
        const after = allOf(
          { ...before, ...fields },
          { ...({} as Several), one: 'email', others: 'otherEmails' },
        );
        expect(new Set(after.map(each => each.toLowerCase())).size).toBe(after.length);
        if (email) expect(after[0]).toBe(email);
        const wanted = emails ?? (email ? [] : first);
        for (const each of wanted)
          expect(after.some(kept => kept.toLowerCase() === each.toLowerCase())).toBe(true);
        expect(fields).not.toHaveProperty('emails');
      }),
    );
  });
});

describe('a record whose fields were changed one by one', () => {
  test.each<[Fields, Fields]>([
    [{ email: 'a' }, {}],
    [{ email: 'a', otherEmails: [] }, {}],
    [{ email: 'a', otherEmails: ['b'] }, {}],
    [{ otherEmails: ['b', 'c'] }, { email: 'b', otherEmails: ['c'] }],
    [
      { email: null, otherEmails: ['b'] },
      { email: 'b', otherEmails: null },
    ],
    [{ email: 'a', otherEmails: ['a'] }, { otherEmails: null }],
    [{ email: 'a', otherEmails: ['b', 'a', 'b'] }, { otherEmails: ['b'] }],
  ])('%j needs %j', (record, fields) => {
    expect(tidied([emails], record)).toEqual(fields);
    const after = { ...record, ...fields };
    expect(tidied([emails], after)).toEqual({});
    expect(isEmpty(after.email) && !isEmpty(after.otherEmails)).toBe(false);
  });
});
