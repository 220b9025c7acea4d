import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openCsv } from '../../src/channels/csv.ts';
import { csvLine } from '../../src/channels/csv-write.ts';
import type { Row, RowFileOptions } from '../../src/channels/row-file.ts';
import { CrmError } from '../../src/domain/errors.ts';
import { runs } from '../effort.ts';
import { anyText } from '../texts.ts';

async function* inChunks(bytes: Uint8Array, sizes: number[]) {
  for (let at = 0, turn = 0; at < bytes.length; turn++) {
    const size = sizes[turn % sizes.length]!;
    yield bytes.subarray(at, at + size);
    at += size;
  }
}

type Reading = Partial<RowFileOptions> & { sizes?: number[] };

async function read(input: string | Uint8Array, { sizes = [1 << 16], ...options }: Reading = {}) {
  const bytes = typeof input === 'string' ? new TextEncoder().encode(input) : input;
  const file = await openCsv(inChunks(bytes, sizes), { name: 'deals.csv', ...options });
  const rows: Row[] = [];
  for await (const batch of file.rows) rows.push(...batch);
  return { header: file.header, delimiter: file.delimiter, rows };
}

const cellsOf = async (input: string, options?: Reading) =>
  (await read(input, options)).rows.map(row => row.cells);

describe('rows', () => {
  test('have the line on which they begin, also behind line ends in quotes and blank lines', async () => {
    const { header, rows } = await read('\n\na,b\n1,"x\ny\r\nz"\n\n\n2,"\r"\n3,4');
    expect(header).toEqual(['a', 'b']);
    expect(rows).toEqual([
      { line: 4, cells: ['1', 'x\ny\r\nz'] },
      { line: 9, cells: ['2', '\r'] },
      { line: 11, cells: ['3', '4'] },
    ]);
  });

  test.each([
    ['LF', '\n'],
    ['CRLF', '\r\n'],
    ['CR', '\r'],
  ])('end in %s, with or without one at the end', async (_, end) => {
    const lines = ['a,b', '1,"x""\r\ny"', '"2",3', '', '4,"5"'];
    const rows = [
      { line: 2, cells: ['1', 'x"\r\ny'] },
      { line: 4, cells: ['2', '3'] },
      { line: 6, cells: ['4', '5'] },
    ];
    for (const sizes of [[1], [3], [1000]]) {
      expect((await read(lines.join(end), { sizes })).rows).toEqual(rows);
      expect((await read(lines.join(end) + end, { sizes })).rows).toEqual(rows);
    }
  });

  test('may end differently in one file', async () => {
    const rows = [1, 2, 3, 4, 5].map(n => ({ line: n + 1, cells: [String(n), `${n}`] }));
    for (const sizes of [[1], [2], [1000]])
      expect((await read('a,b\r\n1,1\n2,"2"\r\n"3","3"\r4,4\r\n5,5\r', { sizes })).rows).toEqual(rows);
  });

  test('are exactly what is there', async () => {
    expect(await cellsOf('a,b\n007, x \n-5,true\n5" disk,a"b\n\u0000,__proto__\n"a" ,"b"  \n')).toEqual([
      ['007', ' x '],
      ['-5', 'true'],
      ['5" disk', 'a"b'],
      ['\u0000', '__proto__'],
      ['a', 'b'],
    ]);
  });

  test('of one column may be empty, which is not a blank line', async () => {
    expect((await read('a\n""\n\n1\n""')).rows).toEqual([
      { line: 2, cells: [''] },
      { line: 4, cells: ['1'] },
      { line: 5, cells: [''] },
    ]);
  });

  test('with too few or too many cells say so and the rest is read', async () => {
    expect((await read('a,b\n1\n1,2,3\n1,2\n')).rows).toEqual([
      { line: 2, cells: ['1'], error: '1 cell where the header has 2' },
      { line: 3, cells: ['1', '2', '3'], error: '3 cells where the header has 2' },
      { line: 4, cells: ['1', '2'] },
    ]);
  });

  test('with text behind a closing quote cost their own line only', async () => {
    const error = expect.stringContaining('closing quote');
    for (const sizes of [[1], [1000]])
      expect(
        (await read('a,b\n"x"y,1\n2,"z"\n3,"he said \\"hi\\"",3\r\n4,"q"\n5,"x"y', { sizes })).rows,
      ).toEqual([
        { line: 2, cells: expect.any(Array), error, source: '"x"y,1' },
        { line: 3, cells: ['2', 'z'] },
        { line: 4, cells: expect.any(Array), error, source: '3,"he said \\"hi\\"",3' },
        { line: 5, cells: ['4', 'q'] },
        { line: 6, cells: expect.any(Array), error, source: '5,"x"y' },
      ]);
  });

  // Rows are parsed in blocks of 64 Ki characters; a chunk may end anywhere, and so may what was parsed before it.
  test.each([-2, -1, 0, 1, 2])(
    'are counted by lines also where a chunk that fills a block ends %i after a CR',
    async shift => {
      const text = `a,b\r\n${Array.from({ length: 12_000 }, (_, n) => `${n},"${n}"\r\n`).join('')}`;
      const cr = text.indexOf('\r', 1 << 16);
      const { rows } = await read(text, { sizes: [9, cr + 1 + shift - 9, 1 << 20] });
      expect(rows.map(({ line }) => line)).toEqual(Array.from({ length: 12_000 }, (_, n) => n + 2));
      expect(rows.every(({ cells, line }) => cells[0] === `${line - 2}` && cells[1] === cells[0])).toBe(true);
    },
  );

  test('of nothing but delimiters are blank; ragged ones too', async () => {
    expect((await read('a,b\n,\n1,2\n , \n,,,\n"",""\n')).rows).toEqual([
      { line: 2, cells: ['', ''], blank: true },
      { line: 3, cells: ['1', '2'] },
      { line: 4, cells: [' ', ' '], blank: true },
      { line: 5, cells: ['', '', '', ''], blank: true },
      { line: 6, cells: ['', ''], blank: true },
    ]);
  });

  test('come in batches, and reading may stop at any of them, which closes the file', async () => {
    let closed = false;
    let chunks = 0;
    async function* endless() {
      try {
        yield Buffer.from('a,b\n');
        for (; ; chunks++) yield Buffer.from('1,2\n'.repeat(1000));
      } finally {
        closed = true;
      }
    }
    const { rows } = await openCsv(endless(), { name: 'deals.csv' });
    let count = 0;
    for await (const batch of rows) {
      expect(batch.length).toBeLessThan(50_000);
      if ((count += batch.length) > 100_000) break;
    }
    expect(closed).toBe(true);
    expect(chunks).toBeLessThan(200);
  });

  test('longer than many blocks are read', async () => {
    const long = 'x"\r\n,'.repeat(200_000);
    const { rows } = await read(`a,b\n${csvLine([long, '1'])}2,3\n`);
    expect(rows.map(({ line }) => line)).toEqual([2, 200_003]);
    expect(rows[0]!.cells[0] === long).toBe(true);
    expect(rows[1]!.cells).toEqual(['2', '3']);
  });
});

