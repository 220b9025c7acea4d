/** Export: every kind, in every format, exact and safe; and what comes out goes in again. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { copiesOf, workspace } from '../harness.ts';
import { runs } from '../effort.ts';
import { anyText } from '../texts.ts';

/** A record or two of every kind, with what makes CSV hard. */
const furnished = copiesOf(async () => {
  const ws = await workspace('automated-sales');
  for (const args of [
    ['user', 'add', 'ana', '--name', '=Ana', '--email', 'ana@example.com', '--role', 'admin'],
    ['field', 'add', 'deal', 'budget', '--type', 'number'],
    ['account', 'add', "'=Acme", '--domain', 'acme.example'],
    [
      'contact',
      'add',
      '--email',
      'jane@example.com',
      '--name',
      '=HYPERLINK("x")',
      '--phone',
      '+31 6',
      '--account',
      'A1',
    ],
    ['contact', 'add', '--name', ' Bo, "the" Óld\nOne '],
    [
      'deal',
      'add',
      '@chairs; tables|\ttops',
      '--value',
      '5200',
      '--contacts',
      'C1,C2',
      '--tags',
      '-cold,vip',
      '--owner',
      'ana',
    ],
    [
      'deal',
      'add',
      'Desks',
      '--value',
      '1290.50',
      '--close',
      '2026-12-01',
      '--field',
      'budget=-5',
      '--field',
      'qualification=target group',
    ],
    ['deal', 'lose', 'D2', '--reason', '- too dear'],
    ['task', 'add', '+1 chair', '--for', 'D1', '--due', '+2d', '--type', 'call'],
    ['task', 'done', 'T1', '--outcome', "''=x"],
    ['log', 'call', 'D1', '  =1+1'],
    ['event', 'add', 'form.submitted', '--contact', 'C1', '--prop', 'form=quote, "big"', '--prop', 'n=3'],
    ['invoice', 'add', '--for', 'D1', '--amount', '5200', '--issued', '2026-05-03'],
    ['invoice', 'pay', 'I1', '2026-05-20'],
  ])
    await ws.ok(args);
  return ws;
});

const kinds = ['deals', 'contacts', 'accounts', 'tasks', 'activities', 'events', 'invoices'];

describe('an export can be imported again', () => {
  test('unchanged, by id, of every kind and in every format', async () => {
    const ws = await furnished();
    const history = await ws.ok('history --json');
    for (const kind of [...kinds, 'users'])
      for (const format of [
        ['csv'],
        ['csv', '--excel', '--delimiter', ';'],
        ['csv', '--delimiter', 'tab', '--bom'],
        ['json'],
        ['jsonl'],
      ]) {
        const text = await ws.ok(['export', kind, '--format', ...format]);
        const ran = await ws.crm(['import', kind, '-', '--key', 'id'], {
          stdin: text,
        });
        expect([ran.code, ran.out], `${kind} ${format.join(' ')}: ${ran.err}`).toEqual([
          0,
          expect.stringMatching(/^0 created, \d+ unchanged\n$/),
        ]);
      }
    expect(await ws.ok('history --json')).toBe(history);
  });

  test('events have a column for each property', async () => {
    const ws = await furnished();
    await ws.ok('event add form.submitted --contact C1 --prop a.b==1 --prop code=007');
    expect(await ws.ok('export events --fields id,props')).toBe(
      'id,prop.a.b,prop.code,prop.form,prop.n\nE1,,,"quote, ""big""",3\nE2,\'=1,007,,\n',
    );
    const text = (await ws.ok('export events')).replace(',007,', ',008,');
    expect(await ws.ok('import events - --key id', { stdin: text })).toBe(
      '0 created, 1 updated, 1 unchanged\n',
    );
    expect(await ws.json('event show E2')).toMatchObject({ props: { 'a.b': '=1', code: '008' } });
  });

  test('through another program', async () => {
    const ws = await furnished();
    const out = await ws.ok('export deals is:open --fields id,title,value');
    expect(await ws.ok('import deals - --key id', { stdin: out.replace('5200.00', '5300.00') })).toBe(
      '0 created, 1 updated\n',
    );
    expect(await ws.ok('deal list --fields title,value is:open')).toBe('@chairs; tables|\\ttops\t5300.00\n');
  });

  const text = fc.oneof(
    anyText({ minLength: 1, maxLength: 12 }),
    fc.stringMatching(/^['=+@ \t-]{0,3}[a"',;|\n-]{1,5}$/),
  );
  test('any text, guarded or not, through any style', async () => {
    const ws = await workspace();
    await ws.ok('contact add --name x');
    await fc.assert(
      fc.asyncProperty(
        text.filter(t => t.trim() !== ''),
        fc.constantFrom('', '--excel', '--delimiter ;', '--delimiter tab'),
        async (name, style) => {
          const set = await ws.crm(['contact', 'set', 'C1', `name=${name}`]);
          if (set.code !== 0) return;
          const out = await ws.ok(['export', 'contacts', ...style.split(' ').filter(Boolean)]);
          expect(await ws.ok('import contacts - --key id', { stdin: out })).toBe('0 created, 1 unchanged\n');
        },
      ),
      { numRuns: runs(12) },
    );
  });
});

