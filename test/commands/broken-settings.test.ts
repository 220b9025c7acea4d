/** A broken crm.yaml or pipeline: 5 with file and line everywhere but where nothing of it is needed, and in undo. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type TestWorkspace, workspace } from '../harness.ts';

const read = (ws: TestWorkspace, path: string) => readFileSync(join(ws.dir, path), 'utf8');
const write = (ws: TestWorkspace, path: string, text: string) => writeFileSync(join(ws.dir, path), text);
const sales = 'pipelines/sales.yaml';

/** What is wrong, by what is written: the file, its text made of the sound one, and what is said. */
const broken: Readonly<Record<string, [path: string, edit: (text: string) => string, said: RegExp]>> = {
  'no YAML': ['crm.yaml', text => `${text}mail: [\n`, /^crm\.yaml:13: /],
  'a key twice': ['crm.yaml', text => `${text}name: Twice\n`, /^crm\.yaml:12: Map keys must be unique/],
  'no map': ['crm.yaml', () => 'hello\n', /^crm\.yaml:1: the file must be a map/],
  'an empty file': [sales, () => '', /^pipelines\/sales\.yaml:1: name is missing/],
  'an unknown key': [
    sales,
    text => text.replace('color: blue', 'colour: blue'),
    /^pipelines\/sales\.yaml:6: unknown key "colour"\nHint: did you mean color\?/,
  ],
  'a value of another type': [
    sales,
    text => text.replace('probability: 60', 'probability: high'),
    /^pipelines\/sales\.yaml:7: probability must be a number/,
  ],
  'one of a few': [
    'crm.yaml',
    text => text.replace('users: {}', 'users:\n  ana: { name: Ana, role: boss }'),
    /^crm\.yaml:6: role must be one of admin, manager, normal, restricted/,
  ],
  'a name that is none': [
    'crm.yaml',
    text => text.replace('users: {}', 'users:\n  Ana Ruiz: { name: Ana }'),
    /^crm\.yaml:6: .*lower-case ASCII words with hyphens/,
  ],
  'a time zone that is none': [
    'crm.yaml',
    text => text.replace(/timezone: .*/, 'timezone: Mars/Olympus'),
    /^crm\.yaml:3: "Mars\/Olympus" is not a time zone/,
  ],
  'a currency that is none': [
    'crm.yaml',
    text => text.replace('currency: EUR', 'currency: EURO'),
    /^crm\.yaml:4: .*"EURO" is not an ISO 4217 currency/,
  ],
  'an entry that is not a stage': [
    sales,
    text => text.replace('entry: to-contact', 'entry: to-contcat'),
    /^pipelines\/sales\.yaml:3: unknown stage "to-contcat"\nHint: did you mean to-contact\?/,
  ],
  'a stage twice': [
    sales,
    text => text.replace('id: follow-up', 'id: in-contact'),
    /^pipelines\/sales\.yaml:7: there are two stages in-contact/,
  ],
  'a transition with a query that is none': [
    sales,
    text => `${text}transitions:\n  - { to: follow-up, when: 'tasks.don:>=1' }\n`,
    /^pipelines\/sales\.yaml:9: .*unknown field "tasks\.don"/,
  ],
  'unquoted braces': [
    sales,
    text => text.replace('name: Sales', 'name: {{ x }}'),
    /^pipelines\/sales\.yaml:1: a map or list cannot be a key\nHint: text with \{\{ \}\} needs quotes/,
  ],
  __proto__: [
    sales,
    text => `${text}__proto__: 1\n`,
    /^pipelines\/sales\.yaml:8: "__proto__" cannot be the name of a key/,
  ],
  'an alias that explodes': [
    'crm.yaml',
    text =>
      `${text}a: &a [1]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\n`.replace(/$/, `c: [${Array(99).fill('*b')}]\n`),
    /^crm\.yaml:1\d?: /,
  ],
};

test.each(Object.entries(broken))('%s', async (_, [path, edit, said]) => {
  const ws = await workspace();
  await ws.ok('deal add Chairs');
  write(ws, path, edit(read(ws, path)));
  const { code, out, err } = await ws.crm('deal list');
  expect({ code, out }).toEqual({ code: 5, out: '' });
  expect(err).toMatch(/^Error: /);
  expect(err.slice('Error: '.length)).toMatch(said);
});

