/** Users: what is known of them, and who takes over when one leaves. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { copiesOf, type TestWorkspace, workspace } from '../harness.ts';

const crmYaml = (ws: TestWorkspace) => readFileSync(join(ws.dir, 'crm.yaml'), 'utf8');

const withUsers = copiesOf(async () => {
  const ws = await workspace();
  await ws.ok(['user', 'add', 'ana', '--name', 'Ana Ruiz', '--email', 'ana@example.com']);
  await ws.ok(['user', 'add', 'ben', '--name', 'Ben Bos', '--email', 'ben@example.com']);
  return ws;
});

/** Ana has an open deal and a lost one, an open task and a done one; Ben a task. */
async function withWork(): Promise<TestWorkspace> {
  const ws = await withUsers();
  await ws.ok(['deal', 'add', 'Chairs', '--owner', 'ana']);
  await ws.ok(['deal', 'add', 'Tables', '--owner', 'ana']);
  await ws.ok('deal lose D2');
  await ws.ok(['task', 'add', 'Call', '--for', 'D1', '--assignee', 'ana']);
  await ws.ok(['task', 'add', 'Called', '--for', 'D2', '--assignee', 'ana']);
  await ws.ok('task done T2');
  await ws.ok(['task', 'add', 'Write', '--for', 'D1', '--assignee', 'ben']);
  return ws;
}

const owners = async (ws: TestWorkspace) =>
  (await ws.ok('deal list --fields owner')) + (await ws.ok('task list --fields assignee'));

describe('crm user set', () => {
  test('changes one line, and show says it', async () => {
    const ws = await withUsers();
    const before = crmYaml(ws);
    const { err } = await ws.crm(['user', 'set', 'ana', 'role=manager', 'signature=Ana, Acme', 'email=']);
    expect(err).toBe('changed ana\n');
    expect(crmYaml(ws)).toBe(
      before.replace(
        '{ name: Ana Ruiz, email: ana@example.com, role: normal }',
        '{ name: Ana Ruiz, role: manager, signature: "Ana, Acme" }',
      ),
    );
    expect(await ws.json(['user', 'show', 'Ana Ruiz'])).toEqual({
      id: 'ana',
      name: 'Ana Ruiz',
      email: null,
      role: 'manager',
      active: true,
      teams: [],
      signature: 'Ana, Acme',
      away: null,
      notify: null,
    });
    expect(await ws.ok('user show me --as ben --fields id')).toBe('ben\n');
  });

  test.each([
    [
      'user set ana role=boss',
      2,
      'unknown role "boss"',
      'role is one of: admin, manager, normal, restricted',
    ],
    [
      'user set ana active=perhaps',
      2,
      'active: "perhaps" is neither yes nor no',
      'accepted: true, yes, false, no',
    ],
    ['user set ana role=', 2, 'a user needs a role', null],
    ['user set ana id=anna', 2, 'the id of a user never changes', 'name=... is what people read'],
    ['user set anna role=admin', 2, 'unknown user "anna"', 'did you mean ana?'],
    ['user set none role=admin', 2, 'none means nobody', 'crm user list'],
    ['user set ana email=BEN@example.com', 4, 'ben has the e-mail BEN@example.com already', null],
    ['user set ana mail=x', 2, 'a user has no "mail"', 'did you mean email?'],
    [
      'user set ana role=admin --successor ben',
      2,
      'only a user who leaves has a successor, and ana does not leave',
      'active=false',
    ],
    [
      'user set ana role=admin --as ana',
      1,
      'ana is normal and may not change settings',
      'an admin may: --as USER',
    ],
    ['user show anna', 2, 'unknown user "anna"', 'did you mean ana?'],
  ])('%s: exit %i', async (command, exit, message, hint) => {
    const ws = await withUsers();
    const before = crmYaml(ws);
    const { code, err } = await ws.crm(`${command} --json`);
    expect(JSON.parse(err).error).toMatchObject({ message, hint });
    expect(code).toBe(exit);
    expect(crmYaml(ws)).toBe(before);
  });
});

