/** The real binary, as a shell runs it: pipes, signals, no terminal, nobody to ask. `npm test` builds it first. */
import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { topics } from '../../src/commands/topics.ts';
import { isDue } from '../effort.ts';
import { emptyDirectory, makeWorkspace, TestWorkspace, workspace } from '../harness.ts';

const binary = fileURLToPath(new URL('../../bin/crm.js', import.meta.url));

/** Where what V8 compiled of the binary is kept, so that it starts as it does for whoever has used it before. */
let caches: string;
let removeCaches: () => void;
/** A workspace with 3,000 deals, for those who read only. */
let many: string;
let removeMany: () => void;
beforeAll(async () => {
  caches = mkdtempSync(join(tmpdir(), 'crm-test-'));
  removeCaches = () => rmSync(caches, { recursive: true, force: true });
  expect(existsSync(fileURLToPath(new URL('../../dist', import.meta.url))), 'npm run build').toBe(true);
  const [ws, remove] = await makeWorkspace();
  [many, removeMany] = [ws.dir, remove];
  await importDeals(ws, 3000);
});
afterAll(() => {
  removeCaches();
  removeMany();
});

const environment = (env: Record<string, string> = {}) => ({
  PATH: process.env.PATH ?? '',
  HOME: '/nowhere',
  XDG_CACHE_HOME: caches,
  CRM_NOW: '2026-09-14T08:00:00Z',
  TZ: 'UTC',
  ...env,
});

/** Runs `crm ARGS` in a directory; what is typed is nothing unless it is given. */
const crm = (cwd: string, args: readonly string[], input = '', env: Record<string, string> = {}) =>
  execa(process.execPath, [binary, ...args], {
    cwd,
    input,
    env: environment(env),
    extendEnv: false,
    reject: false,
    stripFinalNewline: false,
  });

/** Runs a line of a shell in which `crm` is the binary. */
const shell = (cwd: string, line: string) =>
  execa('bash', ['-c', `crm() { "${process.execPath}" "${binary}" "$@"; }; ${line}`], {
    cwd,
    env: environment(),
    extendEnv: false,
    reject: false,
    stripFinalNewline: false,
    stdin: 'ignore',
  });

async function manyDeals(count: number): Promise<string> {
  const ws = await workspace();
  await importDeals(ws, count);
  return ws.dir;
}

/** The ids of the deals in a workspace, as this process reads them. */
const idsIn = async (dir: string): Promise<string[]> =>
  (await new TestWorkspace(dir).ok('deal list -q')).split('\n').filter(id => id !== '');

async function importDeals(ws: TestWorkspace, count: number): Promise<void> {
  const rows = Array.from({ length: count }, (_, i) => `Deal number ${i} ${'x'.repeat(80)}`);
  await ws.ok(['import', 'deals', '-'], { stdin: `title\n${rows.join('\n')}\n` });
}

