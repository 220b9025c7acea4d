/**
 * The README, executed: every block marked `console` runs in order in one workspace, as on a terminal 112 columns
 * wide, and what is printed must be what stands there. `npx vitest run test/readme.test.ts -u` writes it anew.
 */
import { recordKinds } from '../src/kinds/index.ts';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { treeOf } from '../src/commands/registry.ts';
import { run } from '../src/main.ts';
import { memorySink, type Streams } from '../src/ui/streams.ts';
import { ansiToSvg } from '../fixtures/ansi-svg.mjs';
import { playDemo } from '../fixtures/demo.mjs';
import { BOARD, chartsIn } from '../fixtures/pictured.mjs';
import { startMailServer, type TestMailServer } from './channels/smtp-servers.ts';
import { emptyDirectory, NOW, TestWorkspace } from './harness.ts';
import { wordsOf } from './shell.ts';
import { unsyncedIo } from './store/hooked-io.ts';

const { commands, nouns } = treeOf(recordKinds);

const README = fileURLToPath(new URL('../README.md', import.meta.url));
const text = readFileSync(README, 'utf8');

/** The mail server in the text, and the one of the test. */
const SERVER = 'localhost:25';
/** The git repository in the text; in the test it is in a directory of its own. */
const REPOSITORY = '/srv/crm.git';
let post: TestMailServer;
beforeAll(async () => {
  post = await startMailServer();
});
afterAll(() => post.close());

/** What somebody at a terminal sees of each command line, one after the other, in a directory of their own. */
function shell() {
  let cwd = emptyDirectory();
  const repository = join(emptyDirectory(), 'crm.git');
  const env: Record<string, string> = {
    CRM_NOW: NOW,
    HOME: '/nowhere',
    XDG_STATE_HOME: emptyDirectory(),
    XDG_CACHE_HOME: emptyDirectory(),
    NO_COLOR: '1',
    // git is found there.
    PATH: process.env.PATH ?? '',
    SMTP_PASSWORD: 'hunter2-secret',
  };

  /** Runs a command; what it prints goes to the terminal, or piped to the next command or a file. */
  async function crm(argv: readonly string[], stdin: string, isPiped: boolean) {
    const terminal = memorySink({ isTTY: true, columns: 112 });
    const stdout = isPiped ? memorySink() : terminal;
    await runHere(
      argv,
      { stdin: Readable.from([Buffer.from(stdin)]), stdout, stderr: terminal },
      { env, cwd },
    );
    return { shown: terminal.text, piped: isPiped ? stdout.text : '' };
  }

  return async (typed: string): Promise<string> => {
    const line = typed.replace(REPOSITORY, repository);
    if (line.startsWith('cd ')) {
      cwd = resolve(cwd, line.slice(3));
      return '';
    }
    const words = wordsOf(line.replace(SERVER, `localhost:${post.port}`));
    if (words[0] === 'export') {
      for (const word of words.slice(1)) env[word.split('=')[0]!] = word.split('=')[1]!;
      if (env.CRM_DIR === 'demo') env.CRM_DIR = await demo(env);
      return '';
    }
    if (words[0] === 'unset') {
      for (const word of words.slice(1)) delete env[word];
      return '';
    }
    if (words[0] !== 'crm') return execFileSync('sh', ['-c', line], { cwd, encoding: 'utf8' });
    let shown = '';
    let piped = '';
    for (let rest = words; rest.length > 0; ) {
      const bar = rest.indexOf('|');
      const [command, ...argv] = bar < 0 ? rest : rest.slice(0, bar);
      if (command !== 'crm') return shown + execFileSync(command!, argv, { input: piped, encoding: 'utf8' });
      const [, file] = argv.at(-2) === '>' ? argv.splice(-2) : [];
      const done = await crm(argv, piped, bar >= 0 || file !== undefined);
      shown += done.shown;
      piped = done.piped;
      if (file !== undefined) writeFileSync(resolve(cwd, file), piped);
      rest = bar < 0 ? [] : rest.slice(bar + 1);
    }
    return shown.replaceAll(`localhost:${post.port}`, SERVER).replaceAll(repository, REPOSITORY);
  };
}

