/** What an import does with rows that are wrong, and with files that hold none. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type TestWorkspace, workspace } from '../harness.ts';

const put = (ws: TestWorkspace, name: string, text: string | Uint8Array) => {
  const path = join(ws.dir, '..', name);
  writeFileSync(path, text);
  return path;
};

interface Summary {
  created: number;
  skipped: number;
  failed: number;
  errors: { line: number; column: string | null; error: string }[];
}

/** Imports a text with --errors; what it says, and what is in that file. */
async function imported(ws: TestWorkspace, text: string, from: string, ...options: string[]) {
  const errors = put(ws, 'errors.txt', '');
  const ran = await ws.crm(
    ['import', 'deals', '-', '--from', from, '--skip-invalid', '--errors', errors, '--json', ...options],
    { stdin: text },
  );
  if (ran.out === '') throw new Error(ran.err);
  return { code: ran.code, ...ran.json<Summary>(), file: readFileSync(errors, 'utf8') };
}

describe('a row that is wrong is an error of that row alone', () => {
  const good = '{"title":"a"}';
  test.each([
    ['json', `[\n${good},\n5,\n[1],\nnull,\n"x",\n{"title":{"a":{"b":1}}},\n{"__proto__":1},\n${good}\n]`],
    ['json', `${good}\n5\n[1]\nnull\n"x"\n{"title":{"a":{"b":1}}}\n{"__proto__":1}\n${good}\n`],
    ['jsonl', `${good}\n5\n[1]\nnull\n"x"\n{"title":{"a":{"b":1}}}\n{"__proto__":1}\n${good}\n`],
  ])('%s: values that are no records', async (from, text) => {
    const ws = await workspace();
    const first = from === 'json' && text.startsWith('[') ? 3 : 2;
    const done = await imported(ws, text, from);
    expect(done).toMatchObject({ code: 1, created: 2, failed: 6 });
    expect(done.errors.map(error => error.line)).toEqual([0, 1, 2, 3, 4, 5].map(i => i + first));
  });

  test('an unknown key of a late row, too', async () => {
    const ws = await workspace();
    const rows = Array.from({ length: 5000 }, (_, i) => `{"title":"row ${i}"}`);
    rows[4000] = '{"title":"late","colour":"red"}';
    const file = put(ws, 'rows.jsonl', rows.join('\n'));
    const done = (await ws.crm(['import', 'deals', file, '--skip-invalid', '--json'])).json<Summary>();
    expect(done).toMatchObject({
      created: 4999,
      failed: 1,
      errors: [{ line: 4001, error: expect.stringContaining('"colour"') }],
    });
  });

  test('whatever stands in a cell', async () => {
    const ws = await workspace();
    for (const type of ['text', 'number', 'money', 'date', 'boolean', 'link'])
      await ws.ok(`field add deal own-${type} --type ${type}`);
    await ws.ok('field add deal own-choice --type choice --options a,b');
    const hostile = fc.oneof(
      fc.constantFrom(
        '1e9999',
        'NaN',
        '-0',
        '+',
        '9'.repeat(400),
        `0.${'1'.repeat(40)}`,
        '2026-13-45',
        '9999999-01-01',
      ),
      fc.constantFrom(
        'D999999999999999999999',
        'C1',
        '\u0000',
        '..',
        'none',
        'me',
        'auto',
        ',',
        '{{x}}',
        "'=1",
      ),
      fc.string({ unit: 'binary' }),
      fc.string({ unit: fc.constantFrom(...'0123456789.,:-/ TZk') }),
    );
    const fields = (
      'value currency pipeline stage status owner contact contacts account expectedClose closedAt closedStage ' +
      'lostReason tags own-number own-money own-date own-boolean own-link own-choice createdAt score'
    ).split(' ');
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...fields), hostile, async (name, cell) => {
        const rows = [{ title: 'good' }, { title: 'doubtful', [name]: cell }, { title: 'good too' }];
        const done = await ws.crm('import deals - --from json --skip-invalid --dry-run --json', {
          stdin: JSON.stringify(rows),
        });
        const { created, failed } = done.json<Summary>();
        expect(created + failed).toBe(3);
        expect(created).toBeGreaterThanOrEqual(2);
      }),
      { numRuns: 150 },
    );
  });
});