describe('pipes', () => {
  test('ids go from one command to the next', async () => {
    const ws = await workspace();
    const dir = ws.dir;
    const { exitCode, stdout, stderr } = await shell(
      dir,
      'id=$(crm deal add "40 chairs" --value 5200) && echo "made $id" && crm deal list -q | crm deal move - in-contact',
    );
    expect({ exitCode, stdout, stderr }).toEqual({
      exitCode: 0,
      stdout: 'made D1\n',
      stderr: 'moved D1\n',
    });
    expect(await ws.ok('deal list --fields id,stage')).toBe('D1\tin-contact\n');
  });

  // All formats end in one way of writing.
  test.each(['tsv', 'csv', 'ids', 'json', 'jsonl', 'yaml', 'table'].filter((_, i) => isDue(i, 0, 3)))(
    'a reader that has enough ends %s in silence, with 0',
    async format => {
      const { exitCode, stdout, stderr } = await shell(
        many,
        `set -o pipefail; crm deal list --format ${format} | head -1`,
      );
      expect({ exitCode, stderr, lines: stdout.split('\n').length }).toEqual({
        exitCode: 0,
        stderr: '',
        lines: 2,
      });
    },
  );

  test('a reader that never reads', async () => {
    expect(await shell(many, 'set -o pipefail; crm deal list --json | true')).toMatchObject({
      exitCode: 0,
      stderr: '',
    });
    expect(await shell(many, 'set -o pipefail; crm history | true')).toMatchObject({
      exitCode: 0,
      stderr: '',
    });
  });

  test('a slow reader gets all of it', async () => {
    const { stdout } = await shell(many, 'crm deal list | (read -r line; sleep 0.3; wc -l)');
    expect(stdout.trim()).toBe('2999');
  });

  test('a closed stderr does not change what is done', async () => {
    const ws = await workspace();
    await ws.ok('deal add A');
    expect(await shell(ws.dir, 'crm deal win D1 2>&-')).toMatchObject({ exitCode: 0 });
    expect(await ws.ok('deal list is:won -q')).toBe('D1\n');
  });

  test('a full disk on stdout is exit 1, and said', async () => {
    if (!existsSync('/dev/full')) return;
    const ws = await workspace();
    await ws.ok('deal add A');
    const { exitCode, stderr } = await shell(ws.dir, 'crm deal list > /dev/full');
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^Error: cannot write the output: .*ENOSPC/);
  });

  test.skipIf(!existsSync('/dev/full'))(
    'a full disk on stdout after a change is exit 1, and the change is said to be saved',
    async () => {
      const ws = await workspace();
      for (const [line, printed] of [
        ['deal add A', '"D1"'],
        ['contact add --email a@x.nl', '"C1"'],
        ['deal set D1 value=5 --json', '"{"'],
        ['stage add New', '"new"'],
        ['deal win D1 -q', '"D1"'],
      ].filter((_, i) => isDue(i, 0, 2))) {
        const { exitCode, stderr } = await shell(ws.dir, `crm ${line} > /dev/full`);
        const [{ tx }] = await ws.json<[{ tx: number }]>('history --limit 1');
        expect(exitCode).toBe(1);
        const text = line!.includes('--json') ? (JSON.parse(stderr).error.message as string) : stderr;
        expect(text).toContain(
          `the change is saved, as transaction ${tx}, but ${printed} could not be printed: ENOSPC`,
        );
      }
      expect(await ws.ok('deal list is:won --fields id,value')).toBe('D1\t5.00\n');
      // Nothing was changed, so nothing is said to be saved.
      expect((await shell(ws.dir, 'crm deal add B --dry-run > /dev/full')).stderr).toMatch(
        /cannot write the output/,
      );
    },
  );
});

