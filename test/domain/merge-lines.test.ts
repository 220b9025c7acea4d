import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { mergeLines } from '../../src/domain/merge-lines.ts';

const text = (...lines: string[]) => lines.map(line => `${line}\n`).join('');
const base = text('a', 'b', 'c', 'd', 'e');

describe('a text that two sides changed', () => {
  test.each([
    [
      'other lines',
      text('A', 'b', 'c', 'd', 'e'),
      text('a', 'b', 'c', 'd', 'E'),
      text('A', 'b', 'c', 'd', 'E'),
    ],
    [
      'lines in turns',
      text('A', 'b', 'C', 'd', 'e'),
      text('a', 'b', 'c', 'd', 'E'),
      text('A', 'b', 'C', 'd', 'E'),
    ],
    [
      'lines in turns, the other first',
      text('a', 'b', 'C', 'd', 'e'),
      text('A', 'b', 'c', 'd', 'E'),
      text('A', 'b', 'C', 'd', 'E'),
    ],
    [
      'one removed, one added',
      text('b', 'c', 'd', 'e'),
      text('a', 'b', 'c', 'd', 'e', 'f'),
      text('b', 'c', 'd', 'e', 'f'),
    ],
    [
      'the same line alike',
      text('a', 'X', 'c', 'd', 'e'),
      text('a', 'X', 'c', 'd', 'E'),
      text('a', 'X', 'c', 'd', 'E'),
    ],
    ['the same lines removed', text('a', 'd', 'e'), text('a', 'd', 'e', 'f'), text('a', 'd', 'e', 'f')],
    ['a last line without an end', 'a\nb\nc\nd\nE', text('A', 'b', 'c', 'd', 'e'), 'A\nb\nc\nd\nE'],
  ])('has both changes: %s', (_, mine, theirs, merged) => {
    expect(mergeLines(base, mine, theirs)).toEqual({ text: merged });
    expect(mergeLines(base, theirs, mine)).toEqual({ text: merged });
  });

  test.each([
    ['the same line', text('a', 'X', 'c', 'd', 'e'), text('a', 'Y', 'c', 'd', 'e')],
    ['neighbours', text('a', 'X', 'c', 'd', 'e'), text('a', 'b', 'Y', 'd', 'e')],
    ['one line beside a removed one', text('a', 'c', 'd', 'e'), text('a', 'b', 'Y', 'd', 'e')],
    ['more lines on one side', text('a', 'X', 'Y', 'd', 'e'), text('a', 'X', 'c', 'd', 'e')],
    ['alike, from another line on', text('X', 'Y', 'c', 'd', 'e'), text('a', 'Y', 'c', 'd', 'e')],
    [
      'different lines added at one place',
      text('a', 'X', 'b', 'c', 'd', 'e'),
      text('a', 'Y', 'b', 'c', 'd', 'e'),
    ],
  ])('is not merged where they changed it differently: %s', (_, mine, theirs) => {
    expect(mergeLines(base, mine, theirs)).toBeUndefined();
    expect(mergeLines(base, theirs, mine)).toBeUndefined();
  });

  test('too long to be compared is not merged', () => {
    const lines = Array.from({ length: 2001 }, (_, i) => String(i));
    const long = text(...lines);
    expect(mergeLines(long, `${long}x\n`, `y\n${long}`)).toBeUndefined();
    const short = text(...lines.slice(0, 1500));
    expect(mergeLines(short, `${short}x\n`, `y\n${short}`)).toEqual({ text: `y\n${short}x\n` });
  });
});

describe('a file that is not there', () => {
  test.each<[string | null, string | null, string | null, string | null]>([
    [null, 'a', null, 'a'],
    [null, null, 'a', 'a'],
    ['', 'a', null, 'a'],
    ['a', null, 'a', null],
    ['a', 'a', null, null],
    ['a', null, '', null],
    [null, 'a', 'a', 'a'],
    ['a', 'b', 'b', 'b'],
  ])('base %j, mine %j, theirs %j: %j', (base, mine, theirs, merged) => {
    expect(mergeLines(base, mine, theirs)).toEqual({ text: merged });
  });

  test.each([
    ['a', null, 'b'],
    ['a', 'b', ''],
    [null, 'a', 'b'],
    ['', 'a', 'b'],
  ])('base %j, mine %j, theirs %j: not merged', (base, mine, theirs) => {
    expect(mergeLines(base, mine, theirs)).toBeUndefined();
  });
});

test('merged with what nobody changed, a text is itself; the sides may be exchanged (property)', () => {
  const any = fc
    .array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 8 })
    .map(lines => text(...lines) || null);
  fc.assert(
    fc.property(any, any, any, (base, mine, theirs) => {
      expect(mergeLines(base, mine, base)).toEqual({ text: mine });
      expect(mergeLines(base, base, theirs)).toEqual({ text: theirs });
      expect(mergeLines(base, mine, theirs)).toEqual(mergeLines(base, theirs, mine));
    }),
  );
});
