/** `crm export person`: all that is kept about one contact, and nothing that the viewer may not see. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { copiesOf, workspace } from '../harness.ts';

interface Person {
  readonly contact: { readonly id: string; readonly email: string };
  readonly records: { readonly [kinds: string]: readonly { readonly id: string }[] };
  readonly trash: readonly { readonly id: string }[];
  readonly history: readonly { readonly changes: readonly { readonly id: string }[] }[];
}

/** Jane with something of every kind, and Bob, about whom Jane's file says nothing. */
const known = copiesOf(async () => {
  const ws = await workspace('sales');
  for (const line of [
    'user add ana --role admin',
    'user add rob --role restricted',
    'account add Acme',
    'contact add --name Jane --email jane@example.com --account A1',
    'contact add --name Bob --email bob@example.com',
    'deal add Desks --contact C1 --owner ana',
    'deal add Chairs --contact C2 --owner rob',
    'task add Call --for C1 --due +1d --assignee ana',
    'task add Other --for C2 --due +1d --assignee rob',
    'log call C1 Interested',
    'log call C2 Busy',
    'event add form.submitted --contact C1 --prop form=quote',
    'invoice add --contact C1 --amount 10',
    'log note C1 Gone',
    'activity rm V3',
  ])
    await ws.ok(line);
  return ws;
});

const ids = (person: Person) =>
  Object.fromEntries(Object.entries(person.records).map(([kinds, all]) => [kinds, all.map(({ id }) => id)]));

test('has every record about the person, and none about others', async () => {
  const ws = await known();
  const person = await ws.json<Person>('export person jane@example.com');
  expect(person.contact).toMatchObject({ id: 'C1', email: 'jane@example.com', account: 'A1' });
  expect(ids(person)).toEqual({
    accounts: ['A1'],
    deals: ['D1'],
    tasks: ['T1'],
    activities: ['V1'],
    events: ['E1'],
    invoices: ['I1'],
  });
  expect(person.trash.map(({ id }) => id)).toEqual(['V3']);
  const changed = new Set(person.history.flatMap(({ changes }) => changes.map(({ id }) => id)));
  expect(changed).toContain('C1');
  expect([...changed].filter(id => /^(C2|D2|T2|V2)$/.test(id))).toEqual([]);
});

test('shows a user no more than they may see', async () => {
  const ws = await known();
  await ws.ok('contact set C1 owner=rob');
  const text = await ws.ok('export person C1 --as rob');
  expect(text).toContain('jane@example.com');
  expect(ids(JSON.parse(text) as Person)).not.toHaveProperty('deals');
  expect(text).not.toContain('Desks');
});

test('writes a file, and says how much is in it', async () => {
  const ws = await known();
  const { code, err } = await ws.crm('export person C1 -o jane.json');
  expect({ code, err }).toEqual({
    code: 0,
    err: expect.stringMatching(/^wrote C1 with 6 records and \d+ transactions to jane\.json\n$/),
  });
  const written = JSON.parse(readFileSync(join(ws.dir, 'jane.json'), 'utf8')) as Person;
  expect(written).toEqual(await ws.json('export person C1'));
});

test.each([
  ['export person', 2, 'which contact?'],
  ['export person C9', 3, 'C9'],
  ['export person D1', 3, 'D1'],
])('%s is exit %i', async (line, code, words) => {
  const ran = await (await known()).crm(line);
  expect(ran).toMatchObject({ code, out: '' });
  expect(ran.err).toContain(words);
});
