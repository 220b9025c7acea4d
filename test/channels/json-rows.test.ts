import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openJson, openJsonLines } from '../../src/channels/json-rows.ts';
import { withMember } from '../../src/channels/json-text.ts';
import type { Row } from '../../src/channels/row-file.ts';
import { CrmError } from '../../src/domain/errors.ts';
import { runs } from '../effort.ts';

async function* inChunks(bytes: Uint8Array, size: number) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function read(text: string | Uint8Array, { open = openJson, size = 1 << 16 } = {}) {
  const bytes = typeof text === 'string' ? new TextEncoder().encode(text) : text;
  const file = await open(inChunks(bytes, size), { name: 'x.json' });
  const rows: Row[] = [];
  for await (const batch of file.rows) rows.push(...batch);
  return { header: file.header, rows };
}

/** The cells of rows that are right, `!` and the error of those that are not. */
async function outcome(text: string | Uint8Array, options: Parameters<typeof read>[1] = {}) {
  const { rows } = await read(text, options);
  return rows.map(({ cells, error }) => (error === undefined ? cells : `!${error}`));
}

async function refusal(text: string | Uint8Array, options: Parameters<typeof read>[1] = {}): Promise<string> {
  try {
    await read(text, options);
  } catch (error) {
    if (error instanceof CrmError && error.kind === 'FAILED') return error.message;
    throw error;
  }
  return 'accepted';
}

const object = '{"a":1}';

describe('what is accepted', () => {
  test.each<[string, unknown[]]>([
    ['', []],
    [' \t\r\n', []],
    ['[]', []],
    [' [ ] ', []],
    ['[\n]\n', []],
    ['[{}]', [[]]],
    ['[{"a":1}]', [['1']]],
    ['[{"a":1},{"a":2}]', [['1'], ['2']]],
    ['[ {"a":1} , {"a":2} ]\n', [['1'], ['2']]],
    ['[\n{"a":1}\n,\n{"a":2}\n]', [['1'], ['2']]],
    ['{"a":1}', [['1']]],
    ['{"a":1} {"a":2}', [['1'], ['2']]],
    ['{"a":1}\n{"a":2}\n', [['1'], ['2']]],
    ['{\r\n "a": 1\r\n}\r\n{\r\n "a": 2\r\n}', [['1'], ['2']]],
    ['{"a":true,"b":false,"c":null}', [['true', 'false', '']]],
    ['{"a":"x","a":"y"}', [['y']]],
    ['{"a":"\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9"}', [['"\\/\b\f\n\r\té']]],
    ['{"a":"\\uD83D\\uDE00 \\u0000 \u2028 \u007f"}', [['\u{1F600} \u0000 \u2028 \u007f']]],
    ['{"a":"]}{[,:\\""}', [[']}{[,:"']]],
    ['{"a":"\\\\"}', [['\\']]],
    ['{"a":["x",1,true,null]}', [['x,1,true,null']]],
    ['{"a":{"b":1,"c":{}}}', ['!a.c is an object; a text, a number, or yes or no is accepted']],
    ['{"a":0,"b":-0,"c":-1.5,"d":1E2,"e":1e-2,"f":20.00}', [['0', '0', '-1.5', '100', '0.01', '20']]],
  ])('%j', async (text, rows) => {
    expect(await outcome(text)).toEqual(rows);
  });

  test.each(['5', '"x"', 'null', 'true', '-1.5e3', '[]', '[1,{"a":2}]', '""', '"]"'])(
    'a value that is not a record, %s, is an error of its row',
    async value => {
      const wrong = '!is not a JSON object';
      expect(await outcome(`[${object},${value},${object}]`)).toEqual([['1'], wrong, ['1']]);
      expect(await outcome(`[ ${value}\n, ${object} ]`)).toEqual([wrong, ['1']]);
      expect(await outcome(`${object}\n${value}\n${object}`)).toEqual([['1'], wrong, ['1']]);
      expect(await outcome(`${object}\n${value}\n${object}`, { open: openJsonLines })).toEqual([
        ['1'],
        wrong,
        ['1'],
      ]);
    },
  );
});

