/** crm import, as people and scripts use it. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { contentsOfDirectory } from '../app/directory-hash.ts';
import { type TestWorkspace, workspace } from '../harness.ts';
import { runs } from '../effort.ts';

const MAVEN = new URL('../../../shared/data/maven/', import.meta.url).pathname;

const put = (ws: TestWorkspace, name: string, text: string | Uint8Array) => {
  const path = join(ws.dir, '..', name);
  writeFileSync(path, text);
  return path;
};

interface Summary {
  created: number;
  updated: number;
  unchanged: number;
  skipped: number;
  failed: number;
  tx: number | null;
  errors: { line: number; column: string | null; error: string }[];
}

async function importText(ws: TestWorkspace, kind: string, text: string | Uint8Array, ...options: string[]) {
  const ran = await ws.crm(['import', kind, '-', '--json', ...options], { stdin: text });
  if (ran.out === '') throw new Error(ran.err);
  return { code: ran.code, err: ran.err, ...ran.json<Summary>() };
}

describe('formats', () => {
  const rows = [
    { title: 'Desk', value: '12.00', tags: ['a', 'b'], externalId: '007' },
    { title: 'Chair "x"', value: '3.50', tags: [], externalId: '8' },
  ];
  const csv = 'title,value,tags,externalId\nDesk,12,"a,b",007\n"Chair ""x""",3.50,,8\n';
  test.each([
    ['csv', csv],
    ['csv with a byte order mark', `\ufeff${csv}`],
    [
      'csv of a spreadsheet',
      `sep=;\r\n${csv.replaceAll(',', ';').replace('a;b', 'a,b').replaceAll('\n', '\r\n')}`,
    ],
    ['tsv', csv.replaceAll(',', '\t').replace('a\tb', 'a,b')],
    ['json', JSON.stringify(rows, null, 2)],
    ['json on one line', JSON.stringify(rows)],
    ['jsonl', rows.map(row => JSON.stringify(row)).join('\n')],
    [
      'jsonl with numbers, nulls and custom order',
      '{"externalId":"007","tags":["b","a"],"value":12,"title":"Desk"}\n\n{"title":"Chair \\"x\\"","value":3.5,"externalId":"8","tags":null}',
    ],
    ['utf-16', Buffer.from(`\ufeff${csv}`, 'utf16le')],
  ])('%s', async (_, text) => {
    const ws = await workspace();
    expect(await importText(ws, 'deals', text)).toMatchObject({ created: 2, failed: 0 });
    expect(await ws.json('deal list')).toMatchObject(rows);
  });

  test('Latin-1 is read if it is named, and never guessed', async () => {
    const ws = await workspace();
    const bytes = Buffer.from('title\nCafé\n', 'latin1');
    const ran = await ws.crm('import deals -', { stdin: bytes });
    expect(ran).toMatchObject({
      code: 1,
      err: expect.stringMatching(/standard input:2: .*UTF-8[\s\S]*--encoding/),
    });
    expect(await importText(ws, 'deals', bytes, '--encoding', 'latin1')).toMatchObject({ created: 1 });
    expect(await ws.json('deal show D1')).toMatchObject({ title: 'Café' });
  });

  test.each([
    ['{"title":"a"}\n{"title":"b"\n{"title":"c"}\n', 'jsonl', 1, /"line":2.*is not JSON/],
    [
      '[{"title":"a"},\n{"title":"b"',
      'json',
      1,
      /standard input:2:1: the object that begins here is never closed/,
    ],
    ['[{"title":"a"}, 5]', 'json', 1, /"line":1.*is not a JSON object/],
    ['[{"title":"a"},]', 'json', 1, /standard input:1:16: .*\].* where a value should be/],
    ['[{"title":"a"}', 'json', 1, /the array is never closed/],
    ['{"__proto__":{"x":1},"title":"a"}', 'jsonl', 1, /a key cannot be named .*__proto__/],
    ['{"title":{"a":{"b":1}}}', 'jsonl', 1, /is an object/],
    ['', 'csv', 1, /is empty/],
    ['a;b,c\n1;2,3\n', 'csv', 2, /could be delimited by ',' or ';'|';' or ','/],
    ['title,title\na,b\n', 'csv', 1, /columns 1 and 2 are both named/],
    ['title,\na,b\n', 'csv', 1, /column 2 of 2 has no name/],
    ['title,__proto__\na,b\n', 'csv', 1, /column 2 cannot be named __proto__/],
    ['title,value\n"a,1\n', 'csv', 1, /standard input:2: the quote that opens column 1 is never closed/],
    ['title,value\na\n', 'csv', 1, /"line":2.*1 cell where the header has 2/],
    [
      'title,vlaue\na,1\n',
      'csv',
      2,
      /neither mapped nor has the name of a field of deals[\s\S]*--map .*vlaue=FIELD.*did you mean value/,
    ],
    [
      'title,TITLE\na,b\n',
      'csv',
      2,
      /the column .*TITLE.* is neither mapped nor has the name of a field[\s\S]*did you mean title/,
    ],
    ['title\na\n', 'xlsx', 2, /unknown format .*xlsx/],
  ])('%j as %s is refused', async (text, format, code, message) => {
    const ws = await workspace();
    const before = contentsOfDirectory(ws.dir, ['.crm']);
    const ran = await ws.crm(['import', 'deals', '-', '--from', format, '--json'], { stdin: text });
    expect(ran.code).toBe(code);
    expect((ran.out + ran.err).replace(/\s*\n\s*/g, ' ').replace(/"line": /g, '"line":')).toMatch(message);
    expect(contentsOfDirectory(ws.dir, ['.crm'])).toEqual(before);
  });
});

