/** Commands on a terminal that lack an argument: what they ask, what they offer, and what comes of the answers. */
import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { copiesOf, emptyDirectory, type RunOptions, TestWorkspace, workspace } from '../harness.ts';

const ESC = '\u001b';
const CTRL_C = '\u0003';

/** Answers each question in turn, by its beginning; keys are typed, then Enter unless they leave. */
function answers(...given: readonly (readonly [question: string, keys: string])[]) {
  const asked: string[] = [];
  const typed = (question: string): string => {
    const next = given[asked.length];
    // A question with a preset is drawn anew without it.
    const last = asked.at(-1);
    if (last !== undefined && question.startsWith(last)) return '';
    if (!next || !question.startsWith(next[0])) throw new Error(`nobody knows what to answer to ${question}`);
    asked.push(next[0]);
    return next[1] === ESC || next[1] === CTRL_C ? next[1] : `${next[1]}\r`;
  };
  return { typed, asked };
}

const withDeals = copiesOf(async () => {
  const ws = await workspace();
  await ws.ok(['deal', 'add', 'Forty chairs', '--account', 'Acme']);
  await ws.ok(['deal', 'add', 'Reception desk', '--contact', 'jane@example.com']);
  return ws;
});

const tip = async (ws: TestWorkspace) => (await ws.json<{ tx: number }[]>('history --limit 1'))[0]?.tx;

test('deal move D1 asks for the stage, of the pipeline and not the one it is in', async () => {
  const ws = await withDeals();
  const { typed, asked } = answers(['To which stage?', 'foll']);
  const { code, err } = await ws.crm('deal move D1', { typed });
  expect({ code, asked }).toEqual({ code: 0, asked: ['To which stage?'] });
  expect(err).toContain('in-contact  In contact');
  expect(err).not.toContain('to-contact  To contact');
  expect(err.split('crm deal move D1 follow-up\n')).toHaveLength(2);
  expect(await ws.ok('deal list --fields id,stage')).toBe('D1\tfollow-up\nD2\tto-contact\n');
});

test('deal move asks for the deal by any part of its line, then for the stage', async () => {
  const ws = await withDeals();
  const { typed, asked } = answers(['Which deal?', 'acm'], ['To which stage?', 'contct']);
  const { code, err } = await ws.crm('deal move', { typed });
  expect({ code, asked }).toEqual({ code: 0, asked: ['Which deal?', 'To which stage?'] });
  expect(err).toContain('D1 Forty chairs (Acme)');
  expect(err).toContain('crm deal move D1 in-contact\n');
  expect(await ws.ok('deal list --fields id,stage')).toBe('D1\tin-contact\nD2\tto-contact\n');
});

test('deal add asks for the title, and shows it quoted for a shell', async () => {
  const ws = await workspace();
  const { typed } = answers(['Which title?', "Ana's chairs"]);
  const { code, err } = await ws.crm('deal add --value 10', { typed });
  expect(code).toBe(0);
  expect(err).toContain(`crm deal add --value 10 'Ana'\\''s chairs'\n`);
  expect(await ws.json('deal show D1')).toMatchObject({ title: "Ana's chairs", value: '10.00' });
});

test('a title that begins with a dash is a title', async () => {
  const ws = await workspace();
  const { typed } = answers(['Which title?', '--json']);
  const { err } = await ws.crm('deal add', { typed });
  expect(err).toContain('crm deal add -- --json\n');
  expect(await ws.json('deal show D1')).toMatchObject({ title: '--json' });
});

test('an empty title is asked for again', async () => {
  const ws = await workspace();
  const { typed } = answers(['Which title?', '\rChairs']);
  expect((await ws.crm('deal add', { typed })).err).toContain('it cannot be empty');
  expect(await ws.ok('deal list --fields title')).toBe('Chairs\n');
});

test('log call asks with whom, of deals, contacts and accounts, then what it was about', async () => {
  const ws = await withDeals();
  const { typed, asked } = answers(['With whom?', 'jane'], ['What was it about?', 'wants oak']);
  const { code, err } = await ws.crm('log call', { typed });
  expect({ code, asked: asked.length }).toEqual({ code: 0, asked: 2 });
  for (const offered of ['D1 Forty chairs', 'C1 ', 'A1 Acme']) expect(err).toContain(offered);
  expect(await ws.json('activity show M1').catch(() => ws.json('activity list'))).toMatchObject([
    { type: 'call', for: 'C1', text: 'wants oak' },
  ]);
});

test('task done offers open tasks only, task reopen those that are done', async () => {
  const ws = await workspace();
  for (const title of ['First', 'Second']) await ws.ok(['task', 'add', title]);
  await ws.ok('task done T2');
  const done = answers(['Which task?', '']);
  const { code, err } = await ws.crm('task done', { typed: done.typed });
  expect({ code, first: err.includes('T1 First'), second: err.includes('T2 Second') }).toEqual({
    code: 0,
    first: true,
    second: false,
  });
  expect(await ws.ok('task list -q status:open')).toBe('');
  const again = answers(['Which task?', 'second']);
  expect((await ws.crm('task reopen', { typed: again.typed })).code).toBe(0);
  expect(await ws.ok('task list -q status:open')).toBe('T2\n');
});

test('deal lose asks for the reason, which may be left out', async () => {
  const ws = await withDeals();
  const first = answers(['Why was it lost?', 'the price']);
  const { code, err } = await ws.crm('deal lose D1', { typed: first.typed });
  expect(code).toBe(0);
  expect(err).toContain("crm deal lose D1 '--reason=the price'\n");
  const second = answers(['Why was it lost?', '']);
  expect((await ws.crm('deal lose D2', { typed: second.typed })).code).toBe(0);
  expect(await ws.ok('deal list status:lost --fields id,lostReason')).toBe('D1\tthe price\nD2\t\n');
});

