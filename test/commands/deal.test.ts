import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { copiesOf, type TestWorkspace, workspace } from '../harness.ts';

type Fields = Record<string, unknown>;

const deal = (ws: TestWorkspace, id: string) => ws.json<Fields>(`deal show ${id}`);
const edit = (ws: TestWorkspace, file: string, change: (text: string) => string) =>
  writeFileSync(join(ws.dir, file), change(readFileSync(join(ws.dir, file), 'utf8')));
/** How many transactions there are. */
const transactions = async (ws: TestWorkspace) => (await ws.json<unknown[]>('history')).length;

const withTwoPipelines = copiesOf(async () => {
  const ws = await workspace();
  await ws.ok([
    'pipeline',
    'add',
    'Tenders',
    '--stages',
    'Invited,Follow up,Award made',
    '--currency',
    'JPY',
  ]);
  return ws;
});

describe('deal add', () => {
  test('makes a missing contact and account in the same transaction', async () => {
    const ws = await workspace();
    const add = ['--value', '5200', '--contact', 'jane@example.com', '--account', 'Acme'];
    expect(await ws.ok(['deal', 'add', '40 chairs, 10 tables', ...add])).toBe('D1\n');
    expect(await deal(ws, 'D1')).toMatchObject({
      title: '40 chairs, 10 tables',
      value: '5200.00',
      contact: 'C1',
      account: 'A1',
    });
    expect(await ws.json('contact show C1')).toMatchObject({ name: 'jane@example.com', account: 'A1' });
    const [last] = await ws.json<{ changes: { op: string; id: string }[] }[]>('history');
    expect(last!.changes.map(c => `${c.op} ${c.id}`).sort()).toEqual(['add A1', 'add C1', 'add D1']);
  });

  test('takes a known contact with its account; a name is accepted only for a new e-mail', async () => {
    const ws = await workspace();
    const jane = ['--contact', 'jane@example.com', '--contact-name', 'Jane Roe'];
    await ws.ok(['deal', 'add', 'One', ...jane, '--account', 'Acme']);
    await ws.ok(['deal', 'add', 'Two', '--contact', 'JANE@Example.com', '--contact-name', 'Other']);
    await ws.ok(['deal', 'add', 'Three', '--contact', 'jane roe', '--account', 'ACME']);
    await ws.ok(['deal', 'add', 'Four', '--contact', 'C1', '--account', 'A1']);
    for (const id of ['D1', 'D2', 'D3', 'D4'])
      expect(await deal(ws, id)).toMatchObject({ contact: 'C1', contacts: ['C1'], account: 'A1' });
    expect(await ws.json('contact list')).toMatchObject([{ name: 'Jane Roe' }]);
  });

  test('a contact, an account, both or neither, unless the pipeline says more', async () => {
    const ws = await workspace();
    expect(await ws.ok(['deal', 'add', 'Bare', '--contact', '', '--account', ''])).toBe('D1\n');
    expect(await deal(ws, 'D1')).toMatchObject({ contact: null, contacts: [], account: null, value: '0.00' });
    edit(ws, 'pipelines/sales.yaml', text => `${text}requires: [contact]\n`);
    expect(await ws.crm('deal add Bare')).toMatchObject({
      code: 2,
      err: expect.stringContaining('a deal in sales needs a contact'),
    });
    expect(await ws.ok('deal add Met --contact jane@example.com')).toBe('D2\n');
    expect(await ws.crm('deal contact D2 rm jane@example.com')).toMatchObject({
      code: 2,
      err: expect.stringContaining('a deal in sales needs a contact'),
    });
  });

  test('starts at the entry of the first pipeline that is open to the acting user', async () => {
    const ws = await withTwoPipelines();
    await ws.ok('user add ben');
    await ws.ok('deal add A');
    await ws.ok('deal add B --pipeline tenders --value 12');
    edit(ws, 'pipelines/tenders.yaml', text => `${text}entry: award-made\n`);
    await ws.ok(['deal', 'add', 'C', '--pipeline', 'Tenders', '--currency', 'eur', '--value', '1.5k']);
    edit(ws, 'pipelines/sales.yaml', text => `${text}access: []\n`);
    await ws.ok('--as ben deal add D');
    expect(await ws.ok('deal list --fields id,pipeline,stage,value,currency')).toBe(
      [
        'D1\tsales\tto-contact\t0.00\tEUR',
        'D2\ttenders\tinvited\t12\tJPY',
        'D3\ttenders\taward-made\t1500.00\tEUR',
        'D4\ttenders\taward-made\t0\tJPY',
        '',
      ].join('\n'),
    );
  });

  test("has an owner: the given one, otherwise the pipeline's, otherwise the acting user, otherwise nobody", async () => {
    const ws = await workspace();
    await ws.ok('user add ana --email ana@example.com');
    await ws.ok('deal add ByLogin');
    await ws.ok('--as ana deal add ByUser');
    await ws.ok('--as ana@example.com deal add ByAddress');
    await ws.ok('deal add BySetting', { env: { CRM_USER: 'ana' } });
    await ws.ok('--as ana deal add Nobodys --owner none');
    await ws.ok('deal add Said --owner ANA@example.com');
    expect(await ws.ok('deal list --fields title,owner')).toBe(
      'ByLogin\t\nByUser\tana\nByAddress\tana\nBySetting\tana\nNobodys\t\nSaid\tana\n',
    );
  });

  test('a dry run shows the changes, and does nothing', async () => {
    const ws = await workspace();
    const { out, err } = await ws.crm('deal add Chairs --account Acme --dry-run');
    expect(out).toBe(
      '+ A1 name=Acme\n+ D1 title=Chairs value=0.00 currency=EUR pipeline=sales stage=to-contact status=open account=A1\n',
    );
    expect(err).toBe('dry run: 2 changes, nothing was saved\n');
    expect(await transactions(ws)).toBe(1);
  });

  test('a repeated request is done once, and answers the same', async () => {
    const ws = await workspace();
    for (let i = 0; i < 3; i++) expect(await ws.ok('deal add Chairs --request-id abc')).toBe('D1\n');
    expect(await ws.ok('deal win D1 --json --fields id,status --request-id x')).toContain('"won"');
    expect(await ws.ok('deal win D1 --json --fields id,status --request-id x')).toContain('"won"');
    expect(await ws.ok('deal list -q')).toBe('D1\n');
    expect(await transactions(ws)).toBe(3);
  });
});

