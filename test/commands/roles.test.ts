/** Who acts, and what they may see and do: what a user may not see does not exist for them. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { copiesOf, emptyDirectory, type TestWorkspace, workspace } from '../harness.ts';

const withUsers = copiesOf(async () => {
  const ws = await workspace();
  for (const [user, role] of [
    ['ada', 'admin'],
    ['mia', 'manager'],
    ['ben', 'normal'],
    ['rob', 'restricted'],
  ])
    await ws.ok(`user add ${user} --role ${role} --email ${user}@example.com`);
  return ws;
});

describe('who acts', () => {
  test('--as, otherwise CRM_USER, otherwise one’s own settings, otherwise the login name', async () => {
    const ws = await withUsers();
    const home = emptyDirectory();
    mkdirSync(join(home, 'crm'));
    writeFileSync(join(home, 'crm', 'config.yaml'), 'user: mia\n');
    const settings = { XDG_CONFIG_HOME: home };
    await ws.ok('deal add A');
    await ws.ok('deal add A', { env: settings });
    await ws.ok('deal add A', { env: { ...settings, CRM_USER: 'ben' } });
    await ws.ok('--as rob deal add A', { env: { ...settings, CRM_USER: 'ben' } });
    await ws.ok('deal add A', { env: { ...settings, CRM_USER: '' } });
    const by = (await ws.json<{ by: string }[]>('history --limit 5')).map(tx => tx.by);
    expect(by).toEqual(['mia', 'rob', 'ben', 'mia', 'tester']);
    expect(await ws.ok('deal list --fields owner')).toBe('\nmia\nben\nrob\nmia\n');
  });

  test('by id, name or e-mail', async () => {
    const ws = await withUsers();
    await ws.ok('--as BEN@example.com deal add A');
    await ws.ok('deal add A', { env: { CRM_USER: 'mia' } });
    expect((await ws.json<{ by: string }[]>('history --limit 2')).map(tx => tx.by)).toEqual(['mia', 'ben']);
  });

  test('nobody acts as an inactive user', async () => {
    const ws = await withUsers();
    const yaml = join(ws.dir, 'crm.yaml');
    writeFileSync(yaml, readFileSync(yaml, 'utf8').replace('ben: { name: ben,', '$& active: false,'));
    expect(await ws.crm('--as ben deal list')).toMatchObject({ code: 1, out: '' });
    expect(await ws.crm('deal list', { env: { CRM_USER: 'ben' } })).toMatchObject({
      code: 1,
      err: expect.stringContaining('ben is not active'),
    });
  });

  test('settings of one’s own that are broken are 5, with the line', async () => {
    const ws = await withUsers();
    const home = emptyDirectory();
    mkdirSync(join(home, 'crm'));
    for (const text of ['user: [\n', 'user: 5\n']) {
      writeFileSync(join(home, 'crm', 'config.yaml'), text);
      const { code, err } = await ws.crm('deal list', { env: { XDG_CONFIG_HOME: home } });
      expect({ text, code }).toEqual({ text, code: 5 });
      expect(err).toContain(join(home, 'crm', 'config.yaml'));
    }
  });
});

describe('somebody who is not a user', () => {
  /** With settings of one's own that name a user. */
  const settings = (user: string) => {
    const home = emptyDirectory();
    mkdirSync(join(home, 'crm'));
    writeFileSync(join(home, 'crm', 'config.yaml'), `user: ${user}\n`);
    return { XDG_CONFIG_HOME: home };
  };

  test.each(['benn', 'BEN2@example.com', '', 'tester', 'constructor', 'restricted'])(
    'named explicitly, as %j, does nothing: 2, in each of the three ways',
    async name => {
      const ws = await withUsers();
      const before = await ws.ok('history --json');
      for (const [from, args, env] of [
        ['--as', ['--as', name], {}],
        ...(name === '' ? [] : [['CRM_USER', [], { CRM_USER: name }] as const]),
        ...(name === '' ? [] : [['/crm/config.yaml', [], settings(name)] as const]),
      ] as const)
        for (const command of ['deal add A', 'deal list', 'run', 'status', 'user add zoe', 'config']) {
          const { code, out, err } = await ws.crm([...args, ...command.split(' ')], { env });
          expect({ from, command, code, out }).toEqual({ from, command, code: 2, out: '' });
          expect(err).toContain(`${from}: there is no user ${JSON.stringify(name)}\n`);
        }
      expect(await ws.ok('history --json')).toBe(before);
    },
  );

  test('is told the nearest user, and otherwise which there are', async () => {
    const ws = await withUsers();
    expect((await ws.crm('--as benn deal list')).err).toBe(
      'Error: --as: there is no user "benn"\nHint: did you mean ben?\n',
    );
    expect((await ws.crm('--as zz deal list')).err).toBe(
      'Error: --as: there is no user "zz"\nHint: users: ada, mia, ben, rob\n',
    );
  });

  test('where there are no users, anybody may be named', async () => {
    const ws = await workspace();
    await ws.ok('--as nina deal add A');
    expect(await ws.json('history --limit 1')).toMatchObject([{ by: 'nina' }]);
  });

  test('a login that owns the directory acts as admin; any other is 1, reading and writing', async () => {
    const ws = await withUsers();
    const owner = process.getuid!();
    // A workspace of another user is one that is named.
    const named = { CRM_DIR: ws.dir };
    await ws.ok('stage add New', { uid: owner });
    expect(await ws.json('history --limit 1')).toMatchObject([{ by: 'tester' }]);
    const before = await ws.ok('history --json');
    for (const command of ['deal list', 'deal add A', 'run', 'stage add Newer'])
      expect(await ws.crm(command, { uid: owner + 1, env: named })).toMatchObject({
        code: 1,
        out: '',
        err: expect.stringContaining(
          'Error: you are logged in as tester, who is not a user of this workspace, and you do not own its directory\nHint: CRM_USER=NAME or --as NAME says which user acts\n',
        ),
      });
    expect(await ws.ok('history --json')).toBe(before);
    // Who is a user, by login or by name, needs not own it.
    await ws.ok('deal add A', { uid: owner + 1, env: { ...named, CRM_USER: 'ben' } });
    await ws.ok('deal add A', { uid: owner + 1, login: 'mia', env: named });
    await ws.ok('deal add A', { uid: owner + 1, env: { ...named, ...settings('rob') } });
    const by = (await ws.json<{ by: string }[]>('history --limit 3')).map(tx => tx.by);
    expect(by).toEqual(['rob', 'mia', 'ben']);
  });

  test('crm, the name of sweeps, is for the owner of the directory and for admins', async () => {
    const ws = await withUsers();
    const elsewhere = { uid: process.getuid!() + 1, env: { CRM_DIR: ws.dir } };
    await ws.ok('--as crm deal add A');
    await ws.ok('--as crm stage add New', { ...elsewhere, login: 'ada' });
    await ws.ok('--as crm deal add A', { ...elsewhere, env: { ...elsewhere.env, CRM_USER: 'ada' } });
    expect((await ws.json<{ by: string }[]>('history --limit 3')).map(tx => tx.by)).toEqual([
      'crm',
      'crm',
      'crm',
    ]);
    for (const user of ['mia', 'ben', 'rob'])
      expect(
        await ws.crm('--as crm deal add A', { ...elsewhere, env: { ...elsewhere.env, CRM_USER: user } }),
      ).toMatchObject({
        code: 1,
        out: '',
      });
    for (const as of ['--as crm', ''])
      expect(
        await ws.crm(`${as} deal add A`, {
          ...elsewhere,
          env: { ...elsewhere.env, ...(as ? {} : { CRM_USER: 'crm' }) },
        }),
      ).toMatchObject({
        code: 1,
        err: expect.stringContaining('you are logged in as tester'),
      });
  });

  test('an owner is told once in each workspace how to become a user, where that can be remembered', async () => {
    const [one, two] = [await withUsers(), await withUsers()];
    const state = emptyDirectory();
    const env = { XDG_STATE_HOME: state };
    const told = async (ws: TestWorkspace, command: string, more: Record<string, string> = {}) =>
      (await ws.crm(command, { env: { ...env, ...more } })).err.includes('crm user add tester --role admin');
    // What a shell asks shows nobody anything.
    expect(await told(one, 'completion words -- deal show')).toBe(false);
    expect(await told(one, 'deal list', { CRM_USER: 'ben' })).toBe(false);
    expect(await told(one, 'deal list')).toBe(true);
    expect(await told(one, 'deal add A')).toBe(false);
    expect(await told(two, 'deal add A')).toBe(true);
    expect(await told(two, 'deal list')).toBe(false);
    expect(readFileSync(join(state, 'crm', 'told'), 'utf8').split('\n')).toHaveLength(3);
    // Without a home, as a service has none, it would be said at every run.
    expect(await told(await withUsers(), 'deal list', { XDG_STATE_HOME: '' })).toBe(false);
    expect(await told(await withUsers(), 'deal list', { XDG_STATE_HOME: 'relative' })).toBe(false);
    const home = emptyDirectory();
    expect(await told(await withUsers(), 'deal list', { XDG_STATE_HOME: '', HOME: home })).toBe(true);
    expect(readFileSync(join(home, '.local', 'state', 'crm', 'told'), 'utf8')).toContain('"tester"');
    // Nobody is told where there are no users.
    expect(await told(await workspace(), 'deal list')).toBe(false);
  });
});

