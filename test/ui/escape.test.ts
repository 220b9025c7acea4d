import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { jsonPieces, jsonText, printable, tsvCell } from '../../src/ui/escape.ts';
import { yamlText } from '../../src/ui/yaml-text.ts';

const unsafe = /[\0-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]/u;
/** Any UTF-16, with what is dangerous far more often than by chance. */
const anyText = fc.string({
  unit: fc.oneof(
    fc.constantFrom(
      '\n',
      '\r',
      '\t',
      '\\',
      '"',
      '\x1b',
      '\x7f',
      '\x9b',
      '\u202e',
      '\u2028',
      '\ud800',
      '\udc00',
    ),
    fc.constantFrom(' ', ':', '#', '-', "'", 'a', 'é', '漢', '😀', '1', 'no'),
    fc.integer({ min: 0, max: 0xffff }).map(code => String.fromCharCode(code)),
  ),
});

describe('printable', () => {
  test.each([
    ['40 chairs, 10 tables', '40 chairs, 10 tables'],
    ['a\nb\tc\rd', 'a\\nb\\tc\\x0dd'],
    ['\x1b[31mred\x07\x00', '\\x1b[31mred\\x07\\x00'],
    ['\x7f \x85 \x9b', '\\x7f \\x85 \\x9b'],
    ['\u202etxt.exe \u061c \u200e \u2066 \u2069', '\\u202etxt.exe \\u061c \\u200e \\u2066 \\u2069'],
    ['\u2028\u2029', '\\u2028\\u2029'],
    ['half \ud83d of 😀', 'half \\ud83d of 😀'],
    ['C:\\new, é, 漢字, 👨‍👩‍👧', 'C:\\new, é, 漢字, 👨‍👩‍👧'],
  ])('%j', (text, shown) => expect(printable(text)).toBe(shown));

  test('leaves nothing unsafe', () => {
    fc.assert(fc.property(anyText, text => !unsafe.test(printable(text))));
  });
});

describe('tsvCell', () => {
  test('escapes the same characters as printable, and the backslash', () => {
    expect(tsvCell('C:\\new\tcell\n\x1b\u202e')).toBe('C:\\\\new\\tcell\\n\\x1b\\u202e');
  });

  test('is one safe cell, from which the text can be read back', () => {
    const read = (cell: string) =>
      cell.replace(/\\(?:([tn\\])|x(..)|u(....))/g, (_, short, hex2, hex4) =>
        short
          ? { t: '\t', n: '\n', '\\': '\\' }[short as string]!
          : String.fromCharCode(Number.parseInt(hex2 ?? hex4, 16)),
      );
    fc.assert(
      fc.property(anyText, text => {
        const cell = tsvCell(text);
        expect(cell).not.toMatch(unsafe);
        expect(read(cell)).toBe(text);
      }),
    );
  });
});

describe('jsonText', () => {
  test('escapes what JSON.stringify leaves', () => {
    expect(jsonText({ title: '\x7f\x9b\u202e\u2028é' })).toBe('{"title":"\\u007f\\u009b\\u202e\\u2028é"}');
  });

  test('is exact, and safe', () => {
    fc.assert(
      fc.property(anyText, text => {
        expect(jsonText({ [text]: text })).not.toMatch(unsafe);
        expect(JSON.parse(jsonText({ [text]: text }))).toEqual(JSON.parse(JSON.stringify({ [text]: text })));
      }),
    );
  });
});

describe('yamlText', () => {
  test('quotes texts that YAML 1.1 takes for booleans, numbers or numbers of base 60', () => {
    expect(yamlText({ a: 'no', b: '1:20', c: '1200.00', d: null, e: [], f: 'x' })).toBe(
      'a: "no"\nb: "1:20"\nc: "1200.00"\nd: null\ne: []\nf: x\n',
    );
  });

  test('keeps line breaks readable, and escapes the rest', () => {
    expect(yamlText({ note: 'one\ntwo\n', evil: 'a\u202eb\x9bc\r\nd' })).toBe(
      'note: |\n  one\n  two\nevil: "a\\u202eb\\u009bc\\r\\nd"\n',
    );
  });

  test('loses no spaces', async () => {
    const { parse } = await import('yaml');
    for (const text of [' \n', 'a\n  \nb', '\n ', ' a\n b\n', '\t\n', ' '])
      expect(parse(yamlText([{ text }]))).toEqual([{ text }]);
  });

  test('is exact, and safe but for line ends', async () => {
    const { parse } = await import('yaml');
    fc.assert(
      fc.property(anyText, text => {
        const yaml = yamlText([{ [`key ${text}`]: text }]);
        expect(yaml.replaceAll('\n', '')).not.toMatch(unsafe);
        expect(parse(yaml)).toEqual([{ [`key ${text}`]: text }]);
      }),
    );
  });
});

test.each([undefined, 2])('JSON in pieces is the JSON in one (property), indent %s', indent => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.dictionary(fc.string(), fc.array(fc.jsonValue())), (value, lists) => {
      for (const each of [value, lists, { value, ...lists, none: undefined }])
        expect([...jsonPieces(each, indent)].join('')).toBe(jsonText(each, indent));
    }),
  );
});
