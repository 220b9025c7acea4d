/** Tags over all records, and the ways in which lists are cut and printed. */
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { copiesOf, workspace } from '../harness.ts';

const tagged = copiesOf(async () => {
  const ws = await workspace();
  await ws.ok('contact add Jane --tag vip,cold');
  await ws.ok('contact add Bo --tag vip');
  await ws.ok('account add Acme --tag vip');
  await ws.ok('deal add Chairs --tag cold');
  await ws.ok('deal add Gone --tag vip');
  await ws.ok('deal rm D2');
  return ws;
});

describe('crm tag', () => {
  test('list counts each tag by kind', async () => {
    const ws = await tagged();
    expect(await ws.json('tag list')).toEqual([
      { tag: 'cold', deals: 1, contacts: 1, accounts: 0, total: 2 },
      { tag: 'vip', deals: 0, contacts: 2, accounts: 1, total: 3 },
    ]);
    expect(await ws.ok('tag list -q')).toBe('cold\nvip\n');
  });

  test('rename and rm change every record, those in the trash too, in one transaction', async () => {
    const ws = await tagged();
    const before = await ws.json('tag list');
    expect((await ws.crm('tag rename vip cold')).err).toContain(
      'renamed vip to cold on 1 deal, 2 contacts, 1 account',
    );
    expect(await ws.json('tag list')).toEqual([
      { tag: 'cold', deals: 1, contacts: 2, accounts: 1, total: 4 },
    ]);
    expect(await ws.json('contact show C1')).toMatchObject({ tags: ['cold'] });
    await ws.ok('undo');
    expect(await ws.json('tag list')).toEqual(before);
    await ws.ok('tag rm vip');
    await ws.ok('deal restore D2');
    expect(await ws.json('deal show D2')).toMatchObject({ tags: [] });
    expect(await ws.json('contact show C2')).toMatchObject({ tags: [] });
  });

  test('a tag that nobody has is exit 3 with the nearest; a comma is not a tag; a dry run writes nothing', async () => {
    const ws = await tagged();
    const missing = await ws.crm('tag rename vipp x');
    expect(missing).toMatchObject({ code: 3, out: '' });
    expect(missing.err).toContain('did you mean vip?');
    expect((await ws.crm('tag rename vip a,b')).code).toBe(2);
    expect((await ws.crm('tag rename vip vip')).code).toBe(2);
    expect((await ws.crm('tag rm')).code).toBe(2);
    const before = await ws.ok('history --json');
    await ws.ok('tag rm vip --dry-run');
    expect(await ws.ok('history --json')).toBe(before);
  });

  test('names the settings that still ask for it', async () => {
    const ws = await tagged();
    await ws.ok(['view', 'add', 'best', 'tag:vip', '--of', 'contacts']);
    expect((await ws.crm('tag rename vip key')).err).toContain('still named in crm.yaml');
  });

  test('hidden records are not counted, and not changed', async () => {
    const ws = await tagged();
    await ws.ok('user add tester --role admin');
    await ws.ok('user add ben --role restricted');
    await ws.ok('contact set C1 owner=tester');
    const asBen = { env: { CRM_USER: 'ben' } };
    expect(await ws.json('tag list', asBen)).toMatchObject([{ tag: 'cold' }, { tag: 'vip', contacts: 1 }]);
    await ws.ok('tag rm vip', asBen);
    expect(await ws.json('contact show C1')).toMatchObject({ tags: ['cold', 'vip'] });
  });
});

test('--offset continues where --limit ended, sorted or not', async () => {
  const ws = await workspace();
  for (const value of [3, 1, 2, 5, 4]) await ws.ok(`deal add Deal --value ${value}`);
  const page = async (...options: string[]) =>
    (await ws.ok(['deal', 'list', '--fields', 'id', ...options])).trim().split('\n').join(' ');
  expect(await page('--offset', '2', '--limit', '2')).toBe('D3 D4');
  expect(await page('--offset', '3')).toBe('D4 D5');
  expect(await page('--sort', '-value', '--offset', '1', '--limit', '2')).toBe('D5 D1');
  expect(await page('--offset', '9')).toBe('');
  expect((await ws.ok('export deals --fields id --offset 4')).trim()).toBe('id\nD5');
  expect((await ws.crm('deal list --offset -1')).code).toBe(2);
});

