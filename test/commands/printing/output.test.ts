/** What lists and records look like: to scripts in seven formats, to people in tables. */
import { describe, expect, test } from 'vitest';
import { copiesOf, type TestWorkspace, workspace } from '../../harness.ts';

const plain = { NO_COLOR: '1' };

/** Deals with all that makes output go wrong. */
const furnished = copiesOf(async () => {
  const ws = await workspace();
  await ws.ok(['user', 'add', 'ana', '--name', 'Ana Ruiz']);
  await ws.ok('field add deal product');
  await ws.ok('field add deal extras --type choices --options glass,leather');
  const add = (title: string, ...rest: string[]) => ws.ok(['deal', 'add', title, ...rest]);
  await add('40 chairs, 10 tables', '--value', '5200', '--contact', 'jane@example.com', '--account', 'Acme');
  await add('Büro "Süd"', '--value', '980.5', '--owner', 'ana', '--close', '2026-12-01', '--tag', 'vip,new');
  await add('two\nlines\tand \\ tab', '--value', '10k', '--currency', 'USD', '--field', 'product=oak');
  await add('日本の椅子 🪑', '--value', '120000', '--currency', 'JPY', '--field', 'extras=leather,glass');
  return ws;
});

describe('to scripts', () => {
  test('TSV without a header, whole and escaped', async () => {
    const ws = await furnished();
    expect(await ws.ok('deal list')).toBe(
      [
        'D1\t40 chairs, 10 tables\t5200.00\tEUR\tto-contact\topen\t\tC1\tA1\t',
        'D2\tBüro "Süd"\t980.50\tEUR\tto-contact\topen\tana\t\t\t2026-12-01',
        'D3\ttwo\\nlines\\tand \\\\ tab\t10000.00\tUSD\tto-contact\topen\t\t\t\t',
        'D4\t日本の椅子 🪑\t120000\tJPY\tto-contact\topen\t\t\t\t',
        '',
      ].join('\n'),
    );
    expect(await ws.ok('deal list --format tsv', { tty: 20 })).toBe(await ws.ok('deal list'));
  });

  test('CSV with a header, exact', async () => {
    const ws = await furnished();
    expect(await ws.ok('deal list --format csv --fields id,title,value,tags,product,extras,close')).toBe(
      [
        'id,title,value,tags,product,extras,expectedClose',
        'D1,"40 chairs, 10 tables",5200.00,,,,',
        'D2,"Büro ""Süd""",980.50,"new,vip",,,2026-12-01',
        'D3,"two\nlines\tand \\ tab",10000.00,,oak,,',
        'D4,日本の椅子 🪑,120000,,,"leather,glass",',
        '',
      ].join('\n'),
    );
    const [header] = (await ws.ok('deal list --format csv')).split('\n');
    expect(header).toContain('lostReason');
    expect(header).toContain(',product,extras,');
    expect(await ws.ok('deal list is:won --format csv --fields id')).toBe('id\n');
  });

  test('JSON is a bare array with a record on each line, JSON Lines the same without it', async () => {
    const ws = await furnished();
    const json = await ws.ok('deal list --json');
    const lines = await ws.ok('deal list --format jsonl');
    expect(json).toBe(`[\n${lines.trimEnd().split('\n').join(',\n')}\n]\n`);
    expect(await ws.ok('deal list --format json')).toBe(json);
    expect(JSON.parse(json)).toHaveLength(4);
    expect(await ws.ok('deal list is:won --json')).toBe('[]\n');
    expect(await ws.ok('deal list is:won --format jsonl')).toBe('');
  });

  test('YAML and ids', async () => {
    const ws = await furnished();
    expect(await ws.ok('deal list --format yaml --fields id,title,tags,owner id:D2,D3')).toBe(
      [
        '- id: D2',
        '  title: Büro "Süd"',
        '  tags:',
        '    - new',
        '    - vip',
        '  owner: ana',
        '- id: D3',
        '  title: "two\\nlines\\tand \\\\ tab"',
        '  tags: []',
        '  owner: null',
        '',
      ].join('\n'),
    );
    expect(await ws.ok('deal list --format yaml is:won')).toBe('[]\n');
    expect(await ws.ok('deal list --format ids')).toBe('D1\nD2\nD3\nD4\n');
    expect(await ws.ok('deal list -q', { tty: 80 })).toBe('D1\nD2\nD3\nD4\n');
    expect(await ws.ok('deal list --format ids is:won')).toBe('');
  });

  test.each(['table', 'tsv', 'csv', 'json', 'jsonl', 'yaml'])(
    '--fields picks and orders in %s',
    async format => {
      const ws = await furnished();
      const out = await ws.ok(
        `deal list id:D2 --format ${format} --fields owner,value,next-action,close,group`,
      );
      expect(out).toBe(
        {
          table:
            'OWNER          VALUE  NEXT ACTION  CLOSE       GROUP\nAna Ruiz  980.50 EUR  none         2026-12-01\n',
          tsv: 'ana\t980.50\tnone\t2026-12-01\t\n',
          csv: 'owner,value,nextAction,expectedClose,group\nana,980.50,none,2026-12-01,\n',
          json: '[\n{"owner":"ana","value":"980.50","nextAction":"none","expectedClose":"2026-12-01","group":null}\n]\n',
          jsonl:
            '{"owner":"ana","value":"980.50","nextAction":"none","expectedClose":"2026-12-01","group":null}\n',
          yaml: '- owner: ana\n  value: "980.50"\n  nextAction: none\n  expectedClose: "2026-12-01"\n  group: null\n',
        }[format],
      );
    },
  );

  test('one record is a bare object', async () => {
    const ws = await furnished();
    expect(await ws.ok('deal show D2 --json --fields id,tags')).toBe(
      '{\n  "id": "D2",\n  "tags": [\n    "new",\n    "vip"\n  ]\n}\n',
    );
    expect(await ws.ok('deal show D2 --format yaml --fields id,tags')).toBe(
      'id: D2\ntags:\n  - new\n  - vip\n',
    );
    expect(await ws.ok('deal show D2 --fields id,tags')).toBe('D2\tnew,vip\n');
    expect(await ws.ok('deal show D2 -q')).toBe('D2\n');
  });

  test('a sum of deals is one for each currency', async () => {
    const ws = await workspace();
    await ws.ok('contact add --email jane@example.com');
    for (const line of ['A --value 0.10', 'B --value 0.20', 'C --value 5 --currency USD'])
      await ws.ok(`deal add ${line} --contact jane@example.com`);
    await ws.ok('contact add --name Nobody');
    expect(await ws.ok('contact list deals.value:0.3 --fields id,deals.open,deals.value')).toBe(
      'C1\t3\t0.30 EUR, 5.00 USD\n',
    );
    expect(await ws.json('contact list --fields deals.value --sort -deals.value')).toEqual([
      { 'deals.value': { EUR: '0.30', USD: '5.00' } },
      { 'deals.value': {} },
    ]);
  });

  test('add prints the new id, unless a format or fields are asked for', async () => {
    const ws = await workspace();
    expect(await ws.ok('deal add A')).toBe('D1\n');
    expect(await ws.ok('deal add A -q')).toBe('D2\n');
    expect(await ws.ok('deal add A --fields id,status')).toBe('D3\topen\n');
    expect(await ws.ok('deal add A --format csv --fields id,status')).toBe('id,status\nD4,open\n');
    expect(await ws.json('deal add A --fields id')).toEqual({ id: 'D5' });
  });
});