test('a column may have the name of a field in any case', async () => {
  const ws = await workspace();
  await ws.ok(['import', 'deals', '-', '--create-missing', 'accounts'], {
    stdin: 'Title,VALUE,externalid,Account\nLamps,1200,x1,Lux\n',
  });
  expect(await ws.json('deal show D1')).toMatchObject({
    title: 'Lamps',
    value: '1200.00',
    externalId: 'x1',
    account: 'A1',
  });
});

describe('kinds', () => {
  test('a user who leaves with open work is an error of that row', async () => {
    const ws = await workspace();
    await ws.ok('user add ana --name Ana');
    await ws.ok('deal add --title Desk --owner ana');
    const file = 'id,name,active\nben,Ben,yes\nana,Ana,no\n';
    const ran = await ws.crm(['import', 'users', '-', '--key', 'id', '--skip-invalid', '--json'], {
      stdin: file,
    });
    expect(ran.code).toBe(1);
    expect(JSON.parse(ran.out)).toMatchObject({
      created: 1,
      failed: 1,
      errors: [{ line: 3, error: expect.stringMatching(/^ana still has an open deal, D\d+/) }],
    });
    expect(await ws.json('user show ana')).toMatchObject({ active: true });
  });

  test('and so is one to whom a rule gives work', async () => {
    const ws = await workspace();
    await ws.ok('user add ana --name Ana');
    writeFileSync(
      join(ws.dir, 'automations/calls.yaml'),
      'for: deal\non: created\nsteps:\n  - add-task: { title: Call, assignee: ana }\n',
    );
    const stdin = 'id,name,active\nben,Ben,yes\nana,Ana,no\n';
    const error = 'ana is given work by automations/calls.yaml';
    const ran = await ws.crm('import users - --key id --skip-invalid --json', { stdin });
    expect(ran.code).toBe(1);
    expect(JSON.parse(ran.out)).toMatchObject({
      created: 1,
      failed: 1,
      errors: [{ line: 3, error: `${error} (crm user rm ana --successor USER)` }],
    });
    expect(await ws.ok('user list -q')).toBe('ana\nben\n');
  });

  test('every kind, from the records that an export has', async () => {
    const ws = await workspace();
    await ws.ok('user add ana --name Ana');
    expect(
      await importText(ws, 'users', 'id,name,email,role\nben,Ben Bos,ben@x.nl,manager\n,Cas Bo,cas@x.nl,\n'),
    ).toMatchObject({ created: 2 });
    expect(await ws.json('user list')).toMatchObject([
      { id: 'ana' },
      { id: 'ben', role: 'manager' },
      { id: 'cas-bo', email: 'cas@x.nl', role: 'normal', active: true },
    ]);
    const sets: [string, string, object][] = [
      [
        'accounts',
        'name,domain,parent\nAcme,acme.nl,\nAcme BE,acme.be,Acme\n',
        { name: 'Acme BE', parent: 'A1' },
      ],
      [
        'contacts',
        'name,email,account,owner,consent\nJane,jane@acme.nl,Acme,Ben Bos,yes\n',
        { account: 'A1', owner: 'ben', consent: true },
      ],
      [
        'deals',
        'title,value,contact,account,stage\nDesk,12,jane@acme.nl,acme.nl,In contact\n',
        { contact: 'C1', account: 'A1', stage: 'in-contact' },
      ],
      [
        'tasks',
        'title,type,for,due,assignee\nCall,call,D1,2026-10-01,cas@x.nl\n',
        { for: 'D1', assignee: 'cas-bo' },
      ],
      [
        'activities',
        'type,for,at,text\nmeeting,Acme,2026-09-01 14:00,"Spoke, well"\n',
        { for: 'A1', at: '2026-09-01T12:00:00.000Z' },
      ],
      [
        'events',
        'name,contact,at,prop.form,props.n\nform.submitted,jane@acme.nl,2026-09-01,quote,007\n',
        { props: { form: 'quote', n: '007' } },
      ],
      [
        'invoices',
        'for,amount,issued,paid\nD1,5200,2026-05-03,\n',
        { for: 'D1', deal: 'D1', account: 'A1', contact: 'C1', paid: null },
      ],
    ];
    for (const [kind, text, last] of sets) {
      expect({ kind, ...(await importText(ws, kind, text, '--same-workspace')) }).toMatchObject({
        kind,
        failed: 0,
      });
      const singular = kind === 'activities' ? 'activity' : kind.slice(0, -1);
      expect((await ws.json<object[]>([singular, 'list'])).at(-1)).toMatchObject(last);
    }
    // What was exported comes back, by id, and is so already.
    for (const [kind] of sets)
      for (const format of ['csv', 'jsonl']) {
        const exported = await ws.ok(['export', kind, '--format', format]);
        const again = await importText(ws, kind, exported, '--key', 'id', '--from', format);
        expect({ kind, format, ...again }).toMatchObject({
          kind,
          format,
          created: 0,
          updated: 0,
          failed: 0,
          tx: null,
        });
      }
  });

  test('event import is import events', async () => {
    const ws = await workspace();
    await ws.ok('contact add --email jane@x.nl');
    const lines = '{"name":"page.visited","contact":"jane@x.nl","props":{"url":"/a","n":5}}\n';
    expect(await ws.ok('event import -', { stdin: lines })).toBe('1 created\n');
    expect(await ws.json('event show E1')).toMatchObject({
      name: 'page.visited',
      props: { url: '/a', n: 5 },
    });
  });

  test('users: an update, a conflict, and one who cannot leave', async () => {
    const ws = await workspace();
    await importText(ws, 'users', 'id,name,email\nben,Ben,ben@x.nl\ncas,Cas,cas@x.nl\n');
    expect(
      await importText(ws, 'users', 'id,name,email\nben,Benno,ben@x.nl\ncas,Cas,cas@x.nl\n', '--key', 'id'),
    ).toMatchObject({ updated: 1, unchanged: 1 });
    expect(await importText(ws, 'users', 'id,name,email\ndan,Dan,BEN@x.nl\n')).toMatchObject({
      failed: 1,
      errors: [{ error: expect.stringContaining('ben has the e-mail') }],
    });
    expect(readFileSync(join(ws.dir, 'crm.yaml'), 'utf8')).toContain('name: Benno');
    await ws.ok('undo');
    expect(await ws.json('user show ben')).toMatchObject({ name: 'Ben' });
  });
});

