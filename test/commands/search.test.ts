import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeWorkspace, type TestWorkspace } from '../harness.ts';

let ws: TestWorkspace;
let remove: () => void;
beforeAll(async () => {
  [ws, remove] = await makeWorkspace();
  await ws.ok('field add deal article');
  await ws.ok(['account', 'add', 'Patel & Zonen', '--domain', 'patel.example']);
  await ws.ok([
    'contact',
    'add',
    '--name',
    'Mía Øster',
    '--email',
    'mia@patel.example',
    '--phone',
    '+31 20 555 1234',
  ]);
  await ws.ok('contact set C1 account=A1');
  await ws.ok(['deal', 'add', '40 oak chairs', '--contact', 'C1', '--value', '5200', '--tags', 'vip']);
  await ws.ok(['deal', 'add', 'Tables', '--description', 'A long table of oak for the second floor']);
  await ws.ok(['deal', 'add', 'Oak']);
  await ws.ok(['deal', 'add', 'Old oaks']);
  await ws.ok('deal lose D4 --reason price');
  await ws.ok(['deal', 'set', 'D2', 'article=SKU-99']);
  await ws.ok(['task', 'add', 'Send oak samples', '--for', 'D1']);
  await ws.ok(['log', 'note', 'D1', 'The lift is too small']);
});
afterAll(() => remove());

const found = async (...args: string[]) =>
  (await ws.json<{ id: string; field: string }[]>(['search', ...args])).map(
    ({ id, field }) => `${id} ${field}`,
  );

describe('search', () => {
  test('ranks whole names, beginnings, words, and other texts, open records before closed ones', async () => {
    expect(await found('OAK')).toEqual(['D3 title', 'D1 title', 'T1 title', 'D4 title', 'D2 description']);
  });

  test.each([
    [
      ['ø', 'mia'],
      ['C1 name', 'D1 contact'],
    ],
    [['oster'], ['C1 name', 'D1 contact']],
    [['patel', 'oak'], ['D1 title']],
    [['"too small"'], ['V1 text']],
    [['small too'], ['V1 text']],
    [['"small too"'], []],
    [['d2'], ['D2 id']],
    [['2'], ['D2 id']],
    [['5551234'], ['C1 phone', 'D1 contact']],
    [['0031205551234'], ['C1 phone', 'D1 contact']],
    [['sku-99'], ['D2 article']],
    [['vip'], ['D1 tags']],
    [['price'], ['D4 lostReason']],
    [
      ['oak', '--kind', 'tasks,deal', '--limit', '2'],
      ['D3 title', 'D1 title'],
    ],
    [['nothing-of-it'], []],
  ])('%j finds %j', async (args, ids) => {
    const all = await found(...args);
    expect(
      args.includes('patel') || args.includes('5551234') ? all.filter(each => ids.includes(each)) : all,
    ).toEqual(ids);
  });

  test('shows where on a terminal, with the match marked, and says how many more there are', async () => {
    const { out, err } = await ws.crm(['search', 'floor', '--color', 'always'], { tty: 100 });
    expect(out).toContain('second \u001b[1m\u001b[33mfloor\u001b[39m\u001b[22m');
    expect(err).toBe('');
    expect((await ws.crm('search oak --limit 1', { tty: 80 })).err).toBe('4 more: --limit 5\n');
    expect((await ws.crm('search xyzzy', { tty: 80 })).err).toBe('nothing found\n');
  });

  test.each([
    ['search', 'search for what?'],
    ['search x --kind dael', 'unknown kind "dael"'],
    ['search x --limit many', '--limit: "many" is not a whole number'],
  ])('refuses %s', async (line, message) => {
    const { code, err } = await ws.crm(line);
    expect([code, err]).toEqual([2, expect.stringContaining(message)]);
  });
});

