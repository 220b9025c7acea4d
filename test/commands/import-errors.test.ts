/** What an import does with rows that are wrong, and with files that hold none. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { noSettings } from '../../src/domain/config.ts';
import type { Kind } from '../../src/domain/kinds.ts';
import { fieldsOf } from '../../src/kinds/fields.ts';
import { recordKinds } from '../../src/kinds/index.ts';
import { type TestWorkspace, workspace } from '../harness.ts';
import { runs } from '../effort.ts';
import { anyText } from '../texts.ts';

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
      fc.constantFrom(
        'Me!',
        'auto!',
        'Constructor',
        '\u2014',
        'x'.repeat(3000),
        '\ud800',
        'a@b',
        'Jo <jo@x.nl>',
      ),
      anyText(),
      fc.string({ unit: fc.constantFrom(...'0123456789.,:-/ TZk') }),
    );
    await ws.ok('deal add Desk');
    await ws.ok('contact add --email joe@x.nl --name Joe');
    const config = noSettings(recordKinds);
    const own = ['number', 'money', 'date', 'boolean', 'link', 'choice'].map(type => `own-${type}`);
    const columns = Object.entries(least).flatMap(([kind, row]) => [
      ...fieldsOf(config, kind as Kind).map(({ name }) => ({ kind, row, name })),
      ...(kind === 'deal'
        ? [...own, 'contact.name', 'contact.phone', 'closes', 'account.externalId']
        : []
      ).map(name => ({ kind, row, name })),
    ]);
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...columns), hostile, async ({ kind, row, name }, cell) => {
        const rows = [row('1'), { ...row('2'), [name]: cell }, row('3')];
        const made = kind === 'deal' ? 'users,contacts,accounts,stages' : 'users,contacts,accounts';
        const done = await ws.crm(
          [
            ...['import', config.kinds.pluralOf(kind as Kind), '-', '--from', 'json', '--skip-invalid'],
            ...['--dry-run', '--json', '--same-workspace', '--create-missing', made],
          ],
          { stdin: JSON.stringify(rows) },
        );
        const { created, failed } = done.json<Summary>();
        expect(created + failed).toBe(3);
        expect(created).toBeGreaterThanOrEqual(2);
      }),
      { numRuns: runs(40) },
    );
  });
});

/** The least that a row of each kind has. */
const least: Readonly<Record<string, (n: string) => Readonly<Record<string, string>>>> = {
  deal: n => ({ title: n }),
  contact: n => ({ name: n }),
  account: n => ({ name: n }),
  task: n => ({ title: n, for: 'D1' }),
  activity: n => ({ type: 'note', for: 'D1', text: n }),
  event: n => ({ name: n, contact: 'C1' }),
  invoice: n => ({ for: 'D1', amount: n }),
};

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

  test('with the name of another format is reported', async () => {
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

test('the output of jq is read as it is', async () => {
  const ws = await workspace();
  const stdin = '{\n  "title": "A"\n}\n{\n  "title": "B"\n}\n';
  expect(await ws.ok('import deals -', { stdin })).toBe('2 created\n');
});

describe('errors of JSON name the place of their row', () => {
  const [a, b, c] = ['{"title":"a","value":"x"}', '{"title":"b"}', '{"title":"c","value":"y"}'];
  const split = (row: string) => row.replaceAll(',', ',\n  ');
  test.each([
    ['json', `[${a},${b}, ${c}]`, ['1', '1:43']],
    ['json', `[\n${a},\n${b},\n${c}\n]`, ['2', '4']],
    ['json', `[\n  ${split(a)},\n  ${split(b)},\n  ${split(c)}\n]`, ['2', '5']],
    ['json', `${a} ${b}\n\n${split(c)}`, ['1', '3']],
    ['json', `[${split(a)}, ${split(c)}]`, ['1', '2']],
    ['jsonl', `${a}\n${b}\r\n\n${c}\n`, ['1', '4']],
    ['jsonl', `\n${a}\n{"title"\n${b}\n`, ['2', '3']],
  ])('%s: %j', async (from, text, places) => {
    const ws = await workspace();
    const ran = await ws.crm(['import', 'deals', '-', '--from', from], { stdin: text });
    const found = [...ran.err.matchAll(/^standard input:([\d:]+?): /gm)].map(([, place]) => place);
    expect(found).toEqual(places);
  });

  test('half a character in a text is an error of its row alone', async () => {
    const ws = await workspace();
    const done = await imported(ws, `[{"title":"a"},\n{"title":"\\ud800"},\n{"title":"b"}]`, 'json');
    expect(done).toMatchObject({ created: 2, failed: 1, errors: [{ line: 2 }] });
  });
});

describe('things that rows would make but the settings refuse', () => {
  const users = ['Me!', 'auto', 'None.', 'x'.repeat(3000), 'Ana Berg', 'y'.repeat(2000), 'Ben'];

  test.each(['deals', 'contacts', 'accounts', 'tasks'])(
    'is an error of the rows that name it: owners of %s',
    async kind => {
      const ws = await workspace();
      await ws.ok('deal add Desk');
      const name = kind === 'deals' || kind === 'tasks' ? 'title' : 'name';
      const column = kind === 'tasks' ? 'assignee' : 'owner';
      const rows = users.map((owner, i) => ({
        [name]: `new ${i}`,
        [column]: owner,
        ...(kind === 'tasks' && { for: 'Desk' }),
      }));
      const ran = await ws.crm(
        ['import', kind, '-', '--from', 'json', '--create-missing', 'users', '--skip-invalid', '--json'],
        { stdin: JSON.stringify([...rows, rows[5]]).replaceAll('},{', '},\n{') },
      );
      const done = ran.json<Summary>();
      expect(done.errors.map(({ line, column }) => [line, column])).toEqual(
        [1, 2, 3, 4, 6, 8].map(line => [line, column]),
      );
      expect(done.created).toBe(2);
      expect((await ws.json<{ id: string }[]>('user list')).map(({ id }) => id)).toEqual(['ana-berg', 'ben']);
      expect((await ws.ok('doctor')).trim()).not.toContain('broken');
    },
  );

  test('makes an import without --skip-invalid leave everything as it was', async () => {
    const ws = await workspace();
    const before = readFileSync(join(ws.dir, 'crm.yaml'), 'utf8');
    const ran = await ws.crm('import deals - --create-missing users,stages', {
      stdin: `title,owner,stage\na,Ana,Demo\nb,${'x'.repeat(3000)},\nc,,${'z'.repeat(3000)}\n`,
    });
    expect(ran).toMatchObject({ code: 1, out: '0 created, 1 failed\n' });
    expect(readFileSync(join(ws.dir, 'crm.yaml'), 'utf8')).toBe(before);
    expect(await ws.json('deal list')).toEqual([]);
  });

  test('is an error of rows of users', async () => {
    const ws = await workspace();
    await ws.ok('user add tester --role admin');
    const rows = [
      { id: 'ana', name: 'Ana' },
      { id: 'x'.repeat(3000) },
      { id: 'tester', role: 'normal' },
      { id: 'ben' },
    ];
    const ran = await ws.crm('import users - --key id --from json --skip-invalid --json', {
      stdin: JSON.stringify(rows).replaceAll('},{', '},\n{'),
    });
    expect(ran.json<Summary>()).toMatchObject({ created: 2, failed: 2, errors: [{ line: 2 }, { line: 3 }] });
    expect((await ws.json<{ id: string }[]>('user list')).map(({ id }) => id).sort()).toEqual([
      'ana',
      'ben',
      'tester',
    ]);
  });

  test('is said of the rows of a user who may not change settings', async () => {
    const ws = await workspace();
    await ws.ok('user add ana');
    const ran = await ws.crm(
      ['import', 'deals', '-', '--create-missing', 'users,stages', '--skip-invalid', '--json', '--as', 'ana'],
      { stdin: 'title,owner,stage\na,,\nb,Ben,\nc,,Demo\n' },
    );
    const may = expect.stringContaining('may not change settings');
    expect(ran.json<Summary>()).toMatchObject({
      created: 1,
      errors: [
        { line: 3, column: 'owner', error: may },
        { line: 4, column: 'stage', error: may },
      ],
    });
  });
});

test.each([
  ['le', (text: string) => Buffer.from(text, 'utf16le')],
  ['be', (text: string) => Buffer.from(text, 'utf16le').swap16()],
])('UTF-16 %s is read without a mark and without its name', async (_, encode) => {
  const ws = await workspace();
  const stdin = encode('title,value\nStühle,5\n');
  expect(await ws.ok('import deals -', { stdin })).toBe('1 created\n');
  expect(await ws.ok('deal list --fields title')).toBe('Stühle\n');
});

test('two columns of one name are refused with what to do', async () => {
  const { err } = await (await workspace()).crm('import deals -', { stdin: 'title,value,title\nA,1,B\n' });
  expect(err).toBe(
    'Error: standard input:1: columns 1 and 3 are both named "title"\nHint: rename one of them in the file\n',
  );
});
