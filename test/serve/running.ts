/** A server in this process, and clients that speak to it by sockets. */
import { readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Ran, RunOptions, TestWorkspace } from '../harness.ts';

export interface Served {
  readonly port: number;
  /** All that it has said on stderr until now. */
  said(): string;
  /** Asks it to end, and returns what came of it. */
  stop(): Promise<Ran>;
  /** Sends bytes on a connection of their own; returns all that comes until it is closed. */
  raw(bytes: string | Buffer | readonly (string | Buffer)[]): Promise<string>;
  post(
    path: string,
    form: Readonly<Record<string, string>>,
    headers?: Record<string, string>,
  ): Promise<Response>;
  hook(path: string, body: unknown, headers?: Record<string, string>): Promise<Response>;
  get(path: string, headers?: Record<string, string>): Promise<Response>;
}

/** Adds lines to crm.yaml. */
export function addSettings(ws: TestWorkspace, yaml: string): void {
  const path = join(ws.dir, 'crm.yaml');
  writeFileSync(path, `${readFileSync(path, 'utf8')}\n${yaml}`);
}

/** Serves a workspace until it is stopped, or the test ends. */
export async function served(ws: TestWorkspace, options: RunOptions = {}, args = ''): Promise<Served> {
  let said = '';
  // The server's, and those of deliveries beside it: a signal reaches them all.
  const ends: (() => void)[] = [];
  let listens: (port: number) => void = () => {};
  const listening = new Promise<number>(resolve => {
    listens = resolve;
  });
  const ran = ws.crm(`serve --listen 127.0.0.1:0 ${args}`, {
    ...options,
    onStop: stop => void ends.push(stop),
    said: text => {
      said += text;
      const port = /listening on http:\/\/[^\s;]*:(\d+)/.exec(said)?.[1];
      if (port !== undefined) listens(Number(port));
    },
  });
  const port = await Promise.race([
    listening,
    ran.then(({ code, err }) => {
      throw new Error(`it ended: exit ${code}\n${err}`);
    }),
  ]);
  const stop = async () => {
    for (const end of ends.splice(0)) end();
    return ran;
  };
  onTestFinished(async () => {
    await stop();
  });
  const url = (path: string) => `http://127.0.0.1:${port}${path}`;
  return {
    port,
    said: () => said,
    stop,
    raw: bytes => rawly(port, bytes),
    post: (path, form, headers = {}) =>
      fetch(url(path), { method: 'POST', body: new URLSearchParams(form), headers, redirect: 'manual' }),
    hook: (path, body, headers = {}) =>
      fetch(url(path), {
        method: 'POST',
        body: typeof body === 'string' ? body : JSON.stringify(body),
        headers: { 'Content-Type': 'application/json', ...headers },
      }),
    get: (path, headers = {}) => fetch(url(path), { headers, redirect: 'manual' }),
  };
}

function rawly(port: number, bytes: string | Buffer | readonly (string | Buffer)[]): Promise<string> {
  return new Promise(resolve => {
    const socket = connect(port, '127.0.0.1');
    let got = '';
    socket.on('data', data => {
      got += data.toString('latin1');
    });
    socket.on('error', () => {});
    socket.on('close', () => resolve(got));
    for (const each of [bytes].flat()) socket.write(each);
  });
}

/** A form as a browser sends it, by hand. */
export function formRequest(
  path: string,
  form: Readonly<Record<string, string>>,
  headers: Readonly<Record<string, string>> = {},
): string {
  const body = new URLSearchParams(form).toString();
  const all = {
    Host: '127.0.0.1',
    'Content-Type': 'application/x-www-form-urlencoded',
    'Content-Length': String(Buffer.byteLength(body)),
    ...headers,
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return `POST ${path} HTTP/1.1\r\n${lines.join('')}\r\n${body}`;
}