describe('mappings', () => {
  test('columns by value, composed fields, constants, relations that are made', async () => {
    const ws = await workspace();
    const path = put(
      ws,
      'm.yaml',
      `kind: deals
key: externalId
locale: nl
columns:
  No: externalId
  Amount: value
  Customer: account
  Person: contact
  State: { field: stage, values: { done: { status: won, stage: in-contact } } }
  Closing: closes
compose: { title: '{What} for {Customer}' }
set: { description: 'from the old system' }
create-missing: [accounts, contacts, users]
ignore: ['*']
`,
    );
    const csv =
      'No;What;Amount;Customer;Person;State;Closing;Extra\n7;Desks;1.250,50;Acme;Jane Roe <jane@acme.nl>;Follow up;1-10-2026;x\n8;Chairs;80;Acme;Tom;done;1-9-2026;y\n';
    const ran = await ws.crm(['import', 'deals', '-', '--mapping', path], { stdin: csv });
    expect(ran).toMatchObject({ code: 0, out: '2 created\n' });
    expect(ran.err).toMatch(/delimited by ';'[\s\S]*made for them: .*1 account.*[\s\S]*left out: Extra/);
    expect(await ws.json('deal list')).toMatchObject([
      {
        title: 'Desks for Acme',
        value: '1250.50',
        account: 'A1',
        contact: 'C1',
        stage: 'follow-up',
        expectedClose: '2026-10-01',
        description: 'from the old system',
      },
      { title: 'Chairs for Acme', status: 'won', closedAt: '2026-08-31T22:00:00.000Z', contact: 'C2' },
    ]);
    expect(await ws.json('contact list')).toMatchObject([
      { name: 'Jane Roe', email: 'jane@acme.nl', account: 'A1' },
      { name: 'Tom', email: null },
    ]);
    expect((await ws.crm(['import', 'deals', '-', '--mapping', path], { stdin: csv })).out).toBe(
      '0 created, 2 unchanged\n',
    );
  });

  test.each([
    ['csv', 'title,Notes\na,b\n'],
    ['json', '[{"title":"a"},{"title":"b","Notes":"c"}]'],
    ['jsonl', '{"title":"a"}\n{"title":"b","Notes":"c"}\n'],
  ])(
    '--ignore of a column that %s does not have is a mistake, and one that a mapping names is not',
    async (from, text) => {
      const ws = await workspace();
      const ignoring = (...options: string[]) =>
        ws.crm(['import', 'deals', '-', '--from', from, ...options], { stdin: text });
      expect(
        await ignoring('--ignore', 'Note', ...(from === 'csv' ? [] : ['--ignore', 'Notes'])),
      ).toMatchObject({
        code: 2,
        err: expect.stringMatching(/--ignore "Note": the file has no such column[\s\S]*did you mean Notes/),
      });
      expect(await ws.ok('deal list')).toBe('');
      const mapping = put(ws, 'ignore.yaml', 'ignore: [Note, Notes]\n');
      expect(await ignoring('--mapping', mapping)).toMatchObject({ code: 0 });
      expect(await ignoring('--ignore', 'Notes', '--ignore', '*')).toMatchObject({ code: 0 });
    },
  );

  test('a column without a name is ignored if it is empty, and left out with --ignore', async () => {
    const ws = await workspace();
    expect(await importText(ws, 'deals', 'title,\na,\nb,\n')).toMatchObject({ created: 2 });
    expect(await importText(ws, 'deals', 'title,\na,\nb,x\n')).toMatchObject({
      errors: [{ line: 3, error: expect.stringMatching(/column 2 of 2 has no name .*--ignore ''/) }],
    });
    expect(await importText(ws, 'deals', 'title,\na,\nb,x\n', '--ignore', '')).toMatchObject({ created: 2 });
  });

  test('options say the same, and the names of mappings are suggested', async () => {
    const ws = await workspace();
    const csv = 'First,Last,Mail,Co\nJane,Roe,j@x.nl,Acme\n';
    const options = [
      '--map',
      'Mail=email',
      '--map',
      'Co=account',
      '--compose',
      'name={First} {Last}',
      '--create-missing',
      'accounts',
      '--set',
      'tags=a=b',
    ];
    expect(await importText(ws, 'contacts', csv, ...options)).toMatchObject({ created: 1 });
    expect(await ws.json('contact show C1')).toMatchObject({
      name: 'Jane Roe',
      tags: ['a=b'],
      account: 'A1',
    });
    const unknown = await ws.crm('import deals - --mapping nope', { stdin: csv });
    expect(unknown).toMatchObject({
      code: 3,
      err: expect.stringContaining('hubspot, pipedrive, salesforce'),
    });
    expect(
      await ws.crm(['import', 'contacts', '-', '--compose', 'name={Frist}'], { stdin: csv }),
    ).toMatchObject({
      code: 2,
      err: expect.stringMatching(/compose, name: the file has no column "Frist"[\s\S]*did you mean First\?/),
    });
    expect(await ws.crm('import activities - --mapping hubspot', { stdin: csv })).toMatchObject({
      code: 2,
      err: expect.stringContaining('is for deals, contacts'),
    });
  });

  test('text that an export guards against formulas comes back as it was', async () => {
    const ws = await workspace();
    await ws.ok(['deal', 'add', '=1+1', '--field', "description='@x"]);
    const csv = await ws.ok('export deals --fields title,description');
    expect(csv).toContain("'=1+1,''@x");
    await importText(ws, 'deals', csv);
    expect(await ws.json('deal show D2')).toMatchObject({ title: '=1+1', description: "'@x" });
    await importText(ws, 'deals', '[{"title":"\'=raw"}]', '--from', 'json');
    await importText(ws, 'deals', "title\n'=left\n", '--raw');
    expect(await ws.json('deal show D4')).toMatchObject({ title: "'=left" });
    expect(await ws.json('deal show D3')).toMatchObject({ title: "'=raw" });
  });

  test('a guess says the delimiter that was found', async () => {
    const ws = await workspace();
    const guess = (stdin: string) => ws.ok('import deals - --guess', { stdin });
    expect(await guess('title;value\nDesk;12\n')).toContain('delimiter: ;\n');
    expect(await guess('title\tvalue\nDesk\t12\n')).toContain('delimiter: tab\n');
    expect(await guess('title,value\nDesk,12\n')).not.toContain('delimiter');
  });

  test('a complete guess is a mapping that imports', async () => {
    const ws = await workspace();
    const csv =
      'Order no;Subject;Total;Customer;E-mail;Ordered\nA-1;Desks;1.250,50;Acme;jane@acme.nl;13-1-2026\nA-2;Chairs;80,00;Bolt;tom@bolt.nl;14-1-2026\n';
    const guessed = await ws.ok('import deals - --guess', { stdin: csv });
    expect(guessed).toMatch(
      /key: externalId\n[\s\S]*locale: nl\n[\s\S]*ignore:\n {2}- Ordered # for example/,
    );
    const ran = await ws.crm(['import', 'deals', '-', '--mapping', put(ws, 'g.yaml', guessed)], {
      stdin: csv,
    });
    expect(ran).toMatchObject({ code: 0, out: '2 created\n' });
    expect(await ws.json('deal show D1')).toMatchObject({
      externalId: 'A-1',
      title: 'Desks',
      value: '1250.50',
      account: 'A1',
      contact: 'C1',
    });
    expect(await ws.json('import deals - --guess', { stdin: csv })).toMatchObject({
      kind: 'deals',
      columns: { Total: 'value' },
    });
  });
});

