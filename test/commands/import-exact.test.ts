/** What an import takes exactly as it is, or refuses: tags, and who did something. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { workspace } from '../harness.ts';

interface Summary {
  created: number;
  failed: number;
  errors: { line: number; column: string | null; error: string }[];
}

describe('tags', () => {
  const sign = fc.constantFrom(';', ':::', ' ', '"', "'", '=', '* my', '\n', '-', ':', '|', '\t', '@');
  const tag = fc
    .array(fc.oneof(sign, fc.constantFrom('a', 'b', 'vip', 'é')), { minLength: 1, maxLength: 4 })
    .map(parts => parts.join('').trim())
    .filter(text => text !== '');

  test.each(['csv', 'json', 'jsonl'])('are the same after %s to another workspace', async format => {
    const [here, there] = [await workspace(), await workspace()];
    const lists = fc.sample(fc.array(tag, { minLength: 1, maxLength: 3 }), { numRuns: 60, seed: 7 });
    const deals = [['a;b'], ['a;b', 'c'], ['a:::b'], ['* mylist'], ...lists].map((tags, i) => ({
      title: `deal ${i}`,
      tags,
    }));
    await here.ok('import deals - --from json', { stdin: JSON.stringify(deals) });
    const stdin = await here.ok(['export', 'deals', '--portable', '--format', format]);
    await there.ok(['import', 'deals', '-', '--from', format], { stdin });
    const found = await there.json<{ title: string; tags: string[] }[]>('deal list --sort id');
    expect(found.map(({ tags }) => tags)).toEqual(deals.map(({ tags }) => [...new Set(tags)].sort()));
  });

  test('of files of other programs are separated by semicolons, or by commas alone', async () => {
    const ws = await workspace();
    await ws.ok('import deals -', {
      stdin: 'title,tags\n1,a;b\n2,"a,b"\n3,a ::: * myContacts ::: b\n4,"a;b,"\n',
    });
    const found = await ws.json<{ tags: string[] }[]>('deal list --sort id');
    expect(found.map(({ tags }) => tags)).toEqual([['a', 'b'], ['a', 'b'], ['a', 'b'], ['a;b']]);
  });
});

describe('who did an activity', () => {
  const rows = (...names: string[]) =>
    ['type,for,by,text', ...names.map(name => `note,D1,${name},x`)].join('\n');
  const users = async () => {
    const ws = await workspace();
    await ws.ok(['user', 'add', 'ana', '--name', 'Ana Berg', '--email', 'ana@x.nl']);
    await ws.ok('deal add Desk');
    return ws;
  };
  const given = ['ana', 'Ana Berg', 'ana berg', 'ANA@x.nl', ' ana '];

  test('is a user by id, name or e-mail', async () => {
    const ws = await users();
    await ws.ok('import activities - --same-workspace', { stdin: rows(...given) });
    const found = await ws.json<{ by: string }[]>('activity list');
    expect(found.map(({ by }) => by)).toEqual(given.map(() => 'ana'));
    await ws.ok(['activity', 'add', '--type', 'call', '--for', 'D1', '--by', 'Ana Berg']);
    expect(await ws.json('activity list by:ana')).toHaveLength(given.length + 1);
  });

  test('is refused if it names nobody, and made if users may be', async () => {
    const ws = await users();
    const stdin = rows('ana', 'Anna Berg', 'Ben Dale');
    const ran = await ws.crm('import activities - --same-workspace --skip-invalid --json', { stdin });
    expect(ran.json<Summary>()).toMatchObject({
      created: 1,
      errors: [
        { line: 3, column: 'by', error: expect.stringContaining('unknown user "Anna Berg"') },
        { line: 4, column: 'by', error: expect.stringContaining('unknown user "Ben Dale"') },
      ],
    });
    await ws.ok('import activities - --same-workspace --create-missing users', { stdin: rows('Ben Dale') });
    expect(await ws.json('activity list by:ben-dale')).toHaveLength(1);
  });

  test('is a login name in a workspace without users', async () => {
    const ws = await workspace();
    await ws.ok('deal add Desk');
    await ws.ok('import activities - --same-workspace', { stdin: rows('ana') });
    expect(await ws.json('activity list by:ana')).toHaveLength(1);
  });
});

describe('lists of records', () => {
  test('are made with --create-missing, as a single one is', async () => {
    const ws = await workspace();
    await ws.ok('account add Acme');
    await ws.ok('import contacts - --create-missing accounts', {
      stdin: 'name,accounts\nJane,"Acme, Beta ,Gamma"\nJoe,Beta\n',
    });
    const accounts = await ws.json<{ id: string; name: string }[]>('account list --sort id');
    expect(accounts.map(({ name }) => name)).toEqual(['Acme', 'Beta', 'Gamma']);
    expect(await ws.json('contact show Jane')).toMatchObject({ account: 'A1', accounts: ['A1', 'A2', 'A3'] });
    expect(await ws.json('contact show Joe')).toMatchObject({ accounts: ['A2'] });
    await ws.ok('import deals - --create-missing contacts,accounts', {
      stdin: 'title,account,contact,contacts\nDesk,Beta,a@x.nl,"b@x.nl,c@x.nl"\n',
    });
    const deal = await ws.json<{ contacts: string[] }>('deal show D1');
    const people = await Promise.all(
      deal.contacts.map(id => ws.json<{ email: string; account: string }>(['contact', 'show', id])),
    );
    expect(people.map(({ email, account }) => [email, account])).toEqual([
      ['a@x.nl', 'A2'],
      ['b@x.nl', 'A2'],
      ['c@x.nl', 'A2'],
    ]);
  });

  test('are refused without it, with what would make them', async () => {
    const ws = await workspace();
    const ran = await ws.crm('import contacts - --json', { stdin: 'name,accounts\nJane,Beta\n' });
    const error = expect.stringContaining('--create-missing accounts makes it');
    expect(ran.json<Summary>().errors).toMatchObject([{ line: 2, column: 'accounts', error }]);
  });
});

describe('phones that are not numbers', () => {
  test('are kept, with a warning that names their line', async () => {
    const ws = await workspace();
    const stdin = 'name,phone,phones\nJane,ask Joe,\nJoe,+31 6 1234 5678,\nAda,,"+31612345679,none yet"\n';
    const ran = await ws.crm('import contacts -', { stdin });
    expect(ran.err.split('\n').filter(line => line.startsWith('Warning'))).toEqual([
      'Warning: standard input:2: "ask Joe" is not a phone number; it is kept as it is',
      'Warning: standard input:4: "none yet" is not a phone number; it is kept as it is',
    ]);
    expect(await ws.json('contact show Jane')).toMatchObject({ phone: 'ask Joe' });
  });

  test('are not warned of again if they do not change', async () => {
    const ws = await workspace();
    const stdin = 'externalId,name,phone\n1,Jane,ask Joe\n';
    await ws.ok('import contacts - --key externalId', { stdin });
    const ran = await ws.crm('import contacts - --key externalId', { stdin });
    expect(ran.err).not.toContain('Warning');
  });
});

test('an address in crm.yaml is read as everywhere, and refused with its line', async () => {
  const ws = await workspace();
  await ws.ok('user add ana --email ana@x.nl');
  const path = join(ws.dir, 'crm.yaml');
  const text = readFileSync(path, 'utf8');
  writeFileSync(path, text.replace('ana@x.nl', 'mailto:ana@x.nl'));
  expect(await ws.json('user list')).toMatchObject([{ email: 'ana@x.nl' }]);
  for (const wrong of ['ana@@x.nl', 'ana', 'a@b..c']) {
    writeFileSync(path, text.replace('ana@x.nl', wrong));
    const ran = await ws.crm('user list');
    expect(ran.code).toBe(5);
    expect(ran.err).toMatch(/crm\.yaml:\d+: /);
    expect(ran.err).toContain(`${JSON.stringify(wrong)} is not an e-mail address`);
  }
});
