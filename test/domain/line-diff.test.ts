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
