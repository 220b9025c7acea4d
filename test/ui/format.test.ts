import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Column, type Format, renderList, renderOne, type RenderOptions } from '../../src/ui/format.ts';
import { colorPaint, plainPaint } from '../../src/ui/paint.ts';
import { displayWidth } from '../../src/ui/width.ts';

interface Deal {
  id: string;
  title: string;
  value: string;
  owner: string | null;
  tags: string[];
  expectedClose: string;
}

const chairs: Deal = {
  id: 'D1',
  title: '40 chairs, 10 tables',
  value: '5200.00',
  owner: 'ana',
  tags: ['vip', 'new'],
  expectedClose: '2026-12-01',
};
const evil: Deal = {
  ...chairs,
  id: 'D2',
  title: 'a\tb\\c\n\x1b[31m\u202e"',
  value: '7.00',
  owner: null,
  tags: [],
};
const wide: Deal = { ...evil, id: 'D3', title: '漢字の机', owner: 'ben' };

const columns: Column<Deal>[] = [
  { name: 'id', whole: true, text: deal => deal.id, json: deal => deal.id },
  {
    name: 'title',
    text: deal => deal.title,
    json: deal => deal.title,
    paint: (text, _, paint) => paint.bold(text),
  },
  {
    name: 'value',
    align: 'right',
    text: deal => deal.value,
    json: deal => deal.value,
    human: deal => `€${deal.value}`,
  },
  { name: 'owner', text: deal => deal.owner ?? '', json: deal => deal.owner },
  { name: 'tags', text: deal => deal.tags.join(','), json: deal => deal.tags },
  { name: 'expectedClose', whole: true, text: deal => deal.expectedClose, json: deal => deal.expectedClose },
];

const options: RenderOptions<Deal> = {
  width: Number.POSITIVE_INFINITY,
  paint: plainPaint,
  id: deal => deal.id,
  csvLine: cells => `${cells.map(cell => JSON.stringify(cell)).join(';')}\n`,
};

async function list(rows: Iterable<Deal>, format: Format, more: Partial<RenderOptions<Deal>> = {}) {
  let text = '';
  for await (const chunk of renderList(rows, columns, format, { ...options, ...more })) text += chunk;
  return text;
}

const one = (deal: Deal, format: Format) => renderOne(deal, columns, format, options);

describe('a list', () => {
  test('as a table: a header, aligned columns, nothing raw from data, no spaces at line ends', async () => {
    expect(await list([chairs, evil, wide], 'table')).toBe(
      [
        'ID  TITLE                       VALUE  OWNER  TAGS     EXPECTED CLOSE',
        'D1  40 chairs, 10 tables     €5200.00  ana    vip,new  2026-12-01',
        'D2  a\\tb\\c\\n\\x1b[31m\\u202e"     €7.00                  2026-12-01',
        'D3  漢字の机                    €7.00  ben             2026-12-01',
        '',
      ].join('\n'),
    );
  });

  test('as TSV: exact, without a header', async () => {
    expect(await list([chairs, evil], 'tsv')).toBe(
      'D1\t40 chairs, 10 tables\t5200.00\tana\tvip,new\t2026-12-01\n' +
        'D2\ta\\tb\\\\c\\n\\x1b[31m\\u202e"\t7.00\t\t\t2026-12-01\n',
    );
  });

  test('as CSV: with a header of field names, each line by the writer that is given', async () => {
    expect(await list([chairs], 'csv')).toBe(
      '"id";"title";"value";"owner";"tags";"expectedClose"\n' +
        '"D1";"40 chairs, 10 tables";"5200.00";"ana";"vip,new";"2026-12-01"\n',
    );
  });

  test('as JSON: a bare array with one record per line', async () => {
    const text = await list([chairs, evil], 'json');
    expect(JSON.parse(text)).toEqual([chairs, evil]);
    expect(text.split('\n')).toEqual([
      '[',
      '{"id":"D1","title":"40 chairs, 10 tables","value":"5200.00","owner":"ana","tags":["vip","new"],"expectedClose":"2026-12-01"},',
      '{"id":"D2","title":"a\\tb\\\\c\\n\\u001b[31m\\u202e\\"","value":"7.00","owner":null,"tags":[],"expectedClose":"2026-12-01"}',
      ']',
      '',
    ]);
  });

  test('as JSON Lines: one record per line', async () => {
    const lines = (await list([chairs, evil], 'jsonl')).trimEnd().split('\n');
    expect(lines.map(line => JSON.parse(line))).toEqual([chairs, evil]);
  });

  test('as YAML: a list', async () => {
    const { parse } = await import('yaml');
    const text = await list([chairs, evil], 'yaml');
    expect(text).toMatch(/^- id: D1\n {2}title: 40 chairs, 10 tables\n {2}value: "5200.00"\n/);
    expect(parse(text)).toEqual([chairs, evil]);
  });

  test('as ids: one per line', async () => expect(await list([chairs, evil], 'ids')).toBe('D1\nD2\n'));

  test.each([
    ['table', ''],
    ['tsv', ''],
    ['csv', '"id";"title";"value";"owner";"tags";"expectedClose"\n'],
    ['json', '[]\n'],
    ['jsonl', ''],
    ['yaml', '[]\n'],
    ['ids', ''],
  ] as const)('that is empty, as %s', async (format, text) => expect(await list([], format)).toBe(text));

  test('a field that a row lacks is null, and a field may have any name', async () => {
    const odd: Column<Deal>[] = ['__proto__', 'constructor'].map(name => ({
      name,
      text: () => '',
      json: () => undefined,
    }));
    let text = '';
    for await (const chunk of renderList([chairs], odd, 'jsonl', options)) text += chunk;
    expect(text).toBe('{"__proto__":null,"constructor":null}\n');
  });

  test('streams: rows are read only as chunks of about 64 KB are taken', async () => {
    let read = 0;
    function* endless() {
      for (;;) {
        read++;
        yield chairs;
      }
    }
    for (const format of ['tsv', 'csv', 'json', 'jsonl', 'yaml'] as const) {
      read = 0;
      for await (const chunk of renderList(endless(), columns, format, options)) {
        expect(chunk.length).toBeGreaterThanOrEqual(64 * 1024);
        expect(chunk.length).toBeLessThan(66 * 1024);
        break;
      }
      expect(read).toBeLessThan(2000);
    }
  });
});