describe('the delimiter', () => {
  test.each([
    [',', 'a,b\n1;2,3\n', ['1;2', '3']],
    [';', 'a;b\n1,5;2,5\n', ['1,5', '2,5']],
    ['\t', 'a\tb\n1,5\t2|3\n', ['1,5', '2|3']],
    ['|', 'a|b\n1|2\n', ['1', '2']],
    [';', '"a,b";"c|""d"\n1;2\n', ['1', '2']],
    [',', 'a\n1\n', ['1']],
    [';', '\r\n\r\na;b\r1,2;3', ['1,2', '3']],
  ])('%j is found in the header of %j', async (delimiter, text, cells) => {
    for (const sizes of [[1], [1000]]) {
      const file = await read(text, { sizes });
      expect(file.delimiter).toBe(delimiter);
      expect(file.rows[0]!.cells).toEqual(cells);
    }
  });

  test('must be given if there are two candidates', async () => {
    await expect(read('a;b,c\td\n1\n')).rejects.toMatchObject({
      kind: 'USAGE',
      message: "deals.csv: the header could be delimited by ';' or ',' or tab",
      hint: "say which: --delimiter ';' or --delimiter ',' or --delimiter tab",
    });
  });

  test.each([
    ['tab', 'a,b\tc\n1\t2\n'],
    ['\\t', 'a,b\tc\n1\t2\n'],
    ['\t', 'a,b\tc\n1\t2\n'],
    ['semicolon', 'a,b;c\n1;2\n'],
    [':', 'a,b:c\n1:2\n'],
  ])('can be given: %j', async (delimiter, text) => {
    const file = await read(text, { delimiter });
    expect(file.header).toEqual(['a,b', 'c']);
    expect(file.rows[0]!.cells).toEqual(['1', '2']);
  });

  test.each(['', '"', '\n', '||', 'constructor'])('cannot be %j', async delimiter => {
    await expect(read('a,b\n', { delimiter })).rejects.toMatchObject({ kind: 'USAGE' });
  });
});

