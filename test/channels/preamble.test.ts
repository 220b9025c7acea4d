/** Where a table begins, and how it may be ragged: what spreadsheets and other programs save as CSV. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openRows } from '../../src/channels/formats.ts';
import { CrmError } from '../../src/domain/errors.ts';

async function* bytes(text: string | Uint8Array) {
  yield Buffer.from(text as string);
}

async function rowsOf(
  text: string,
  options: { headerLine?: number; pads?: boolean; mayLackNames?: boolean } = {},
) {
  const file = await openRows(bytes(text), { name: 'x.csv', ...options });
  const rows = [];
  for await (const batch of file.rows) rows.push(...batch);
  return { header: file.header, foundHeaderLine: file.foundHeaderLine, delimiter: file.delimiter, rows };
}

describe('the header', () => {
  const table = 'Name;Value;Owner\nDesk;1;ana\n';
  test.each([
    ['Report of 3 Jan', 2],
    ['Notes:\n"Some, addresses\nmay be missing"\n', 5],
    ['"Sales; all regions"\r\n\r\nGenerated 1/2/2026', 4],
    ['Report;;\n;;', 3],
  ])('is found after %j', async (preamble, line) => {
    const found = await rowsOf(`${preamble}\n${table}`);
    expect(found).toMatchObject({
      header: ['Name', 'Value', 'Owner'],
      foundHeaderLine: line,
      delimiter: ';',
    });
    expect(found.rows).toEqual([{ line: line + 1, cells: ['Desk', '1', 'ana'] }]);
  });

  test.each(['title\nDesk, big\n', 'title\n1,2,3\n', 'title\nDesk\nChair\n', 'a,b\n1,2\n'])(
    'is the first line of %j',
    async text => {
      expect(await rowsOf(text)).toMatchObject({
        foundHeaderLine: undefined,
        header: text.split('\n')[0]!.split(','),
      });
    },
  );

  test('is the given line', async () => {
    expect(await rowsOf('a,b,c\nd,e,f\ng,h,i\n', { headerLine: 2 })).toMatchObject({
      header: ['d', 'e', 'f'],
      rows: [{ line: 3, cells: ['g', 'h', 'i'] }],
    });
    expect(await rowsOf('Report\nName,Value,Owner\nDesk,1,ana\n', { headerLine: 1 })).toMatchObject({
      header: ['Report'],
    });
    await expect(rowsOf('a\nb\n', { headerLine: 9 })).rejects.toThrow(/no line 9/);
  });

  test('is found whatever number of lines of text comes before it, with the right line of each row', async () => {
    const text = fc.stringMatching(/^[a-z .]{1,12}$/);
    await fc.assert(
      fc.asyncProperty(
        fc.array(text, { minLength: 1, maxLength: 12 }),
        fc.constantFrom(...',;\t|'),
        async (lines, by) => {
          fc.pre(lines[0]!.trim() !== '');
          const header = ['Name', 'Value', 'Owner'].join(by);
          const found = await rowsOf([...lines, header, ['Desk', '1', 'ana'].join(by)].join('\n'));
          expect(found).toMatchObject({
            foundHeaderLine: lines.length + 1,
            rows: [{ line: lines.length + 2 }],
          });
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('rows and columns', () => {
  test('short rows are accepted only with --pad, long ones never', async () => {
    const text = 'a,b,c\n1\n1,2\n1,2,3\n1,2,3,4\n';
    expect((await rowsOf(text)).rows.map(row => row.error)).toEqual([
      '1 cell where the header has 3',
      '2 cells where the header has 3',
      undefined,
      '4 cells where the header has 3',
    ]);
    const padded = (await rowsOf(text, { pads: true })).rows;
    expect(padded.slice(0, 3)).toEqual([
      { line: 2, cells: ['1', '', ''] },
      { line: 3, cells: ['1', '2', ''] },
      { line: 4, cells: ['1', '2', '3'] },
    ]);
    expect(padded[3]!.error).toContain('4 cells');
  });

  test('columns without a name are there, as nothing', async () => {
    expect((await rowsOf('a, ,b,\n1,2,3,4\n', { mayLackNames: true })).header).toEqual(['a', '', 'b', '']);
  });
});

describe('a file that is not a table of texts is named by its format', () => {
  test.each([
    ['deals.xlsx', 'PK\u0003\u0004x', /deals\.xlsx is an Excel workbook.*CSV UTF-8/],
    ['renamed.csv', Buffer.from('d0cf11e0a1b11ae1', 'hex'), /renamed\.csv is an Excel workbook/],
    ['renamed.csv', 'PK\u0003\u0004x', /is a zip archive or an Excel workbook.*CSV UTF-8/],
    ['a.ods', '', /spreadsheet of LibreOffice/],
  ])('%s', async (name, content, message) => {
    const error = await openRows(bytes(content), { name }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(CrmError);
    const { kind, message: text, hint } = error as CrmError;
    expect([kind, `${text} ${hint}`]).toEqual(['USAGE', expect.stringMatching(message)]);
  });
});
