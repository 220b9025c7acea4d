/** People and companies as they are: several e-mails, phones, accounts and domains. */
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type TestWorkspace, workspace } from '../harness.ts';
import { runs } from '../effort.ts';

interface Contact {
  readonly id: string;
  readonly name: string;
  readonly email: string | null;
  readonly emails: readonly string[];
  readonly phone: string | null;
  readonly phones: readonly string[];
  readonly account: string | null;
  readonly accounts: readonly string[];
}

const append = (ws: TestWorkspace, yaml: string) => appendFileSync(join(ws.dir, 'crm.yaml'), yaml);

/** A workspace whose phones are American. */
async function inAmerica() {
  const ws = await workspace();
  append(ws, `country: us\n`);
  return ws;
}

const jane = [
  'contact',
  'add',
  'Jane',
  '--email',
  'a@x.com',
  '--email',
  'b@x.com',
  '--phone',
  '(212) 555-1234',
];

describe('several of each', () => {
  test('add takes each option several times; the first is the primary one', async () => {
    const ws = await inAmerica();
    await ws.ok([...jane, '--phone', '646 555 9876', '--account', 'Acme, Inc.', '--account', 'Globex']);
    const shown = await ws.json<Contact>('contact show C1');
    expect(shown).toMatchObject({
      email: 'a@x.com',
      emails: ['a@x.com', 'b@x.com'],
      phone: '(212) 555-1234',
      phones: ['(212) 555-1234', '646 555 9876'],
      account: 'A1',
      accounts: ['A1', 'A2'],
    });
    expect(await ws.ok('account list --fields name')).toBe('Acme, Inc.\nGlobex\n');
  });

  test.each(['a@x.com', 'B@X.com', 'mailto:b@x.com', '+12125551234', '212.555.1234', 'tel:+1-212-555-1234'])(
    '%s finds the person',
    async key => {
      const ws = await inAmerica();
      await ws.ok(jane);
      expect((await ws.json<Contact>(['contact', 'show', key])).id).toBe('C1');
      expect(await ws.ok(['deal', 'add', 'Chairs', '--contact', key])).toBe('D1\n');
      expect(await ws.ok(['deal', 'list', `contact:"${key}"`, '--fields', 'id'])).toBe('D1\n');
    },
  );

  test('a switchboard is the phone of several: exit 4 with all of them', async () => {
    const ws = await inAmerica();
    await ws.ok(jane);
    await ws.ok(['contact', 'add', 'Bo', '--phone', '+1 212 555 1234 ext 5']);
    const shown = await ws.crm(['contact', 'show', '2125551234']);
    expect(shown).toMatchObject({ code: 4, out: '' });
    expect(shown.err).toContain('C1 (a@x.com), C2');
    expect(await ws.ok(['contact', 'list', 'phones:2125551234', '--fields', 'id'])).toBe('C1\nC2\n');
  });

  test('queries: the singular asks the primary one, the plural all', async () => {
    const ws = await inAmerica();
    await ws.ok([...jane, '--phone', '646 555 9876', '--account', 'Acme', '--account', 'Globex']);
    const ids = async (query: string) => (await ws.ok(['contact', 'list', query, '--fields', 'id'])).trim();
    for (const found of [
      'email:a@',
      'emails:b@',
      'emails:=b@x.com',
      'phone:+12125551234',
      'phone:555-12',
      'phones:9876',
      'phones:=6465559876',
      'account:Acme',
      'accounts:Globex',
      'accounts:A2',
      'has:emails',
      'has:accounts',
    ])
      expect([found, await ids(found)]).toEqual([found, 'C1']);
    for (const none of [
      'email:b@',
      'emails:=b@x',
      'phone:9876',
      'phones:=9876',
      'account:Globex',
      'phone:12345',
    ])
      expect([none, await ids(none)]).toEqual([none, '']);
  });

  test('set: email takes the place of the primary one, one of the others moves to the front, emails says all', async () => {
    const ws = await inAmerica();
    await ws.ok(jane);
    const having = async (text: string) => {
      await ws.crm(['contact', 'set', 'C1', text]);
      return (await ws.json<Contact>('contact show C1')).emails;
    };
    expect(await having('email=c@x.com')).toEqual(['c@x.com', 'b@x.com']);
    expect(await having('email=B@x.com')).toEqual(['B@x.com', 'c@x.com']);
    expect(await having('email=')).toEqual(['c@x.com']);
    expect(await having('emails=d@x.com,c@x.com,D@x.com')).toEqual(['d@x.com', 'c@x.com']);
    expect(await having('emails=d@x.com,a@b..c')).toEqual(['d@x.com', 'c@x.com']);
    expect(await having('emails=')).toEqual([]);
  });

  test('the verbs add, rm and primary; an existing value is not a change', async () => {
    const ws = await inAmerica();
    await ws.ok(jane);
    await ws.ok('account add Acme --domain https://www.acme.example/about');
    const before = await ws.ok('history --json');
    expect((await ws.crm(['contact', 'phone', 'C1', 'add', '+1 212 555 1234'])).code).toBe(0);
    expect((await ws.crm('contact email C1 add A@x.com')).code).toBe(0);
    expect((await ws.crm('account domain A1 add acme.example')).code).toBe(0);
    expect(await ws.ok('history --json')).toBe(before);
    await ws.ok('contact email C1 primary b@x.com');
    await ws.ok('contact email C1 add c@x.com');
    await ws.ok('contact email C1 rm a@x.com');
    await ws.ok('contact account C1 add Acme');
    await ws.ok(['contact', 'phone', 'C1', 'rm', '2125551234']);
    await ws.ok('account domain Acme add acme.test');
    expect(await ws.json<Contact>('contact show C1')).toMatchObject({
      emails: ['b@x.com', 'c@x.com'],
      phones: [],
      accounts: ['A1'],
    });
    expect(await ws.json('account show acme.test')).toMatchObject({
      domain: 'acme.example',
      domains: ['acme.example', 'acme.test'],
    });
    expect(await ws.crm('contact email C1 rm z@x.com')).toMatchObject({ code: 3, out: '' });
    expect(await ws.crm('contact email C1 put z@x.com')).toMatchObject({ code: 2, out: '' });
  });

  test('a text that is not a phone number is kept, with a warning', async () => {
    const ws = await inAmerica();
    const added = await ws.crm(['contact', 'add', 'Bo', '--phone', 'ask reception']);
    expect(added).toMatchObject({ code: 0, out: 'C1\n' });
    expect(added.err).toBe(
      'Warning: "ask reception" of C1 is not a phone number in US; it is kept as it is\n',
    );
    expect((await ws.crm(['contact', 'set', 'C1', 'name=Bob'])).err).not.toContain('Warning');
    expect(await ws.ok('contact list phone:reception --fields phone')).toBe('ask reception\n');
  });

  test('an account takes a domain out of a web address, and a phone', async () => {
    const ws = await inAmerica();
    await ws.ok([
      'account',
      'add',
      'Acme',
      '--domain',
      'HTTPS://www.Acme.example:8080/x?y',
      '--phone',
      '212 555 1234',
    ]);
    expect(await ws.json('account show 2125551234')).toMatchObject({
      domain: 'acme.example',
      phones: ['212 555 1234'],
    });
    expect((await ws.crm('account add Other --domain www.acme.example')).code).toBe(4);
    expect((await ws.crm(['account', 'add', 'Other', '--domain', 'no domain'])).code).toBe(2);
  });
});