/** The command lines of a block. */
const commandsIn = (block: string): string[] =>
  [...block.matchAll(/^\$ (.*(?:\n> .*)*)$/gm)].map(match => match[1]!);

/** Makes the demo's workspace, which is at the root of the project, as `npm run demo` does, in this process; its path. */
async function demo({ XDG_STATE_HOME, XDG_CACHE_HOME }: Record<string, string>): Promise<string> {
  const cwd = resolve(README, '..');
  await playDemo({
    write: () => {},
    run: async (argv, now) => {
      const [stdout, stderr] = [memorySink(), memorySink()];
      const env = { CRM_DIR: 'demo', CRM_NOW: now, XDG_STATE_HOME, XDG_CACHE_HOME };
      const status = await runHere(argv, { stdin: Readable.from([]), stdout, stderr }, { env, cwd });
      return { status, stdout: stdout.text, stderr: stderr.text };
    },
  });
  return join(cwd, 'demo');
}

let count = 0;

function runHere(
  argv: readonly string[],
  streams: Streams,
  where: { readonly env: Readonly<Record<string, string | undefined>>; readonly cwd: string },
): Promise<number> {
  return run(argv, {
    streams,
    ...where,
    version: 'test',
    runtime: process.version,
    uid: process.getuid?.(),
    pid: process.pid,
    host: 'test',
    login: 'ana',
    now: () => Date.parse(NOW),
    random: () => 0.5,
    salt: () => `salt-${String(++count).padStart(16, '0')}`,
    uuid: () => `request-${++count}`,
    io: unsyncedIo,
    onTerminal: async () => 1,
    onStop: () => () => {},
  });
}

test('shows what really happens', async () => {
  const type = shell();
  let executed = '';
  let end = 0;
  for (const block of text.matchAll(/^```console\n([\s\S]*?)^```$/gm)) {
    executed += text.slice(end, block.index);
    end = block.index + block[0].length;
    executed += '```console\n';
    // A command may go on in lines that begin with `> `.
    for (const command of commandsIn(block[1]!)) {
      const output = await type(command.replaceAll('\n> ', '\n'));
      executed += `$ ${command}\n${output}`;
    }
    executed += '```';
  }
  expect(end).toBeGreaterThan(0);
  await expect(executed + text.slice(end)).toMatchFileSnapshot(README);
});

test('has pictures of the demo as it is (else: npm run demo, fixtures/pictures.mjs, this test with -u)', async () => {
  const demo = new TestWorkspace(resolve(README, '../demo'));
  const board = await demo.ok(BOARD.argv, {
    tty: BOARD.columns,
    rows: 60,
    env: { XDG_CACHE_HOME: emptyDirectory() },
  });
  expect(board).toContain('\u001b[');
  await expect(ansiToSvg(board, BOARD)).toMatchFileSnapshot('../docs/board.svg');
  const charts = chartsIn(readFileSync(resolve(README, '../demo-report.html'), 'utf8'));
  const { charts: pictured } = JSON.parse(readFileSync(resolve(README, '../docs/pictures.json'), 'utf8'));
  expect(createHash('sha256').update(charts).digest('hex')).toBe(pictured);
  for (const name of ['board.svg', 'page-light.png', 'page-dark.png'])
    expect(statSync(resolve(README, '../docs', name)).size, name).toBeLessThan(200_000);
});

test('names no command that is not there', () => {
  const first = new Set(Object.keys(commands).map(path => path.split(' ')[0]!));
  const named = [...text.matchAll(/`crm ([a-z]+)(?: ([a-z]+))?/g)].map(([, noun, verb]) => ({ noun, verb }));
  const wrong = named.filter(
    ({ noun, verb }) =>
      !first.has(noun!) ||
      (Object.hasOwn(nouns, noun!) && verb !== undefined && !commands[`${noun} ${verb}`]),
  );
  expect(wrong).toEqual([]);
  expect(named.length).toBeGreaterThan(10);
});

test('is read in ten minutes', () => {
  expect(text.split('\n').length).toBeLessThanOrEqual(251);
});