describe('nobody to ask', () => {
  test('more than three chosen by --where: 2, the flag is named, and nothing waits', async () => {
    const dir = await manyDeals(5);
    // `y` on a pipe is not an answer: nothing is ever assumed to be answered with yes.
    for (const input of ['', 'y\n']) {
      const { exitCode, stdout, stderr } = await crm(dir, ['deal', 'rm', '--where', 'value:0'], input);
      expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
      expect(stderr).toContain('--yes');
    }
    expect(await idsIn(dir)).toHaveLength(5);
    expect(await crm(dir, ['deal', 'rm', '--where', 'value:0', '--yes'])).toMatchObject({ exitCode: 0 });
    expect(await idsIn(dir)).toEqual([]);
  });

  test('a command that reads no ids does not wait for standard input', async () => {
    const ws = await workspace();
    const child = spawn(process.execPath, [binary, 'deal', 'add', 'A'], {
      cwd: ws.dir,
      env: environment(),
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    // stdin stays open, with nobody writing.
    const code = await new Promise(resolve => child.on('exit', resolve));
    child.stdin.destroy();
    expect(code).toBe(0);
  });
});

describe.skipIf(!existsSync('/usr/bin/script') && process.env.CI !== 'true')('on a terminal', () => {
  /** Runs a line on a terminal of its own, typing `keys` when the question is there. */
  const onTerminal = async (cwd: string, line: string, keys: string) => {
    const child = spawn(
      '/usr/bin/script',
      ['-qec', `"${process.execPath}" "${binary}" ${line}`, '/dev/null'],
      {
        cwd,
        env: { ...environment(), TERM: 'xterm', NO_COLOR: '1' },
      },
    );
    let said = '';
    let typed = false;
    const listen = (data: Buffer) => {
      said += data.toString();
      if (!typed && said.includes('y/N')) {
        typed = true;
        child.stdin.write(keys);
      }
    };
    child.stdout.on('data', listen);
    const exitCode = await new Promise<number | null>(resolve => child.on('exit', resolve));
    return { exitCode, said };
  };

  test('more than three chosen by --where ask once: yes goes on, no and Ctrl-C end with 130', async () => {
    const dir = await manyDeals(5);
    for (const keys of ['n\r', '\r', '\u0003'].filter((_, i) => isDue(i, 0, 2))) {
      const { exitCode, said } = await onTerminal(dir, "deal rm --where 'value:0'", keys);
      expect({ keys, exitCode }).toEqual({ keys, exitCode: 130 });
      expect(said.match(/remove 5 deals\?/g)?.length).toBeGreaterThan(0);
    }
    expect(await idsIn(dir)).toHaveLength(5);
    const { exitCode } = await onTerminal(dir, "deal rm --where 'value:0'", 'y\r');
    expect(exitCode).toBe(0);
    expect(await idsIn(dir)).toEqual([]);
  });

  test('a terminal that is closed at a question ends the command', async () => {
    const dir = await manyDeals(5);
    const done = join(emptyDirectory(), 'code');
    const line = `(trap '' HUP; "${process.execPath}" "${binary}" deal rm --where value:0; echo $? > "${done}.new"; mv "${done}.new" "${done}")`;
    const child = spawn('/usr/bin/script', ['-qec', line, '/dev/null'], {
      cwd: dir,
      env: { ...environment(), TERM: 'xterm' },
    });
    let said = '';
    child.stdout.on('data', (data: Buffer) => {
      said += data.toString();
      // The other side of the terminal goes with it.
      if (said.includes('y/N')) child.kill('SIGKILL');
    });
    while (!existsSync(done)) await new Promise(resolve => setTimeout(resolve, 50));
    // The hang-up ends the process at the question, or the end of its input is seen first: never SIGABRT, which is 134.
    expect(['129\n', '130\n']).toContain(readFileSync(done, 'utf8'));
    expect(await idsIn(dir)).toHaveLength(5);
  });

  test('a list is a table there', async () => {
    const dir = await manyDeals(1);
    const { said } = await onTerminal(dir, 'deal list', '');
    expect(said).toMatch(/^ID +TITLE/);
  });
});

describe('signals', () => {
  test('a command that is interrupted while it waits ends by the signal, and leaves the workspace whole', async () => {
    const ws = await workspace();
    await ws.ok('deal add A');
    // It waits for ids that nobody writes.
    const child = spawn(process.execPath, [binary, 'deal', 'win', '-'], {
      cwd: ws.dir,
      env: environment(),
      stdio: ['pipe', 'ignore', 'pipe'],
    });
    child.stdin.write('D1\n');
    await new Promise(resolve => setTimeout(resolve, 700));
    child.kill('SIGINT');
    const [code, signal] = await new Promise<[number | null, string | null]>(resolve =>
      child.on('exit', (...end) => resolve(end)),
    );
    // A shell makes 130 of both.
    expect(code ?? signal).toBe(code === null ? 'SIGINT' : 130);
    expect(await ws.ok('deal list is:won')).toBe('');
    await ws.ok('deal win D1');
  });
});

describe('the recipe with fzf', () => {
  test('hands it lines that it can show, and a preview that works; the choice goes on', async () => {
    const text = await topics.scripting!();
    const recipe = /^ {2}(crm deal list .*\| fzf .*)$/m.exec(text)![1]!;
    const ws = await workspace();
    await ws.ok(['deal', 'add', '40 "oak" chairs; $(false)', '--value', '5', '--account', 'Acme']);
    await ws.ok(['deal', 'add', 'Tables', '--value', '5']);
    const dir = emptyDirectory();
    const script = (name: string, body: string) => {
      writeFileSync(join(dir, name), `#!/bin/bash\n${body}\n`);
      chmodSync(join(dir, name), 0o755);
    };
    script('crm', `exec "${process.execPath}" "${binary}" "$@"`);
    // Not fzf, but what our side of it is: it shows the second column on, previews the first line, and chooses it.
    script(
      'fzf',
      `read -r line
cut -f2- <<< "$line" > ${dir}/shown; cat > /dev/null
for each; do case $each in --preview=*) preview=\${each#--preview=};; esac; done
id=$(cut -f1 <<< "$line")
sh -c "\${preview//\\{1\\}/\\'$id\\'}" > ${dir}/preview
printf '%s\\n' "$line"`,
    );
    const ran = await execa('bash', ['-c', recipe.replace(/\S+$/, 'in-contact')], {
      cwd: ws.dir,
      env: environment({ PATH: `${dir}:${process.env.PATH ?? ''}` }),
      extendEnv: false,
      reject: false,
    });
    expect(ran.exitCode).toBe(0);
    expect(readFileSync(join(dir, 'shown'), 'utf8')).toBe('40 "oak" chairs; $(false)\tAcme\n');
    expect(readFileSync(join(dir, 'preview'), 'utf8')).toContain('40 "oak" chairs; $(false)');
    expect(await ws.json('deal show D1')).toMatchObject({ stage: 'in-contact' });
  });
});

describe('a hook', () => {
  // Both signals that ask it to end take one way.
  test.each((['SIGKILL', 'SIGINT', 'SIGTERM'] as const).filter((_, i) => isDue(i, 0, 2)))(
    'that is asked when %s ends the command leaves nothing behind',
    async signal => {
      const ws = await workspace();
      const state = emptyDirectory();
      const env = { XDG_STATE_HOME: state };
      mkdirSync(join(ws.dir, 'hooks'));
      const begun = join(state, 'begun');
      // It reads the workspace meanwhile, as anybody may.
      writeFileSync(
        join(ws.dir, 'hooks/pre-commit'),
        `#!/bin/sh\n"${process.execPath}" "${binary}" deal list -q && echo $$ > '${begun}.new' && mv '${begun}.new' '${begun}'\nexec sleep 60\n`,
      );
      chmodSync(join(ws.dir, 'hooks/pre-commit'), 0o755);
      await ws.ok('trust --yes', { env });
      const child = spawn(process.execPath, [binary, 'deal', 'add', 'Chairs'], {
        cwd: ws.dir,
        env: environment(env),
        stdio: 'ignore',
      });
      const ended = new Promise<number | null>(resolve => child.on('exit', resolve));
      while (!existsSync(begun)) await new Promise(resolve => setTimeout(resolve, 20));
      const pid = Number(readFileSync(begun, 'utf8'));
      child.kill(signal);
      const code = await ended;
      const isThere = () => existsSync(`/proc/${pid}`);
      if (signal !== 'SIGKILL') expect([code, isThere()]).toEqual([130, false]);
      else process.kill(-pid, 'SIGKILL');
      rmSync(join(ws.dir, 'hooks'), { recursive: true });
      expect(await ws.ok('deal add Tables')).toBe('D1\n');
      expect((await ws.crm('doctor')).code).toBe(0);
    },
  );
});

describe('the binary', () => {
  test('works in an empty directory with nothing but its help', async () => {
    const dir = emptyDirectory();
    expect((await crm(dir, ['help'])).stdout).toContain('crm COMMAND --help');
    expect(await crm(dir, ['deal', 'list'])).toMatchObject({ exitCode: 3, stdout: '' });
    expect(await crm(dir, ['init'])).toMatchObject({ exitCode: 0, stdout: '' });
    expect((await crm(dir, ['deal', 'add', 'Chairs'])).stdout).toBe('D1\n');
    expect(readFileSync(join(dir, 'crm.yaml'), 'utf8')).toContain('timezone: UTC');
    const { version } = JSON.parse(
      readFileSync(fileURLToPath(new URL('../../package.json', import.meta.url)), 'utf8'),
    ) as { version: string };
    expect((await crm(dir, ['--version'])).stdout).toBe(`${version}\n`);
  });
});
