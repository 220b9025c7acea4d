/** `crm mail fetch` with a real IMAP server. */
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { emptyDirectory, NOW, type TestWorkspace, workspace } from '../../harness.ts';
import { cutAfter, type Dovecot, hasDovecot, startDovecot } from './dovecot.ts';

// Where a program is missing, the tests are left out; never where all must run.
const isLeftOut = !hasDovecot && process.env.CI !== 'true';
if (isLeftOut) process.stderr.write('dovecot is not installed: the tests of crm mail fetch are left out\n');

let server: Dovecot;
beforeAll(async () => {
  if (!isLeftOut) server = await startDovecot();
});
afterAll(() => server?.stop());

const mailText = (id: string, from = 'jane@example.com', text = 'Hello') =>
  `From: ${from}\nTo: sales@acme.example\nMessage-ID: <${id}@x>\nDate: ${new Date(Date.parse(NOW) - 3_600_000).toUTCString()}\nSubject: ${id}\n\n${text}\n`;

/** A workspace that fetches from a port, and is trusted to. */
async function fetching(port: number): Promise<{
  ws: TestWorkspace;
  env: Record<string, string>;
  fetch(...options: string[]): ReturnType<TestWorkspace['crm']>;
  move(port: number): Promise<void>;
}> {
  const ws = await workspace();
  await ws.ok('contact add --email jane@example.com --name Jane');
  const env = { XDG_STATE_HOME: emptyDirectory(), CRM_IMAP_PASSWORD: 'secret' };
  const yaml = join(ws.dir, 'crm.yaml');
  const before = readFileSync(yaml, 'utf8');
  const move = async (to: number) => {
    writeFileSync(yaml, before);
    appendFileSync(
      yaml,
      `\nmail:\n  fetch: { host: 127.0.0.1, port: ${to}, tls: none, user: sales, password-env: CRM_IMAP_PASSWORD }\n`,
    );
    await ws.ok('trust --yes', { env });
  };
  await move(port);
  return { ws, env, move, fetch: (...options) => ws.crm(['mail', 'fetch', '--json', ...options], { env }) };
}

const idsOf = async (ws: TestWorkspace) =>
  (await ws.json<{ externalId: string }[]>('activity list --fields externalId'))
    .map(({ externalId }) => externalId)
    .sort();

describe.skipIf(isLeftOut)('crm mail fetch', () => {
  test('begins with the present, continues where it ended, and leaves the mailbox as it is', async () => {
    server.deliver('old', mailText('old'));
    const { ws, fetch } = await fetching(server.port);
    const first = await fetch();
    expect([first.code, first.err]).toEqual([0, expect.stringContaining('from now on')]);
    expect(await idsOf(ws)).toEqual([]);
    server.deliver('a', mailText('a'));
    server.deliver('b', mailText('b', 'nobody@example.com'));
    expect((await fetch()).json()).toMatchObject({ recorded: 1, unknown: 1 });
    server.deliver('c', mailText('c'));
    expect((await fetch()).json()).toMatchObject({ recorded: 1, known: 0 });
    expect((await fetch()).json()).toMatchObject({ recorded: 0, known: 0, tx: [] });
    expect(await idsOf(ws)).toEqual(['<a@x>', '<c@x>']);
  });

  test('--since takes in earlier mails once, even if the numbers of mails change', async () => {
    const { ws, fetch } = await fetching(server.port);
    expect((await fetch('--since', '2000-01-01')).json()).toMatchObject({ recorded: 3 });
    server.renumber();
    server.deliver('d', mailText('d'));
    expect((await fetch()).json()).toMatchObject({ recorded: 1, known: 3 });
    expect((await fetch()).json()).toMatchObject({ recorded: 0, known: 0 });
    expect(await idsOf(ws)).toEqual(['<a@x>', '<c@x>', '<d@x>', '<old@x>']);
  });

  test('a cut connection loses nothing, and nothing is recorded twice', async () => {
    for (let i = 0; i < 300; i++)
      server.deliver(`e${i}`, mailText(`e${i}`, 'jane@example.com', 'x'.repeat(2000)));
    const cut = await cutAfter(server.port, 650_000);
    const { ws, fetch, move } = await fetching(cut.port);
    const first = await fetch('--since', '2000-01-01');
    expect(first.code).toBe(1);
    const { recorded } = first.json<{ recorded: number }>();
    expect(recorded).toBeGreaterThan(0);
    expect(recorded).toBeLessThan(304);
    cut.stop();
    await move(server.port);
    const second = (await fetch('--since', '2000-01-01')).json<{ recorded: number; known: number }>();
    expect(second.recorded + recorded).toBe(304);
    expect(await idsOf(ws)).toHaveLength(304);
  });

  test('reports the obstacle: no trust, a wrong password, no server, no mailbox', async () => {
    const { ws, env, fetch } = await fetching(server.port);
    const untrusted = await ws.crm('mail fetch', { env: { ...env, XDG_STATE_HOME: emptyDirectory() } });
    expect([untrusted.code, untrusted.err]).toEqual([1, expect.stringContaining('crm trust')]);
    const wrong = await ws.crm('mail fetch', { env: { ...env, CRM_IMAP_PASSWORD: 'hunter2' } });
    expect([wrong.code, wrong.err]).toEqual([1, expect.stringContaining('refuses the login')]);
    expect(wrong.err).not.toContain('hunter2');
    const bare = await workspace();
    expect((await bare.crm('mail fetch', { env })).err).toContain('names no mailbox');
    expect((await fetch('--since', 'yesterdayish')).code).toBe(2);
  });
});

describe.skipIf(isLeftOut)('undo', () => {
  test('says on a terminal how it is taken back, also what was recorded before the connection broke', async () => {
    const { ws, env } = await fetching(server.port);
    const undoOf = (err: string) => Number(/^crm undo (\d+) takes it back(?:$|, from)/m.exec(err)?.[1]);
    await ws.ok('mail fetch', { env });
    server.deliver('t', mailText('t'));
    const { err } = await ws.crm('mail fetch', { env, tty: 100 });
    expect(undoOf(err), err).toBeGreaterThan(0);
    expect(await idsOf(ws)).toEqual(['<t@x>']);
    await ws.ok(['undo', String(undoOf(err))], { env });
    expect(await idsOf(ws)).toEqual([]);
    // The mailbox has hundreds of mails by now.
    const second = await fetching(server.port);
    const cut = await cutAfter(server.port, 650_000);
    await second.move(cut.port);
    const broken = await second.ws.crm(['mail', 'fetch', '--since', '2000-01-01'], {
      env: second.env,
      tty: 100,
    });
    cut.stop();
    expect([broken.code, (await idsOf(second.ws)).length > 0]).toEqual([1, true]);
    expect(undoOf(broken.err), broken.err).toBeGreaterThan(0);
  });
});
