import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { diffOfLines } from '../../src/domain/line-diff.ts';

const shown = (from: string, to: string): string =>
  diffOfLines([...from], [...to])
    .map(line => `${line.op}${line.op === '+' ? to[line.new] : from[line.old]}`)
    .join(' ')
    .replaceAll(/ {2}(\w)/g, ' $1')
    .trim();

describe('the difference of two texts in lines', () => {
  test.each([
    ['abc', 'abc', 'a b c'],
    ['', 'ab', '+a +b'],
    ['ab', '', '-a -b'],
    ['abc', 'axc', 'a -b +x c'],
    ['abcd', 'bcda', '-a b c d +a'],
    ['aab', 'ab', 'a -a b'],
    ['abab', 'baba', '-a b a b +a'],
  ])('%s → %s', (from, to, wanted) => {
    expect(shown(from, to)).toBe(wanted);
  });

  test('gives the place of each line', () => {
    expect(diffOfLines(['a', 'b', 'c'], ['a', 'c', 'd'])).toEqual([
      { op: ' ', old: 0, new: 0 },
      { op: '-', old: 1, new: 1 },
      { op: ' ', old: 2, new: 1 },
      { op: '+', old: 3, new: 2 },
    ]);
  });
});

/** How many letters two texts have in common, in order: by trying all. */
function inCommon(a: string, b: string): number {
  if (a === '' || b === '') return 0;
  if (a[0] === b[0]) return 1 + inCommon(a.slice(1), b.slice(1));
  return Math.max(inCommon(a.slice(1), b), inCommon(a, b.slice(1)));
}

test('a difference has all lines of both texts, in their order, and as many in common as can be (property)', () => {
  const text = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 7 }).map(letters => letters.join(''));
  fc.assert(
    fc.property(text, text, (from, to) => {
      const lines = diffOfLines([...from], [...to]);
      expect(lines.every(({ op }) => [' ', '-', '+'].includes(op))).toBe(true);
      let [old, fresh] = [0, 0];
      for (const line of lines) {
        expect(line).toEqual({ op: line.op, old, new: fresh });
        if (line.op === ' ') expect(from[old]).toBe(to[fresh]);
        if (line.op !== '+') old++;
        if (line.op !== '-') fresh++;
      }
      expect([old, fresh]).toEqual([from.length, to.length]);
      expect(lines.filter(({ op }) => op === ' ')).toHaveLength(inCommon(from, to));
    }),
  );
});
