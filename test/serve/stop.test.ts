/** The real binary and its signals: the first one drains, the second one ends it at once. Nothing acknowledged is lost. */
import { type ChildProcess, spawn } from 'node:child_process';
import { connect, type Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { type TestWorkspace, workspace } from '../harness.ts';
import { addSettings, formRequest } from './running.ts';

const binary = fileURLToPath(new URL('../../bin/crm.js', import.meta.url));

interface Server {
  readonly child: ChildProcess;
  readonly port: number;
  /** Resolves when it has said something that matches, now or before. */
  says(what: RegExp): Promise<RegExpExecArray>;
  /** How it ended. */
  readonly ended: Promise<{ readonly code: number | null; readonly signal: string | null }>;
}

async function started(ws: TestWorkspace): Promise<Server> {
  const child = spawn(process.execPath, [binary, 'serve', '--listen', '127.0.0.1:0'], {
    cwd: ws.dir,
    env: { PATH: process.env.PATH, HOME: '/nowhere', XDG_STATE_HOME: `${ws.dir}.state`, CRM_NO_DELIVER: '1' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let said = '';
  let heard = () => {};
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text;
    heard();
  });
  const ended = new Promise<Awaited<Server['ended']>>(resolve =>
    child.on('close', (code, signal) => resolve({ code, signal })),
  );
  const says = (what: RegExp) =>
    new Promise<RegExpExecArray>((resolve, reject) => {
      heard = () => {
        const match = what.exec(said);
        if (match) resolve(match);
      };
      heard();
      void ended.then(() => reject(new Error(`it ended without ${what}:\n${said}`)));
    });
  const [, port] = await says(/listening on http:\/\/[^\s;]*:(\d+)/);
  return { child, port: Number(port), says, ended };
}

/** Begins a request, and leaves its last bytes for later. */
async function half(port: number, email: string): Promise<{ finish(): Promise<string>; socket: Socket }> {
  const request = formRequest('/forms/quote', { email });
  const socket = connect(port, '127.0.0.1');
  let got = '';
  socket.on('data', data => {
    got += data.toString('latin1');
  });
  socket.on('error', () => {});
  const closed = new Promise<string>(resolve => socket.on('close', () => resolve(got)));
  // With 100-continue the server says when it has read the headers: then the request is under way.
  const [head, body = ''] = request.replace('\r\n', '\r\nExpect: 100-continue\r\n').split('\r\n\r\n');
  socket.write(`${head}\r\n\r\n${body.slice(0, 5)}`);
  await new Promise<void>(resolve => {
    const look = () => {
      if (got.includes('100 Continue')) resolve();
      else socket.once('data', look);
    };
    socket.once('data', look);
  });
  return {
    socket,
    finish() {
      socket.write(body.slice(5));
      return closed;
    },
  };
}

async function post(port: number, email: string): Promise<number> {
  const body = new URLSearchParams({ email });
  return (await fetch(`http://127.0.0.1:${port}/forms/quote`, { method: 'POST', body })).status;
}

const emailsIn = async (ws: TestWorkspace) =>
  (await ws.json<{ email: string }[]>('contact list --fields email')).map(({ email }) => email).sort();

async function formWorkspace(): Promise<TestWorkspace> {
  const ws = await workspace('empty');
  addSettings(ws, 'serve:\n  forms: { quote: {} }\n');
  return ws;
}

test('the first signal answers the request that has begun, accepts no other, and ends with 0', async () => {
  const ws = await formWorkspace();
  const server = await started(ws);
  expect(await post(server.port, 'first@example.com')).toBe(200);
  const begun = await half(server.port, 'begun@example.com');
  server.child.kill('SIGTERM');
  await server.says(/finishing the requests under way/);
  await expect(post(server.port, 'late@example.com')).rejects.toThrow();
  expect(await begun.finish()).toMatch(/\r\n\r\nHTTP\/1\.1 200 /);
  expect(await server.ended).toEqual({ code: 0, signal: null });
  expect(await emailsIn(ws)).toEqual(['begun@example.com', 'first@example.com']);
});

test('a second signal ends it although a request is under way; all that was answered is there', async () => {
  const ws = await formWorkspace();
  const server = await started(ws);
  const emails = Array.from({ length: 20 }, (_, i) => `a${String(i).padStart(2, '0')}@example.com`);
  const answers = await Promise.all(emails.map(email => post(server.port, email)));
  expect(new Set(answers)).toEqual(new Set([200]));
  await half(server.port, 'begun@example.com');
  server.child.kill('SIGTERM');
  await server.says(/finishing the requests under way/);
  server.child.kill('SIGINT');
  expect(await server.ended).toEqual({ code: null, signal: 'SIGINT' });
  expect(await emailsIn(ws)).toEqual(emails);
  await ws.ok('doctor');
});