describe('deal move', () => {
  test('several at once, by id, by name, from standard input, by the name of the stage', async () => {
    const ws = await workspace();
    for (const title of ['A', 'B', 'C', 'D']) await ws.ok(`deal add ${title}`);
    expect(await ws.crm('deal move D1 B in-contact')).toMatchObject({ err: 'moved D1, D2\n', out: '' });
    await ws.ok(['deal', 'move', '-', 'Follow Up'], { stdin: 'D2\nD3\r\n\n D4 ' });
    expect(await ws.ok('deal list --fields stage')).toBe('in-contact\nfollow-up\nfollow-up\nfollow-up\n');
    expect(await ws.ok(['deal', 'move', 'D1', '-', 'to-contact', '-q'], { stdin: 'D2' })).toBe('D1\nD2\n');
  });

  test('to its own stage: exit 0, and nothing is written', async () => {
    const ws = await workspace();
    await ws.ok('deal add A');
    const before = await transactions(ws);
    const { code, out, err } = await ws.crm('deal move D1 to-contact');
    expect({ code, out, err }).toEqual({ code: 0, out: '', err: 'nothing to do: D1 is already there\n' });
    expect(await ws.crm('deal move - to-contact', { stdin: '' })).toMatchObject({
      code: 0,
      err: 'nothing to do: no deals were chosen\n',
    });
    expect(await transactions(ws)).toBe(before);
  });

  test('all or none: one that is missing moves none', async () => {
    const ws = await workspace();
    await ws.ok('deal add A');
    expect(await ws.crm('deal move D1 D9 in-contact')).toMatchObject({
      code: 3,
      err: expect.stringContaining('D9 does not exist'),
    });
    expect(await deal(ws, 'D1')).toMatchObject({ stage: 'to-contact' });
  });

  test('to another pipeline: its entry, or a stage of it; the money stays the same', async () => {
    const ws = await withTwoPipelines();
    await ws.ok('deal add A --value 12.50');
    await ws.ok('deal move D1 --pipeline tenders');
    expect(await deal(ws, 'D1')).toMatchObject({ pipeline: 'tenders', stage: 'invited', value: '12.50' });
    await ws.ok(['deal', 'move', 'D1', 'Award made', '--pipeline', 'tenders']);
    expect(await deal(ws, 'D1')).toMatchObject({ pipeline: 'tenders', stage: 'award-made' });
    await ws.ok(['deal', 'set', 'D1', 'pipeline=Sales', 'stage=follow up']);
    expect(await deal(ws, 'D1')).toMatchObject({ pipeline: 'sales', stage: 'follow-up', currency: 'EUR' });
    await ws.ok(['deal', 'set', 'D1', 'pipeline=tenders']);
    expect(await deal(ws, 'D1')).toMatchObject({ pipeline: 'tenders', stage: 'invited' });
  });

  test('to a stage of another pipeline names that pipeline', async () => {
    const ws = await withTwoPipelines();
    await ws.ok('deal add A');
    for (const [hint, ...args] of [
      ['--pipeline tenders', 'deal', 'move', 'D1', 'award-made'],
      ['--pipeline tenders', 'deal', 'move', 'D1', 'Award Made'],
      ['pipeline=tenders', 'deal', 'set', 'D1', 'stage=award-made'],
      ['--pipeline tenders', 'deal', 'add', 'B', '--stage', 'Award Made'],
    ] as const) {
      const { code, err } = await ws.crm(args);
      expect({ args, code }).toEqual({ args, code: 2 });
      expect(err).toMatch(/the pipeline sales has no stage "award.made"; tenders has\n/i);
      expect(err).toContain(`\nHint: ${hint}\n`);
    }
    await ws.ok('deal set D1 stage=award-made pipeline=tenders');
  });

  test('by hand against the table: reports what the table would do', async () => {
    const ws = await workspace('automated-sales');
    await ws.ok('deal add A');
    await ws.ok('task add Call --for D1');
    const { err } = await ws.crm('deal move D1 serious-prospect');
    expect(err).toBe('moved D1\nthe transitions say awaiting-contact; D1 stays until that changes\n');
    await ws.ok('run');
    expect(await deal(ws, 'D1')).toMatchObject({ stage: 'serious-prospect' });
    expect(await deal(ws, 'D1')).not.toHaveProperty('held');
    await ws.ok('task done T1');
    await ws.ok('run');
    expect(await deal(ws, 'D1')).toMatchObject({ stage: 'in-progress' });
  });
});

