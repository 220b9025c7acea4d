/** Exports of single kinds in another workspace: an id there is somebody else, and is never believed without proof. */
import { describe, expect, test } from 'vitest';
import { type TestWorkspace, workspace } from '../harness.ts';

interface Summary {
  created: number;
  failed: number;
  errors: { line: number; column: string | null; error: string }[];
}

/** Two workspaces in which C1 and C2 are other people. */
async function two(): Promise<readonly [TestWorkspace, TestWorkspace]> {
  // The salt of tests is the same everywhere: the name makes the two differ, as the salt does outside them.
  const [here, there] = [await workspace(), await workspace('sales', '--name', 'Elsewhere')];
  await here.ok('contact add --email jane@example.com --name Jane');
  await here.ok('contact add --name Nameless');
  await here.ok('account add Acme');
  await here.ok('deal add Desk --contact C1 --account A1 --external-id x-1');
  await here.ok('deal add Chair --contact C2');
  await here.ok('deal contact D1 add C2');
  await here.ok('task add Call --for D2 --due 2026-12-01');
  await here.ok('log note D1 hello');
  await there.ok('contact add --email other@example.com --name Other');
  await there.ok('contact add --email another@example.com --name Another');
  await there.ok('account add Beta');
  await there.ok('deal add Table');
  await there.ok('deal add Shelf');
  return [here, there];
}

