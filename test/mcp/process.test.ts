/** The real binary as the program of an assistant starts it. `npm test` builds it first. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeWorkspace, type TestWorkspace } from '../harness.ts';

const binary = fileURLToPath(new URL('../../bin/crm.js', import.meta.url));

let ws: TestWorkspace;
let remove: () => void;
beforeAll(async () => {
  [ws, remove] = await makeWorkspace();
  await ws.ok('deal add Chairs --value 1200');
});
afterAll(() => remove());

/** Starts `crm mcp`; what it writes line by line, and how it ended. */
function start(...words: string[]) {
  const child = spawn('node', [binary, 'mcp', ...words], {
    env: { PATH: process.env.PATH, HOME: '/nowhere', XDG_CACHE_HOME: ws.cacheHome, CRM_DIR: ws.dir },
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  let err = '';
  child.stderr.on('data', text => (err += text));
  const ended = new Promise<{ code: number | null; err: string }>(resolve =>
    child.on('close', code => resolve({ code, err })),
  );
  return {
    child,
    ended,
    send: (message: object | string) =>
      void child.stdin.write(`${typeof message === 'string' ? message : JSON.stringify(message)}\n`),
    next: async () => JSON.parse((await lines.next()).value as string) as Record<string, unknown>,
  };
}

const hello = {
  jsonrpc: '2.0',
  id: 1,
  method: 'initialize',
  params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'test', version: '1' } },
};
const ready = { jsonrpc: '2.0', method: 'notifications/initialized' };
const call = (id: number, name: string, input: object) => ({
  jsonrpc: '2.0',
  id,
  method: 'tools/call',
  params: { name, arguments: input },
});

test('answers the handshake of 2025-06-18, passes over broken lines, and ends with its input', async () => {
  const { send, next, child, ended } = start('--write');
  send(hello);
  expect(await next()).toMatchObject({ id: 1, result: { protocolVersion: '2025-06-18' } });
  for (const line of [ready, '{broken', '[]', '"x"', '', '{"jsonrpc":"2.0","id":7}']) send(line);
  send(call(2, 'list', { kind: 'deal' }));
  expect(await next()).toMatchObject({ id: 2, result: { structuredContent: { rows: [{ id: 'D1' }] } } });
  send(call(3, 'propose', { commands: [{ words: ['deal', 'win', 'D1'] }] }));
  const { result } = (await next()) as { result: { structuredContent: { token: string } } };
  // The end of the input may come before the answer: what had begun is done whole, or not at all.
  send(call(4, 'commit', { token: result.structuredContent.token }));
  child.stdin.end();
  const { code, err } = await ended;
  expect(code).toBe(0);
  expect(err).not.toContain('    at ');
  expect(await ws.crm('doctor')).toMatchObject({ code: 0 });
});

test('speaks the stateless protocol, in which each call says what it needs', async () => {
  const { send, next, child, ended } = start();
  const _meta = {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientInfo': { name: 'test', version: '1' },
    'io.modelcontextprotocol/clientCapabilities': {},
  };
  const { params, ...request } = call(5, 'show', { record: 'D1' });
  send({ ...request, params: { ...params, _meta } });
  expect(await next()).toMatchObject({ id: 5, result: { structuredContent: { records: [{ id: 'D1' }] } } });
  child.stdin.end();
  expect(await ended).toMatchObject({ code: 0 });
});

test('ends at SIGTERM, and at a line that is too long, and says why', async () => {
  const stopped = start();
  stopped.send(hello);
  await stopped.next();
  stopped.child.kill('SIGTERM');
  expect(await stopped.ended).toEqual({ code: 0, err: '' });

  const flooded = start();
  flooded.send(hello);
  await flooded.next();
  flooded.child.stdin.on('error', () => {});
  flooded.send('x'.repeat(3 * 2 ** 20));
  expect(await flooded.ended).toMatchObject({ code: 1, err: expect.stringContaining('exceeded') });
});

test('says at once what is wrong with the workspace or the user', async () => {
  expect(await start('--as', 'nobody', '-C', '/nowhere').ended).toMatchObject({
    code: 3,
    err: expect.stringContaining('there is no directory /nowhere'),
  });
});