describe('--errors', () => {
  test('of JSON is JSON, with every key and digit, and goes in once it is corrected', async () => {
    const ws = await workspace();
    const text = `[{"title":"A"},
      {"title":"B","value":"x","tags":["p","q"],"externalId":109876543210987654,"crm_error":"old"}, 5]`;
    const { file } = await imported(ws, text, 'json');
    const parsed = JSON.parse(file) as unknown[];
    expect(parsed).toEqual([
      {
        title: 'B',
        value: 'x',
        tags: ['p', 'q'],
        // biome-ignore lint/correctness/noPrecisionLoss: as JSON.parse reads it
        externalId: 109876543210987654,
        crm_error: expect.stringMatching(/^value: .*not an amount/),
      },
      5,
    ]);
    expect(file).toContain('"externalId":109876543210987654,');
    const corrected = file.replace('"x"', '12').replace(/,\n5/, '');
    expect(await ws.ok('import deals - --from json', { stdin: corrected })).toBe('1 created\n');
    expect(await ws.json('deal show D2')).toMatchObject({ value: '12.00', externalId: '109876543210987654' });
  });

  test('of JSON Lines is JSON Lines; a line that is not JSON is there as it was', async () => {
    const ws = await workspace();
    const { file } = await imported(ws, '{"title":"A"}\n{"title":"B",}\n{"title":"C","value":-1}\n', 'jsonl');
    expect(file).toMatch(/^\{"title":"B",\}\n\{"title":"C","value":-1,"crm_error":"value: [^\n]*"\}\n$/);
    const corrected = file.replace('",}', '"}').replace('-1', '1');
    expect(await ws.ok('import deals - --from jsonl', { stdin: corrected })).toBe('2 created\n');
  });

  test.each([
    ['csv', ','],
    ['csv', ';'],
    ['tsv', '\t'],
  ])('of %s with %j has the same delimiter, and no cell is lost', async (from, delimiter) => {
    const ws = await workspace();
    const rows = ['title,value', 'A,1', 'B,-5', 'C,1,extra', 'D', '"E"x,1'];
    const text = rows.join('\n').replaceAll(',', delimiter);
    const { file } = await imported(ws, text, from, ...(from === 'csv' ? ['--delimiter', delimiter] : []));
    const [header, ...lines] = file.trimEnd().split('\n');
    expect(header).toBe(['title', 'value', 'crm_error'].join(delimiter));
    const begun = ['B,-5,', 'C,1,extra,', 'D,', '"E"x,1,'].map(line => line.replaceAll(',', delimiter));
    expect(lines.map((line, i) => line.slice(0, begun[i]!.length))).toEqual(begun);
    // Uncorrected, all of them fail again: no cell has come into another column.
    const again = await imported(ws, file, from, ...(from === 'csv' ? ['--delimiter', delimiter] : []));
    expect(again).toMatchObject({ created: 0, failed: 4 });
    const corrected = file
      .replace(`${delimiter}extra`, '')
      .replace('-5', '5')
      .replace('"E"x', 'E')
      .replace(/^D/m, `D${delimiter}`);
    expect(
      await ws.ok(['import', 'deals', '-', '--from', from, '--delimiter', delimiter], { stdin: corrected }),
    ).toBe('4 created\n');
  });

  test('of a file in another encoding is read with the same options', async () => {
    const ws = await workspace();
    const errors = put(ws, 'errors.csv', '');
    const stdin = Buffer.from('title,value\nCafé,-1\n', 'latin1');
    await ws.crm(['import', 'deals', '-', '--encoding', 'latin1', '--errors', errors], { stdin });
    const corrected = put(ws, 'corrected.csv', readFileSync(errors, 'utf8').replace('-1', '1'));
    await ws.ok(['import', 'deals', corrected, '--encoding', 'latin1']);
    expect(await ws.json('deal show D1')).toMatchObject({ title: 'Café' });
  });

  test('whose name says another format says so', async () => {
    const ws = await workspace();
    const errors = put(ws, 'errors.csv', '');
    const ran = await ws.crm(['import', 'deals', '-', '--errors', errors], { stdin: '[{"value":1}]' });
    expect(ran.err).toContain('errors.csv is JSON, as its rows were: import it with --from json');
  });
});

describe('a file without records', () => {
  test.each(['csv', 'json', 'jsonl', 'tsv'])('an empty export as %s is 0 created', async format => {
    const ws = await workspace();
    const file = put(ws, `deals.${format}`, '');
    await ws.ok(['export', 'deals', '--format', format, '-o', file]);
    expect(await ws.ok(['import', 'deals', file])).toBe('0 created\n');
    const piped = await ws.ok(['export', 'deals', '--format', format]);
    expect(await ws.ok('import deals -', { stdin: piped })).toBe('0 created\n');
  });

  test('an empty CSV file has no header, and is refused', async () => {
    const ws = await workspace();
    expect(await ws.crm(['import', 'deals', put(ws, 'x.csv', '')])).toMatchObject({
      code: 1,
      err: expect.stringContaining('is empty'),
    });
  });

  test('rows of nothing but delimiters are skipped and counted', async () => {
    const ws = await workspace();
    const stdin = 'title,value\nA,1\n,\nB,2\n , \n,,,\n';
    expect(await ws.ok('import deals - --set stage=to-contact', { stdin })).toBe('2 created, 3 skipped\n');
  });
});

test('an export as TSV in a file is imported again', async () => {
  const ws = await workspace();
  await ws.ok('field add deal product --type text');
  const title = 'Tab\there "quoted" \\ back\\slash';
  await ws.ok([
    'deal',
    'add',
    title,
    '--value',
    '12',
    '--description',
    'two\nlines',
    '--field',
    'product==1+1',
  ]);
  const file = put(ws, 'deals.tsv', '');
  await ws.ok(['export', 'deals', '--format', 'tsv', '-o', file]);
  expect(readFileSync(file, 'utf8')).toMatch(/^id\ttitle\tvalue\t/);
  const other = await workspace();
  await other.ok('field add deal product --type text');
  await other.ok([
    'import',
    'deals',
    file,
    '--ignore',
    'id',
    '--ignore',
    'createdAt',
    '--ignore',
    'updatedAt',
    '--ignore',
    'stageSince',
    '--ignore',
    'closedStage',
  ]);
  expect(await other.json('deal show D1')).toMatchObject({
    title,
    description: 'two\nlines',
    fields: { product: '=1+1' },
  });
});

test('what jq writes is read as it comes', async () => {
  const ws = await workspace();
  const stdin = '{\n  "title": "A"\n}\n{\n  "title": "B"\n}\n';
  expect(await ws.ok('import deals -', { stdin })).toBe('2 created\n');
});