describe('CSV', () => {
  test('of users, and of every other kind that has a list', async () => {
    const ws = await furnished();
    expect(await ws.ok('export users')).toBe(
      "id,name,email,role,active,signature\nana,'=Ana,ana@example.com,admin,true,\n",
    );
    expect(await ws.ok('export users --fields name,id --raw')).toBe('name,id\n=Ana,ana\n');
    expect(await ws.json('export users')).toEqual([
      { id: 'ana', name: '=Ana', email: 'ana@example.com', role: 'admin', active: true, signature: null },
    ]);
    for (const kind of [...kinds, 'messages'])
      expect((await ws.ok(['export', kind])).split('\n')[0], kind).toMatch(/^id,/);
  });

  test('guards texts against formulas, not numbers; --raw does not', async () => {
    const ws = await furnished();
    const fields = ['--fields', 'title,tags,lostReason,budget'];
    expect(await ws.ok(['export', 'deals', ...fields])).toBe(
      'title,tags,lostReason,budget\n"\'@chairs; tables|\ttops","\'-cold,vip",,\nDesks,,\'- too dear,-5\n',
    );
    expect(await ws.ok(['export', 'deals', ...fields, '--raw'])).toBe(
      'title,tags,lostReason,budget\n"@chairs; tables|\ttops","-cold,vip",,\nDesks,,- too dear,-5\n',
    );
  });

  test('with another delimiter, a byte order mark, and as Excel likes it', async () => {
    const ws = await furnished();
    const fields = ['--fields', 'id,value'];
    expect(await ws.ok(['export', 'deals', ...fields, '--delimiter', ';'])).toBe(
      'id;value\nD1;5200.00\nD2;1290.50\n',
    );
    expect(await ws.ok(['export', 'deals', ...fields, '--delimiter', 'tab', '--bom'])).toBe(
      '\uFEFFid\tvalue\nD1\t5200.00\nD2\t1290.50\n',
    );
    expect(await ws.ok(['export', 'deals', ...fields, '--excel', '--delimiter', 'semicolon'])).toBe(
      '\uFEFFid;value\r\nD1;5200.00\r\nD2;1290.50\r\n',
    );
  });

  test('goes to a file beside the workspace, whole', async () => {
    const ws = await furnished();
    const { out, err } = await ws.crm('export accounts -o accounts.csv');
    expect([out, err]).toEqual(['', 'wrote 1 account to accounts.csv\n']);
    expect(readFileSync(join(ws.dir, 'accounts.csv'), 'utf8')).toBe(await ws.ok('export accounts'));
  });
});

test.each([
  ['export', 2, 'of which kind?'],
  ['export deels', 2, 'unknown kind "deels"'],
  ['export enrolments', 2, 'unknown kind "enrolments"'],
  ['export deals --delimiter ab', 2, '"ab" cannot be a delimiter'],
  ['export deals --json --bom', 2, '--bom is of CSV, and --format json is not'],
  ['export deals --format jsonl --excel', 2, '--excel is of CSV'],
  ['export users name:ana', 2, 'users have no queries'],
  ['export users --fields nmae', 2, 'unknown field "nmae"'],
  ['export deals stag:x', 2, 'unknown field "stag"'],
])('%s', async (args, code, message) => {
  const ws = await workspace();
  const ran = await ws.crm(args);
  expect([ran.code, ran.out]).toEqual([code, '']);
  expect(ran.err).toContain(message);
});
