import fc from 'fast-check';
import { expect, test } from 'vitest';
import { lineOfWords, wordsOfLine } from '../../../src/screens/keys/words.ts';

test.each([
  ['deal move D1 proposal', ['deal', 'move', 'D1', 'proposal']],
  ["deal note D1 'a b' \"c 'd'\"", ['deal', 'note', 'D1', 'a b', "c 'd'"]],
  ['a\\ b \'\' c"d"e', ['a b', '', 'cde']],
  ["\"a\\\"b\" 'it'\\''s'", ['a"b', "it's"]],
  ['  ', []],
  ["a 'b", undefined],
  ['a "b', undefined],
])('%j is %j', (line, words) => {
  expect(wordsOfLine(line)).toEqual(words);
});

test('an option that is shown reads as people type it', () => {
  expect(lineOfWords(['deal', 'lose', 'D1', "--reason=it's dear"])).toBe(
    "deal lose D1 --reason='it'\\''s dear'",
  );
});

test('words that are shown as a line come back the same', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'grapheme' })), words => {
      expect(wordsOfLine(lineOfWords(words))).toEqual(words);
    }),
  );
});
