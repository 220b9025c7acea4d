/** Small things of the daily work: filters of lists of settings, orders, defaults, and what is refused. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { copiesOf, workspace } from '../harness.ts';

describe('lists of settings take a filter', () => {
  test.each([
    ['user list role:admin', ['ana']],
    ['user list role:admin,restricted', ['ana', 'rob']],
    ['user list name:RUIZ', ['ana']],
    ['user list rob', ['rob']],
    ['user list role:admin rob', []],
    ['pipeline list name:sal', ['sales']],
    ['pipeline list currency:USD', []],
    ['stage list color:blue', ['in-contact']],
    ['view list of:deals', ['hot']],
    ['field list type:choice', ['size']],
    ['team list north', ['north']],
    ['template list x', []],
    ['automation list state:enabled', ['greet']],
  ])('%s', async (line, ids) => {
    const ws = await furnished();
    expect((await ws.ok(`${line} -q`)).split('\n').filter(Boolean)).toEqual(ids);
  });

  test('whose column must exist', async () => {
    const { code, err } = await (await furnished()).crm('user list rol:admin');
    expect(code).toBe(2);
    expect(err).toBe('Error: unknown field "rol"\nHint: did you mean role?\n');
  });
});

const furnished = copiesOf(async () => {
  const ws = await workspace();
  await ws.ok(['user', 'add', 'ana', '--name', 'Ana Ruiz', '--role', 'admin']);
  await ws.ok('user add rob --role restricted');
  await ws.ok('view add hot is:open');
  await ws.ok('team add north ana');
  await ws.ok('field add deal size --type choice --options large,medium,small');
  mkdirSync(join(ws.dir, 'automations'), { recursive: true });
  writeFileSync(
    join(ws.dir, 'automations', 'greet.yaml'),
    'for: deal\non: created\nsteps:\n  - add-task: { title: Greet, due: +1d }\n',
  );
  return ws;
});

test('choices sort as the settings list them; no choice comes last', async () => {
  const ws = await furnished();
  for (const size of ['small', 'large', '', 'medium']) await ws.ok(`deal add X --field size=${size}`);
  expect((await ws.ok('deal list --sort size -q')).split('\n')).toEqual(['D2', 'D4', 'D1', 'D3', '']);
  expect((await ws.ok('deal list --sort -size -q')).split('\n')).toEqual(['D1', 'D4', 'D2', 'D3', '']);
});

describe('pipeline add', () => {
  test('--template has stages, transitions and the fields that they need; access and assignment are set', async () => {
    const ws = await furnished();
    await ws.ok(
      'pipeline add Renewals --template automated-sales --access ana --assign least-busy --among ana',
    );
    const text = readFileSync(join(ws.dir, 'pipelines', 'renewals.yaml'), 'utf8');
    expect(text).toContain('name: Renewals\n');
    expect(text).toContain('transitions:\n');
    const { pipelines, fields } = await ws.json<{
      pipelines: Record<string, { access?: string[]; assign: object; stages: { id: string }[] }>;
      fields: { deal: object };
    }>('config');
    expect(pipelines.renewals).toMatchObject({
      access: ['ana'],
      assign: { by: 'least-busy', among: ['ana'] },
    });
    expect(pipelines.renewals!.stages.map(({ id }) => id)).toContain('serious-prospect');
    expect(Object.keys(fields.deal)).toEqual(['size', 'qualification']);
    await ws.ok('undo');
    expect((await ws.ok('pipeline list -q')).trim()).toBe('sales');
    expect(await ws.json('field list')).toMatchObject([{ name: 'size' }]);
    await ws.ok('redo');
    expect(await ws.ok('deal add X --pipeline renewals --owner ana')).toBe('D1\n');
  });

  test.each([
    ['--template slaes', 'there is no template "slaes"', 'did you mean sales?'],
    ['--template empty', 'there is no template "empty"', 'templates: sales, automated-sales'],
    ['--template sales --stages A', 'a template has stages of its own', 'use one of --template and --stages'],
    ['--access nobody', 'that would not be valid: unknown user "nobody"', ''],
    ['--assign round-robin --among nobody', 'that would not be valid: unknown user "nobody"', ''],
    ['--stages A,a', 'that would not be valid: there are two stages a', ''],
    ['--assign often', '"often"', ''],
  ])('%s is refused', async (options, message, hint) => {
    const ws = await furnished();
    const { code, err } = await ws.crm(`pipeline add Renewals ${options}`);
    expect(code).toBe(2);
    expect(err).toContain(message);
    expect(err).toContain(hint);
    expect((await ws.ok('pipeline list -q')).trim()).toBe('sales');
  });
});

describe('automations', () => {
  test('list --trash has the removed ones, until they are restored', async () => {
    const ws = await furnished();
    await ws.ok('automation rm greet');
    expect(await ws.json('automation list --trash')).toMatchObject([{ id: 'greet', by: 'tester' }]);
    await ws.ok('automation restore greet');
    expect(await ws.json('automation list --trash')).toEqual([]);
  });

  test('enrol --where takes all that a query finds', async () => {
    const ws = await furnished();
    for (const title of ['A', 'B', 'C']) await ws.ok(`deal add ${title}`);
    await ws.ok('run');
    await ws.ok('deal win D3');
    const { enrolments } = await ws.json<{ enrolments: string[] }>('automation enrol greet --where is:open');
    expect(enrolments).toHaveLength(2);
    expect((await ws.crm('automation enrol greet D1 --where is:open')).code).toBe(2);
    expect((await ws.crm('automation enrol greet')).err).toContain('--where QUERY');
  });

  test('errors of a file name that file', async () => {
    const ws = await furnished();
    writeFileSync(join(ws.dir, 'mine.yml'), 'for: deal\non: creatd\nsteps:\n  - add-note: x\n');
    const { err } = await ws.crm('automation add mine.yml');
    expect(err).toBe('Error: mine.yml:2: unknown trigger "creatd"\nHint: did you mean created?\n');
    const { err: piped } = await ws.crm('automation add mine -', {
      stdin: 'for: deal\non: creatd\nsteps: []\n',
    });
    expect(piped).toContain('standard input:2: unknown trigger "creatd"');
  });

  test('a task says which of them added it', async () => {
    const ws = await furnished();
    await ws.ok('deal add X');
    await ws.ok('run');
    expect(await ws.ok('task list automation:greet --fields id,automation')).toBe('T1\tgreet\n');
    expect(await ws.ok('deal show D1', { tty: 100 })).toContain('greet');
  });
});

test('a score that is set stays: points by hand that expire are gone at once', async () => {
  const ws = await furnished();
  await ws.ok('contact add --name Jane');
  await ws.ok('score C1 +10 --expires 30d');
  await ws.ok('score C1 +2');
  await ws.ok('score C1 =5');
  const score = async () => (await ws.json<{ score: number }>('contact show C1')).score;
  expect(await score()).toBe(5);
  ws.now = '2026-12-31T08:00:00Z';
  expect(await score()).toBe(5);
  expect((await ws.crm('score C1 =5')).err).toContain('stays 5');
});

test('snooze never brings a task forward unasked', async () => {
  const ws = await furnished();
  await ws.ok('task add Call --due 2026-10-01');
  const { code, err } = await ws.crm('task snooze T1 +2d');
  expect(code).toBe(2);
  expect(err).toContain('T1 is due 2026-10-01, which is later than 2026-09-16');
  expect(await ws.json('task show T1')).toMatchObject({ due: '2026-10-01' });
  await ws.ok('task snooze T1 +2d --earlier');
  expect(await ws.json('task show T1')).toMatchObject({ due: '2026-09-16' });
});

test('deal contact add makes a contact of a new e-mail address, with the account of the deal', async () => {
  const ws = await furnished();
  await ws.ok('deal add X --account Acme');
  await ws.ok('deal contact D1 add new@acme.example');
  expect(await ws.json('deal show D1')).toMatchObject({ contacts: ['C1'] });
  expect(await ws.json('contact show C1')).toMatchObject({ email: 'new@acme.example', account: 'A1' });
  expect((await ws.crm('deal contact D1 rm other@acme.example')).code).toBe(3);
  expect((await ws.crm('deal contact D1 add Nobody')).code).toBe(3);
});

describe('a pipeline that requires a reason', () => {
  test.each([
    ['deal lose D1', 2, 'a deal in sales is lost for a reason', '--reason TEXT'],
    ['deal set D1 status=lost', 2, 'a deal in sales is lost for a reason', 'lostReason=TEXT'],
    ['deal lose D1 --reason price', 0, 'lost D1', ''],
  ])('%s', async (line, exit, message, hint) => {
    const ws = await furnished();
    await ws.ok('pipeline set sales requires-reason=true');
    await ws.ok('deal add X');
    const { code, err } = await ws.crm(line);
    expect(code).toBe(exit);
    expect(err).toContain(message);
    expect(err).toContain(hint);
  });

  test('keeps the reason of a lost deal; a deal that was lost without one before stays as it is', async () => {
    const ws = await furnished();
    await ws.ok('deal add Before');
    await ws.ok('deal lose D1');
    await ws.ok('pipeline set sales requires-reason=true');
    await ws.ok('deal add X');
    await ws.ok('deal lose D2 --reason price');
    await ws.ok(['config', 'set', 'lost-reasons=price,no budget,budget']);
    const cleared = await ws.crm('deal set D2 lostReason=');
    expect(cleared.code).toBe(2);
    expect(cleared.err).toContain('a deal in sales is lost for a reason');
    expect(cleared.err).toContain('lostReason=price|no budget|budget');
    expect(await ws.json('deal show D2')).toMatchObject({ lostReason: 'price' });
    await ws.ok('deal set D2 lostReason=budget');
    await ws.ok('deal set D1 value=5');
    await ws.ok('deal reopen D2');
    expect(await ws.json('deal show D2')).toMatchObject({ lostReason: null });
  });
});

describe('users whose id means something else', () => {
  const words = ['auto', 'crm', 'least-busy', 'me', 'none', 'round-robin', 'round-robin-value'];

  test.each(words)('%s is refused', async id => {
    const ws = await furnished();
    const { code, err } = await ws.crm(`user add ${id}`);
    expect(code).toBe(2);
    expect(err).toContain(`${id} has a meaning of its own`);
  });

  test('of before are reported by lint and doctor, with the line', async () => {
    const ws = await furnished();
    const path = join(ws.dir, 'crm.yaml');
    writeFileSync(path, readFileSync(path, 'utf8').replace('  ana:', '  crm: { name: Old }\n  ana:'));
    const line = readFileSync(path, 'utf8').split('\n').indexOf('  crm: { name: Old }') + 1;
    await ws.ok('deal list');
    expect((await ws.crm('automation lint')).err).toContain(
      `crm.yaml:${line}: crm has a meaning of its own and cannot be a user's id`,
    );
    expect((await ws.crm('doctor')).out).toContain('crm has a meaning of its own');
  });

  test.each(words)('%s of before can leave, as the report says', async id => {
    const ws = await furnished();
    const path = join(ws.dir, 'crm.yaml');
    writeFileSync(path, readFileSync(path, 'utf8').replace('  ana:', `  ${id}: { name: Old }\n  ana:`));
    await ws.ok(`user rm ${id} --successor ana`);
    const users = await ws.json<{ id: string; active: boolean }[]>('user list');
    expect(users.find(user => user.id === id)).toMatchObject({ name: 'Old', active: false });
  });
});

describe('crm run for cron', () => {
  test('-q is silent if nothing was done', async () => {
    const ws = await furnished();
    await ws.ok('run');
    expect(await ws.crm('run -q')).toMatchObject({ code: 0, out: '', err: '' });
    await ws.ok('deal add X');
    const { out, err } = await ws.crm('run -q');
    expect(out + err).toContain('greet completed: D1');
  });

  test('--log begins each line with the time', async () => {
    const ws = await furnished();
    await ws.ok('deal add X');
    const { out, err } = await ws.crm('run --log');
    for (const line of (out + err).trimEnd().split('\n'))
      expect(line).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ ./);
  });
});