describe('fields of what a record points to', () => {
  test('by a dot, in every kind and format, and in exports', async () => {
    const ws = await furnished();
    await ws.ok(['contact', 'set', 'C1', 'name=Jane Roe', 'account=Acme']);
    await ws.ok('deal set D1 owner=ana');
    await ws.ok('task add Call --for D1 --assignee ana');
    await ws.ok('log call C1 hello');
    const row = async (line: string) => (await ws.ok(line)).split('\n')[0];
    expect(await row('deal list id:D1 --fields account.name,contact.email,owner.name,contacts.name')).toBe(
      'Acme\tjane@example.com\tAna Ruiz\tJane Roe',
    );
    expect(await row('contact list --fields account.name')).toBe('Acme');
    expect(await row('task list --fields for.title,assignee.name,for.owner')).toBe(
      '40 chairs, 10 tables\tAna Ruiz\tana',
    );
    expect(await row('activity list --fields for.name,by.name')).toBe('Jane Roe\t');
    expect(await ws.ok('export deals id:D1 --fields id,account.name --format csv')).toBe(
      'id,account.name\nD1,Acme\n',
    );
    expect(await ws.json('deal list id:D1 --fields contacts.email,account.owner')).toEqual([
      { 'contacts.email': ['jane@example.com'], 'account.owner': null },
    ]);
    expect(await ws.crm('deal list --fields account.nme')).toMatchObject({
      code: 2,
      err: expect.stringContaining('unknown field "nme" of accounts'),
    });
    expect(await ws.crm('deal list --fields owner.nme')).toMatchObject({
      code: 2,
      err: expect.stringContaining('unknown field "nme" of users'),
    });
    expect(await ws.crm('deal list --fields title.x')).toMatchObject({
      code: 2,
      err: expect.stringContaining('unknown field "title.x" of deals'),
    });
  });

  test('has nothing that the viewer does not see', async () => {
    const ws = await workspace();
    await ws.ok(['user', 'add', 'eve', '--name', 'Eve', '--role', 'restricted']);
    await ws.ok(['user', 'add', 'bob', '--name', 'Bob']);
    await ws.ok('account add Hidden --owner bob --as bob');
    await ws.ok('contact add --email c@example.com --name C --account Hidden --owner eve --as bob');
    expect(await ws.ok('contact list --fields id,account.name --as eve')).toBe('C1\t\n');
    expect(await ws.ok('contact list --fields id,account.name --as bob')).toBe('C1\tHidden\n');
  });
});

