/** The calendar that programs subscribe to, over a socket. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ical from 'ical.js';
import { beforeEach, expect, test } from 'vitest';
import { type TestWorkspace, workspace } from '../harness.ts';
import { addSettings, served } from './running.ts';

let ws: TestWorkspace;
beforeEach(async () => {
  ws = await workspace();
  await ws.ok('user add tester --name Tess --email t@x.com --role admin');
  await ws.ok('user add ana --name Ana --email ana@x.com --role manager');
  await ws.ok('user add ben --name Ben --email ben@x.com --role restricted');
});

/** Makes the address of a user; returns its path. */
async function pathFor(user: string, ...more: string[]): Promise<string> {
  const url = (await ws.ok(['calendar', 'add', ...more, '--as', user])).trim();
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:8025\/calendar\/[\w-]{20,}\.ics$/);
  return new URL(url).pathname;
}

const titlesIn = (text: string): string[] =>
  (ical.parse(text) as unknown as [string, unknown, [string, [string, object, string, unknown][]][]])[2].map(
    ([, properties]) => String(properties.find(([name]) => name === 'summary')?.[3]),
  );

test('has the tasks of its user, with the rights of that user', async () => {
  await ws.ok([
    'deal',
    'add',
    'Secret deal',
    '--value',
    '10',
    '--owner',
    'ana',
    '--expected-close',
    '2026-10-01',
  ]);
  await ws.ok('deal add Own --value 10 --owner ben --expected-close 2026-10-02');
  await ws.ok('task add Mine --due 2026-09-20 --assignee ben');
  await ws.ok('task add About --due 2026-09-21 --assignee ben --for D1');
  await ws.ok('task add Hers --due 2026-09-20 --assignee ana');
  const path = await pathFor('ben');
  const server = await served(ws);
  const answer = await server.get(path);
  expect([answer.status, answer.headers.get('content-type'), answer.headers.get('cache-control')]).toEqual([
    200,
    'text/calendar; charset=utf-8',
    'private, no-cache',
  ]);
  const text = await answer.text();
  // A task about a deal that they may not see is not theirs to see either, as in their lists.
  expect(titlesIn(text)).toEqual(['Mine']);
  expect(text).not.toContain('Secret deal');
  expect(text).toMatch(/^REFRESH-INTERVAL;VALUE=DURATION:PT15M\r$/m);
  const closes = await (await server.get(`${path}?closes`)).text();
  expect(titlesIn(closes)).toEqual(['Mine', 'Close: Own (10.00 EUR)']);
  const todos = await (await server.get(`${path}?kind=todo`)).text();
  expect(todos).toContain('BEGIN:VTODO');
  expect(todos).not.toContain('BEGIN:VEVENT');
});

test('has done tasks for a month', async () => {
  await ws.ok('task add Old --due 2026-07-20 --assignee ana --as ana', { now: '2026-07-01T08:00:00Z' });
  await ws.ok('task done T1 --as ana', { now: '2026-07-20T08:00:00Z' });
  await ws.ok('task add New --due 2026-09-10 --assignee ana --as ana');
  await ws.ok('task done T2 --as ana');
  const path = await pathFor('ana');
  const server = await served(ws);
  expect(titlesIn(await (await server.get(path)).text())).toEqual(['✓ New']);
});

test('answers 304 as long as nothing of it changes', async () => {
  await ws.ok('task add Call --due 2026-09-20 --assignee ana');
  const path = await pathFor('ana');
  const server = await served(ws);
  const tag = (await server.get(path)).headers.get('etag')!;
  expect(tag).toMatch(/^"[\w-]{43}"$/);
  const again = (value: string) => server.get(path, { 'If-None-Match': value });
  for (const value of [tag, `W/${tag}`, `"other", ${tag}`, '*']) {
    const answer = await again(value);
    expect([value, answer.status, answer.headers.get('etag'), await answer.text()]).toEqual([
      value,
      304,
      tag,
      '',
    ]);
  }
  const raw = await server.raw(
    `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nIf-None-Match: ${tag}\r\nConnection: close\r\n\r\n`,
  );
  expect(raw).toMatch(/^HTTP\/1\.1 304 /);
  expect(raw).not.toMatch(/content-length/i);
  // Tasks of others change nothing of it.
  await ws.ok('task add Other --due 2026-09-20 --assignee ben');
  expect((await again(tag)).status).toBe(304);
  await ws.ok('task set T1 due=2026-09-21');
  const changed = await again(tag);
  expect([changed.status, titlesIn(await changed.text())]).toEqual([200, ['Call']]);
  expect(changed.headers.get('etag')).not.toBe(tag);
});