describe('a table on a terminal', () => {
  const long = { ...chairs, title: 'Forty chairs and ten tables for the new office in Łódź' };

  test('shortens titles first, then the widest columns, and never ids, days or numbers', async () => {
    expect(await list([long, wide], 'table', { width: 90 })).toBe(
      [
        'ID  TITLE                                                VALUE  OWNER  TAGS     EXPECTED…',
        'D1  Forty chairs and ten tables for the new office…   €5200.00  ana    vip,new  2026-12-01',
        'D3  漢字の机                                             €7.00  ben             2026-12-01',
        '',
      ].join('\n'),
    );
    expect(await list([long, wide], 'table', { width: 50 })).toBe(
      [
        'ID  TITLE        VALUE  OWNER  TAGS     EXPECTED…',
        'D1  Forty c…  €5200.00  ana    vip,new  2026-12-01',
        'D3  漢字の机     €7.00  ben             2026-12-01',
        '',
      ].join('\n'),
    );
  });

  test.each([45, 60, 61, 79, 80, 99])('fits into %i cells', async width => {
    const text = await list([long, evil, wide], 'table', { width });
    expect(Math.max(...text.split('\n').map(displayWidth))).toBeLessThanOrEqual(width);
    for (const whole of ['D1', '€5200.00', '2026-12-01']) expect(text).toContain(whole);
  });

  test('keeps names readable while there are columns that may go, and short headings whole', async () => {
    const words = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 60, max: 100 }), words, async (width, lengths) => {
        const all: Column<Deal>[] = [
          columns[0]!,
          { name: 'title', isName: true, text: deal => deal.title, json: () => null },
          ...lengths.map((length, i) => ({
            name: `stage${i}`,
            goes: true,
            text: () => 'x'.repeat(length),
            json: () => null,
          })),
        ];
        let text = '';
        for await (const chunk of renderList([long], all, 'table', { ...options, width })) text += chunk;
        const [heads, cells] = text
          .trimEnd()
          .split('\n')
          .map(line => line.split(/ {2,}/)) as [string[], string[]];
        expect(Math.max(...text.split('\n').map(displayWidth))).toBeLessThanOrEqual(width);
        expect(cells[1]!.length).toBeGreaterThanOrEqual(24);
        for (const [i, cell] of cells.slice(2).entries())
          expect(cell.length).toBeGreaterThanOrEqual(Math.min(lengths[i]!, 12));
        expect(heads.slice(2)).toEqual(lengths.slice(0, heads.length - 2).map((_, i) => `STAGE${i}`));
      }),
    );
  });

  test('overflows rather than say nothing', async () => {
    const [header, first] = (await list([long], 'table', { width: 10 })).split('\n');
    expect(header).toBe('ID  TIT…     VALUE  OWN…  TAGS  EXPECTED…');
    expect(first).toBe('D1  For…  €5200.00  ana   vip…  2026-12-01');
  });

  test('has the same text in the same places with colours, and a dim header', async () => {
    const plain = await list([long, evil], 'table', { width: 70 });
    const colored = await list([long, evil], 'table', { width: 70, paint: await colorPaint('\x1b') });
    expect(colored).toContain('\x1b[2mTITLE\x1b[22m');
    expect(colored).toMatch(/\x1b\[1mForty.*…\x1b\[22m/);
    expect(colored.replace(/\x1b\[\d+m/g, '')).toBe(plain);
  });
});

describe('one record', () => {
  test('as a table: labels and values, without the empty ones, in full', async () => {
    expect(await one(evil, 'table')).toBe(
      [
        'id              D2',
        // A text of several lines stays below its label, where it cannot pass for another field.
        'title           a\\tb\\c',
        '                \\x1b[31m\\u202e"',
        'value           €7.00',
        'expected close  2026-12-01',
        '',
      ].join('\n'),
    );
  });

  test('as a table: a field below the others is a text without a label, line by line', async () => {
    const body: Column<Deal> = { ...columns[1]!, below: true };
    const letter = { ...chairs, title: 'Dear Jane,\r\n\r\nthank you.\u0007\n' };
    expect(await renderOne(letter, [columns[0]!, body, columns[2]!], 'table', options)).toBe(
      'id     D1\nvalue  €5200.00\n\nDear Jane,\n\nthank you.\\x07\n',
    );
  });

  test('as JSON: a bare object', async () => {
    expect(await one(wide, 'json')).toBe(`${JSON.stringify(wide, null, 2)}\n`);
  });

  test('as YAML: a bare map', async () => {
    expect(await one({ ...wide, tags: ['a'] }, 'yaml')).toBe(
      'id: D3\ntitle: 漢字の机\nvalue: "7.00"\nowner: ben\ntags:\n  - a\nexpectedClose: "2026-12-01"\n',
    );
  });

  test.each(['tsv', 'csv', 'jsonl', 'ids'] as const)('as %s: as a list of one', async format => {
    expect(await one(evil, format)).toBe(await list([evil], format));
  });
});