describe('duplicates', () => {
  const csv = 'name,email\nJane,jane@x.nl\nTom,tom@x.nl\nJanet,JANE@x.nl\n';
  test.each([
    [
      'nothing said',
      [],
      { created: 0, failed: 1, errors: [{ line: 4, error: expect.stringContaining('already: C1') }] },
    ],
    ['skip', ['--on-duplicate', 'skip'], { created: 2, skipped: 1 }],
    ['update', ['--on-duplicate', 'update'], { created: 2, updated: 1 }],
    [
      'error',
      ['--on-duplicate', 'error'],
      {
        failed: 1,
        errors: [{ line: 4, column: 'email', error: expect.stringContaining('in line 2 already') }],
      },
    ],
    [
      'a key',
      ['--key', 'email'],
      { failed: 1, errors: [{ error: expect.stringContaining('in line 2 already') }] },
    ],
  ])('within a file: %s', async (_, options, result) => {
    expect(await importText(await workspace(), 'contacts', csv, ...options)).toMatchObject(result);
  });

  test('names the earlier line, whichever key is taken', async () => {
    const ws = await workspace();
    const rows: [string, string][] = [
      ['contacts', 'name,externalId\na,7\nb,8\nc,7\n'],
      ['deals', 'title,externalId\na,7\nb,8\nc,7\n'],
      ['accounts', 'name\na\nb\nA\n'],
      ['users', 'id,email\nann,a@x.nl\nbob,b@x.nl\ncas,A@x.nl\n'],
      ['users', 'id,email\nann,a@x.nl\nbob,b@x.nl\nann,c@x.nl\n'],
    ];
    for (const [kind, text] of rows)
      expect({ kind, ...(await importText(ws, kind, text, '--dry-run')) }).toMatchObject({
        kind,
        failed: 1,
        errors: [{ line: 4, error: expect.stringMatching(/already.*, of line 2/) }],
      });
    const parent = 'name,parent\nBelgium,Acme\nAcme,\n';
    expect(await importText(ws, 'accounts', parent, '--create-missing', 'accounts')).toMatchObject({
      errors: [{ line: 3, error: expect.stringMatching(/already: A1, of line 2/) }],
    });
  });

  test('--on-duplicate beside a key: rows that the key does not find are found by unique fields', async () => {
    const ws = await workspace();
    await ws.ok('contact add --email jane@x.nl --name Jane');
    const text = 'externalId,name,email\n1,Jane Roe,jane@x.nl\n2,Tom,tom@x.nl\n,Tim,TOM@x.nl\n';
    const key = ['--key', 'externalId', '--on-duplicate'];
    expect(await importText(ws, 'contacts', text, ...key, 'skip', '--dry-run')).toMatchObject({
      created: 1,
      skipped: 2,
    });
    expect(await importText(ws, 'contacts', text, ...key, 'error')).toMatchObject({
      failed: 2,
      errors: [
        { line: 2, error: expect.stringContaining('C1 has the key "jane@x.nl" already') },
        { line: 4, error: expect.stringContaining('in line 3 already') },
      ],
    });
    expect(await importText(ws, 'contacts', text, ...key, 'update')).toMatchObject({
      created: 1,
      updated: 2,
    });
    expect(await ws.json('contact list')).toMatchObject([
      { id: 'C1', name: 'Jane Roe', externalId: '1' },
      { name: 'Tim', externalId: '2' },
    ]);
    expect(await importText(ws, 'contacts', 'externalId,name\n,Nobody\n', ...key, 'update')).toMatchObject({
      errors: [{ error: 'the key externalId is empty' }],
    });
  });

  test('with the workspace: accounts by domain, else by name', async () => {
    const ws = await workspace();
    await ws.ok('account add Acme --domain acme.nl');
    await ws.ok('account add Bolt');
    const rows = 'name,domain\nACME Holding,ACME.nl\nbolt,bolt.nl\n';
    expect(await importText(ws, 'accounts', rows, '--on-duplicate', 'skip')).toMatchObject({
      skipped: 2,
      tx: null,
    });
    expect(await importText(ws, 'accounts', rows, '--on-duplicate', 'error')).toMatchObject({ failed: 2 });
    expect(await importText(ws, 'accounts', rows, '--on-duplicate', 'update', '--verbose')).toMatchObject({
      updated: 2,
      rows: [{ line: 2, outcome: 'updated', id: 'A1', fields: ['name'] }, { id: 'A2' }],
      changed: { name: 2, domain: 1 },
    });
    expect(await ws.json('account list')).toMatchObject([{ name: 'ACME Holding' }, { domain: 'bolt.nl' }]);
  });

  test('deals have no key of their own', async () => {
    const ran = await (await workspace()).crm('import deals - --on-duplicate skip', { stdin: 'title\na\n' });
    expect(ran).toMatchObject({ code: 2, err: expect.stringContaining('--key externalId') });
  });
});