test('an address that was replaced or ended, of a user who left, or that never existed is not found', async () => {
  const first = await pathFor('ana');
  expect(await ws.crm('calendar add --as ana')).toMatchObject({
    code: 4,
    err: expect.stringContaining('crm calendar add --new makes another one'),
  });
  const second = await pathFor('ana', '--new');
  const third = await pathFor('ben');
  const server = await served(ws);
  const status = async (path: string) => (await server.get(path)).status;
  expect([await status(first), await status(second), await status(third)]).toEqual([404, 200, 200]);
  const nothing = await (await server.get('/nothing/here')).text();
  expect(await (await server.get(first)).text()).toBe(nothing);
  for (const path of [
    '/calendar/x.ics',
    second.replace('.ics', ''),
    `${second}/1`,
    second.replace('calendar', 'u'),
  ])
    expect([path, await status(path)]).toEqual([path, 404]);
  expect((await server.post(second, {})).status).toBe(405);
  await ws.ok('calendar rm --as ana');
  expect(await status(second)).toBe(404);
  await ws.ok('user set ben active=false');
  expect(await status(third)).toBe(404);
  await ws.ok('user set ben active=true');
  expect(await status(third)).toBe(404);
});

test('the address is nowhere: not in the workspace, the history or the log', async () => {
  const path = await pathFor('ana');
  const [, , token] = path.split(/[/.]/) as [string, string, string];
  const server = await served(ws);
  await server.get(path);
  await server.stop();
  expect(server.said()).toContain('GET /calendar/... 200');
  expect(server.said()).not.toContain(token);
  const files = readdirSync(ws.dir, { recursive: true, withFileTypes: true }).filter(each => each.isFile());
  for (const { parentPath, name } of files)
    expect(readFileSync(join(parentPath, name), 'utf8')).not.toContain(token);
});

test('users see and end their own address; an admin sees and ends all', async () => {
  await pathFor('ana');
  await pathFor('ben');
  const seenBy = async (user: string) =>
    (await ws.json<{ user: string }[]>(`calendar list --as ${user}`)).map(each => each.user);
  expect([await seenBy('ana'), await seenBy('tester')]).toEqual([['ana'], ['ana', 'ben']]);
  expect(await ws.crm('calendar rm ben --as ana')).toMatchObject({
    code: 1,
    err: expect.stringContaining('may end only the calendar address of their own'),
  });
  await ws.ok('calendar rm ben --as tester');
  expect(await seenBy('tester')).toEqual(['ana']);
  expect(await ws.crm('calendar rm ben --as tester')).toMatchObject({
    code: 3,
    err: expect.stringContaining('ben has no calendar address'),
  });
  expect(await ws.crm('calendar rm bem --as tester')).toMatchObject({
    code: 2,
    err: expect.stringContaining('unknown user "bem"'),
  });
});

test('tells what only a user has: an address that programs elsewhere reach, if there is one', async () => {
  const { err } = await ws.crm('calendar add --as ana');
  expect(err).toContain('only programs on this machine reach it');
  addSettings(ws, 'serve: { address: https://crm.example.com }\n');
  const { out, err: said } = await ws.crm('calendar add --new --as ana');
  expect(out).toMatch(/^https:\/\/crm\.example\.com\/calendar\/[\w-]+\.ics\n$/);
  expect(said).not.toContain('only programs on this machine');
  expect((await ws.crm('calendar add --new --dry-run --as ana')).out).toBe('');
  const alone = await workspace('empty');
  expect(await alone.crm('calendar add')).toMatchObject({
    code: 1,
    err: expect.stringContaining('not a user'),
  });
});
