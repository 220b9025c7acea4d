import fc from 'fast-check';
import { expect, test } from 'vitest';
import { excerptOf, spansOf } from '../../../src/app/reading/excerpt.ts';
import { fold } from '../../../src/domain/fold.ts';

test.each([
  ['Łódź', ['lodz'], 'Łódź'],
  ['Straße 5', ['strasse'], 'Straße'],
  ['Rene\u0301 said', ['rene'], 'Rene\u0301'],
  ['日本語の椅子', ['椅子'], '椅子'],
  ['a😀b oak', ['oak'], 'oak'],
])('marks in %s what %j finds', (text, words, marked) => {
  expect(spansOf(text, words).map(([from, to]) => text.slice(from, to))).toEqual([marked]);
});

test('marks exactly what a folded search finds', () => {
  const chars = fc.constantFrom('a', 'A', 'é', 'e\u0301', 'ß', 'Σ', 'ς', '椅', '😀', ' ', 'o', 'Ø');
  fc.assert(
    fc.property(fc.array(chars), fc.array(chars, { minLength: 1, maxLength: 2 }), (text, word) => {
      const [whole, sought] = [text.join(''), fold(word.join(''))];
      const spans = spansOf(whole, [sought]);
      expect(spans.length > 0).toBe(sought !== '' && fold(whole).includes(sought));
      for (const [from, to] of spans) expect(fold(whole.slice(from, to))).toContain(sought);
    }),
  );
});

test('an excerpt is one line around the first match, with ellipses where the text goes on', () => {
  const text = `${'first words of it '.repeat(5)}\nwants the oak,\tsecond floor ${'and so on '.repeat(10)}`;
  const excerpt = excerptOf(text, ['oak']);
  expect(excerpt).toBe('…words of it wants the oak, second floor and so on and so on and so on…');
  expect(excerptOf('short  text', ['text'])).toBe('short text');
});
