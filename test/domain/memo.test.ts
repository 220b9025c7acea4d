import { describe, expect, test } from 'vitest';
import { memoBy, memoByKey, recentBy } from '../../src/domain/memo.ts';

describe('memoBy', () => {
  test('makes an answer once per owner', () => {
    let calls = 0;
    const lengthsOf = memoBy((words: readonly string[]) => {
      calls++;
      return words.map(word => word.length);
    });
    const words = ['a', 'bc'];
    expect(lengthsOf(words)).toEqual([1, 2]);
    expect(lengthsOf(words)).toBe(lengthsOf(words));
    expect(calls).toBe(1);
    expect(lengthsOf(['a', 'bc'])).not.toBe(lengthsOf(words));
  });
});

describe('memoByKey', () => {
  test('makes an answer once per owner and key, even if the answer is undefined', () => {
    const asked: string[] = [];
    const valueIn = memoByKey((owner: Record<string, number>, key: string) => {
      asked.push(key);
      return owner[key];
    });
    const one = { a: 1 };
    const two = { a: 2 };
    const answers = [one, two, one, two].flatMap(owner => [valueIn(owner, 'a'), valueIn(owner, 'b')]);
    expect(answers).toEqual([1, undefined, 2, undefined, 1, undefined, 2, undefined]);
    expect(asked).toEqual(['a', 'b', 'a', 'b']);
  });
});

describe('recentBy', () => {
  test('makes an answer once per key, and forgets the one that was asked for longest ago', () => {
    const made: string[] = [];
    const lengthOf = recentBy(2, (key: string, unit: string) => {
      made.push(key);
      return { [unit]: key.length };
    });
    expect(['a', 'bc', 'a', 'def', 'a', 'bc', 'def', 'bc'].map(key => lengthOf(key, 'letters'))).toEqual(
      [1, 2, 1, 3, 1, 2, 3, 2].map(letters => ({ letters })),
    );
    expect(made).toEqual(['a', 'bc', 'def', 'bc', 'def']);
    expect(lengthOf('bc', 'letters')).toBe(lengthOf('bc', 'letters'));
  });
});
