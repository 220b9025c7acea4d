/** `restore` of a record whose e-mail, name or externalId another one has by now: `--merge` makes both one. */
import { describe, expect, test } from 'vitest';
import { type TestWorkspace, workspace } from '../harness.ts';

type Fields = { readonly [name: string]: unknown };

/** Made in this order: the one that goes to the trash, and the one that gets its key. */
interface Twins {
  readonly kind: 'contact' | 'account';
  readonly key: string;
  readonly old: readonly string[];
  readonly living: readonly string[];
}

const twins: Readonly<Record<string, Twins>> = {
  "a contact's e-mail": {
    kind: 'contact',
    key: 'e-mail jane@example.com',
    old: ['Jane', '--email', 'jane@example.com', '--external-id', 'X1'],
    living: ['J. Roe', '--email', 'JANE@example.com'],
  },
  "a contact's externalId": {
    kind: 'contact',
    key: 'externalId X1',
    old: ['Jane', '--email', 'jane@example.com', '--external-id', 'X1'],
    living: ['J. Roe', '--external-id', 'X1'],
  },
  "an account's name": {
    kind: 'account',
    key: 'name Acme',
    old: ['Acme', '--domain', 'acme.example', '--external-id', 'X1'],
    living: ['ACME'],
  },
  "an account's externalId": {
    kind: 'account',
    key: 'externalId X1',
    old: ['Acme', '--domain', 'acme.example', '--external-id', 'X1'],
    living: ['Acme Inc.', '--external-id', 'X1'],
  },
};

async function withTwins({ kind, old, living }: Twins): Promise<TestWorkspace> {
  const ws = await workspace('sales');
  const id = kind === 'contact' ? 'C1' : 'A1';
  await ws.ok([kind, 'add', ...old, '--tags', 'a,b']);
  await ws.ok(['deal', 'add', 'Chairs', `--${kind}`, id]);
  await ws.ok(['task', 'add', 'Call', '--for', id]);
  await ws.ok('task rm T1');
  await ws.ok([kind, 'rm', id]);
  await ws.ok([kind, 'add', ...living, '--tags', 'b,c']);
  return ws;
}

/** Every record, in the trash too, without the times of changes. */
async function everything(ws: TestWorkspace): Promise<unknown> {
  const lists = await Promise.all(
    ['deal', 'contact', 'account', 'task'].flatMap(kind => [
      ws.json<Fields[]>(`${kind} list`),
      ws.json<{ record?: Fields }[]>(`${kind} list --trash`),
    ]),
  );
  return lists.map(list => list.map(({ updatedAt: _, removedAt: __, ...rest }: Fields) => rest));
}