test('no two contacts share an address, whichever of theirs it is', async () => {
  const ws = await workspace();
  const address = fc.constantFrom('a@x.com', 'B@x.com', 'b@X.com', 'c@x.com', 'd@x.com', 'mailto:A@x.com');
  const command = fc.oneof(
    fc.tuple(fc.constant('add'), fc.array(address, { minLength: 1, maxLength: 3 })),
    fc.tuple(fc.constant('set'), fc.array(address, { minLength: 1, maxLength: 3 })),
    fc.tuple(fc.constant('one'), fc.array(address, { minLength: 1, maxLength: 1 })),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(command, { minLength: 1, maxLength: 4 }), async commands => {
      for (const [what, addresses] of commands) {
        const id = `C${1 + (addresses[0]!.length % 3)}`;
        if (what === 'add')
          await ws.crm(['contact', 'add', 'X', ...addresses.flatMap(each => ['--email', each])]);
        else if (what === 'set') await ws.crm(['contact', 'set', id, `emails=${addresses.join(',')}`]);
        else await ws.crm(['contact', 'set', id, `email=${addresses[0]!}`]);
      }
      const all = (await ws.json<Contact[]>('contact list')).flatMap(each => each.emails);
      expect(new Set(all.map(each => each.toLowerCase())).size).toBe(all.length);
      for (const each of await ws.json<Contact[]>('contact list'))
        expect(each.email).toBe(each.emails[0] ?? null);
    }),
    { numRuns: runs(3) },
  );
  expect((await ws.crm('doctor')).code).toBe(0);
});

