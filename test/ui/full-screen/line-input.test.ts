import fc from 'fast-check';
import { expect, test } from 'vitest';
import { KeyDecoder } from '../../../src/ui/full-screen/decode-keys.ts';
import { type Line, lineOf, typed, windowOf } from '../../../src/ui/full-screen/line-input.ts';
import { clusters, displayWidth } from '../../../src/ui/width.ts';

/** Types keys, by their names or as texts, into a line; `|` in what comes out is the cursor. */
function after(text: string, ...keys: readonly string[]): string {
  let line = lineOf(text);
  for (const key of keys)
    line =
      typed(line, key.length > 1 && /^[a-z-]+$/.test(key) ? { name: key } : { name: key, text: key }) ?? line;
  return `${line.text.slice(0, line.at)}|${line.text.slice(line.at)}`;
}

test.each([
  ['ab', ['c'], 'abc|'],
  ['ab', ['left', 'c'], 'ac|b'],
  ['ab', ['home', 'é'], 'é|ab'],
  ['too expensive', ['ctrl-w'], 'too |'],
  ['too expensive', ['alt-b', 'ctrl-u'], '|expensive'],
  ['too expensive', ['home', 'ctrl-right', 'ctrl-k'], 'too|'],
  ['café', ['backspace'], 'caf|'],
  ['a👩‍💻b', ['left', 'backspace'], 'a|b'],
  ['日本', ['left', 'delete'], '日|'],
  ['e', ['\u0301'], 'é|'],
  ['ab', ['home', 'backspace'], '|ab'],
  ['ab', ['delete'], 'ab|'],
])('%j after %j is %j', (text, keys, expected) => {
  expect(after(text, ...keys)).toBe(expected);
});

test('a paste becomes one line without controls', () => {
  expect(typed(lineOf('a '), { name: 'paste', text: 'two\n\tlines\u001b[31m' })).toEqual(
    lineOf('a two lines[31m'),
  );
});

test('a key that does nothing to a line is left to others', () => {
  expect(typed(lineOf('a'), { name: 'enter' })).toBeUndefined();
  expect(typed(lineOf('a'), { name: 'f1' })).toBeUndefined();
});

const texts = fc.array(
  fc.constantFrom('a', 'é', '日', '👩‍💻', '🇳🇱', 'नि', ' ', 'e', '\u0301', '\u200d', '❤️'),
  { maxLength: 12 },
);
const keys = fc.array(
  fc.oneof(
    texts.map(each => ({ name: 'paste', text: each.join('') })),
    fc
      .constantFrom(
        'left',
        'right',
        'home',
        'end',
        'backspace',
        'delete',
        'ctrl-w',
        'ctrl-u',
        'ctrl-k',
        'alt-b',
        'alt-f',
      )
      .map(name => ({ name })),
  ),
  { maxLength: 10 },
);

test('the cursor always stands between two characters, whatever is typed', () => {
  fc.assert(
    fc.property(keys, all => {
      let line: Line = lineOf('');
      for (const key of all) {
        line = typed(line, key)!;
        const starts = [0];
        for (const { text } of clusters(line.text)) starts.push(starts.at(-1)! + text.length);
        expect(starts).toContain(line.at);
        expect(starts.at(-1)).toBe(line.text.length);
      }
    }),
    { examples: [[[{ name: 'paste', text: ' \u0301' }, { name: 'alt-b' }]]] },
  );
});

test('the shown part of a long line contains the cursor', () => {
  fc.assert(
    fc.property(keys, fc.integer({ min: 4, max: 20 }), (all, width) => {
      let line: Line = lineOf('');
      for (const key of all) line = typed(line, key)!;
      const { text, cursor } = windowOf(line, width);
      expect(cursor).toBeLessThan(width);
      expect(line.text.endsWith(text)).toBe(true);
      expect(displayWidth(text.slice(0, text.length - (line.text.length - line.at)))).toBe(cursor);
    }),
  );
});

test('keys that a terminal sends are typed as they come', () => {
  let line: Line = lineOf('');
  for (const key of new KeyDecoder().push(Buffer.from('nñ日\u001b[D!'))) line = typed(line, key)!;
  expect(line).toEqual({ text: 'nñ!日', at: 3 });
});