describe('what is refused', () => {
  test.each([
    ['an empty file', '', 'deals.csv is empty'],
    ['only blank lines', '\uFEFF\r\n\n', 'deals.csv is empty'],
    ['a column twice', '\na,b,a\n', 'deals.csv:2: columns 1 and 3 are both named "a"'],
    ['a column without a name', 'a,,c\n', 'deals.csv:1: column 2 of 3 has no name'],
    ['a blank name at the end', 'a,b," "\n1,2,3\n', 'deals.csv:1: column 3 of 3 has no name'],
    ['__proto__', 'a,__proto__\n', 'deals.csv:1: column 2 cannot be named __proto__'],
    ['constructor', 'constructor\n', 'deals.csv:1: column 1 cannot be named constructor'],
    ['prototype', 'a,"prototype"\n', 'deals.csv:1: column 2 cannot be named prototype'],
    ['a malformed header', 'a,"b"c\n', 'deals.csv:1: text after the closing quote of a cell'],
    [
      'an open quote',
      'a,b\n1,"x\ny"\n2,"z\n3,4\n5,6\n',
      'deals.csv:4: the quote that opens column 2 is never closed',
    ],
    [
      'an open quote on a later line of its row',
      'a,b\n"x\ny","z\n',
      'deals.csv:3: the quote that opens column 2',
    ],
    [
      'an open quote in the header',
      'a,"b\n1,2\n',
      'deals.csv:1: the quote that opens column 2 is never closed',
    ],
    [
      'a quote that opens at the very end',
      'a,b\n1,"',
      'deals.csv:2: the quote that opens column 2 is never closed',
    ],
  ])('%s', async (_, text, message) => {
    for (const sizes of [[1], [1000]])
      await expect(read(text, { sizes })).rejects.toMatchObject({
        kind: 'FAILED',
        message: expect.stringContaining(message),
      });
  });

  test('bytes that are not text, with their line', async () => {
    const bytes = Buffer.concat([Buffer.from('a,b\n1,2\n'), Uint8Array.of(0xe9, 0x2c, 0x31)]);
    await expect(read(bytes)).rejects.toMatchObject({
      kind: 'FAILED',
      message: expect.stringMatching(/^deals\.csv:3: /),
    });
    expect((await read(bytes, { encoding: 'windows-1252' })).rows[1]!.cells).toEqual(['é', '1']);
  });

  test.each([
    ['an open quote', '"', 'x'],
    ['text', '', 'x'],
    ['delimiters', '', ','],
  ])('a row without an end: %s', async (_, start, char) => {
    async function* endless() {
      yield Buffer.from(`a,b\n1,2\n3,"4"\n5,${start}`);
      const more = Buffer.from(char.repeat(1 << 22));
      for (;;) yield more;
    }
    const { rows } = await openCsv(endless(), { name: 'deals.csv' });
    const reading = async () => {
      for await (const _ of rows);
    };
    await expect(reading()).rejects.toMatchObject({
      kind: 'FAILED',
      message: expect.stringMatching(/^deals\.csv:4: a row of more than 16 million characters/),
    });
  });

  test('a header without an end', async () => {
    async function* endless() {
      const more = Buffer.from('x'.repeat(1 << 22));
      for (;;) yield more;
    }
    await expect(openCsv(endless(), { name: 'deals.csv' })).rejects.toMatchObject({
      kind: 'FAILED',
      message: expect.stringMatching(/^deals\.csv:1: a row of more than/),
    });
  });
});