describe('somebody stays admin', () => {
  test('a login that adds itself as a user keeps its rights', async () => {
    const ws = await workspace();
    expect(await ws.crm('user add tester')).toMatchObject({
      code: 0,
      err: 'tester is admin, being you; --role says otherwise\n',
    });
    await ws.ok('user add ben');
    expect(await ws.json('user list --fields id,role')).toEqual([
      { id: 'tester', role: 'admin' },
      { id: 'ben', role: 'normal' },
    ]);
  });

  test.each(['user add tester --role normal', 'user set me role=manager', 'user rm tester'])(
    '%s would leave nobody',
    async line => {
      const ws = await workspace();
      if (!line.includes('add')) await ws.ok('user add tester');
      const before = crmYaml(ws);
      expect(await ws.crm(line)).toMatchObject({
        code: 1,
        err: 'Error: then no user could change settings: tester is the only admin\nHint: make another user admin first: crm user set USER role=admin\n',
      });
      expect(crmYaml(ws)).toBe(before);
      await ws.ok('user add ada --role admin');
      await ws.ok(line);
    },
  );
});

describe('a user who leaves', () => {
  test('needs a successor if there is open work', async () => {
    const ws = await withWork();
    for (const command of ['user set ana active=false', 'user rm ana'])
      expect(await ws.crm(command)).toMatchObject({
        code: 2,
        err: 'Error: ana still has an open deal, D1 and an open task, T1\nHint: --successor USER takes them over\n',
      });
    expect(await ws.json('user show ana')).toMatchObject({ active: true });
  });

  test('hands over the open deals and tasks; closed ones stay theirs', async () => {
    const ws = await withWork();
    const { err } = await ws.crm('user rm ana --successor ben@example.com');
    expect(err).toBe('deactivated ana\nben takes over 1 open deal and 1 open task\n');
    expect(await owners(ws)).toBe('ben\nana\nben\nana\nben\n');
    expect(crmYaml(ws)).toContain(
      'ana: { name: Ana Ruiz, email: ana@example.com, role: normal, active: false }',
    );
    const [last] = await ws.json<{ changes: { id: string }[] }[]>('history --limit 1');
    expect(last!.changes.map(change => change.id)).toEqual(['D1', 'T1', 'crm.yaml']);
  });

  test('cannot act or get work any more, until they come back', async () => {
    const ws = await withUsers();
    expect((await ws.crm('user rm ana')).err).toBe('deactivated ana\n');
    expect((await ws.crm('user rm ana')).err).toBe('nothing to do: ana is already in that state\n');
    expect(await ws.crm('deal list --as ana')).toMatchObject({
      code: 1,
      err: 'Error: ana is not active\nHint: crm user set ana active=true\n',
    });
    expect((await ws.crm(['deal', 'add', 'Chairs', '--owner', 'ana'])).code).toBe(1);
    expect((await ws.crm('user restore ana')).err).toBe('activated ana\n');
    await ws.ok(['deal', 'add', 'Chairs', '--owner', 'ana']);
  });

  test('an undo of the addition of a user whom a pipeline names keeps them, and says what needs them', async () => {
    const ws = await withUsers();
    await ws.ok('user add carl');
    const [{ tx }] = await ws.json<[{ tx: number }]>('history');
    await ws.ok('pipeline set sales access=carl');
    expect((await ws.crm(`undo ${tx}`)).err).toContain(
      'kept crm.yaml (is needed: pipelines/sales.yaml:8: unknown user "carl")\n',
    );
    await ws.ok('user show carl');
  });

  test('says where queries still name them', async () => {
    const ws = await withUsers();
    await ws.ok('user add banana');
    await ws.ok(['view', 'add', 'north', 'owner:ben,"ana ruiz" is:open']);
    await ws.ok(['view', 'add', 'south', 'owner:banana']);
    writeFileSync(
      join(ws.dir, 'pipelines/sales.yaml'),
      `${readFileSync(join(ws.dir, 'pipelines/sales.yaml'), 'utf8')}transitions:
  # owner:ana
  - { to: in-contact, when: 'tasks.done:>=1 owner:ana' }
`,
    );
    const lineOf = (text: string, file: string) =>
      readFileSync(join(ws.dir, file), 'utf8')
        .split('\n')
        .findIndex(line => line.includes(text)) + 1;
    expect((await ws.crm('user rm ana')).err).toBe(
      `deactivated ana\nqueries still name ana: crm.yaml:${lineOf('north', 'crm.yaml')}, pipelines/sales.yaml:${lineOf('to: in-contact', 'pipelines/sales.yaml')}\n`,
    );
  });

  test('and can be taken back whole', async () => {
    const ws = await withWork();
    const before = crmYaml(ws);
    await ws.ok('user rm ana --successor ben');
    await ws.ok('undo');
    expect(crmYaml(ws)).toBe(before);
    expect(await owners(ws)).toBe('ana\nana\nana\nana\nben\n');
  });

  test('hands over customers, and the rules that give them work; what rules only ask for stays', async () => {
    const ws = await withWork();
    await ws.ok('contact add --name Jane --owner ana');
    const rule = (who: string) => `# Ours.
for: deal
on: [{ status-changes: { to: won } }]
where: 'owner:ana'
steps:
  - add-task: { title: Call ana, assignee: ${who} } # at once
  - if: 'owner:ana'
    then:
      - update: { owner: ${who} }
      - notify: { user: '{{ deal.owner }}', text: ana }
    else:
      - notify: { user: ${who === 'ana' ? 'ana@example.com' : who}, text: ana }
`;
    mkdirSync(join(ws.dir, 'automations'), { recursive: true });
    const path = join(ws.dir, 'automations/hello.yaml');
    writeFileSync(path, rule('ana'));
    await ws.ok('automation lint');
    expect((await ws.crm('user rm ana')).err).toBe(
      'Error: ana still has an open deal, D1 and an open task, T1, and is given work by automations/hello.yaml\nHint: --successor USER takes them over\n',
    );
    expect((await ws.crm('user rm ana --successor ben')).err).toBe(
      'deactivated ana\nben takes over 1 open deal, 1 open task, 1 contact and 1 automation\nqueries still name ana: automations/hello.yaml:4, automations/hello.yaml:7\n',
    );
    expect(readFileSync(path, 'utf8')).toBe(rule('ben'));
    expect(await ws.ok('contact list --fields owner')).toBe('ben\n');
    await ws.ok('undo');
    expect(readFileSync(path, 'utf8')).toBe(rule('ana'));
    expect(await owners(ws)).toBe('ana\nana\nana\nana\nben\n');
  });

  test.each([
    ['--successor ana', 2, 'ana cannot take over from ana', null],
    ['--successor carl', 2, 'unknown user "carl"', 'users: ana, ben, gone'],
    ['--successor gone', 1, 'gone is not active', 'crm user set gone active=true'],
  ])('user rm ana %s: exit %i', async (option, exit, message, hint) => {
    const ws = await withWork();
    await ws.ok('user add gone');
    await ws.ok('user rm gone');
    const { code, err } = await ws.crm(`user rm ana ${option} --json`);
    expect(JSON.parse(err).error).toMatchObject({ message, hint });
    expect(code).toBe(exit);
    expect(await owners(ws)).toBe('ana\nana\nana\nana\nben\n');
  });

  test('a successor without access to a pipeline is refused, and the deal is named', async () => {
    const ws = await withWork();
    await ws.ok('pipeline set sales access=ana');
    expect(await ws.crm('user rm ana --successor ben')).toMatchObject({
      code: 1,
      err: 'Error: D1: ben has no access to the pipeline sales\nHint: access: ana\n',
    });
    expect(await owners(ws)).toBe('ana\nana\nana\nana\nben\n');
  });
});
