/** The one reader of e-mail addresses. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseEmail, parseEmails, readAddress } from '../../src/domain/email.ts';
import { runs } from '../effort.ts';

test.each([
  ['jane@x.com', 'jane@x.com'],
  ['  jane@x.com\n', 'jane@x.com'],
  ['mailto:jane@x.com', 'jane@x.com'],
  ['MAILTO:jane@x.com?subject=hello', 'jane@x.com'],
  ['<jane@x.com>', 'jane@x.com'],
  ['<mailto:jane@x.com>', 'jane@x.com'],
  ['jane@x.com.', 'jane@x.com'],
  ['Jane Roe <jane@x.com>', 'jane@x.com'],
  ['"Roe, Jane" <jane@x.com>', 'jane@x.com'],
  ["o'neil+tag@x.co.uk", "o'neil+tag@x.co.uk"],
  ['jos\u00e9@caf\u00e9.example', 'jos\u00e9@caf\u00e9.example'],
  ['root@localhost', 'root@localhost'],
  ['root@[10.0.0.1]', 'root@[10.0.0.1]'],
])('%j is %s', (text, email) => {
  expect(parseEmail(text)).toBe(email);
});

test.each([
  'a@b..c',
  'a@.b.c',
  '@x.com',
  'a@',
  'a',
  '',
  'a b@x.com',
  'a@x@y.com',
  'a@-x.com',
  'a@x.com;b@y.com',
  'a@x.com, b@y.com',
  'a@x_.com-',
])('%j is refused', text => {
  expect(() => parseEmail(text)).toThrow('is not an e-mail address');
});

test('a letter with an accent may stand where a plain one may', () => {
  const char = fc.constantFrom('e', 'E', '1', '.', '-', '_', '@', ' ');
  const text = fc.array(char, { maxLength: 12 }).map(chars => chars.join(''));
  fc.assert(
    fc.property(
      fc.oneof(
        text,
        fc.tuple(text, text).map(parts => parts.join('@')),
      ),
      plain => {
        const accented = plain.replaceAll('e', '\u00e9');
        expect(readAddress(accented)?.email).toBe(readAddress(plain)?.email.replaceAll('e', '\u00e9'));
      },
    ),
    { numRuns: runs(500) },
  );
});

test('a name beside an address is read with it', () => {
  expect(readAddress('"Roe, Jane" <jane@x.com>')).toEqual({ name: 'Roe, Jane', email: 'jane@x.com' });
  expect(readAddress('Jane (jane@x.com)')).toEqual({ name: 'Jane', email: 'jane@x.com' });
  expect(readAddress('Jane')).toBeUndefined();
});

test('a list has each address once, without regard to case', () => {
  expect(parseEmails('a@x.com; b@x.com,A@X.com\nmailto:c@x.com d@x.com ::: e@x.com')).toEqual([
    'a@x.com',
    'b@x.com',
    'c@x.com',
    'd@x.com',
    'e@x.com',
  ]);
  expect(() => parseEmails('a@x.com, nobody')).toThrow('"nobody" is not an e-mail address');
});

test.each([
  [' Jane Roe  < jane@x.com > ', 'Jane Roe', 'jane@x.com'],
  ["'Jane Roe' <jane@x.com>", 'Jane Roe', 'jane@x.com'],
  ['" Jane Roe " <jane@x.com>', 'Jane Roe', 'jane@x.com'],
  ['Jane "JR" <jane@x.com>', 'Jane "JR"', 'jane@x.com'],
  ['"Jane" Roe <jane@x.com>', '"Jane" Roe', 'jane@x.com'],
  ['"" <jane@x.com>', undefined, 'jane@x.com'],
  [' < jane@x.com > ', undefined, 'jane@x.com'],
  ['mailto: jane@x.com?subject=\nx', undefined, 'jane@x.com'],
  ['jane@x.com...', undefined, 'jane@x.com'],
])('%j is %s at %s', (text, name, email) => {
  expect(readAddress(text)).toEqual(name === undefined ? { email } : { name, email });
});

test.each(['x<jane@x.com', 'x mailto:jane@x.com', '<jane@x.com>x', 'jane.@', 'write to jane@x.com'])(
  '%j is not an address',
  text => {
    expect(readAddress(text)).toBeUndefined();
    expect(() => parseEmail(text)).toThrow(
      expect.objectContaining({
        kind: 'USAGE',
        message: `${JSON.stringify(text)} is not an e-mail address`,
        hint: 'for example jane@example.com',
      }),
    );
  },
);

test('a list may have blanks, empty places and names', () => {
  expect(parseEmails('')).toEqual([]);
  expect(parseEmails(' a@x.com  b@x.com ,, Jane Roe <c@x.com>;')).toEqual(['a@x.com', 'b@x.com', 'c@x.com']);
  expect(() => parseEmails('a@x.com nobody')).toThrow('"a@x.com nobody" is not an e-mail address');
});
