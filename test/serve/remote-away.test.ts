/** A server whose remote is away: what it answers with "stored" is on disk, and in the shared journal once the remote is back. */
import { existsSync, readdirSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { type Machine, team } from '../app/sharing/machines.ts';
import { addSettings, served } from './running.ts';

const FORMS = `
serve:
  forms:
    quote:
      fields: { email: email, message: prop.message, once: id }
`;

const journalOf = (dir: string): string =>
  readdirSync(dir)
    .map(name => readFileSync(join(dir, name), 'utf8'))
    .join('');
const timesIn = (text: string, word: string): number => text.split(`"message":"${word}"`).length - 1;

test('stores requests while the remote is away, and shares each of them once', async () => {
  const { machines, dir } = await team(2);
  const [a, b] = machines as [Machine, Machine];
  addSettings(a, FORMS);
  const post = async (server: { post: Awaited<ReturnType<typeof served>>['post'] }, word: string) =>
    (await server.post('/forms/quote', { email: `${word}@example.com`, message: word, once: word })).status;
  const first = await served(a);
  expect(await post(first, 'online')).toBe(200);
  expect(timesIn(journalOf(join(dir, 'journal')), 'online')).toBe(1);
  renameSync(dir, `${dir}.away`);
  const offline = join(a.dir, 'data', 'offline');
  for (const word of ['away1', 'away2']) {
    expect(await post(first, word)).toBe(200);
    expect(timesIn(journalOf(offline), word)).toBe(1);
  }
  // Asked again, as a client that heard no answer: it is there once.
  expect(await post(first, 'away2')).toBe(200);
  expect((await a.json<{ remote: { waiting: number } }>('status')).remote.waiting).toBe(
    readdirSync(offline).length,
  );
  expect(first.said().match(/cannot be reached/g)).toHaveLength(1);
  await first.stop();
  // A server that begins while it is away goes on with what waits.
  const second = await served(a);
  expect(await post(second, 'away3')).toBe(200);
  renameSync(`${dir}.away`, dir);
  await vi.waitFor(() => expect(second.said()).toContain('that waited for the remote'), { timeout: 60_000 });
  expect(existsSync(offline)).toBe(false);
  expect(await post(second, 'back')).toBe(200);
  const shared = journalOf(join(dir, 'journal'));
  for (const word of ['online', 'away1', 'away2', 'away3', 'back']) expect(timesIn(shared, word)).toBe(1);
  await second.stop();
  await b.ok('sync');
  expect(await b.json('event list')).toHaveLength(5);
  for (const machine of machines) await machine.sound();
});