describe('what is refused', () => {
  test.each<[string, string]>([
    // Between the values.
    ['[{"a":1},]', 'x.json:1:10: "]" where a value should be'],
    ['[{"a":1},,{"a":2}]', 'x.json:1:10: "," where a value should be'],
    ['[,{"a":1}]', 'x.json:1:2: "," where a value or ] should be'],
    ['[,]', 'x.json:1:2: "," where a value or ] should be'],
    ['[{"a":1}{"a":2}]', 'x.json:1:9: "{" where a comma or ] should be'],
    ['[{"a":1}\n{"a":2}]', 'x.json:2:1: "{" where a comma or ] should be'],
    ['[{"a":1} 5]', 'x.json:1:10: "5" where a comma or ] should be'],
    ['[{"a":1}:{"a":2}]', 'x.json:1:9: ":" where a comma or ] should be'],
    ['{"a":1}{"a":2}', 'x.json:1:8: "{" where white space between two values should be'],
    ['{"a":1}"x"', 'x.json:1:8: "\\"" where white space between two values should be'],
    ['{"a":1},{"a":2}', 'x.json:1:8: "," where white space between two values should be'],
    ['{"a":1}\n,{"a":2}', 'x.json:2:1: "," where a value should be'],
    ['{"a":1}]', 'x.json:1:8: "]" where white space between two values should be'],
    ['[{"a":1}]]', 'x.json:1:10: "]" where the end should be'],
    ['[{"a":1}],', 'x.json:1:10: "," where the end should be'],
    ['[]\n[]', 'x.json:2:1: "[" where the end should be'],
    ['[] {}', 'x.json:1:4: "{" where the end should be'],
    [',', 'x.json:1:1: "," where a value should be'],
    [']', 'x.json:1:1: "]" where a value should be'],
    ['}', 'x.json:1:1: "}" where a value should be'],
    ['\u00a0[]', 'x.json:1:1: is not JSON: "\u00a0" where a value should be'],
    ['[\u000c{}]', 'x.json:1:2: is not JSON: "\\f" where a value should be'],
    // Never closed.
    ['[', 'x.json:1:2: the array is never closed'],
    ['[{"a":1}', 'x.json:1:9: the array is never closed'],
    ['[{"a":1},\n', 'x.json:2:1: the array is never closed'],
    ['[{"a":1},\n {"a":2', 'x.json:2:2: the object that begins here is never closed'],
    ['{"a":"x', 'x.json:1:1: the object that begins here is never closed'],
    ['[[1', 'x.json:1:2: the list that begins here is never closed'],
    ['["x', 'x.json:1:2: the text that begins here is never closed'],
    ['["x\\', 'x.json:1:2: the text that begins here is never closed'],
    ['['.repeat(100_000), 'x.json:1:2: the list that begins here is never closed'],
    // Within a value.
    ['[{"a":1,}]', 'x.json:1:9: is not JSON: "}" where a key in double quotes should be'],
    ['[{"a":1,,"b":2}]', 'x.json:1:9: is not JSON: "," where a key in double quotes should be'],
    ['[{,"a":1}]', 'x.json:1:3: is not JSON: "," where a key in double quotes should be'],
    ['[{"a":1 "b":2}]', 'x.json:1:9: is not JSON: "\\"" where a comma or } should be'],
    ['[{"a" 1}]', 'x.json:1:7: is not JSON: "1" where a colon should be'],
    ['[{"a":}]', 'x.json:1:7: is not JSON: "}" where a value should be'],
    ['[{"a"}]', 'x.json:1:6: is not JSON: "}" where a colon should be'],
    ['[{a:1}]', 'x.json:1:3: is not JSON: "a" where a key in double quotes should be'],
    ["[{'a':1}]", 'x.json:1:3: is not JSON: "\'" where a key in double quotes should be'],
    ['[{1:1}]', 'x.json:1:3: is not JSON: "1" where a key in double quotes should be'],
    ['[{"a":[1,]}]', 'x.json:1:10: is not JSON: "]" where a value should be'],
    ['[{"a":[1 2]}]', 'x.json:1:10: is not JSON: "2" where a comma or ] should be'],
    ['[{"a":]}]', 'x.json:1:7: is not JSON: "]" where a value should be'],
    ['[{"a":1]]', 'x.json:1:8: is not JSON: "]" where a comma or } should be'],
    ['{"a":1}\n{\n"a":1,\n  ?}', 'x.json:4:3: is not JSON: "?" where a key in double quotes should be'],
    ['[{"a":1/**/}]', 'x.json:1:7: is not JSON: "1/**/" is not a number'],
    // Numbers.
    ...['01', '-', '+1', '.5', '1.', '1.e3', '1e', '1e+', '0x1F', '1_000', '--1', '-01', '1.2.3', '1a'].map(
      (number): [string, string] => [
        `[{"a":${number}}]`,
        /^[-\d]/.test(number)
          ? `x.json:1:7: is not JSON: "${number}" is not a number`
          : `x.json:1:7: is not JSON: "${number}" where a value should be`,
      ],
    ),
    ['[01]', 'x.json:1:2: is not JSON: "01" is not a number'],
    // Words.
    ...['nul', 'True', 'NaN', 'Infinity', 'undefined', 'truefalse', 'nullx'].map((word): [string, string] => [
      `[{"a":${word}}]`,
      `x.json:1:7: is not JSON: "${word}" where a value should be`,
    ]),
    ['[-Infinity]', 'x.json:1:2: is not JSON: "-Infinity" is not a number'],
    ['[nul]', 'x.json:1:2: is not JSON: "nul" where a value should be'],
    // Texts.
    ['[{"a":"\\x"}]', 'x.json:1:8: is not JSON: an unknown escape in a text'],
    ['[{"a":"\\u12G4"}]', 'x.json:1:8: is not JSON: an unknown escape in a text'],
    ['[{"a":"\\u12"}]', 'x.json:1:8: is not JSON: an unknown escape in a text'],
    ['[{"a":"x\ty"}]', 'x.json:1:9: is not JSON: a control character that is not escaped in a text'],
    ['[{"a":"x\ny"}]', 'x.json:1:9: is not JSON: a control character that is not escaped in a text'],
    ['[{"a":"\\\\\\x"}]', 'x.json:1:10: is not JSON: an unknown escape in a text'],
  ])('%j', async (text, message) => {
    for (const size of [1, 3, 1 << 16]) expect(await refusal(text, { size })).toBe(message);
  });

  test.each([
    ['[{"a":"x\\ud83d"},\n{"a":1}]', '!half a surrogate pair in a text (line 1, column 7)'],
    ['[{"a":"\\uDE00\\ud83d"},{"a":1}]', '!half a surrogate pair in a text (line 1, column 7)'],
    ['[{"\\ud83d":1},{"a":1}]', '!half a surrogate pair in a text (line 1, column 3)'],
  ])('but half a character is an error of its row: %j', async (text, message) => {
    expect(await outcome(text)).toEqual([message, ['1']]);
  });

  test('in JSON Lines it is an error of its line, with the column', async () => {
    expect(await outcome('{"a":1}\n{"a":1,}\n\n{"a":2}{"a":3}\n{"a":4}\n', { open: openJsonLines })).toEqual([
      ['1'],
      '!is not JSON: "}" where a key in double quotes should be (column 8)',
      '!is not JSON: "{" where the end should be (column 8)',
      ['4'],
    ]);
    const { rows } = await read('\n{"a":1}\n{"a":}\n', { open: openJsonLines });
    expect(rows.map(row => row.line)).toEqual([2, 3]);
  });
});