describe('what they may do', () => {
  test.each([
    ['ada', 0],
    ['mia', 1],
    ['ben', 1],
    ['rob', 1],
  ])('%s and settings: exit %i', async (user, code) => {
    const ws = await withUsers();
    for (const line of [
      'pipeline add Tenders --stages Invited',
      'stage add New',
      'field add deal product',
      'user add zoe',
    ])
      expect({ line, ...(await ws.crm(`--as ${user} ${line}`)) }).toMatchObject({ line, code });
  });
});

describe('restricted: own records and unowned ones', () => {
  /** Ben's deal with all that hangs on it, rob's and nobody's. */
  const furnished = async () => {
    const ws = await withUsers();
    await ws.ok('--as ben contact add --email ben.s@example.com --owner ben');
    await ws.ok('--as ben account add Bens --owner ben');
    await ws.ok('--as ben deal add Bens --contact ben.s@example.com --account Bens');
    await ws.ok('--as rob deal add Robs');
    await ws.ok('deal add Nobodys --owner none');
    for (const subject of ['D1', 'D2', 'D3']) {
      await ws.ok(`task add T --for ${subject}`);
      await ws.ok(`log call ${subject} spoke`);
      await ws.ok(`invoice add --for ${subject === 'D1' ? 'D1' : subject} --amount 5`);
    }
    await ws.ok('event add seen --contact ben.s@example.com');
    return ws;
  };

  test('lists', async () => {
    const ws = await furnished();
    const seen = async (user: string) => {
      const lists: Record<string, string> = {};
      for (const kind of ['deal', 'contact', 'account', 'task', 'activity', 'event', 'invoice'])
        lists[kind] = (await ws.ok(`--as ${user} ${kind} list -q`)).trimEnd().replaceAll('\n', ' ');
      return lists;
    };
    expect(await seen('rob')).toEqual({
      deal: 'D2 D3',
      contact: '',
      account: '',
      task: 'T2 T3',
      activity: 'V2 V3',
      event: '',
      invoice: 'I2 I3',
    });
    for (const user of ['ada', 'mia', 'ben'])
      expect(await seen(user)).toEqual({
        deal: 'D1 D2 D3',
        contact: 'C1',
        account: 'A1',
        task: 'T1 T2 T3',
        activity: 'V1 V2 V3',
        event: 'E1',
        invoice: 'I1 I2 I3',
      });
  });

  test('queries: hidden records do not count', async () => {
    const ws = await furnished();
    await ws.ok('deal set D3 contact=ben.s@example.com account=Bens');
    await ws.ok('task add T --for D2 --assignee ben --due -1d');
    const found = async (user: string, query: string) =>
      (await ws.ok(['--as', user, 'deal', 'list', '-q', query])).trimEnd().replaceAll('\n', ' ');
    for (const [query, ofRob, ofMia] of [
      ['tasks.open:2', '', 'D2'],
      ['is:overdue', '', 'D2'],
      // A deal that they see shows its contact and account, whosever these are.
      ['has:contact', 'D3', 'D1 D3'],
      ['contact:none', 'D2', 'D2'],
      ['account:Bens', 'D3', 'D1 D3'],
      ['contact.email:ben', 'D3', 'D1 D3'],
      ['event:seen', 'D3', 'D1 D3'],
      ['account.deals.open:2', '', 'D1 D3'],
      ['account.deals.open:1', 'D3', ''],
    ] as const)
      expect({ query, rob: await found('rob', query), mia: await found('mia', query) }).toEqual({
        query,
        rob: ofRob,
        mia: ofMia,
      });
    expect(await ws.ok('--as rob deal list id:D2 --fields tasks.open,tasks.overdue')).toBe('1\t0\n');
  });

  test('every command on a hidden record is exit 3, as if it did not exist', async () => {
    const ws = await furnished();
    const before = await ws.ok('history --json');
    for (const line of [
      'deal show D1',
      'deal show Bens',
      'deal set D1 value=5',
      'deal rm D1',
      'deal move D1 in-contact',
      'deal win D1',
      'deal assign D1 rob',
      'deal note D1 x',
      'deal tag D1 +x',
      'deal contact D2 rm ben.s@example.com',
      'contact show ben.s@example.com',
      'account show Bens',
      'task show T1',
      'task done T1',
      'task add X --for D1',
      'log call D1 x',
      'invoice pay I1',
      'event show E1',
      'event add x --contact C1',
      'deal set D2 contact=C1',
      'history D1',
      'explain D1',
    ]) {
      const { code, out, err } = await ws.crm(`--as rob ${line}`);
      expect({ line, code, out }).toEqual({ line, code: 3, out: '' });
      expect(err).toMatch(/does not exist|there is no/);
    }
    for (const line of ['deal set --where id:D1 value=5', 'deal rm --where title:Bens'])
      expect(await ws.crm(`--as rob ${line}`)).toMatchObject({
        err: 'nothing to do: no deals were chosen\n',
      });
    expect(await ws.ok('history --json')).toBe(before);
  });

  test('contacts and accounts of a deal that they see are seen with it, and no longer without it', async () => {
    const ws = await furnished();
    expect(await ws.crm('--as rob contact show C1')).toMatchObject({
      code: 3,
      err: expect.stringContaining('C1 does not exist'),
    });
    await ws.ok('deal set D2 contact=C1 account=A1');
    expect(await ws.ok('--as rob deal show D2', { tty: 80 })).toMatch(/ben\.s@example.*\n.*Bens/);
    expect(await ws.ok('--as rob contact list -q')).toBe('C1\n');
    expect(await ws.ok('--as rob account list -q')).toBe('A1\n');
    expect(await ws.ok('--as rob event list -q')).toBe('E1\n');
    // Also what is in the trash, while the deal names it.
    await ws.ok('contact rm C1');
    expect(await ws.ok('--as rob contact list --trash -q')).toBe('C1\n');
    await ws.ok('deal assign D2 ben');
    expect(await ws.ok('--as rob contact list --trash -q')).toBe('');
    expect(await ws.ok('--as rob account list -q')).toBe('');
  });

  test('what a record of theirs points to is nothing, if that is hidden; a change of theirs leaves it', async () => {
    const ws = await furnished();
    await ws.ok('contact add Own --owner rob --account A1');
    const out = await ws.ok('--as rob contact show C2', { tty: 80 });
    expect(out).not.toMatch(/Bens|A1/);
    expect(await ws.json('--as rob contact show C2')).toMatchObject({ account: null });
    await ws.ok('--as rob contact set C2 phone=5');
    expect(await ws.json('contact show C2')).toMatchObject({ account: 'A1', phone: '5' });
    expect(await ws.ok('--as rob contact list', { tty: 200 })).not.toMatch(/Bens/);
    const texts: string[] = [];
    const editor = (text: string) => {
      texts.push(text);
      return text.replace(/phone: .*/, 'phone: 6');
    };
    await ws.ok('--as rob contact edit C2', { editor });
    expect(texts.join()).not.toMatch(/Bens|A1/);
    expect(await ws.json('contact show C2')).toMatchObject({ account: 'A1', phone: '6' });
  });

  test('the trash and the history keep to the same', async () => {
    const ws = await furnished();
    await ws.ok('deal rm D1 D2 D3');
    expect(await ws.ok('--as rob deal list --trash -q')).toBe('D2\nD3\n');
    expect(await ws.crm('--as rob deal restore D1')).toMatchObject({
      code: 3,
      err: expect.stringContaining('D1 does not exist'),
    });
    expect((await ws.crm('--as rob deal show D1')).err).not.toContain('trash');
    expect(await ws.crm('--as rob deal restore D2')).toMatchObject({ code: 0 });
    const history = await ws.ok('--as rob history --json');
    expect(history).toContain('"D2"');
    for (const hidden of ['"D1"', 'Bens', 'ben.s@example', 'crm.yaml']) expect(history).not.toContain(hidden);
    // What is in the trash has a history for those who could see it.
    expect(await ws.ok('--as rob history D3 --fields via')).toBe('deal rm\ndeal add\n');
    expect(await ws.ok('--as ben history D1 --fields via')).toBe('deal rm\ndeal add\n');
    expect(await ws.crm('--as rob history D1')).toMatchObject({
      code: 3,
      err: expect.stringContaining('D1 does not exist'),
    });
  });

  test('undo of a transaction that they do not see completely is refused', async () => {
    const ws = await furnished();
    await ws.ok('deal set D1 D2 value=5');
    const { code, err } = await ws.crm('--as rob undo');
    expect(code).toBe(1);
    expect(err).toContain('may not see');
    expect(await ws.ok('deal list --fields value')).toBe('5.00\n5.00\n0.00\n');
  });

  test('a key that a hidden record has is refused in one sentence that tells nothing of it', async () => {
    const ws = await furnished();
    await ws.ok('contact set C1 externalId=x1');
    await ws.ok('account set A1 externalId=x1');
    const refused = [];
    for (const line of [
      'deal add X --contact ben.s@example.com',
      'deal add X --account Bens',
      'contact add --email BEN.S@example.com',
      'contact add Other --external-id x1',
      'account add bens',
      'account add Other --external-id x1',
    ])
      refused.push(await ws.crm(`--as rob ${line}`));
    expect(new Set(refused.map(({ err }) => err)).size).toBe(1);
    expect(refused[0]).toMatchObject({ code: 1, out: '' });
    expect(refused[0]!.err).not.toMatch(/ben|x1|e-mail|name|externalId|[AC]1/i);
    expect(await ws.ok('contact list -q')).toBe('C1\n');
  });
});

