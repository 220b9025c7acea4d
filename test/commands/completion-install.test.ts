/** Where completions are put so that shells find them, and when `crm init` says how. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { emptyDirectory, makeWorkspace, TestWorkspace } from '../harness.ts';

let ws: TestWorkspace;
beforeAll(async () => {
  const [made, remove] = await makeWorkspace();
  ws = made;
  return remove;
});

const put = (path: string, text = '') => {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
};

describe('crm completion install', () => {
  test.each([
    ['bash', '.local/share/bash-completion/completions/crm'],
    ['zsh', '.local/share/zsh/site-functions/_crm'],
    ['fish', '.config/fish/completions/crm.fish'],
  ])('puts the script of %s where it is looked for', async (shell, place) => {
    const home = emptyDirectory();
    const env = { HOME: home, SHELL: `/usr/bin/${shell}` };
    const dry = await ws.crm('completion install --dry-run', { env });
    expect(dry).toMatchObject({ code: 0, err: `would write ${join(home, place)}\n` });
    expect(await ws.crm('completion install', { env })).toMatchObject({ code: 0 });
    expect(readFileSync(join(home, place), 'utf8')).toBe(await ws.ok(`completion ${shell}`));
    // Again, by its name, with the line that zsh needs in ~/.zshrc.
    if (shell === 'zsh') {
      const { err } = await ws.crm('completion install zsh', { env });
      const [, line] = /before compinit: (fpath=.*)\n/.exec(err)!;
      put(join(home, '.zshrc'), `${line}\nautoload -U compinit && compinit\n`);
    }
    expect((await ws.crm(`completion install ${shell}`, { env })).err).toMatch(
      /^wrote .*\na new shell completes crm/,
    );
  });

  test('goes by the directories that the user has named', async () => {
    const home = emptyDirectory();
    const env = { HOME: home, XDG_DATA_HOME: join(home, 'data'), XDG_CONFIG_HOME: join(home, 'config') };
    for (const [shell, place] of [
      ['bash', 'data/bash-completion/completions/crm'],
      ['zsh', 'data/zsh/site-functions/_crm'],
      ['fish', 'config/fish/completions/crm.fish'],
    ] as const)
      expect((await ws.crm(`completion install ${shell}`, { env })).err).toContain(
        `wrote ${join(home, place)}\n`,
      );
    const own = { ...env, BASH_COMPLETION_USER_DIR: join(home, 'own') };
    expect((await ws.crm('completion install bash', { env: own })).err).toContain(
      join(home, 'own/completions/crm'),
    );
  });

  test('asks for a shell that it knows', async () => {
    for (const [line, env, says] of [
      ['completion install', { SHELL: '/bin/tcsh' }, 'crm has no completions for /bin/tcsh'],
      ['completion install', {}, 'which shell?'],
      ['completion install fihs', {}, 'did you mean fish'],
      ['completion install bash zsh', {}, 'one shell at a time'],
    ] as const)
      expect(await ws.crm(line, { env: { HOME: emptyDirectory(), ...env } })).toMatchObject({
        code: 2,
        err: expect.stringContaining(says),
      });
  });
});

describe('crm init on a terminal', () => {
  const said = async (env: Record<string, string>, options = {}) => {
    const made = new TestWorkspace(join(emptyDirectory(), 'ws'));
    const { err } = await made.crm(['init', made.dir, '--template', 'sales'], {
      env: { XDG_DATA_DIRS: '/nowhere', ...env },
      cwd: '/',
      tty: 100,
      ...options,
    });
    return err.split('\n').filter(line => line.includes('completion'));
  };

  test('says in one line how the shell completes crm, until it does', async () => {
    const home = emptyDirectory();
    for (const shell of ['bash', 'zsh', 'fish'])
      expect(await said({ HOME: home, SHELL: `/bin/${shell}` })).toEqual([
        `crm completion install makes ${shell} complete crm`,
      ]);
    for (const shell of ['bash', 'fish']) {
      await ws.ok(`completion install ${shell}`, { env: { HOME: home } });
      expect(await said({ HOME: home, SHELL: `/bin/${shell}` })).toEqual([]);
    }
    // zsh reads it only with its line in ~/.zshrc.
    await ws.ok('completion install zsh', { env: { HOME: home } });
    expect(await said({ HOME: home, SHELL: '/bin/zsh' })).toHaveLength(1);
    put(join(home, '.zshrc'), 'fpath=(~/.local/share/zsh/site-functions $fpath)\n');
    expect(await said({ HOME: home, SHELL: '/bin/zsh' })).toEqual([]);
  });

  test('says nothing where others have set it up, of other shells, and in a script', async () => {
    const home = emptyDirectory();
    const shared = emptyDirectory();
    put(join(shared, 'bash-completion/completions/crm'));
    put(join(shared, 'zsh/site-functions/_crm'));
    put(join(shared, 'fish/vendor_completions.d/crm.fish'));
    for (const shell of ['bash', 'zsh', 'fish'])
      expect(await said({ HOME: home, SHELL: `/bin/${shell}`, XDG_DATA_DIRS: `/none:${shared}` })).toEqual(
        [],
      );
    put(join(home, '.bashrc'), 'eval "$(crm completion bash)"\n');
    expect(await said({ HOME: home, SHELL: '/bin/bash' })).toEqual([]);
    expect(await said({ HOME: emptyDirectory(), SHELL: '/bin/tcsh' })).toEqual([]);
    expect(await said({ HOME: emptyDirectory(), SHELL: '/bin/bash' }, { tty: undefined })).toEqual([]);
  });
});
