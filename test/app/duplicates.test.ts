import { describe, expect, test } from 'vitest';
import { workspace } from '../harness.ts';

interface Pair {
  score: number;
  into: string;
  from: string;
  reasons: string[];
  merge: string;
}

async function pairs(kind: 'contacts' | 'accounts', csv: string): Promise<Pair[]> {
  const ws = await workspace();
  await ws.ok(`import ${kind} - ${kind === 'contacts' ? '--create-missing accounts' : ''}`, { stdin: csv });
  return ws.json<Pair[]>(`dupes ${kind} --limit 100`);
}
const named = (all: readonly Pair[]) => all.map(({ into, from, reasons }) => [into, from, ...reasons]);

describe('dupes', () => {
  test.each([
    [
      'one mailbox',
      'Jane Roe,jane@gmail.com,,',
      'J R,j.ane+crm@googlemail.com,,',
      'the same mailbox, written in two ways',
    ],
    [
      'a phone and alike names',
      'Jane Roe,,020 555 1234,',
      'Jane R,,+31 (20) 5551234,',
      'the same phone, and names that are alike',
    ],
    ['a name in another order', 'José Núñez,,,', 'Nunez Jose,,,', 'the same name'],
    ['a name at one company', 'Jane Roe,,,Acme', 'JANE ROE,,,Acme', 'the same name at one company'],
    [
      'an initial at one domain',
      'Jane Roe,jane@acme.example,,',
      'J. Roe,j@acme.example,,',
      'the same initial and last name at one company',
    ],
    [
      'a misspelling at one company',
      'Johan Janssen,,,Acme',
      'Johan Jansen,,,Acme',
      'names that differ in a letter or two at one company',
    ],
  ])('finds contacts with %s', async (_, one, other, reason) => {
    const [pair, ...others] = await pairs(
      'contacts',
      `name,email,phone,account\n${one}\n${other}\nSomebody Else,,,\n`,
    );
    expect(others).toEqual([]);
    expect(pair).toMatchObject({ into: 'C1', from: 'C2', merge: 'crm contact merge C1 C2' });
    expect(pair!.reasons[0]).toBe(reason);
  });

  test.each([
    ['a misspelling elsewhere', 'Johan Janssen,,,Acme', 'Johan Jansen,,,Other'],
    ['an initial at a mail provider', 'Jane Roe,jane@gmail.com,,', 'J. Roe,jr@gmail.com,,'],
    ['a domain alone', 'Jane Roe,jane@acme.example,,', 'Tom Poe,tom@acme.example,,'],
    ['one word as a name', 'Jane,,,', 'Jane,,,'],
  ])('leaves contacts with %s alone', async (_, one, other) => {
    expect(await pairs('contacts', `name,email,phone,account\n${one}\n${other}\n`)).toEqual([]);
  });

  test('finds accounts by names without legal forms, and tells numbers apart', async () => {
    const csv = [
      'name,domain',
      'Acme B.V.,',
      'ACME,',
      'Vermeulen Interieur,',
      'Vermeulen Interieurs,',
      'Shop 110,',
      'Shop 111,',
    ].join('\n');
    expect(named(await pairs('accounts', csv))).toEqual([
      ['A1', 'A2', 'the same name but for its legal form'],
      ['A3', 'A4', 'names that differ in a letter or two'],
    ]);
  });

  test('finds accounts by their domain', async () => {
    const ws = await workspace();
    await ws.ok('account add Stoelen --domain oak.example');
    await ws.ok(['account', 'add', 'Oak Group', '--domain', 'shop.oak.example']);
    expect(named(await ws.json<Pair[]>('dupes accounts'))).toEqual([['A1', 'A2', 'the same domain']]);
  });

  test('refuses other kinds', async () => {
    const ws = await workspace();
    const { code, err } = await ws.crm('dupes deals');
    expect([code, err]).toEqual([2, expect.stringContaining('accepted: contacts, accounts')]);
  });
});