test('all problems are reported, each with its line and what would be right', async () => {
  const ws = await workspace();
  write(ws, sales, read(ws, sales).replace('color: blue', 'colour: blue').replace('60', 'high'));
  expect((await ws.crm('deal list')).err).toBe(
    'Error: pipelines/sales.yaml:6: unknown key "colour" (did you mean color?)\n' +
      '  pipelines/sales.yaml:7: probability must be a number\n',
  );
});

test('of very many problems, the first 20 are listed, for people and for scripts', async () => {
  const ws = await workspace();
  const stages = Array.from({ length: 45 }, (_, i) => `  - { id: s${i}, name: S, colour: red }\n`);
  write(ws, sales, `name: Sales\nstages:\n${stages.join('')}`);
  const { err } = await ws.crm('deal list');
  expect(err.trimEnd().split('\n')).toHaveLength(21);
  expect(err).toMatch(/^Error: pipelines\/sales\.yaml:3: .*\n(.*\n)+ {2}and 25 more\n$/);
  const { error } = JSON.parse((await ws.crm('deal list --json')).err) as { error: { message: string } };
  expect(error.message.split('\n').at(-1)).toBe('and 25 more');
});

test('every command reports them, except those that need no settings', async () => {
  const ws = await workspace();
  await ws.ok('deal add Chairs');
  const before = await ws.ok('history --json');
  const sound = read(ws, 'crm.yaml');
  write(ws, 'crm.yaml', `${sound}mail: [\n`);
  for (const line of [
    ...['deal', 'contact', 'account', 'task', 'activity', 'event', 'invoice'].flatMap(kind =>
      ['list', 'show X1', 'set X1 name=x', 'rm X1', 'restore X1'].map(rest => `${kind} ${rest}`),
    ),
    ...['deal add', 'contact add', 'account add', 'task add', 'activity add --type call --for D1'],
    ...['event add visited --contact C1', 'invoice add --for D1 --amount 5'],
    ...['move D1 x', 'win D1', 'lose D1', 'reopen D1', 'assign D1 none', 'note D1 x', 'contact D1 add x'].map(
      rest => `deal ${rest}`,
    ),
    ...['deal tag D1 +x', 'task done T1', 'task reopen T1', 'task snooze T1 +2d', 'invoice pay I1'],
    ...['log call D1', 'run', 'run --dry-run', 'explain D1', 'history', 'redo', 'export deals'],
    ...['pipeline list', 'stage list', 'field list', 'user list', 'user add ana', 'stage add New'],
  ]) {
    const { code, out, err } = await ws.crm(line);
    expect({ line, code, out, err }).toMatchObject({
      line,
      code: 5,
      out: '',
      err: expect.stringContaining('crm.yaml:13: '),
    });
  }
  for (const line of ['--version', 'help', 'help query', 'deal', 'deal add --help', 'help deal add'])
    expect({ line, ...(await ws.crm(line)) }).toMatchObject({ line, code: 0 });
  expect((await ws.crm('frobnicate')).code).toBe(2);
  write(ws, 'crm.yaml', sound);
  expect(await ws.ok('history --json')).toBe(before);
});