test('CRM_FORMAT is the default format of lists', async () => {
  const ws = await workspace();
  await ws.ok('deal add Chairs');
  const env = { CRM_FORMAT: 'jsonl' };
  expect(JSON.parse(await ws.ok('deal list', { env }))).toMatchObject({ id: 'D1' });
  expect(await ws.ok('deal list -q', { env })).toBe('D1\n');
  expect(await ws.ok('deal list --format csv --fields id', { env })).toBe('id\nD1\n');
  expect(await ws.ok('export deals --fields id', { env })).toBe('id\nD1\n');
  expect(await ws.crm('deal list', { env: { CRM_FORMAT: 'xml' } })).toMatchObject({ code: 2, out: '' });
});

test('phones are no formulas in CSV, unless a spreadsheet opens it; all else is guarded', async () => {
  const ws = await workspace();
  appendFileSync(join(ws.dir, 'crm.yaml'), 'country: NL\n');
  await ws.ok([
    'contact',
    'add',
    'Bo',
    '--phone',
    '+31 6 12345678',
    '--phone',
    '=1+2',
    '--email',
    '=a@x.com',
  ]);
  await ws.ok(['contact', 'add', 'Jo', '--phone', '+31 6 12345678', '--phone', '(020) 123-4567']);
  const csv = async (...options: string[]) =>
    ws.ok(['export', 'contacts', '--fields', 'phone,phones,emails', ...options]);
  expect(await csv()).toBe(
    'phone,phones,emails\n+31 6 12345678,"\'+31 6 12345678,=1+2",\'=a@x.com\n+31 6 12345678,"+31 6 12345678,(020) 123-4567",\n',
  );
  expect(await csv('--excel')).toContain('\'+31 6 12345678,"\'+31 6 12345678,(020) 123-4567"');
  for (const options of [[], ['--excel']]) {
    const rows = await ws.ok(['export', 'contacts', ...options]);
    expect(await ws.ok('import contacts - --key id', { stdin: rows })).toContain('2 unchanged');
  }
});

test.each([
  ['stage=x', 'stage:x'],
  ['value>100', 'value:>100'],
  ['value>=100', 'value:>=100'],
  ['title!=Bob', 'not:title:=Bob'],
  ['title==Bob', 'title:=Bob'],
  ['title~Bob', 'title:Bob'],
  ['contact.email=x', 'contact.email:x'],
  ['idle<3d', 'idle:<3d'],
  ['account=Acme', 'account:Acme'],
])('%s says how it is written: %s', async (typed, right) => {
  const ws = await workspace();
  const ran = await ws.crm(['deal', 'list', typed]);
  expect(ran).toMatchObject({ code: 2, out: '' });
  expect(ran.err).toContain(right);
});

test('a text with a sign in it is searched for', async () => {
  const ws = await workspace();
  await ws.ok(['deal', 'add', 'a=b stage=x']);
  for (const query of ['"a=b"', 'text:a=b', '"stage=x"', 'text:stage=x'])
    expect(await ws.ok(['deal', 'list', query, '--fields', 'id'])).toBe('D1\n');
  await ws.ok(['deal', 'add', 'a->b c~d =']);
  for (const query of ['a->b', 'c~d', '"="'])
    expect(await ws.ok(['deal', 'list', query, '--fields', 'id'])).toMatch(/D2\n$/);
});

test.each(['name=Bob', 'name!=Bob', 'age>60', 'age>=60', 'nosuch<3', 'nosuch==x', 'contact.nosuch=x'])(
  '%s is an unknown field of deals, not a search that finds nothing',
  async typed => {
    const ws = await workspace();
    const ran = await ws.crm(['deal', 'list', typed]);
    expect(ran).toMatchObject({ code: 2, out: '' });
    expect(ran.err).toMatch(/unknown field "[\w.]+" of deals[\s\S]*in quotes to search for the text/);
  },
);

test.each(['value > 100', 'stage = x', 'title != Bob', 'value >= 100'])(
  '%s with blanks says how it is written',
  async typed => {
    const ws = await workspace();
    const ran = await ws.crm(['deal', 'list', typed]);
    expect(ran).toMatchObject({ code: 2, out: '' });
    expect(ran.err).toMatch(
      /compares nothing: a field and its value have a colon between them, and no blanks/,
    );
  },
);