test('deal set asks for the deal, the field and its value', async () => {
  const ws = await withDeals();
  const { typed } = answers(['Which deal?', 'D2'], ['What to set?', 'title'], ['title:', 'Two desks']);
  const { code, err } = await ws.crm('deal set', { typed });
  expect(code).toBe(0);
  expect(err).toContain("crm deal set D2 'title=Two desks'\n");
  expect(await ws.json('deal show D2')).toMatchObject({ title: 'Two desks' });
});

test('contact merge asks for both, and not for one twice', async () => {
  const ws = await workspace();
  for (const name of ['Ann Lee', 'Anne Lee']) await ws.ok(['contact', 'add', name]);
  const asked: string[] = [];
  const typed = (question: string) => {
    asked.push(question);
    return asked.length <= 2 ? '\r' : 'y\r';
  };
  const { err } = await ws.crm('contact merge', { typed });
  expect(err).toContain('crm contact merge C2 C1\n');
});

test.each([
  ['Esc', ESC],
  ['Ctrl-C', CTRL_C],
])('%s leaves without a change, exit 130', async (_, key) => {
  const ws = await withDeals();
  const before = await tip(ws);
  for (const line of ['deal move', 'deal add', 'deal lose D1']) {
    const { code, out, err } = await ws.crm(line, { typed: () => key });
    expect({ line, code, out }).toEqual({ line, code: 130, out: '' });
    expect(err).not.toContain(`crm ${line}`);
  }
  expect(await tip(ws)).toBe(before);
});

test.each<[string, string, RunOptions]>([
  ['--no-input', 'deal move D1 --no-input', {}],
  ['CRM_NO_INPUT', 'deal move D1', { env: { CRM_NO_INPUT: '1' } }],
  ['CI', 'deal move D1', { env: { CI: 'true' } }],
  ['--json', 'deal move D1 --json', {}],
  ['-q', 'deal move D1 -q', {}],
])('%s: nobody is asked, and the error is the one of scripts', async (_, line, options) => {
  const ws = await withDeals();
  const typed = (question: string): string => {
    throw new Error(`asked ${question}`);
  };
  const { code, err } = await ws.crm(line, { ...options, typed });
  expect({ code, says: err.includes('to which stage?') }).toEqual({ code: 2, says: true });
});

test('a pipe is not asked', async () => {
  const ws = await withDeals();
  const { code, err } = await ws.crm('deal move D1', { env: { CRM_NO_INPUT: '' } });
  expect({ code, err }).toEqual({
    code: 2,
    err: 'Error: to which stage?\nHint: crm deal move D1 in-contact\n',
  });
});

test('a user is not offered what that user may not see', async () => {
  const ws = await workspace();
  await ws.ok(['user', 'add', 'boss', '--role', 'admin']);
  await ws.ok(['user', 'add', 'ben', '--role', 'restricted']);
  const boss = { env: { CRM_USER: 'boss' } };
  await ws.ok(['deal', 'add', 'Secret vault', '--account', 'Hidden Ltd', '--owner', 'boss'], boss);
  await ws.ok(['deal', 'add', 'Desk', '--owner', 'ben'], boss);
  for (const keys of ['', 'secret', 'D1', 'hidden']) {
    const typed = () => keys + CTRL_C;
    const { code, err } = await ws.crm('deal win', { typed, env: { CRM_USER: 'ben' } });
    expect({ keys, code, shown: /Secret|Hidden/.test(err) }).toEqual({ keys, code: 130, shown: false });
  }
  const { err } = await ws.crm('deal win', { typed: () => CTRL_C, env: { CRM_USER: 'ben' } });
  expect(err).toContain('D2 Desk');
});

test('if there is nothing to choose from, the error stays', async () => {
  const ws = await workspace();
  const typed = (question: string): string => {
    throw new Error(`asked ${question}`);
  };
  const { code, err } = await ws.crm('deal win', { typed });
  expect({ code, says: err.includes('which deal?') }).toEqual({ code: 2, says: true });
});

test('outside of a workspace nobody is asked in vain', async () => {
  const ws = await workspace();
  const typed = (question: string): string => {
    throw new Error(`asked ${question}`);
  };
  const { code } = await ws.crm('deal add', { typed, cwd: '/' });
  expect(code).toBe(3);
});

test('init asks what it was not told, and makes the one who answers the admin', async () => {
  const ws = new TestWorkspace(emptyDirectory());
  const { typed, asked } = answers(
    ['Name of the workspace?', 'Acme'],
    ['Currency of its deals?', 'usd'],
    ['Which template?', ''],
    ['Your name?', 'Tess Ter'],
    ['Your e-mail', 'tess@example.com'],
  );
  const { code, err } = await ws.crm('init', { typed });
  expect({ code, asked: asked.length }).toEqual({ code: 0, asked: 5 });
  expect(err).toContain('crm init --name Acme --currency USD --template sales\n');
  expect(await ws.json('user list')).toMatchObject([
    { id: 'tester', name: 'Tess Ter', email: 'tess@example.com', role: 'admin' },
  ]);
  expect(await ws.json('pipeline list')).toMatchObject([{ id: 'sales' }]);
});

test('init that is left writes nothing', async () => {
  const ws = new TestWorkspace(emptyDirectory());
  expect((await ws.crm('init', { typed: () => ESC })).code).toBe(130);
  expect(readdirSync(ws.dir)).toEqual([]);
});
