/** Real programs, and what becomes of those that do not end, do not begin or leave others running. */
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import type { Answer, Command } from '../../src/channels/channel.ts';
import { runChannel } from '../../src/channels/run.ts';
import { emptyDirectory } from '../harness.ts';

let cwd = '';
beforeEach(() => {
  cwd = emptyDirectory();
});

const env = { PATH: process.env.PATH!, HOME: '/nowhere', CRM_USER: 'ana' };

const command = (argv: readonly string[], more: Partial<Command> = {}): Command => ({
  channel: 'run',
  id: 'M12',
  key: 'key-of-m12',
  attempt: 1,
  at: 0,
  argv,
  input: { id: 'D1', title: 'Chairs' },
  ...more,
});

const send = (argv: readonly string[], timeout?: number, more?: Partial<Command>): Promise<Answer> =>
  runChannel({ cwd, env, ...(timeout !== undefined && { timeout }) }).send(
    command(argv, more),
    new AbortController().signal,
  );

const sh = (script: string, ...args: string[]) => ['sh', '-c', script, 'sh', ...args];

test('a program gets its arguments as they are, the record on standard input, and little of the environment', async () => {
  process.env.SECRET_OF_TEST = 'secret';
  const answer = await send(
    sh('printf "%s|" "$@"; cat; env | cut -d= -f1 | sort | tr "\\n" " "; pwd', '$(id)', '; rm -rf /', "'"),
  );
  expect(answer.outcome).toBe('sent');
  const [first, args, names, dir] = answer.response!.split('\n');
  expect(first).toBe('exit 0');
  expect(args).toBe(`$(id)|; rm -rf /|'|{"id":"D1","title":"Chairs"}`);
  // PWD, and in some shells others, are the shell's own.
  expect(names!.split(' ').filter(name => /^[A-Z]/.test(name) && !/^(PWD|OLDPWD|SHLVL)$/.test(name))).toEqual(
    ['CRM_ATTEMPT', 'CRM_KEY', 'CRM_MESSAGE', 'CRM_USER', 'HOME', 'PATH'],
  );
  expect(names).not.toContain('SECRET');
  expect(`${names} ${dir}`).toContain(cwd);
});

test.each<[string, Answer]>([
  ['exit 0', { outcome: 'sent', response: 'exit 0' }],
  [
    'echo busy; exit 75',
    { outcome: 'temporary', reason: 'sh ended with exit code 75', response: 'exit 75\nbusy\n' },
  ],
  [
    'echo no >&2; exit 3',
    { outcome: 'failed', reason: 'sh ended with exit code 3', response: 'exit 3\nno\n' },
  ],
  [
    'echo half; kill -9 $$',
    {
      outcome: 'unknown',
      reason: 'sh was ended by SIGKILL: it may have done its work',
      response: 'SIGKILL\nhalf\n',
    },
  ],
])('%s', async (script, answer) => {
  expect(await send(sh(script))).toEqual(answer);
});

test.each([
  ['./missing.sh', undefined, /^\.\/missing\.sh was not started: the program does not exist/],
  ['./plain.sh', { text: '#!/bin/sh\n', mode: 0o644 }, /may not be executed/],
  ['./interpreter.sh', { text: '#!/no/such/shell\n', mode: 0o755 }, /its first line names/],
  ['./directory', undefined, /may not be executed/],
])('%s cannot be started: that is the machine, and no message failed', async (program, file, reason) => {
  if (file) {
    writeFileSync(join(cwd, program), file.text);
    chmodSync(join(cwd, program), file.mode);
  }
  if (program === './directory') mkdirSync(join(cwd, program));
  expect(await send([program])).toEqual({ outcome: 'channel-down', reason: expect.stringMatching(reason) });
});

test('an argument that is too long for a command line fails alone', async () => {
  expect(await send(['true', 'x'.repeat(4 << 20)])).toMatchObject({ outcome: 'failed' });
  expect(await send(['true', 'a\0b'])).toMatchObject({ outcome: 'failed' });
  expect(await send([])).toMatchObject({ outcome: 'failed' });
});

test('a program that reads nothing of a large record has done its work', async () => {
  expect(await send(['true'], undefined, { input: 'x'.repeat(4 << 20) })).toEqual({
    outcome: 'sent',
    response: 'exit 0',
  });
});

test('keeps the beginning of what a program prints without end', async () => {
  const answer = await send(sh('head -c 20000000 /dev/zero | tr "\\0" x; exit 1'));
  expect(answer).toMatchObject({ outcome: 'failed' });
  expect(answer.response!.length).toBe('exit 1\n'.length + 4096);
});

const lives = (pid: number): boolean => {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
};

test('a program that takes too long ends with all that it started, also one that ignores the signal', async () => {
  const script = `trap '' TERM; sh -c 'trap "" TERM; echo $$ > child; sleep 60' & echo started; wait`;
  const answer = await send(sh(script), 300);
  expect(answer).toMatchObject({
    outcome: 'unknown',
    reason: 'sh was ended after 0.3 seconds: it may have done its work',
    response: 'SIGKILL\nstarted\n',
  });
  const child = Number(readFileSync(join(cwd, 'child'), 'utf8'));
  await expect.poll(() => lives(child)).toBe(false);
});

test('processes that a program leaves running end with it, and do not delay the delivery', async () => {
  const answer = await send(sh('sleep 60 & echo $! > child; echo done'));
  expect(answer).toEqual({ outcome: 'sent', response: 'exit 0\ndone\n' });
  const child = Number(readFileSync(join(cwd, 'child'), 'utf8'));
  await expect.poll(() => lives(child)).toBe(false);
});

test('a process that left the group and holds the output does not hold the delivery', async () => {
  const answer = await send(sh('setsid sh -c "echo \\$\\$ > child; exec sleep 20" & sleep 0.3; echo done'));
  expect(answer).toEqual({ outcome: 'sent', response: 'exit 0\ndone\n' });
  expect(existsSync(join(cwd, 'child'))).toBe(true);
  process.kill(Number(readFileSync(join(cwd, 'child'), 'utf8')), 'SIGKILL');
});

test('an aborted program ends at once, and its outcome is unknown', async () => {
  const abort = new AbortController();
  const sent = runChannel({ cwd, env }).send(command(sh('echo begun; sleep 60')), abort.signal);
  setTimeout(() => abort.abort(), 300);
  expect(await sent).toMatchObject({ outcome: 'unknown' });
});