describe('won, lost, open', () => {
  test('winning and losing record when, where and why, and never move the stage', async () => {
    const ws = await workspace();
    await ws.ok('deal add A');
    await ws.ok('deal move D1 follow-up');
    await ws.ok('deal lose D1 --reason price', { now: '2026-09-15T10:00:00Z' });
    const lost = {
      status: 'lost',
      stage: 'follow-up',
      closedAt: '2026-09-15T10:00:00.000Z',
      closedStage: 'follow-up',
      lostReason: 'price',
    };
    expect(await deal(ws, 'D1')).toMatchObject(lost);
    // Again, and at another time: it is so already.
    const before = await transactions(ws);
    expect(await ws.crm('deal lose D1', { now: '2026-09-16T10:00:00Z' })).toMatchObject({ code: 0 });
    expect(await transactions(ws)).toBe(before);
    await ws.ok('deal win D1', { now: '2026-09-17T10:00:00Z' });
    expect(await deal(ws, 'D1')).toMatchObject({ ...lost, status: 'won', lostReason: null });
    await ws.ok('deal reopen D1');
    expect(await deal(ws, 'D1')).toMatchObject({
      status: 'open',
      stage: 'follow-up',
      closedAt: null,
      closedStage: null,
      lostReason: null,
    });
  });

  test('several at once, and from standard input', async () => {
    const ws = await workspace();
    for (const title of ['A', 'B', 'C']) await ws.ok(`deal add ${title}`);
    expect((await ws.crm('deal win -', { stdin: await ws.ok('deal list -q') })).err).toBe('won D1, D2, D3\n');
    expect(await ws.ok('deal list is:won -q')).toBe('D1\nD2\nD3\n');
    expect((await ws.crm('deal reopen D1 D2 D3')).err).toBe('reopened D1, D2, D3\n');
  });

  test('set may say the same, and must make sense', async () => {
    const ws = await workspace();
    await ws.ok('deal add A');
    expect(await ws.crm('deal set D1 closedAt=2026-01-01')).toMatchObject({
      code: 2,
      err: expect.stringContaining('an open deal has no closing date'),
    });
    expect(await ws.crm('deal set D1 lostReason=price')).toMatchObject({
      code: 2,
      err: expect.stringContaining('only a lost deal has a lostReason'),
    });
    await ws.ok('deal set D1 status=lost closed=2026-01-01 lostReason=price');
    // A day where an instant is wanted is its midnight in Amsterdam.
    expect(await deal(ws, 'D1')).toMatchObject({
      closedAt: '2025-12-31T23:00:00.000Z',
      closedStage: 'to-contact',
    });
    expect(await ws.crm('deal set D1 closedAt=')).toMatchObject({
      code: 2,
      err: expect.stringContaining('a lost deal has a closing date'),
    });
  });
});