describe('what a run says', () => {
  test('a dry run says what the run then does; twice is unchanged; undo takes updates back', async () => {
    const ws = await workspace();
    await importText(ws, 'deals', 'externalId,title,value\n1,A,10\n2,B,20\n');
    const csv = 'externalId,title,value\n1,A,15\n2,B,20\n3,C,30\n4,D,x\n';
    const options = ['--key', 'externalId', '--skip-invalid', '--verbose'];
    const before = contentsOfDirectory(ws.dir, ['.crm']);
    const dry = await importText(ws, 'deals', csv, ...options, '--dry-run');
    expect(contentsOfDirectory(ws.dir, ['.crm'])).toEqual(before);
    const run = await importText(ws, 'deals', csv, ...options);
    expect({ ...dry, tx: run.tx, err: '' }).toEqual({ ...run, err: '' });
    expect(run).toMatchObject({ code: 1, created: 1, updated: 1, unchanged: 1, failed: 1 });
    expect(await importText(ws, 'deals', csv, ...options)).toMatchObject({
      updated: 0,
      unchanged: 3,
      failed: 1,
      tx: null,
    });
    await ws.ok('undo');
    expect(await ws.json('deal list')).toMatchObject([{ value: '10.00' }, { value: '20.00' }]);
  });

  test('failed rows are a file that goes in again once it is corrected', async () => {
    const ws = await workspace();
    const errors = put(ws, 'e.csv', '');
    const ran = await importText(
      ws,
      'deals',
      'title,value\nA,1\n"B, b",-5\nC,"1,5"\n',
      '--skip-invalid',
      '--errors',
      errors,
    );
    expect(ran).toMatchObject({ code: 1, created: 1, failed: 2 });
    const text = readFileSync(errors, 'utf8');
    expect(text).toMatch(/^title,value,crm_error\n"B, b",-5,"value: .*not negative.*"\nC,"1,5",/);
    writeFileSync(errors, text.replace('-5', '5').replace('"1,5"', '1.5'));
    expect(await ws.ok(['import', 'deals', errors])).toBe('2 created\n');
  });

  test('automations that it did not start are counted, of both sorts; --trigger starts them', async () => {
    const ws = await workspace();
    mkdirSync(join(ws.dir, 'automations'), { recursive: true });
    writeFileSync(
      join(ws.dir, 'automations/new.yaml'),
      'for: deal\non: [{ created: {} }, { matches: { query: "value.over:1k" } }]\nwhere: "not:tag:cold"\nsteps: [{ add-note: { text: hi } }]\n',
      { flag: 'w' },
    );
    writeFileSync(
      join(ws.dir, 'automations/big.yaml'),
      'for: deal\non: [{ matches: { query: "value.over:1k" } }]\nsteps: [{ add-note: { text: big } }]\n',
    );
    await ws.ok('run');
    const csv = 'title,value,tags\nA,10,\nB,2000,\nC,10,cold\n';
    const quiet = await ws.crm('import deals -', { stdin: csv });
    expect(quiet.err).toContain('automations not started: 3; --trigger starts them');
    expect((await ws.json<{ automations: object[] }>('run --dry-run')).automations).toEqual([]);
    await ws.ok('undo');
    const loud = await ws.crm('import deals - --trigger', { stdin: csv });
    expect(loud.err).not.toContain('not started');
    expect((await ws.json<{ automations: object[] }>('run')).automations).toHaveLength(3);
  });

  test('a user who may not change settings makes no users', async () => {
    const ws = await workspace();
    await ws.ok('user add ana --role admin');
    await ws.ok('user add ben');
    const ran = await ws.crm('import deals - --as ben --create-missing users', {
      stdin: 'title,owner\na,Zed\n',
    });
    expect(ran).toMatchObject({ code: 1, err: expect.stringContaining('may not change settings') });
  });
});

