import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { csvLine, guardFormula, unguardFormula } from '../../src/channels/csv-write.ts';
import { runs } from '../effort.ts';
import { anyText } from '../texts.ts';

describe('csvLine', () => {
  test.each([
    [['a', '', '1200.00', "O'Brien"], "a,,1200.00,O'Brien\n"],
    [['Acme, Inc.', '5" disk'], '"Acme, Inc.","5"" disk"\n'],
    [['a\nb', 'a\r\nb', 'a\rb'], '"a\nb","a\r\nb","a\rb"\n'],
    [[' a', 'a ', 'a b'], '" a","a ",a b\n'],
    [['a;b', 'a|b', 'a\tb'], '"a;b","a|b","a\tb"\n'],
    [['\uFEFFa'], '"\uFEFFa"\n'],
    [[''], '""\n'],
    [['', ''], ',\n'],
  ])('%j', (cells, line) => {
    expect(csvLine(cells)).toBe(line);
  });

  test('quotes whatever delimiter it is given', () => {
    expect(csvLine(['a:b', 'c'], { delimiter: ':', lineEnd: '\r\n' })).toBe('"a:b":c\r\n');
  });
});

describe('formulas', () => {
  test.each([
    '=1+1',
    '+49',
    '-5',
    '@SUM(A1)',
    '\tx',
    '\rx',
    '  =1',
    '\u00a0=1',
    '\n=1',
    '＝1',
    '＋1',
    '－1',
    '＠x',
    "'=1",
    "''=1",
    "' =1",
  ])('%j gets an apostrophe and loses it again', text => {
    expect(guardFormula(text)).toBe(`'${text}`);
    expect(unguardFormula(`'${text}`)).toBe(text);
  });

  test.each(["O'Brien", "'quoted'", "''", '', ' ', 'a=b', '5-3', "'tis", 'x\t'])('%j stays', text => {
    expect(guardFormula(text)).toBe(text);
    expect(unguardFormula(text)).toBe(text);
  });

  test('any text comes back', () => {
    const text = fc.oneof(
      anyText(),
      fc.string({ unit: fc.constantFrom("'", ' ', '=', '-', '\t', '\r', '\n', '＝', 'a') }),
    );
    fc.assert(
      fc.property(text, value => {
        expect(unguardFormula(guardFormula(value))).toBe(value);
      }),
      { numRuns: runs(500) },
    );
  });
});