describe('show', () => {
  test.each([
    [['D1'], 'D1'],
    [['d1'], 'D1'],
    [['MIA@patel.example'], 'C1'],
    [['patel'], 'A1'],
    [['Mia', 'Oster'], 'C1'],
    [['T1'], 'T1'],
    [['+31 20 5551234'], 'C1'],
    [['oak'], 'D3'],
  ])('%j shows %s', async (args, id) => {
    expect((await ws.json<{ id: string }>(['show', ...args])).id).toBe(id);
  });

  test('lists what fits where several do: exit 4, and on a terminal a question', async () => {
    const { code, err } = await ws.crm(['show', 'oak chairs table lamp']);
    expect([code, err]).toEqual([3, expect.stringContaining('there is no record "oak chairs table lamp"')]);
    const several = await ws.crm(['show', 'a']);
    expect(several.code).toBe(4);
    expect(several.err).toContain('"a" is ambiguous: ');
    const asked = await ws.crm(['show', 'tab'], { typed: () => '\r' });
    expect(asked.out).toContain('Tables');
  });

  test('shows the same as the command of the kind', async () => {
    for (const options of [{}, { tty: 80 }])
      expect(await ws.ok('show C1', options)).toBe(await ws.ok('contact show C1', options));
  });
});

describe('search in the settings', () => {
  beforeAll(async () => {
    await ws.ok(['stage', 'add', 'Quoted for oak', '--pipeline', 'sales']);
    await ws.ok('view add oak-deals oak --of deals');
    await ws.ok([
      'user',
      'add',
      'ana',
      '--name',
      'Ana Øster',
      '--email',
      'ana@example.com',
      '--role',
      'admin',
    ]);
    await ws.ok('team add oakers ana');
    await ws.ok('field add deal oiled --type choice --options oak-oil,wax');
    await ws.ok([
      'template',
      'add',
      'offer',
      '--subject',
      'Your offer',
      '--body',
      'All of it is solid walnut.',
    ]);
    writeFileSync(
      join(ws.dir, 'automations', 'thanks.yaml'),
      'name: Thanks\nfor: deal\non:\n  - created\nsteps:\n  - add-tag: walnut-buyer\n',
    );
    await ws.ok(['pipeline', 'add', 'Walnut']);
  });
  const as = ['--as', 'ana'];

  test.each([
    [
      ['oak', '--kind', 'stages,views,teams,fields'],
      ['oakers team', 'oak-deals view', 'quoted-for-oak stage', 'oiled field'],
    ],
    [['walnut'], ['walnut pipeline', 'thanks automation', 'offer template']],
    [['OSTER', 'ana'], ['ana user']],
    [['oak', 'quoted'], ['quoted-for-oak stage']],
    [['meeting', '--kind', 'task-types'], ['meeting task-type']],
  ])('%j finds %j', async (args, expected) => {
    const found = await ws.json<{ id: string; kind: string }[]>(['search', ...args, ...as]);
    expect(found.map(({ id, kind }) => `${id} ${kind}`)).toEqual(expected);
  });

  test('says where, after the records of the same rank, and hands only records to other commands', async () => {
    const [first] = await ws.json<unknown[]>(['search', 'solid', 'walnut', ...as]);
    expect(first).toEqual({
      id: 'offer',
      kind: 'template',
      title: 'Your offer',
      field: 'body',
      excerpt: 'All of it is solid walnut.',
      about: null,
    });
    const all = await ws.json<{ id: string }[]>(['search', 'oak', ...as]);
    expect(all.map(({ id }) => id)).toEqual(
      expect.arrayContaining(['D3', 'D1', 'oak-deals', 'quoted-for-oak', 'D2']),
    );
    expect(await ws.ok(['search', 'oak', '-q', ...as])).toMatch(/^([A-Z]\d+\n)+$/);
    expect((await ws.crm(['search', 'oak', '--kind', 'stagez', ...as])).err).toContain(
      'did you mean stages?',
    );
  });

  test('does not find hidden records', async () => {
    await ws.ok(['user', 'add', 'ben', '--name', 'Ben', '--role', 'normal', ...as]);
    await ws.ok(['pipeline', 'set', 'walnut', 'access=ana', ...as]);
    expect(await ws.json(['search', 'walnut', '--kind', 'pipelines,stages', '--as', 'ben'])).toEqual([]);
  });
});
