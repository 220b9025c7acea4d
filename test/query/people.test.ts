/** Finding deals and contacts by the names and addresses of people. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { workspace } from '../harness.ts';

test('bare words find deals by their people, and contacts by address; a part of a name is enough for fields that point to records', async () => {
  const ws = await workspace();
  const add = [
    'contact',
    'add',
    '--email',
    'jane@x.nl',
    '--name',
    'Mia Patel',
    '--account',
    'Quill Publishing',
  ];
  await ws.ok(add);
  await ws.ok(['deal', 'add', 'Chairs', '--contact', 'jane@x.nl', '--account', 'Quill Publishing']);
  await ws.ok('deal add Tables');
  for (const query of [
    'patel',
    'PATEL',
    'jane@x.nl',
    'quill',
    'account:quill',
    'contact:patel',
    'contact:=jane@x.nl',
  ])
    expect(await ws.ok(`deal list ${query} --fields id`), query).toBe('D1\n');
  for (const query of ['account:=quill', 'contact:=patel', 'smith'])
    expect(await ws.ok(`deal list ${query} --fields id`), query).toBe('');
  expect(await ws.ok(['deal', 'list', 'account:="quill publishing"', '--fields', 'id'])).toBe('D1\n');
  expect(await ws.ok('contact list jane@x.nl --fields id')).toBe('C1\n');
  expect(await ws.ok('contact list account:publish --fields id')).toBe('C1\n');
  // What came since, and what went, counts.
  await ws.ok('contact set C1 name=Smith');
  expect(await ws.ok('deal list patel --fields id')).toBe('');
  expect(await ws.ok('deal list smith --fields id')).toBe('D1\n');
});

test('a user finds nothing by the names of people whom they do not see', async () => {
  const ws = await workspace();
  await ws.ok(['user', 'add', 'eve', '--name', 'Eve', '--role', 'restricted']);
  await ws.ok(['user', 'add', 'bob', '--name', 'Bob']);
  await ws.ok('deal add Secret --contact hidden@example.com --account Vault --owner bob --as bob');
  for (const query of ['hidden', 'vault', 'account:vault', 'contact:hidden'])
    expect(await ws.ok(`deal list ${query} --fields id --as eve`), query).toBe('');
  expect(await ws.ok('contact list hidden --fields id --as eve')).toBe('');
});

test.each(['US', undefined])(
  'a phone number as a bare word finds people and deals, however it is written: country %s',
  async country => {
    const ws = await workspace();
    if (country !== undefined) {
      const file = join(ws.dir, 'crm.yaml');
      writeFileSync(file, `${readFileSync(file, 'utf8')}country: ${country}\n`);
    }
    await ws.ok(['contact', 'add', 'Mia', '--phone', '(212) 555-1234']);
    await ws.ok(['account', 'add', 'Quill', '--phone', '+31 20 624 1111']);
    await ws.ok('deal add Chairs --contact C1');
    await ws.ok('deal add Tables --account A1');
    await ws.ok(['deal', 'add', 'Lamps', '--description', 'call 999']);
    const found = async (kind: string, query: string) =>
      (await ws.ok([kind, 'list', query, '--fields', 'id'])).trim();
    for (const query of [
      '2125551234',
      '212-555-1234',
      '(212) 555-1234',
      '212.555.1234',
      '"212 555 1234"',
      '212 555 1234',
      '5551234',
    ]) {
      expect(await found('contact', query), query).toBe('C1');
      expect(await found('deal', query), query).toBe('D1');
    }
    for (const query of ['+31206241111', '+31 (20) 624 1111']) {
      expect(await found('account', query), query).toBe('A1');
      expect(await found('deal', query), query).toBe('D2');
    }
    // A part of a number and a number of nobody are texts.
    expect(await found('contact', '2125550000')).toBe('');
    expect(await found('contact', '5551')).toBe('');
    expect(await found('deal', '999')).toBe('D3');
  },
);