describe('any input', () => {
  const sizes = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 });

  test('a table that was written is read back, whatever the chunks, delimiter and line ends', async () => {
    const cell = fc.oneof(
      anyText(),
      fc.string({
        unit: fc.constantFrom('"', ',', ';', '\t', '|', '\r', '\n', ' ', 'é', '\uFEFF', '\u0000', "'"),
      }),
    );
    const table = fc
      .integer({ min: 1, max: 5 })
      .chain(width =>
        fc.array(fc.array(cell, { minLength: width, maxLength: width }), { minLength: 1, maxLength: 8 }),
      );
    await fc.assert(
      fc.asyncProperty(
        table,
        sizes,
        fc.constantFrom(',', ';', '\t', '|'),
        async (rows, chunkSizes, delimiter) => {
          const header = rows[0]!.map((name, index) => `${name}${index}`);
          const text = [header, ...rows].map(cells => csvLine(cells, { delimiter, lineEnd: '\n' })).join('');
          const file = await read(text, { sizes: chunkSizes });
          expect(file.header).toEqual(header);
          expect(file.rows.map(({ cells }) => cells)).toEqual(rows);
          expect(file.rows.every(({ error }) => error === undefined)).toBe(true);
        },
      ),
      { numRuns: runs(150) },
    );
  });

  const outcome = async (bytes: Uint8Array, chunkSizes: number[], options?: Reading) => {
    try {
      return await read(bytes, { sizes: chunkSizes, ...options });
    } catch (error) {
      if (!(error instanceof CrmError)) throw error;
      return { kind: error.kind, message: error.message };
    }
  };

  test('is read the same in chunks of any size, or fails the same', async () => {
    const piece = fc.constantFrom('"', '"', ',', '\n', '\r', ' ', 'a', 'b');
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: piece, maxLength: 40 }), sizes, async (text, chunkSizes) => {
        const bytes = Buffer.from(`x,y\n${text}`);
        expect(await outcome(bytes, chunkSizes)).toEqual(await outcome(bytes, [1000]));
      }),
      { numRuns: runs(300) },
    );
  });

  test('each line end counts once and no row is lost: what is between the lines of two rows is theirs', async () => {
    const piece = fc.constantFrom('"', '"', ',', '\n', '\n', ' ', 'a', 'b');
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: piece, maxLength: 40 }), async text => {
        const read = await outcome(Buffer.from(`x,y\n${text}`), [1000]);
        if (!('rows' in read)) return;
        const lines = text.split('\n');
        const starts = read.rows.map(({ line }) => line - 2);
        for (const [index, start] of starts.entries()) expect(start).toBeGreaterThan(starts[index - 1] ?? -1);
        for (const [index, row] of read.rows.entries()) {
          const own = lines.slice(starts[index], starts[index + 1] ?? lines.length).join('\n');
          const letters = (value: string) => value.replaceAll(/[^ab]/g, '');
          expect(letters(row.cells.join(''))).toBe(letters(own));
        }
      }),
      { numRuns: runs(300) },
    );
  });

  test('bytes end in rows or in a CrmError, and leave Object.prototype alone', async () => {
    const before = Object.getOwnPropertyNames(Object.prototype);
    const part = fc.oneof(
      fc.uint8Array({ maxLength: 8 }),
      fc
        .constantFrom('__proto__', 'constructor', ',', ';', '"', '\r\n', '\n', '\uFEFF', '\u0000')
        .map(text => Buffer.from(text)),
    );
    const encoding = fc.constantFrom(undefined, 'windows-1252', 'utf-16le', 'shift_jis');
    await fc.assert(
      fc.asyncProperty(fc.array(part), sizes, encoding, async (parts, chunkSizes, label) => {
        await outcome(Buffer.concat(parts), chunkSizes, { encoding: label });
      }),
      { numRuns: runs(150) },
    );
    expect(Object.getOwnPropertyNames(Object.prototype)).toEqual(before);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
});
