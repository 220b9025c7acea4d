import { expect, test } from 'vitest';
import { commit } from '../../src/app/core/commit.ts';
import type { TestWorkspace } from '../harness.ts';
import { FakeChannel, deliverBy, mailing, openOn, statuses } from '../app/outbox/mails.ts';
import { addSettings, served } from './running.ts';

/** Gives messages tokens, as a delivery does. */
async function withTokens(ws: TestWorkspace, tokens: Readonly<Record<string, string>>): Promise<void> {
  await commit(await openOn(ws), { via: 'test' }, draft => {
    for (const [id, token] of Object.entries(tokens)) draft.set(id, { token });
  });
}

const events = (ws: TestWorkspace) => ws.json<Record<string, unknown>[]>('event list');

test('a page asks before it unsubscribes, and an unknown token is answered like any other', async () => {
  const ws = await mailing(2);
  await withTokens(ws, { M1: 'abcDEF_-123', M2: 'other' });
  addSettings(ws, 'serve: { address: https://crm.example.com }');
  const server = await served(ws);
  const shown = await server.get('/u/abcDEF_-123');
  const unknown = await server.get('/u/nobodys');
  expect(shown.status).toBe(200);
  const text = await shown.text();
  expect(await unknown.text()).toBe(text);
  expect(text).toContain('<form method="post"><p><button>Unsubscribe</button></p></form>');
  expect(text).not.toMatch(/kim|example/i);
  expect(await events(ws)).toEqual([]);
  // As mail programs do it, without a page (RFC 8058), and again.
  const answers = [];
  for (const token of ['abcDEF_-123', 'abcDEF_-123', 'nobodys', 'ABCdef_-123']) {
    const answer = await server.post(`/u/${token}`, { 'List-Unsubscribe': 'One-Click' });
    answers.push([answer.status, await answer.text()]);
  }
  expect(new Set(answers.map(each => JSON.stringify(each))).size).toBe(1);
  expect(answers[0]![0]).toBe(200);
  expect(await events(ws)).toMatchObject([
    {
      name: 'email.unsubscribed',
      contact: 'C1',
      props: { message: 'M1', address: 'kim1@example.com' },
      externalId: 'email.unsubscribed:M1',
    },
  ]);
  expect(server.said()).not.toContain('abcDEF');
  expect(server.said()).toContain('POST /u/... 200');
  const channel = new FakeChannel();
  await deliverBy(ws, channel);
  expect(await statuses(ws)).toEqual(['suppressed', 'sent']);
});
