import fc from 'fast-check';
import { expect, test } from 'vitest';
import { camel, kebab } from '../../src/domain/name-case.ts';

const word = fc.stringMatching(/^[a-z][a-z0-9]{0,5}$/);

test.each([
  ['otherEmails', 'other-emails'],
  ['id', 'id'],
  ['lockTimeout', 'lock-timeout'],
])('%s and %s are one name', (inCode, typed) => {
  expect(kebab(inCode)).toBe(typed);
  expect(camel(typed)).toBe(inCode);
});

test('a typed name comes back from its name in code', () => {
  fc.assert(
    fc.property(fc.array(word, { minLength: 1, maxLength: 4 }), words => {
      expect(kebab(camel(words.join('-')))).toBe(words.join('-'));
    }),
  );
});