test('a pipeline with an access list does not exist for other users', async () => {
  const ws = await withUsers();
  await ws.ok('pipeline add Tenders --stages Invited,Award');
  await ws.ok('deal add Secret --pipeline tenders --contact jane@example.com');
  await ws.ok('task add T --for D1');
  const yaml = join(ws.dir, 'pipelines/tenders.yaml');
  writeFileSync(yaml, `${readFileSync(yaml, 'utf8')}access: [mia]\n`);
  expect(await ws.ok('--as mia deal list -q')).toBe('D1\n');
  expect(await ws.ok('--as ben deal list -q')).toBe('');
  expect(await ws.ok('--as ben task list -q')).toBe('');
  expect(await ws.ok('--as ben pipeline list -q')).toBe('sales\n');
  expect(await ws.ok('--as ben stage list --fields pipeline')).not.toContain('tenders');
  for (const [line, code] of [
    ['deal show D1', 3],
    ['deal add X --pipeline tenders', 2],
    ['deal add X --stage Award', 2],
    ['stage list --pipeline tenders', 2],
  ] as const) {
    const { code: exit, err } = await ws.crm(`--as ben ${line}`);
    expect({ line, exit }).toEqual({ line, exit: code });
    expect(err).not.toMatch(/tenders has|Secret/);
  }
});