test('an array is accepted exactly when JSON.parse accepts it, however it comes in chunks', async () => {
  const array = fc
    .array(
      fc.oneof(fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.double(), fc.boolean())), fc.jsonValue()),
    )
    .chain(value => fc.constantFrom(JSON.stringify(value), JSON.stringify(value, null, 2)));
  const edits = fc.array(
    fc.record({
      at: fc.nat(),
      cut: fc.nat({ max: 2 }),
      put: fc.constantFrom(
        '',
        ',',
        ' ',
        '\n',
        '"',
        '\\',
        '{',
        '}',
        '[',
        ']',
        ':',
        '0',
        '-',
        'e',
        '.',
        'null',
        '\t',
      ),
    }),
    { maxLength: 2 },
  );
  await fc.assert(
    fc.asyncProperty(array, edits, fc.integer({ min: 1, max: 9 }), async (valid, changes, size) => {
      let text = valid;
      for (const { at, cut, put } of changes) {
        const place = at % (text.length + 1);
        text = text.slice(0, place) + put + text.slice(place + cut);
      }
      fc.pre(/^[ \t\r\n]*\[/.test(text));
      let expected: unknown;
      try {
        expected = JSON.parse(text);
      } catch {}
      const bytes = new TextEncoder().encode(text);
      if (expected === undefined) expect(await refusal(bytes, { size })).toMatch(/^x\.json:\d+:\d+: /);
      else expect((await read(bytes, { size })).rows).toHaveLength((expected as unknown[]).length);
    }),
    { numRuns: runs(300) },
  );
});

