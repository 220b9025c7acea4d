import fc from 'fast-check';
import { expect, test } from 'vitest';
import { insertedText, readInserted } from '../../src/domain/inserted.ts';

test.each([
  ['none', []],
  ['12+5', [12, 5]],
  ['0+3 3+0 40+10', [0, 3, 3, 0, 40, 10]],
])('%j are the positions %j', (text, positions) => {
  expect(insertedText(positions)).toBe(text);
  expect(readInserted(text, 50)).toEqual(positions);
});

test.each([
  undefined,
  '',
  '1',
  '1+',
  '+1',
  '1+2 ',
  ' 1+2',
  '1+2  4+5',
  '1+2,4+5',
  '1+2 none',
  'nonesuch',
  'a1+2',
  '0+51',
  '0+3 2+1',
  '5+1 0+1',
])('%j fit no text of 50 characters', text => expect(readInserted(text, 50)).toBeUndefined());

test('positions in order are read as they were written (property)', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(20), fc.nat(20))), gaps => {
      const positions: number[] = [];
      let end = 0;
      for (const [gap, length] of gaps) {
        positions.push(end + gap, length);
        end += gap + length;
      }
      expect(readInserted(insertedText(positions), end)).toEqual(positions);
      if (end > 0) expect(readInserted(insertedText(positions), end - 1)).toBeUndefined();
    }),
  );
});