describe('to people', () => {
  test.each([60, 80, 200])('a table %i cells wide', async width => {
    const ws = await furnished();
    await ws.ok('deal set D1 owner=ana close=2026-11-30');
    const out = await ws.ok('deal list', { tty: width, env: plain });
    await expect(out).toMatchFileSnapshot(`deal-list-${width}.txt`);
  });

  test('a table leaves out columns that are empty in every row, and writes money with its currency', async () => {
    const ws = await workspace();
    await ws.ok('deal add Chairs --value 5200');
    expect(await ws.ok('deal list', { tty: 80, env: plain })).toBe(
      'ID  TITLE          VALUE  STAGE       STATUS\nD1  Chairs  5,200.00 EUR  To contact  open\n',
    );
    // What is asked for by name is there all the same.
    expect(await ws.ok('deal list --fields id,owner,value', { tty: 80, env: plain })).toBe(
      'ID  OWNER         VALUE\nD1         5,200.00 EUR\n',
    );
    expect(await ws.crm('deal list is:won', { tty: 80 })).toMatchObject({
      code: 0,
      out: '',
      err: 'no deals found\n',
    });
    expect((await ws.crm('user list', { tty: 80 })).err).toBe('nothing found\n');
    expect((await ws.crm('deal list is:won')).err).toBe('');
  });

  test('show has labels, values that are not empty, and names instead of ids', async () => {
    const ws = await furnished();
    await expect(await ws.ok('deal show D1', { tty: 80, env: plain })).toMatchFileSnapshot('deal-show.txt');
    expect(await ws.ok('contact show jane@example.com', { tty: 80, env: plain })).toContain(
      'account  Acme (A1)\n',
    );
  });

  test('colours only on a terminal, and never if they are not wanted', async () => {
    const ws = await furnished();
    const esc = String.fromCharCode(27);
    const has = async (line: string, tty?: number, env: Record<string, string> = {}) =>
      (await ws.ok(line, { ...(tty !== undefined && { tty }), env })).includes(esc);
    expect(await has('deal list', 80)).toBe(true);
    expect(await has('deal list')).toBe(false);
    expect(await has('deal list', 80, { NO_COLOR: '1' })).toBe(false);
    expect(await has('deal list', 80, { TERM: 'dumb' })).toBe(false);
    expect(await has('deal list --color never', 80)).toBe(false);
    expect(await has('deal list --color always --format table', undefined, { NO_COLOR: '1' })).toBe(true);
    expect(await has('deal list --json --color always')).toBe(false);
    const { err } = await ws.crm('deal show D99', { tty: 80 });
    expect(err).toContain(esc);
    expect((await ws.crm('deal show D99 --color never', { tty: 80 })).err).toBe(
      'Error: D99 does not exist\n',
    );
    expect((await ws.crm('deal show D99', { tty: 80, env: { NO_COLOR: '1' } })).err).not.toContain(esc);
  });
});