test('a merge keeps all of both, and undo takes it back', async () => {
  const pick = (of: readonly string[]) => fc.uniqueArray(fc.constantFrom(...of), { maxLength: 3 });
  const person = fc.record({
    emails: pick(['a@x.com', 'b@x.com', 'c@x.com', 'd@x.com']),
    phones: pick(['212 555 1234', '(212) 555-1234', '+16465559876', 'reception']),
    accounts: pick(['Acme', 'Globex', 'Initech']),
  });
  await fc.assert(
    fc.asyncProperty(person, person, async (one, other) => {
      const ws = await inAmerica();
      const theirs = { ...other, emails: other.emails.filter(each => !one.emails.includes(each)) };
      const add = async ({ emails, phones, accounts }: typeof one, name: string) =>
        (
          await ws.ok([
            'contact',
            'add',
            name,
            ...emails.flatMap(each => ['--email', each]),
            ...phones.flatMap(each => ['--phone', each]),
            ...accounts.flatMap(each => ['--account', each]),
          ])
        ).trim();
      const [into, from] = [await add(one, 'One'), await add(theirs, 'Other')];
      const [before, gone] = [
        await ws.json<Contact>(`contact show ${into}`),
        await ws.json<Contact>(`contact show ${from}`),
      ];
      await ws.ok(`contact merge ${into} ${from}`);
      const after = await ws.json<Contact>(`contact show ${into}`);
      for (const all of ['emails', 'accounts'] as const)
        expect(after[all]).toEqual([...new Set([...before[all], ...gone[all]])]);
      const digits = (phones: readonly string[]) =>
        new Set(phones.map(each => each.replace(/^\+1|\D/g, '') || each));
      expect(digits(after.phones)).toEqual(digits([...before.phones, ...gone.phones]));
      expect(new Set(digits(after.phones)).size).toBe(after.phones.length);
      expect(after.email).toBe(after.emails[0] ?? null);
      await ws.ok('undo');
      expect(await ws.json<Contact>(`contact show ${into}`)).toEqual(before);
      expect(await ws.json<Contact>(`contact show ${from}`)).toEqual(gone);
    }),
    { numRuns: runs(2) },
  );
});

test('an undo of what made an address the primary one leaves those added since, with one of them first', async () => {
  const ws = await workspace();
  await ws.ok('contact add Jane');
  await ws.ok('contact set C1 email=a@x.com');
  await ws.ok('contact email C1 add b@x.com');
  const [, { tx }] = await ws.json<[object, { tx: number }]>('history C1');
  await ws.ok(`undo ${tx}`);
  expect(await ws.json<Contact>('contact show C1')).toMatchObject({ email: 'b@x.com', emails: ['b@x.com'] });
  expect((await ws.crm('doctor')).code).toBe(0);
});

test('merging and purging accounts leaves contacts in order', async () => {
  const ws = await workspace();
  await ws.ok(['contact', 'add', 'Jane', '--account', 'Acme', '--account', 'Globex', '--account', 'Initech']);
  await ws.ok('account merge Globex Acme');
  expect(await ws.json<Contact>('contact show C1')).toMatchObject({ account: 'A2', accounts: ['A2', 'A3'] });
  await ws.ok('purge A2 --yes');
  expect(await ws.json<Contact>('contact show C1')).toMatchObject({ account: 'A3', accounts: ['A3'] });
  expect((await ws.crm('doctor')).code).toBe(0);
});

test.each(['csv', 'json', 'jsonl'])('export and import as %s give the same people', async format => {
  const ws = await inAmerica();
  await ws.ok([
    ...jane,
    '--phone',
    '+1 646 555 9876',
    '--phone',
    'reception',
    '--account',
    'Acme, Inc.',
    '--account',
    'Globex',
  ]);
  await ws.ok('contact add Bo --email bo@x.com');
  await ws.ok('account add Initech --domain initech.example --domain initech.test --phone 5551234');
  const other = await inAmerica();
  for (const kind of ['accounts', 'contacts']) {
    const rows = await ws.ok(`export ${kind} --portable --format ${format}`);
    await other.crm(`import ${kind} - --format ${format}`, { stdin: rows });
  }
  const people = async (of: typeof ws) =>
    (await of.json<Contact[]>('contact list')).map(({ name, emails, phones, accounts }) => ({
      name,
      emails,
      phones,
      accounts,
    }));
  expect(await people(other)).toEqual(await people(ws));
  const companies = async (of: typeof ws) =>
    (await of.json<{ name: string; domains: string[]; phones: string[] }[]>('account list')).map(
      ({ name, domains, phones }) => ({ name, domains, phones }),
    );
  expect(await companies(other)).toEqual(await companies(ws));
  const again = await ws.ok(`export contacts --format ${format}`);
  expect((await ws.crm(`import contacts - --format ${format} --key id`, { stdin: again })).out).toMatch(
    /"unchanged": ?2|2 unchanged/,
  );
});

