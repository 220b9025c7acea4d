import { describe, expect, test } from 'vitest';
import { withArticle } from '../../src/domain/article.ts';
import { givenTwice, requireOnce } from '../../src/domain/given-twice.ts';
import { inWords } from '../../src/domain/in-words.ts';
import { requireId, requireName, whyNotNamed, whyNotUserId } from '../../src/domain/names.ts';
import { oneLine } from '../../src/domain/one-line.ts';

const usageError = (message: string, hint: string) =>
  expect.objectContaining({ kind: 'USAGE', message, hint });

describe('a name', () => {
  test.each(['__proto__', 'constructor', 'prototype'])(
    'that has a meaning in JavaScript is refused: %s',
    name => {
      const why = `"${name}" cannot be the name of a field`;
      expect(whyNotNamed('a field', name)).toBe(why);
      expect(() => requireName('a field', name)).toThrow(usageError(why, 'choose another name'));
    },
  );

  test('is any other', () => {
    for (const name of ['', 'name', 'proto', 7, undefined])
      expect(whyNotNamed('a field', name)).toBeUndefined();
    expect(() => requireName('a field', 'toString')).not.toThrow();
  });

  test('of a user has no other meaning', () => {
    expect(whyNotUserId('me')).toBe("me has a meaning of its own and cannot be a user's id");
    expect(whyNotUserId('ana')).toBeUndefined();
  });

  test('is kept as it looks, on one line', () => {
    expect(oneLine('  Acme \u00a0\u2003 Trading\tCo\n')).toBe('Acme Trading\tCo');
  });
});

describe('an id', () => {
  test.each(['a', 'north-west', '2nd'])('%s is one', id =>
    expect(() => requireId(id, 'an id')).not.toThrow(),
  );

  test.each([
    ['North West', 'lower-case ASCII words with hyphens, such as north-west'],
    ['', 'lower-case ASCII words with hyphens'],
    ['-', 'lower-case ASCII words with hyphens'],
  ])('%j is not: %s', (id, hint) => {
    expect(() => requireId(id, 'an id')).toThrow(usageError(`${JSON.stringify(id)} is not an id`, hint));
  });

  test('is explained by an example, if one is at hand', () => {
    expect(() => requireId('A', 'a name for a team', 'north')).toThrow(
      usageError('"A" is not a name for a team', 'lower-case ASCII words with hyphens, such as north'),
    );
  });
});

describe('a value that is given twice', () => {
  test('is refused if the two differ', () => {
    const error = usageError('value is given twice: "1" and "2"', 'give value once');
    expect(givenTwice('value', '1', '2')).toEqual(error);
    const pairs = [
      ['value', '1'],
      ['title', '2'],
      ['value', '2'],
    ] as const;
    expect(() => requireOnce(pairs)).toThrow(error);
    expect(() => requireOnce(pairs, name => `--${name}`)).toThrow(
      usageError('--value is given twice: "1" and "2"', 'give --value once'),
    );
  });

  test('is one if they are the same', () => {
    expect(() =>
      requireOnce([
        ['value', ''],
        ['value', ''],
        ['title', '1'],
      ]),
    ).not.toThrow();
    expect(() =>
      requireOnce([
        ['value', ''],
        ['value', '1'],
      ]),
    ).toThrow('given twice');
  });
});

test.each([
  ['expectedClose', 'expected close'],
  ['aBC', 'a bC'],
  ['name', 'name'],
  ['PO', 'PO'],
])('%s is read as %s', (name, words) => expect(inWords(name)).toBe(words));

test('a noun has the article of its sound', () => {
  expect(['deal', 'invoice', 'Account', 'user'].map(withArticle)).toEqual([
    'a deal',
    'an invoice',
    'an Account',
    'a user',
  ]);
});