describe('deal assign', () => {
  const team = async (by: string) => {
    const ws = await workspace();
    for (const user of ['ana', 'ben', 'cas']) await ws.ok(`user add ${user}`);
    edit(ws, 'crm.yaml', text => text.replace('teams: {}', 'teams: { north: [ana, ben, cas] }'));
    edit(ws, 'pipelines/sales.yaml', text => `${text}assign: { by: ${by}, among: ['team:north'] }\n`);
    return ws;
  };
  const owners = async (ws: TestWorkspace) => (await ws.ok('deal list --fields owner')).trim().split('\n');

  test('round-robin continues where it was, whatever is given by hand; inactive users are skipped', async () => {
    const ws = await team('round-robin');
    for (let i = 0; i < 4; i++) await ws.ok('deal add D');
    await ws.ok('deal add ByHand --owner ana');
    await ws.ok('deal add Auto --owner auto');
    expect(await owners(ws)).toEqual(['ana', 'ben', 'cas', 'ana', 'ana', 'ben']);
    edit(ws, 'crm.yaml', text => text.replace('cas: { name: cas, role: normal', '$&, active: false'));
    await ws.ok('deal add D');
    await ws.ok('deal assign D5 D6 auto');
    expect(await owners(ws)).toEqual(['ana', 'ben', 'cas', 'ana', 'ben', 'ana', 'ana']);
  });

  test('least-busy counts open deals, round-robin-value sums them; ties go by the order of the list', async () => {
    const busy = await team('least-busy');
    for (let i = 0; i < 3; i++) await busy.ok('deal add D --value 100');
    await busy.ok('deal win D2');
    await busy.ok('deal add D');
    expect(await owners(busy)).toEqual(['ana', 'ben', 'cas', 'ben']);
    const value = await team('round-robin-value');
    for (const sum of ['100', '30', '40', '20', '1']) await value.ok(`deal add D --value ${sum}`);
    expect(await owners(value)).toEqual(['ana', 'ben', 'cas', 'ben', 'cas']);
  });

  test.each(['least-busy', 'round-robin-value'])(
    '%s gives the rows of one import to whom it gives them one by one',
    async by => {
      // Of those in capitals some are there already: they are closed, given to somebody, or change their value.
      const rowsOf = (names: string, i0: number) =>
        [...names].map((name, i) => {
          const status = i % 4 === 3 ? 'won' : '';
          const owner = name === '!' ? 'nobody-here' : i % 5 === i0 ? 'cas' : '';
          return `${name},${((i + i0) * 37) % 50},${status},${owner}`;
        });
      const header = 'externalId,value,status,owner\n';
      const line = ['import', 'deals', '-', '--key', 'externalId', '--skip-invalid'];
      const [once, each] = [await team(by), await team(by)];
      const rows = rowsOf('aDbAcd!BeCfghEFijklG', 4);
      for (const ws of [once, each]) await ws.ok(line, { stdin: header + rowsOf('ABCDEFG', 3).join('\n') });
      await once.crm(line, { stdin: header + rows.join('\n') });
      for (const row of rows) await each.crm(line, { stdin: header + row });
      expect(new Set(await owners(once)).size).toBe(3);
      expect(await owners(once)).toEqual(await owners(each));
    },
  );

  test('by hand: to a user, to oneself, to nobody; several and from standard input', async () => {
    const ws = await workspace();
    await ws.ok(['user', 'add', 'ana', '--name', 'Ana Ruiz']);
    for (let i = 0; i < 3; i++) await ws.ok('deal add D');
    await ws.ok(['deal', 'assign', 'D1', '-', 'ana ruiz'], { stdin: 'D2' });
    await ws.ok('--as ana deal assign D3 me');
    await ws.ok('deal assign D2 none');
    expect(await owners(ws)).toEqual(['ana', '', 'ana']);
    expect(await ws.crm('deal assign D1 me')).toMatchObject({
      code: 2,
      err: expect.stringContaining('owner: you act as "tester", who is not in users'),
    });
    expect(await ws.crm('deal assign D1 auto')).toMatchObject({
      code: 1,
      err: expect.stringContaining('the pipeline sales assigns to nobody'),
    });
    expect(await ws.crm('deal assign D1 anna')).toMatchObject({
      code: 2,
      err: expect.stringContaining('unknown user "anna"'),
    });
  });

  test('never to somebody inactive, or without access to the pipeline, also by way of a team', async () => {
    const ws = await team('round-robin');
    edit(ws, 'crm.yaml', text => text.replace('ben: { name: ben, role: normal', '$&, active: false'));
    await ws.ok('deal add D --owner none');
    for (const how of ['deal assign D1 ben', 'deal set D1 owner=ben', 'deal add E --owner ben'])
      expect({ how, ...(await ws.crm(how)) }).toMatchObject({ how, code: 1 });
    edit(ws, 'crm.yaml', text => text.replace('north: [ana, ben, cas]', '$&, south: [cas]'));
    edit(ws, 'pipelines/sales.yaml', text => `${text}access: ['team:south']\n`);
    for (const how of ['deal assign D1 ana', 'deal set D1 owner=ana', 'deal add E --owner ana'])
      expect({ how, ...(await ws.crm(how)) }).toMatchObject({ how, code: 1 });
    for (let i = 0; i < 2; i++) await ws.ok('deal add D');
    expect((await owners(ws)).slice(-2)).toEqual(['cas', 'cas']);
  });
});