describe('numbers', () => {
  test.each([
    ['109876543210987654', '109876543210987654'],
    ['-109876543210987655', '-109876543210987655'],
    ['9007199254740993', '9007199254740993'],
    [`1${'0'.repeat(300)}1`, `1${'0'.repeat(300)}1`],
    ['12', '12'],
    ['12.0', '12'],
    ['12.50', '12.5'],
    ['0.1', '0.1'],
    ['1234567890.12345', '1234567890.12345'],
    ['1234567890123.50', '1234567890123.5'],
    ['1e3', '1000'],
    ['1.5E+3', '1500'],
    ['1e21', '1000000000000000000000'],
    ['1.0e-7', '0.0000001'],
    ['-0', '0'],
    ['-0.0', '0'],
    ['0e9999', '0'],
    ['123456789012345678e-2', undefined],
    ['1e9999', undefined],
    ['-1e9999', undefined],
    ['1e-9999', undefined],
    ['0.1234567890123456789', undefined],
    ['12345678901234567.5', undefined],
    ['9007199254740993.0', undefined],
  ])('%s is %s', async (number, text) => {
    const shown = `!a: the number ${number} would be rounded; as a text, in quotes, it keeps all digits`;
    expect(await outcome(`[{"a":${number}}]`)).toEqual([text === undefined ? shown : [text]]);
    expect(await outcome(`{"a":[${number}]}`)).toEqual([text === undefined ? shown : [text]]);
    expect(await outcome(`{ "a": ${number} }`, { open: openJsonLines })).toEqual([
      text === undefined ? shown : [text],
    ]);
  });

  test('an integer is the digits that stand there; any double that JSON.stringify writes comes back', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.bigInt(),
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        async (whole, number) => {
          const [row] = (await outcome(`[{"a":${whole},"b":${JSON.stringify(number)}}]`)) as string[][];
          expect(row![0]).toBe(String(whole));
          expect(Number(row![1])).toBe(number + 0);
        },
      ),
    );
  });
});

describe('a member of an object', () => {
  test.each([
    ['{}', '{"e":"x"}'],
    ['{ "a" : 12345678901234567890 }', '{"a" : 12345678901234567890,"e":"x"}'],
    ['{"e":"old","a":[1, 2],"e":2}', '{"a":[1, 2],"e":"x"}'],
    ['{"a":1.0,"a":{"e":1}}', '{"a":1.0,"a":{"e":1},"e":"x"}'],
    ['[1]', undefined],
    ['5', undefined],
    ['{"a":1', undefined],
  ])('is put last in %s', (text, result) => {
    expect(withMember(text, 'e', 'x')).toBe(result);
  });
});