describe('undo takes back what broke it', () => {
  test('an edit by hand, whose text stays in the history', async () => {
    const ws = await workspace();
    await ws.ok('deal add Chairs');
    const sound = read(ws, 'crm.yaml');
    write(ws, 'crm.yaml', `${sound}mail: [\n`);
    const dry = await ws.crm('undo 3 --dry-run');
    expect({ code: dry.code, out: dry.out }).toMatchObject({
      code: 0,
      out: expect.stringContaining('crm.yaml'),
    });
    expect(read(ws, 'crm.yaml')).not.toBe(sound);
    const unnamed = await ws.crm('undo');
    expect(unnamed.code).toBe(5);
    expect(unnamed.err).toContain('Hint: crm undo 3 takes back what was written by hand in crm.yaml\n');
    const { code, err } = await ws.crm('undo 3');
    expect({ code, err }).toEqual({
      code: 0,
      err: 'undid transaction 3 (files by tester: crm.yaml): 1 change, transaction 4\n',
    });
    expect(read(ws, 'crm.yaml')).toBe(sound);
    expect(await ws.ok('deal list -q')).toBe('D1\n');
    expect(await ws.json('history --limit 2')).toMatchObject([
      { tx: 4, via: 'undo', why: { undoes: 3 } },
      { tx: 3, via: 'files', changes: [{ kind: 'file', id: 'crm.yaml', op: 'set' }] },
    ]);
    // The next undo goes on before it.
    expect((await ws.crm('undo')).err).toMatch(/^undid transaction 2 \(deal add by tester\)/);
  });

  test('of several hand edits that it passes over, the last is named, for those who may take it back', async () => {
    const ws = await workspace();
    await ws.ok('user add boss --role admin');
    await ws.ok('user add ben');
    await ws.ok('deal add Chairs --as ben');
    for (const name of ['One', 'Two', 'Three']) {
      write(ws, 'templates/mail.md', `---\nsubject: ${name}\n---\nHello\n`);
      await ws.ok('run');
    }
    const dry = (user: string) => ws.crm(`undo --dry-run --as ${user}`);
    const { tx } = (await ws.json<{ tx: number; via: string }[]>('history --as boss')).find(
      ({ via }) => via === 'files',
    )!;
    expect((await dry('boss')).err).toContain(
      `\ntransaction ${tx}, written by hand in templates/mail.md, stays: crm undo ${tx} takes it back; so do 2 earlier ones: crm history\n`,
    );
    expect((await dry('ben')).err).not.toContain('by hand');
    await ws.ok('undo --as ben');
    const none = await ws.crm('undo --as ben');
    expect(none.err).not.toContain('mail.md');
  });

  test('edits of several files, which are sound only together', async () => {
    const ws = await workspace();
    const [crm, pipeline] = [read(ws, 'crm.yaml'), read(ws, sales)];
    write(ws, 'crm.yaml', `${crm}mail: [\n`);
    write(ws, sales, `${pipeline}mail: [\n`);
    write(ws, 'pipelines/new.yaml', 'name: [\n');
    await ws.ok('undo 2');
    expect([read(ws, 'crm.yaml'), read(ws, sales)]).toEqual([crm, pipeline]);
    expect(existsSync(join(ws.dir, 'pipelines/new.yaml'))).toBe(false);
    expect(await ws.ok('pipeline list -q')).toBe('sales\n');
  });

  test('an edit by hand that is sound is taken back only when it is named', async () => {
    const ws = await workspace();
    await ws.ok('deal add Chairs');
    const before = read(ws, sales);
    write(ws, sales, before.replace('To contact', 'To be contacted'));
    expect((await ws.crm('undo')).err).toBe(
      `undid transaction 2 (deal add by tester): 1 change, transaction 4\ntransaction 3, written by hand in ${sales}, stays: crm undo 3 takes it back\n`,
    );
    expect(read(ws, sales)).toContain('To be contacted');
    const none = await ws.crm('undo');
    expect(none.code).toBe(1);
    expect(none.err).toBe(
      `Error: nothing to undo\nHint: crm undo 3 takes back what was written by hand in ${sales}\n`,
    );
    expect((await ws.crm('undo 3')).err).toMatch(`undid transaction 3 (files by tester: ${sales})`);
    expect(read(ws, sales)).toBe(before);
    await ws.ok('redo');
    expect(read(ws, sales)).toContain('To be contacted');
  });

  test('a transaction that is named, though the settings stay broken', async () => {
    const ws = await workspace();
    await ws.ok('deal add Chairs');
    write(ws, 'crm.yaml', `${read(ws, 'crm.yaml')}mail: [\n`);
    await ws.ok('undo 2');
    expect(await ws.crm('deal list')).toMatchObject({
      code: 5,
      err: expect.stringContaining('crm.yaml:13: Flow sequence'),
    });
    // What broke it is in the history now, and can be undone there.
    await ws.ok('undo 3');
    expect(await ws.ok('deal list')).toBe('');
  });
});