describe('contacts, notes and tags of a deal', () => {
  test('contacts: the first is the primary one', async () => {
    const ws = await workspace();
    for (const name of ['a', 'b', 'c']) await ws.ok(`contact add --email ${name}@example.com`);
    await ws.ok('deal add D --contact a@example.com');
    await ws.ok('deal contact D1 add b@example.com');
    await ws.ok('deal contact D1 primary c@example.com');
    expect(await deal(ws, 'D1')).toMatchObject({ contact: 'C3', contacts: ['C3', 'C1', 'C2'] });
    await ws.ok('deal contact D1 rm C3');
    expect(await deal(ws, 'D1')).toMatchObject({ contact: 'C1', contacts: ['C1', 'C2'] });
    await ws.ok('deal set D1 contact=C2');
    expect(await deal(ws, 'D1')).toMatchObject({ contact: 'C2', contacts: ['C2', 'C1'] });
    await ws.ok('deal set D1 contacts=c@example.com,C1');
    expect(await deal(ws, 'D1')).toMatchObject({ contact: 'C3', contacts: ['C3', 'C1'] });
    await ws.ok('deal set D1 contacts=');
    expect(await deal(ws, 'D1')).toMatchObject({ contact: null, contacts: [] });
    expect((await ws.crm('deal contact D1 rm C1')).err).toBe('nothing to do: D1 is already in that state\n');
    expect(await ws.crm('deal contact D1 add nobody')).toMatchObject({
      code: 3,
      err: expect.stringContaining('there is no contact "nobody"'),
    });
    // An address that no contact has becomes one.
    await ws.ok('deal contact D1 add new@example.com');
    expect(await deal(ws, 'D1')).toMatchObject({ contact: 'C4', contacts: ['C4'] });
    expect(await ws.crm('deal contact D1 remove C1')).toMatchObject({
      code: 2,
      err: expect.stringContaining('deal contact: unknown value "remove"'),
    });
  });

  test('a note is an activity that is not a contact', async () => {
    const ws = await workspace();
    await ws.ok('deal add D');
    expect(await ws.ok(['deal', 'note', 'D1', 'prefers', 'oak'], { now: '2026-09-20T08:00:00Z' })).toBe(
      'V1\n',
    );
    expect(await ws.json('activity show V1')).toMatchObject({ type: 'note', for: 'D1', text: 'prefers oak' });
    expect(await ws.ok('deal list idle:>=6d -q', { now: '2026-09-20T08:00:00Z' })).toBe('D1\n');
  });

  test('tags are added and removed, each once, in order; a comma is none', async () => {
    const ws = await workspace();
    await ws.ok('deal add D --tag vip,cold');
    await ws.ok('deal add E');
    await ws.ok(['deal', 'tag', 'D1', 'D2', '+two words', '+b,a', '-cold', '+vip']);
    expect(await deal(ws, 'D1')).toMatchObject({ tags: ['a', 'b', 'two words', 'vip'] });
    expect(await deal(ws, 'D2')).toMatchObject({ tags: ['a', 'b', 'two words', 'vip'] });
    await ws.ok(['deal', 'tag', '-', '-a', '-two words'], { stdin: 'D1\nD2' });
    await ws.ok('deal set D2 tags=z,y,z');
    expect(await ws.ok('deal list --fields tags')).toBe('b,vip\ny,z\n');
    expect((await ws.crm('deal tag D1 +vip -never')).err).toBe(
      'nothing to do: D1 is already in that state\n',
    );
    for (const line of ['deal tag D1', 'deal tag +vip', 'deal tag D1 vip', 'deal tag D1 --vip'])
      expect({ line, ...(await ws.crm(line)) }).toMatchObject({ line, code: 2 });
    await ws.ok('contact add --email a@example.com');
    await ws.ok('contact tag a@example.com +news');
    expect(await ws.ok('contact list tag:news -q')).toBe('C1\n');
  });
});