describe('a key that another record has by now', () => {
  test.each(Object.entries(twins))('%s: the hint is --merge, which makes both one', async (_, each) => {
    const ws = await withTwins(each);
    const { kind, key, old } = each;
    const [from, into] = kind === 'contact' ? ['C1', 'C2'] : ['A1', 'A2'];
    const before = await everything(ws);
    expect(await ws.crm(`${kind} restore ${from}`)).toMatchObject({
      code: 4,
      err: `Error: there is ${kind === 'contact' ? 'a contact' : 'an account'} with the ${key} already: ${into}\nHint: crm ${kind} restore ${from} --merge merges it into ${into}\n`,
    });
    const living = await ws.json<Fields>(`${kind} show ${into}`);
    const { out, err } = await ws.crm(`${kind} restore ${from} --merge`);
    expect({ out, err }).toEqual({
      out: '',
      err: `restored ${from} and merged it into ${into}, with 1 deal, 1 task\n`,
    });
    expect(await ws.json(`${kind} show ${into}`)).toMatchObject({
      name: living.name,
      ...(kind === 'contact' ? { email: living.email ?? old[2] } : { domain: old[2] }),
      externalId: 'X1',
      tags: ['a', 'b', 'c'],
    });
    expect(await ws.json('deal show D1')).toMatchObject({ [kind]: into });
    await ws.ok('task restore T1');
    expect(await ws.json('task show T1')).toMatchObject({ for: into });
    await ws.ok('undo');
    expect((await ws.crm('doctor')).code).toBe(0);
    const after = await everything(ws);
    // One transaction, which is taken back exactly, and done again.
    expect((await ws.crm('undo')).err).toMatch(/^undid transaction \d+ \(.* restore by tester\): [^\n]*\n$/);
    expect(await everything(ws)).toEqual(before);
    expect((await ws.crm('redo')).err).not.toContain('kept');
    expect(await everything(ws)).toEqual(after);
    expect((await ws.crm('doctor')).code).toBe(0);
  });

  test('scripts get the one that stays; several at a time may be restored or merged', async () => {
    const ws = await withTwins(twins["a contact's e-mail"]!);
    await ws.ok('contact add Joe --email joe@example.com');
    await ws.ok('contact rm C3');
    expect(await ws.ok('contact restore C1 C3 --merge -q --dry-run')).not.toBe('');
    expect(await ws.ok('contact restore C1 C3 --merge -q')).toBe('C2\nC3\n');
    await ws.ok('undo');
    expect((await ws.crm('contact restore C1 C3 --merge')).err).toBe(
      'restored C3\nrestored C1 and merged it into C2, with 1 deal, 1 task\n',
    );
  });

  test('of two in the trash with the same key, the second goes into the first', async () => {
    const ws = await workspace('sales');
    for (const id of ['C1', 'C2']) {
      await ws.ok(`contact add ${id} --email jane@example.com`);
      await ws.ok(`contact rm ${id}`);
    }
    await ws.ok('contact restore C2 C1 --merge');
    expect(await ws.ok('contact list --fields id,name')).toBe('C2\tC2\n');
  });

  test('a key that is free: --merge is as without', async () => {
    const ws = await workspace('sales');
    await ws.ok('contact add Jane --email jane@example.com');
    await ws.ok('contact rm C1');
    expect((await ws.crm('contact restore jane@example.com --merge')).err).toBe('restored C1\n');
    expect(await ws.ok('contact list -q')).toBe('C1\n');
  });

  test('keys of two records: these are one first, as the hint says', async () => {
    const ws = await withTwins(twins["a contact's e-mail"]!);
    await ws.ok('contact add Other --external-id X1');
    expect(await ws.crm('contact restore C1 --merge')).toMatchObject({
      code: 4,
      err: 'Error: C2 and C3 have keys of C1\nHint: crm contact merge C2 C3, then crm contact restore C1 --merge\n',
    });
    await ws.ok('contact merge C2 C3');
    await ws.ok('contact restore C1 --merge');
    expect(await ws.ok('contact list --fields id,externalId')).toBe('C2\tX1\n');
  });

  test.each([
    ['deal', ['Chairs'], 'D'],
    ['task', ['Call'], 'T'],
    ['invoice', ['--amount', '5', '--for', 'C1'], 'I'],
    ['event', ['page.visited', '--contact', 'C1'], 'E'],
  ] as const)('of a %s: the hint gives the key back; there is no --merge', async (kind, args, letter) => {
    const ws = await workspace('sales');
    await ws.ok('contact add Jane');
    const add = () => ws.ok([kind, 'add', ...args, '--external-id', 'X1']);
    await add();
    await ws.ok(`${kind} rm ${letter}1`);
    await add();
    const { code, err } = await ws.crm(`${kind} restore ${letter}1`);
    expect(code).toBe(4);
    const hint = `crm ${kind} set ${letter}2 externalId=, then crm ${kind} restore ${letter}1`;
    expect(err).toContain(`Hint: ${hint}\n`);
    for (const command of hint.split(', then ')) await ws.ok(command.replace('crm ', ''));
    expect(await ws.ok(`${kind} list --fields id,externalId`)).toBe(`${letter}1\tX1\n${letter}2\t\n`);
    expect((await ws.crm(`${kind} restore ${letter}1 --merge`)).code).toBe(2);
  });

  test('undo of a removal says how it comes back', async () => {
    const ws = await withTwins(twins["a contact's e-mail"]!);
    const { tx } = (await ws.json<{ tx: number; via: string }[]>('history')).find(
      ({ via }) => via === 'contact rm',
    )!;
    expect((await ws.crm(`undo ${tx}`)).err).toContain(
      'kept C1 (cannot be as it was: there is a contact with the e-mail jane@example.com already: C2; crm contact restore C1 --merge merges it into C2)\n',
    );
  });
});

describe('a hidden record with the key', () => {
  const sentence =
    'Error: this cannot be saved: a record that you may not see is in the way\nHint: only users who see all records may do it: managers and admins\n';

  test.each([
    ['alone', []],
    ['beside one that is seen', ['contact add Seen --external-id X1 --owner rita']],
  ])('is nothing that restore tells of, with or without --merge: %s', async (_, more) => {
    const ws = await workspace('sales');
    for (const command of [
      'user add boss --role admin',
      'user add rita --role restricted',
      'contact add Jane --email jane@example.com --external-id X1 --as rita',
      'contact rm C1 --as rita',
      'contact add Hidden --email jane@example.com --as boss',
      ...more.map(each => `${each} --as boss`),
    ])
      await ws.ok(command);
    expect(await ws.ok('contact list -q --as rita')).not.toContain('C2');
    for (const merge of ['', ' --merge'])
      expect(await ws.crm(`contact restore C1${merge} --as rita`)).toMatchObject({
        code: 1,
        out: '',
        err: sentence,
      });
    const boss = await ws.crm('contact restore C1 --as boss');
    expect(boss.err).toContain('already: C2\nHint: crm contact restore C1 --merge');
  });
});