const NO_PROOF =
  /^C1 is an id, and nothing says that it comes from this workspace \(--same-workspace or --key id/;

describe('an id in a cell', () => {
  test('of another workspace is an error of its row, and creates nothing', async () => {
    const [here, there] = await two();
    for (const format of ['csv', 'json', 'jsonl']) {
      const stdin = await here.ok(['export', 'deals', '--format', format]);
      const ran = await there.crm(
        [
          'import',
          'deals',
          '-',
          '--from',
          format,
          '--json',
          '--skip-invalid',
          '--create-missing',
          'contacts,accounts',
        ],
        { stdin },
      );
      const { created, errors } = ran.json<Summary>();
      expect(created).toBe(0);
      expect(errors.map(error => error.error).join('\n')).toMatch(
        /[CAD]\d is an id of another workspace|id cannot be set/,
      );
    }
    expect(await there.json('contact list')).toHaveLength(2);
  });

  test('without proof is one too; with --same-workspace, the column or --key id it is believed', async () => {
    const [here] = await two();
    const id = (await here.ok('export deals --format json').then(text => JSON.parse(text)))[0]
      .crm_workspace as string;
    expect(id).toMatch(/^ws-[0-9a-f]{16}$/);
    const refused = await here.crm('import deals - --json', { stdin: 'title,contact\na,C1\n' });
    expect(refused.json<Summary>().errors).toEqual([
      { line: 2, column: 'contact', error: expect.stringMatching(NO_PROOF) },
    ]);
    const list = await here.crm('import deals - --json', { stdin: 'title,contacts\na,"C1,C2"\n' });
    expect(list.json<Summary>().errors).toEqual([
      { line: 2, column: 'contacts', error: expect.stringMatching(NO_PROOF) },
    ]);
    await here.ok('import deals - --same-workspace', { stdin: 'title,contact\na,C1\n' });
    await here.ok('import deals -', { stdin: `title,contacts,crm_workspace\nb,"C2,C1",${id}\n` });
    await here.ok('import deals -', { stdin: `[{"title":"c","contact":"C1","crm_workspace":"${id}"}]` });
    await here.ok('import deals - --key id', { stdin: 'id,contact\nD3,C2\n' });
    await here.ok('import deals - --set contact=C1', { stdin: 'title\nd\n' });
    const deals = await here.json<{ title: string; contacts: string[] }[]>('deal list');
    expect(deals.slice(2).map(deal => [deal.title, deal.contacts])).toEqual([
      ['a', ['C2']],
      ['b', ['C2', 'C1']],
      ['c', ['C1']],
      ['d', ['C1']],
    ]);
  });

  test('changes no record of the same id by --key id, where the row names another workspace', async () => {
    const [here, there] = await two();
    for (const format of ['csv', 'json', 'jsonl']) {
      const stdin = await here.ok(['export', 'deals', '--format', format, '--raw']);
      const before = await there.json('deal list');
      const ran = await there.crm(['import', 'deals', '-', '--from', format, '--key', 'id', '--json'], {
        stdin,
      });
      expect(ran.code).toBe(1);
      expect(ran.json<Summary>().errors.map(error => error.error)).toEqual(
        [1, 2].map(() => expect.stringMatching(/^the row is of another workspace, ws-[0-9a-f]{16}: /)),
      );
      expect(await there.json('deal list')).toEqual(before);
    }
    const stdin = (await here.ok('export contacts')).replace(/Jane/, 'June');
    await there.ok('import contacts - --key id --same-workspace', { stdin });
    expect(await there.json('contact show C1')).toMatchObject({ name: 'June' });
  });

  test('is a name only if a record has exactly that name, and never makes a record', async () => {
    const ws = await workspace();
    await ws.ok('account add Acme');
    await ws.ok(['account', 'add', 'A1']);
    await ws.ok('import deals -', { stdin: 'title,account\na,A1\n' });
    expect(await ws.json('deal show D1')).toMatchObject({ account: 'A2' });
    const ran = await ws.crm('import deals - --create-missing accounts,contacts --json', {
      stdin: 'title,account\nb,A77\n',
    });
    expect(ran.json()).toMatchObject({ created: 0, errors: [{ line: 2, column: 'account' }] });
    expect(await ws.json('account list')).toHaveLength(2);
  });

  test('of its own record is set by --key id, as the hint says', async () => {
    const [here] = await two();
    const ran = await here.crm('import deals - --json', { stdin: await here.ok('export deals') });
    expect(ran.json<Summary>().errors[0]!.error).toBe(
      'id cannot be set (--key id updates the records of this workspace)',
    );
  });
});

test('exports can be imported again where they come from; only chosen columns have no origin', async () => {
  const [here] = await two();
  for (const kind of ['deals', 'contacts', 'accounts', 'tasks', 'activities'])
    for (const format of ['csv', 'json', 'jsonl']) {
      const stdin = await here.ok(['export', kind, '--format', format]);
      expect(await here.ok(['import', kind, '-', '--key', 'id', '--from', format], { stdin })).toMatch(
        /^0 created, \d unchanged\n$/,
      );
    }
  expect((await here.ok('export deals')).split('\n')[0]).toMatch(/,crm_workspace$/);
  expect(await here.ok('export deals --fields id,title')).toBe('id,title\nD1,Desk\nD2,Chair\n');
});

test.each(['csv', 'json', 'jsonl'])(
  'export --portable --format %s makes the same records elsewhere',
  async format => {
    const [here, there] = await two();
    for (const kind of ['accounts', 'contacts', 'deals', 'tasks', 'activities']) {
      const stdin = await here.ok(['export', kind, '--portable', '--format', format]);
      expect(stdin).not.toMatch(/crm_workspace|"id":|^id,/);
      expect(await there.ok(['import', kind, '-', '--from', format], { stdin })).toMatch(/^[12] created\n$/);
    }
    expect(await there.json('deal show x-1')).toMatchObject({
      title: 'Desk',
      contacts: ['C3', 'C4'],
      account: 'A2',
    });
    expect(await there.json('deal show Chair')).toMatchObject({ id: 'D4', contacts: ['C4'] });
    expect(await there.json('task show T1')).toMatchObject({ title: 'Call', for: 'D4' });
    // Once more, the external ids find what was made.
    const again = await here.ok(['export', 'deals', '--portable', '--format', format]);
    expect(
      await there.ok(['import', 'deals', '-', '--key', 'externalId', '--from', format], { stdin: again }),
    ).toBe('0 created, 2 unchanged\n');
  },
);