test('an import puts several columns into one list, and finds a person by any address', async () => {
  const ws = await inAmerica();
  await ws.ok(jane);
  const rows =
    'name,Mail 1,Mail 2,Phone 1,Phone 2\nJane,B@x.com,z@x.com,212-555-1234,646 555 0000\nBo,bo@x.com,,,\n';
  const map = ['Mail 1=emails', 'Mail 2=emails', 'Phone 1=phones', 'Phone 2=phones'].flatMap(each => [
    '--map',
    each,
  ]);
  await ws.ok(['import', 'contacts', '-', '--on-duplicate', 'update', ...map], { stdin: rows });
  expect(await ws.json<Contact[]>('contact list')).toMatchObject([
    { emails: ['B@x.com', 'z@x.com'], phones: ['212-555-1234', '646 555 0000'] },
    { emails: ['bo@x.com'] },
  ]);
});

test('a row with an address that is not the primary one changes nothing', async () => {
  const ws = await workspace();
  await ws.ok(jane);
  const out = await ws.ok('import contacts - --key email', { stdin: 'name,email\nJane,b@x.com\n' });
  expect(out).toContain('1 unchanged');
});

test('a handle is found by name or address, and is one person’s', async () => {
  const ws = await workspace();
  await ws.ok('field add contact linkedin --type handle');
  await ws.ok(['contact', 'add', 'Jane', '--field', 'linkedin=https://www.linkedin.com/in/JaneRoe/?trk=x']);
  expect(await ws.json('contact show janeroe')).toMatchObject({ id: 'C1', fields: { linkedin: 'JaneRoe' } });
  expect(await ws.json('contact show linkedin.com/in/janeroe')).toMatchObject({ id: 'C1' });
  const taken = await ws.crm(['contact', 'add', 'Bo', '--field', 'linkedin=@janeroe']);
  expect(taken).toMatchObject({ code: 4, out: '' });
  expect((await ws.crm(['contact', 'add', 'Bo', '--field', 'linkedin=https://linkedin.com/'])).code).toBe(2);
});

test('names and titles are one line in every door', async () => {
  const ws = await workspace();
  await ws.ok(['contact', 'add', '  Jane \u00a0 Roe ']);
  await ws.ok(['contact', 'set', 'C1', 'name= Jane\u2003\u2003Roe']);
  await ws.ok('import contacts -', { stdin: 'name,email\n"  Bo   Bos ",<bo@x.com>\n' });
  await ws.ok(['deal', 'add', ' 40   chairs ']);
  expect(await ws.ok('contact list --fields name,email')).toBe('Jane Roe\t\nBo Bos\tbo@x.com\n');
  expect(await ws.ok('deal list --fields title')).toBe('40 chairs\n');
  expect((await ws.json<Contact>(['contact', 'show', 'jane   roe'])).id).toBe('C1');
});

test('a workspace that had a field of its own by one of these names keeps it', async () => {
  const ws = await workspace();
  const path = join(ws.dir, 'crm.yaml');
  const own = 'fields:\n  account:\n    phone: { type: text }\n    domains: { type: number }\n';
  writeFileSync(path, readFileSync(path, 'utf8').replace(/^fields:.*\n(?: .*\n)*/m, own));
  await ws.ok('account add Acme --field phone=x --field domains=3');
  expect(await ws.json('account show A1')).toMatchObject({ fields: { phone: 'x', domains: 3 } });
  expect(await ws.ok('account list phone:x domains:3 --fields id')).toBe('A1\n');
  expect((await ws.crm('field add contact emails')).code).toBe(4);
});

test('doctor names two accounts with one domain', async () => {
  const ws = await workspace();
  await ws.ok('account add Acme --domain acme.example');
  await ws.ok('account add Globex');
  expect((await ws.crm('doctor')).code).toBe(0);
  const snapshot = join(ws.dir, 'data', 'accounts.jsonl');
  writeFileSync(
    snapshot,
    readFileSync(snapshot, 'utf8').replace('"name":"Globex"', '"name":"Globex","domain":"acme.example"'),
  );
  const examined = await ws.crm('doctor');
  expect(examined.out + examined.err).toContain('acme.example');
});

test.each(['xx', 'NLD', 'Holland'])('country: %s is not one', async country => {
  const ws = await workspace();
  append(ws, `country: ${country}\n`);
  const ran = await ws.crm('deal list');
  expect(ran.code).toBe(5);
  expect(ran.err).toContain('is not a country');
});

test.each([
  [['jane@example.com'], 'jane@example.com', 'jane@example.com'],
  [['mailto:jane@example.com'], 'jane@example.com', 'jane@example.com'],
  [['Jane Roe <jane@example.com>'], 'Jane Roe', 'jane@example.com'],
  [['jane@example.com', '--name', 'Jane'], 'Jane', 'jane@example.com'],
  [['jane@example.com', '--email', 'j@work.example'], 'jane@example.com', 'j@work.example'],
  [['Jane at example'], 'Jane at example', null],
])('contact add %j: an address alone is the e-mail', async (words, name, email) => {
  const ws = await workspace();
  await ws.ok(['contact', 'add', ...words]);
  expect(await ws.json('contact show C1')).toMatchObject({ name, email });
});