test('any bytes end in a clear error or an import, and no prototype changes', async () => {
  const ws = await workspace();
  const names = ['title', 'value', 'tags', '__proto__', 'constructor', 'externalId', 'contact.name', ''];
  const cell = fc.oneof(
    fc.constantFrom('', '"', '""', '12', '-5', '1,5', '\n', '\r', ';', '\t', '\u0000', '=1', 'é', "'"),
    fc.string({ maxLength: 6 }),
  );
  const csv = fc
    .tuple(
      fc.array(fc.constantFrom(...names), { minLength: 1, maxLength: 4 }),
      fc.array(fc.array(cell, { maxLength: 5 }), { maxLength: 5 }),
      fc.constantFrom(',', ';', '\t'),
    )
    .map(([header, rows, by]) => Buffer.from([header, ...rows].map(row => row.join(by)).join('\n')));
  const json = fc
    .array(fc.dictionary(fc.constantFrom(...names), fc.jsonValue({ maxDepth: 2 })))
    .map(rows => Buffer.from(JSON.stringify(rows)));
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(csv, json, fc.uint8Array({ maxLength: 60 })),
      fc.constantFrom([], ['--skip-invalid']),
      async (bytes, options) => {
        const ran = await ws.crm(['import', 'deals', '-', '--dry-run', ...options], { stdin: bytes });
        expect([0, 1, 2]).toContain(ran.code);
        expect(ran.err).not.toMatch(/ at .*\.ts|bug in crm/);
        expect(({} as Record<string, unknown>).x).toBeUndefined();
        expect(Object.keys(Object.prototype)).toEqual([]);
      },
    ),
    { numRuns: runs(50) },
  );
});