describe('--sort and --limit', () => {
  const sorted = async (ws: TestWorkspace, sort: string) =>
    (await ws.ok(['deal', 'list', '--sort', sort, '-q'])).trimEnd().replaceAll('\n', ' ');

  test('numbers and days by size, texts without case, stages as the pipeline has them; nothing comes last', async () => {
    const ws = await workspace();
    await ws.ok('user add ben');
    for (const [title, ...rest] of [
      ['b', '--value', '900', '--stage', 'follow-up', '--close', '2026-12-01'],
      ['A', '--value', '1000', '--stage', 'in-contact', '--owner', 'ben'],
      ['c', '--value', '80', '--close', '2026-02-01'],
      ['Ä', '--value', '80.5', '--stage', 'in-contact'],
    ])
      await ws.ok(['deal', 'add', title!, ...rest]);
    expect(await sorted(ws, 'value')).toBe('D3 D4 D1 D2');
    expect(await sorted(ws, '-value')).toBe('D2 D1 D4 D3');
    expect(await sorted(ws, 'title')).toBe('D2 D4 D1 D3');
    expect(await sorted(ws, 'stage')).toBe('D3 D2 D4 D1');
    expect(await sorted(ws, '-stage')).toBe('D1 D2 D4 D3');
    expect(await sorted(ws, 'close')).toBe('D3 D1 D2 D4');
    expect(await sorted(ws, '-close')).toBe('D1 D3 D2 D4');
    expect(await sorted(ws, 'owner')).toBe('D2 D1 D3 D4');
    expect(await sorted(ws, '-owner')).toBe('D2 D1 D3 D4');
    expect(await sorted(ws, '-id')).toBe('D4 D3 D2 D1');
    // What is alike stays in the order of the ids.
    expect(await sorted(ws, '-status')).toBe('D1 D2 D3 D4');
  });

  test('by derived fields, and by custom fields', async () => {
    const ws = await workspace();
    await ws.ok('field add deal seats --type number');
    for (const seats of ['9', '10', '']) await ws.ok(['deal', 'add', 'D', '--field', `seats=${seats}`]);
    await ws.ok('task add T --for D2 --due 2026-09-01');
    await ws.ok('task add T --for D1 --due 2026-09-20');
    expect(await sorted(ws, 'seats')).toBe('D1 D2 D3');
    expect(await sorted(ws, '-seats')).toBe('D2 D1 D3');
    expect(await sorted(ws, '-tasks.open')).toBe('D1 D2 D3');
    expect(await sorted(ws, 'next-action')).toBe('D2 D1 D3');
  });

  test('--limit takes the first N, after sorting', async () => {
    const ws = await workspace();
    for (const value of ['1', '3', '2']) await ws.ok(`deal add D --value ${value}`);
    expect(await ws.ok('deal list --sort -value --limit 2 -q')).toBe('D2\nD3\n');
    expect(await ws.ok('deal list --limit 0 -q')).toBe('');
    expect(await ws.ok('deal list --limit 99 -q')).toBe('D1\nD2\nD3\n');
    await ws.ok('deal rm D1 D2');
    expect(await ws.json('deal list --trash --limit 1')).toMatchObject([{ id: 'D1' }]);
  });
});