test.skipIf(!existsSync(MAVEN))(
  'the Maven files, with the guessed mapping and what only a person can know',
  async () => {
    const ws = await workspace('automated-sales');
    await ws.ok('field add deal product --type text');
    const file = join(MAVEN, 'sales_pipeline.csv');
    const guessed = await ws.ok(['import', 'deals', file, '--guess']);
    expect(guessed).toMatch(/key: externalId\ndates: M\/D\/YYYY\n/);
    const said = guessed
      .replace(
        'Won: { status: won }',
        'Won: { status: won, stage: in-progress }\n      Prospecting: awaiting-contact\n      Engaging: in-progress',
      )
      .replace('Lost: { status: lost }', 'Lost: { status: lost, stage: in-progress }');
    const mapping = put(ws, 'maven.yaml', said);
    const ran = await ws.crm(['import', 'deals', file, '--mapping', mapping]);
    expect(ran).toMatchObject({ code: 0, out: '8,800 created\n' });
    expect(await ws.json('deal list is:won --limit 1 --sort externalId')).toMatchObject([
      { status: 'won', stage: 'in-progress', closedAt: expect.any(String) },
    ]);
    const accounts = await ws.ok(['import', 'accounts', join(MAVEN, 'accounts.csv'), '--guess']);
    expect(
      (
        await ws.crm([
          'import',
          'accounts',
          join(MAVEN, 'accounts.csv'),
          '--mapping',
          put(ws, 'a.yaml', accounts),
        ])
      ).code,
    ).toBe(0);
    const teams = await ws.ok(['import', 'users', join(MAVEN, 'sales_teams.csv'), '--guess']);
    expect(
      (
        await ws.crm([
          'import',
          'users',
          join(MAVEN, 'sales_teams.csv'),
          '--mapping',
          put(ws, 't.yaml', teams),
          '--on-duplicate',
          'skip',
        ])
      ).code,
    ).toBe(0);
  },
);
