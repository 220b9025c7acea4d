/** Programs in hooks/ of a workspace: on which changes they are asked and told, and what their answers do. */
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { topics } from '../../../src/commands/topics.ts';
import { type RunOptions, TestWorkspace, workspace } from '../../harness.ts';
import { addSettings, served } from '../../serve/running.ts';
import { team } from '../sharing/machines.ts';

interface Told {
  readonly hook: string;
  readonly tx: number | null;
  readonly by: string;
  readonly via: string;
  readonly why: unknown;
  readonly changes: readonly {
    kind: string;
    id: string;
    op: string;
    set: Record<string, unknown>;
    record?: Record<string, unknown> | null;
  }[];
}

/** A workspace on a machine that has a state directory, where trust is kept. */
class Hooked extends TestWorkspace {
  override crm(args: string | readonly string[], options: RunOptions = {}) {
    const env = { XDG_STATE_HOME: `${this.dir}.machine`, CRM_NO_DELIVER: '1', ...options.env };
    return super.crm(args, { ...options, env });
  }

  get log() {
    return `${this.dir}.log`;
  }

  /** Writes a hook that notes what it reads, and does more; and trusts it. */
  async hook(name: string, body = '', { trusted = true } = {}) {
    mkdirSync(join(this.dir, 'hooks'), { recursive: true });
    const path = join(this.dir, 'hooks', name);
    writeFileSync(path, `#!/bin/sh\ninput=$(cat)\nprintf '%s\\n' "$input" >> '${this.log}'\n${body}\n`);
    chmodSync(path, 0o755);
    if (trusted) await this.ok('trust --yes');
  }

  /** What the hooks have read since the last call. */
  told(): Told[] {
    if (!existsSync(this.log)) return [];
    const lines = readFileSync(this.log, 'utf8').trimEnd().split('\n');
    rmSync(this.log);
    return lines.map(line => JSON.parse(line) as Told);
  }

  /** The same, each as a few words. */
  said(): string[] {
    return this.told().map(({ hook, tx, via, changes }) => {
      const what = changes.map(({ op, id }) => `${op} ${id}`).join(', ');
      return `${hook}${tx === null ? '' : ` ${tx}`} ${via}: ${what}`;
    });
  }

  /** All files of the journal. */
  journal(): string[] {
    return readdirSync(join(this.dir, 'data/journal')).sort();
  }
}

const hooked = async (template?: string): Promise<Hooked> => new Hooked((await workspace(template)).dir);

let ws: Hooked;
beforeEach(async () => {
  ws = await hooked();
});

describe('pre-commit', () => {
  test('refuses a change with its message, exit 1, and nothing is saved', async () => {
    await ws.hook('pre-commit', 'echo "no deals on Mondays"; exit 3');
    const before = ws.journal();
    expect(await ws.crm('deal add Chairs --value 100')).toMatchObject({
      code: 1,
      out: '',
      err: 'Error: hooks/pre-commit refused this change: no deals on Mondays\nHint: nothing was saved\n',
    });
    expect(await ws.crm('deal add Chairs --value 100 --json')).toMatchObject({
      code: 1,
      err: expect.stringMatching(/^\{"error":\{"code":"FAILED","message":"hooks\/pre-commit refused/),
    });
    expect(ws.journal()).toEqual(before);
    expect((await ws.crm('deal list -q')).out).toBe('');
  });

  test('reads the transaction with each record as it will be', async () => {
    await ws.ok('deal add Chairs --value 100');
    await ws.hook('pre-commit');
    await ws.ok('deal set D1 value=250 title=Tables');
    expect(ws.told()).toEqual([
      {
        hook: 'pre-commit',
        tx: null,
        at: '2026-09-14T08:00:00.000Z',
        by: 'tester',
        via: 'deal set',
        why: null,
        changes: [
          {
            kind: 'deal',
            id: 'D1',
            op: 'set',
            set: { value: ['100.00', '250.00'], title: ['Chairs', 'Tables'] },
            record: (await ws.json<object>('deal show D1')) as never,
          },
        ],
      },
    ]);
    await ws.ok('deal rm D1');
    expect(ws.told()[0]!.changes).toMatchObject([{ id: 'D1', op: 'rm', record: null }]);
  });

  test('shows its output if it agrees', async () => {
    await ws.hook('pre-commit', 'echo one; echo two >&2');
    expect((await ws.crm('deal add Chairs --value 100')).err).toBe('one\ntwo\n');
  });

  test('that cannot be started, is killed or has nothing to say refuses too', async () => {
    for (const [body, why] of [
      ['kill -9 $$', 'hooks/pre-commit was ended by SIGKILL'],
      ['exit 9', 'hooks/pre-commit refused this change: it ended with exit code 9'],
    ] as const) {
      await ws.hook('pre-commit', body);
      expect(await ws.crm('deal add Chairs --value 100')).toMatchObject({
        code: 1,
        err: expect.stringContaining(why),
      });
    }
    chmodSync(join(ws.dir, 'hooks/pre-commit'), 0o644);
    expect(await ws.crm('deal add Chairs --value 100')).toMatchObject({
      code: 1,
      err: expect.stringContaining('hooks/pre-commit was not started: it may not be executed (chmod +x?)'),
    });
    writeFileSync(join(ws.dir, 'hooks/pre-commit'), '#!/no/such/program\n');
    chmodSync(join(ws.dir, 'hooks/pre-commit'), 0o755);
    await ws.ok('trust --yes');
    expect((await ws.crm('deal add Chairs --value 100')).err).toContain('its first line names a program');
    expect((await ws.crm('deal list -q')).out).toBe('');
  });

  test('is ended when the command is asked to end: exit 130, and nothing is saved', async () => {
    await ws.hook('pre-commit', `touch '${ws.dir}.begun'; sleep 600`);
    const ran = await ws.crm('deal add Chairs --value 100', {
      onStop: stop => {
        const look = setInterval(() => {
          if (!existsSync(`${ws.dir}.begun`)) return;
          clearInterval(look);
          stop();
        }, 5);
      },
    });
    rmSync(`${ws.dir}.begun`);
    expect(ran).toMatchObject({ code: 130, err: expect.stringContaining('nothing was saved') });
    expect((await ws.crm('deal list -q')).out).toBe('');
  });

  test('is asked without the lock, and again if the changes to be saved become others', async () => {
    // The hook itself lets somebody else add a deal, once: the number of this one is then another.
    const other = join(ws.dir, '..', 'other');
    writeFileSync(other, '');
    await ws.hook(
      'pre-commit',
      `[ -e '${other}' ] || exit 0; rm '${other}'; touch '${other}.now'; while [ -e '${other}.now' ]; do sleep 0.01; done`,
    );
    const slow = ws.crm('deal add Chairs --value 100');
    while (!existsSync(`${other}.now`)) await new Promise(resolve => setTimeout(resolve, 5));
    // Nobody waits for a lock.
    await ws.ok('deal add Tables --value 1 --lock-timeout 0.1');
    rmSync(`${other}.now`);
    expect((await slow).code).toBe(0);
    expect(ws.said()).toEqual([
      'pre-commit deal add: add D1',
      'pre-commit deal add: add D1',
      'pre-commit deal add: add D2',
    ]);
    expect(await ws.json('deal list --fields id,title')).toEqual([
      { id: 'D1', title: 'Tables' },
      { id: 'D2', title: 'Chairs' },
    ]);
  });

  test('is not asked again if the tip moved and the changes are the same', async () => {
    await ws.ok('deal add Chairs --value 100');
    await ws.ok('contact add Ann');
    await ws.hook(
      'pre-commit',
      `case $input in *'"via":"deal set"'*) touch '${ws.dir}.now'; while [ -e '${ws.dir}.now' ]; do sleep 0.01; done;; esac`,
    );
    const slow = ws.crm('deal set D1 value=200');
    while (!existsSync(`${ws.dir}.now`)) await new Promise(resolve => setTimeout(resolve, 5));
    await ws.ok('contact set C1 name=Bea');
    rmSync(`${ws.dir}.now`);
    expect((await slow).code).toBe(0);
    expect(ws.said()).toEqual(['pre-commit deal set: set D1', 'pre-commit contact set: set C1']);
  });

  test('gives up after five times, exit 4', async () => {
    // Whenever it is asked, somebody else has added a deal by the time it answers.
    await ws.hook(
      'pre-commit',
      `case $input in *'"title":[null,"Chairs"]'*) touch '${ws.dir}.now'; while [ -e '${ws.dir}.now' ]; do sleep 0.01; done;; esac`,
    );
    let isOver = false;
    const slow = ws.crm('deal add Chairs --value 100').finally(() => {
      isOver = true;
    });
    for (let times = 0; !isOver; ) {
      await new Promise(resolve => setTimeout(resolve, 5));
      if (!existsSync(`${ws.dir}.now`)) continue;
      await ws.ok(['deal', 'add', `Other ${++times}`, '--value', '1']);
      rmSync(`${ws.dir}.now`);
    }
    expect(await slow).toMatchObject({
      code: 4,
      err: expect.stringContaining('it was asked 5 times about changes that were others by then'),
    });
    expect(ws.told().filter(({ changes }) => changes[0]!.set.title?.toString() === ',Chairs')).toHaveLength(
      5,
    );
    expect(await ws.json('deal list Chairs')).toEqual([]);
  });

  test('may read the workspace, and not change it', async () => {
    await ws.hook('pre-commit');
    const dir = ws.dir;
    expect(await ws.crm('deal list', { env: { CRM_HOOK: 'pre-commit', CRM_DIR: dir } })).toMatchObject({
      code: 0,
    });
    const { code, err } = await ws.crm('deal add Chairs --value 1', {
      env: { CRM_HOOK: 'pre-commit', CRM_DIR: dir },
    });
    expect([code, err]).toEqual([1, expect.stringContaining('may only read the workspace meanwhile')]);
  });
});

describe('post-commit', () => {
  test('is told of saved transactions, with their numbers; its failure is a warning', async () => {
    await ws.hook('post-commit', 'echo "no network"; exit 7');
    const { code, out, err } = await ws.crm('deal add Chairs --value 100');
    expect([code, out]).toEqual([0, 'D1\n']);
    expect(err).toBe(
      'Warning: saved as transaction 2, but hooks/post-commit ended with exit code 7: no network\n',
    );
    expect(ws.told()).toMatchObject([{ hook: 'post-commit', tx: 2, via: 'deal add' }]);
  });

  test('is not told of its own changes', async () => {
    await ws.hook('post-commit');
    await ws.ok('deal add Chairs --value 1', { env: { CRM_HOOK: 'post-commit', CRM_DIR: ws.dir } });
    expect(ws.said()).toEqual([]);
  });

  test('is not told of a request that was carried out before', async () => {
    await ws.hook('post-commit');
    await ws.ok('deal add Chairs --value 1 --request-id r1');
    await ws.ok('deal add Chairs --value 1 --request-id r1');
    expect(ws.said()).toEqual(['post-commit 2 deal add: add D1']);
  });
});

describe('only machines that trust a hook run it', () => {
  test('untrusted, changed and revoked ones do not run; an admin is told once of each', async () => {
    const refuses = 'exit 1';
    await ws.hook('pre-commit', refuses, { trusted: false });
    const untrusted =
      'Warning: hooks/pre-commit does not run on this machine until you trust it as it is now: crm trust (this is said once)\n';
    expect(await ws.crm('deal add Chairs --value 1')).toMatchObject({ code: 0, err: untrusted });
    expect(await ws.crm('deal add Chairs --value 1')).toMatchObject({ code: 0, err: '' });
    expect(ws.told()).toEqual([]);
    expect((await ws.crm('trust --show --json')).json()).toMatchObject([
      {
        kind: 'commit hook',
        what: 'hooks/pre-commit: asked before each change, and may refuse it',
        state: 'new',
      },
    ]);
    await ws.ok('trust --yes');
    expect((await ws.crm('deal add Chairs --value 1')).code).toBe(1);
    await ws.hook('pre-commit', `${refuses} # changed`, { trusted: false });
    expect(await ws.crm('deal add Chairs --value 1')).toMatchObject({ code: 0, err: untrusted });
    expect(
      (await ws.crm('trust --show --json'))
        .json<{ state: string }[]>()
        .map(({ state }) => state)
        .sort(),
    ).toEqual(['changed', 'unused']);
    await ws.ok('trust --yes');
    await ws.ok('trust --revoke hooks/pre-commit');
    expect((await ws.crm('deal add Chairs --value 1')).code).toBe(0);
  });

  test.each([
    ['a directory', (path: string) => mkdirSync(path)],
    ['a link that leads nowhere', (path: string) => symlinkSync('nowhere', path)],
  ])('%s in the place of a trusted one is said, and refuses once it is trusted', async (_, put) => {
    await ws.hook('pre-commit');
    const path = join(ws.dir, 'hooks/pre-commit');
    rmSync(path);
    put(path);
    expect((await ws.crm('deal add Chairs --value 1')).err).toContain('hooks/pre-commit does not run');
    await ws.ok('trust --yes');
    expect(await ws.crm('deal add Chairs --value 1')).toMatchObject({
      code: 1,
      err: expect.stringContaining('hooks/pre-commit was not started'),
    });
  });

  test('a user who may not trust it is not told of it', async () => {
    await ws.ok('user add ana --name Ana --email a@x.com --role admin');
    await ws.ok('user add ben --name Ben --email b@x.com --role normal', { env: { CRM_USER: 'ana' } });
    await ws.hook('pre-commit', '', { trusted: false });
    expect(await ws.crm('deal add Chairs --value 1 --as ben')).toMatchObject({ code: 0, err: '' });
    expect((await ws.crm('hook list --as ben')).code).toBe(1);
    expect((await ws.crm('hook run pre-commit --as ben')).code).toBe(1);
  });

  test('does not run without a place where trust is kept', async () => {
    await ws.hook('pre-commit', 'exit 1');
    const { code, err } = await ws.crm('deal add Chairs --value 1', {
      env: { XDG_STATE_HOME: '', HOME: '' },
    });
    expect([code, err]).toEqual([0, expect.stringContaining('hooks/pre-commit does not run: ')]);
  });
});

describe('every change passes the hooks', () => {
  const both = async () => {
    await ws.hook('pre-commit');
    await ws.hook('post-commit');
  };

  /** What is done, after what was prepared, and what the hooks see. */
  const ways: readonly {
    readonly name: string;
    readonly template?: string;
    readonly prepare?: readonly (string | readonly string[])[];
    readonly act: (ws: Hooked) => Promise<unknown>;
    readonly seen: readonly string[];
  }[] = [
    {
      name: 'a command',
      act: each => each.ok('deal add Chairs --value 1'),
      seen: ['pre-commit deal add: add D1', 'post-commit 2 deal add: add D1'],
    },
    {
      name: 'a command that changes settings',
      act: each => each.ok('tag list').then(() => each.ok('stage rename to-contact Fresh')),
      seen: [
        'pre-commit stage rename: set pipelines/sales.yaml',
        'post-commit 2 stage rename: set pipelines/sales.yaml',
      ],
    },
    {
      name: 'an edit by hand, and the command that takes it in',
      act: each => {
        addSettings(each, '# a comment\n');
        return each.ok('deal add Chairs --value 1');
      },
      seen: [
        'pre-commit files: set crm.yaml',
        'pre-commit deal add: add D1',
        'post-commit 2 files: set crm.yaml',
        'post-commit 3 deal add: add D1',
      ],
    },
    {
      name: 'an import',
      act: each => each.ok('import deals -', { stdin: 'title,value\nA,1\nB,2\n' }),
      seen: ['pre-commit import: add D1, add D2', 'post-commit 2 import: add D1, add D2'],
    },
    {
      name: 'an undo',
      prepare: ['deal add Chairs --value 1'],
      act: each => each.ok('undo'),
      seen: ['pre-commit undo: rm D1', 'post-commit 3 undo: rm D1'],
    },
    {
      name: 'a redo',
      prepare: ['deal add Chairs --value 1', 'undo'],
      act: each => each.ok('redo'),
      seen: ['pre-commit redo: add D1', 'post-commit 4 redo: add D1'],
    },
    {
      name: 'a purge',
      prepare: ['contact add Ann'],
      act: each => each.ok('purge C1 --yes'),
      seen: ['pre-commit purge: rm C1', 'post-commit 3 purge: rm C1'],
    },
    {
      name: 'a sweep that does something',
      template: 'automated-sales',
      prepare: ['deal add Chairs --value 1'],
      act: each => each.ok('run', { now: '2026-10-30T08:00:00Z' }),
      seen: ['pre-commit run: set D1', 'post-commit 3 run: set D1'] as never,
    },
    {
      name: 'a sweep that has only read',
      prepare: ['contact add Ann'],
      act: each => each.ok('run'),
      seen: [],
    },
    { name: 'a dry run', act: each => each.ok('deal add Chairs --value 1 --dry-run'), seen: [] },
    {
      name: 'what changes nothing',
      prepare: ['deal add A --value 1'],
      act: each => each.ok('deal set D1 value=1'),
      seen: [],
    },
    {
      name: 'readers',
      prepare: ['deal add A --value 1'],
      act: async each => {
        for (const line of [
          'deal list',
          'board',
          'status',
          'history',
          'doctor',
          'export deals',
          'trust --show',
        ])
          await each.ok(line);
      },
      seen: [],
    },
    {
      name: 'crm serve',
      act: async each => {
        addSettings(each, 'serve: { forms: { plain: {} } }\n');
        const server = await served(each);
        expect((await server.post('/forms/plain', { email: 'a@x.com', message: 'hi' })).status).toBe(200);
        await server.stop();
      },
      seen: [
        'pre-commit files: set crm.yaml',
        'pre-commit serve form plain: add C1, add E1',
        'post-commit 2 files: set crm.yaml',
        'post-commit 3 serve form plain: add C1, add E1',
      ],
    },
    {
      name: 'mail that comes in',
      prepare: ['contact add Ann --email ann@x.com'],
      act: each =>
        each.ok('mail ingest -', {
          stdin:
            'From: ann@x.com\nTo: us@y.com\nSubject: hi\nMessage-ID: <1@x.com>\nDate: Mon, 14 Sep 2026 07:00:00 +0000\n\nHello\n',
        }),
      seen: [
        expect.stringMatching(/^pre-commit mail ingest: add V1/),
        expect.stringMatching(/^post-commit 3 mail ingest: add V1/),
      ] as never,
    },
  ];

  test.each(ways)('$name', async ({ template, prepare = [], act, seen }) => {
    if (template !== undefined) ws = await hooked(template);
    for (const line of prepare) await ws.ok(line);
    await both();
    await act(ws);
    expect(ws.said()).toEqual(seen);
  });

  test('a refused request of crm serve does not fail the others of its group, and its sender is told 422', async () => {
    addSettings(ws, 'serve: { forms: { plain: {} } }\n');
    await ws.hook('pre-commit', `case $input in *bad@x.com*) echo "secret reason"; exit 1;; esac`);
    const server = await served(ws);
    const answers = await Promise.all(
      ['a@x.com', 'bad@x.com', 'c@x.com'].map(email => server.post('/forms/plain', { email, message: 'hi' })),
    );
    expect(answers.map(({ status }) => status)).toEqual([200, 422, 200]);
    expect(await answers[1]!.text()).not.toContain('secret reason');
    expect(server.said()).toContain('hooks/pre-commit refused this change: secret reason');
    expect((await ws.json<{ email: string }[]>('contact list')).map(({ email }) => email).sort()).toEqual([
      'a@x.com',
      'c@x.com',
    ]);
  });

  test('a refused e-mail stays queued while others leave; the hook is told of a sent one, but not asked', async () => {
    addSettings(ws, 'mail: { from: us@y.com }\n');
    for (const name of ['bad', 'good']) {
      await ws.ok(`contact add ${name} --email ${name}@x.com`);
      await ws.ok(['mail', 'write', `${name}@x.com`, '--subject', 'Hi', '-'], { stdin: 'Hello' });
    }
    await ws.hook(
      'pre-commit',
      `case $input in *'"status":["queued","sending"]'*bad@x.com*) echo "not to them"; exit 1;; esac`,
    );
    await ws.hook('post-commit');
    const { code, err } = await ws.crm('deliver', { env: { CRM_NO_DELIVER: '' } });
    expect(err).toContain('not to them');
    expect(code).toBe(1);
    const messages = await ws.json<{ to: string; status: string }[]>('message list');
    expect(messages.map(({ to, status }) => [to, status]).sort()).toEqual([
      ['bad@x.com', 'queued'],
      ['good@x.com', 'filed'],
    ]);
    const asked = ws
      .told()
      .map(({ hook, changes }) => `${hook} ${String((changes[0]!.set.status as string[])[1])}`);
    expect(asked.filter(each => each.startsWith('pre'))).not.toContain('pre-commit filed');
    expect(asked.filter(each => each.startsWith('post'))).toContain('post-commit filed');
  });

  test('a sync shares changes that the hook agreed to when they were made, without asking again', async () => {
    const { machines } = await team(2);
    const [here, there] = machines.map(each => new Hooked(each.dir)) as [Hooked, Hooked];
    there.requests = 'there';
    const env = (i: number) => ({
      env: { XDG_STATE_HOME: machines[i]!.state, PATH: process.env.PATH ?? '' },
    });
    mkdirSync(join(here.dir, 'hooks'));
    writeFileSync(join(here.dir, 'hooks/pre-commit'), `#!/bin/sh\ncat >> '${here.log}'\n`);
    chmodSync(join(here.dir, 'hooks/pre-commit'), 0o755);
    await here.ok('trust --yes', env(0));
    await here.ok('sync', env(0));
    await here.ok('deal set D1 value=7 --offline', env(0));
    await there.ok('deal set D1 title=Tables', env(1));
    expect(here.said()).toEqual(['pre-commit deal set: set D1']);
    await here.ok('sync', env(0));
    expect(here.said()).toEqual([]);
    expect(await there.ok('sync', env(1))).toBe('');
    expect(await there.json('deal list --fields title,value', env(1))).toEqual([
      { title: 'Tables', value: '7.00' },
    ]);
  });

  test('hooks do not leave with an export of all', async () => {
    await ws.hook('pre-commit');
    await ws.ok(['export', 'all', `${ws.dir}.copy`]);
    expect(readdirSync(`${ws.dir}.copy`)).not.toContain('hooks');
    rmSync(`${ws.dir}.copy`, { recursive: true });
  });
});

describe('crm hook', () => {
  test('lists the hooks and whether they run', async () => {
    const states = async () =>
      (await ws.json<{ name: string; state: string }[]>('hook list')).map(({ name, state }) => [name, state]);
    expect(await states()).toEqual([
      ['pre-commit', 'none'],
      ['post-commit', 'none'],
    ]);
    await ws.hook('pre-commit', '', { trusted: false });
    await ws.hook('post-commit', '', { trusted: false });
    expect(await states()).toEqual([
      ['pre-commit', 'new'],
      ['post-commit', 'new'],
    ]);
    await ws.ok('trust --yes');
    expect(await states()).toEqual([
      ['pre-commit', 'trusted'],
      ['post-commit', 'trusted'],
    ]);
  });

  test('tries a hook with a transaction of the history, and saves nothing', async () => {
    await ws.ok('deal add Chairs --value 1');
    await ws.ok('deal set D1 value=2');
    expect(await ws.crm('hook run pre-commit')).toMatchObject({
      code: 3,
      err: expect.stringContaining('this workspace has no hooks/pre-commit'),
    });
    await ws.hook('pre-commit', `case $input in *'"via":"deal set"'*) echo no; exit 1;; esac`, {
      trusted: false,
    });
    expect(await ws.crm('hook run pre-commit')).toMatchObject({
      code: 1,
      err: expect.stringContaining('crm trust'),
    });
    await ws.ok('trust --yes');
    const before = ws.journal();
    expect(await ws.crm('hook run pre-commit')).toMatchObject({
      code: 1,
      err: 'no\nhooks/pre-commit would refuse this: it ended with exit code 1 (transaction 3)\n',
    });
    expect(await ws.crm('hook run pre-commit 2')).toMatchObject({
      code: 0,
      err: 'hooks/pre-commit agrees: it ended with exit code 0 (transaction 2)\n',
    });
    expect((await ws.crm('hook run pre-commit --json')).json()).toEqual({
      hook: 'pre-commit',
      tx: 3,
      is: 'refused',
      how: 'ended with exit code 1',
      said: 'no',
    });
    const [, last] = ws.told();
    expect((await ws.crm('hook run pre-commit 2 --dry-run')).json()).toEqual(last);
    for (const [line, code] of [
      ['hook run pre-commit 99', 3],
      ['hook run pre-commit x', 2],
      ['hook run pre-push', 2],
    ] as const)
      expect((await ws.crm(line)).code).toBe(code);
    expect(ws.journal()).toEqual(before);
  });
});

describe('crm help hooks', () => {
  /** The scripts of the topic, by the hook that they are of. */
  const scripts = async () => {
    const text = await topics.hooks!();
    const found = [...text.matchAll(/in hooks\/(\S+):\n((?: {2}.*\n)+)/g)];
    return Object.fromEntries(found.map(([, name, lines]) => [name!, lines!.replace(/^ {2}/gm, '')]));
  };

  test('has scripts that do what the topic describes', async () => {
    const { 'pre-commit': pre, 'post-commit': post } = await scripts();
    mkdirSync(join(ws.dir, 'hooks'));
    for (const [name, text] of [
      ['pre-commit', pre],
      ['post-commit', post],
    ] as const) {
      writeFileSync(join(ws.dir, 'hooks', name), text!);
      chmodSync(join(ws.dir, 'hooks', name), 0o755);
    }
    const home = `${ws.dir}.home`;
    mkdirSync(home);
    const env = { HOME: home };
    await ws.ok('trust --yes', { env });
    await ws.ok('deal add Chairs --value 1', { env });
    expect(await ws.crm('deal lose D1', { env })).toMatchObject({
      code: 1,
      err: expect.stringContaining('say why it was lost'),
    });
    await ws.ok('deal lose D1 --reason price', { env });
    const lines = readFileSync(join(home, 'crm-changes.jsonl'), 'utf8').trimEnd().split('\n');
    expect(lines.map(line => (JSON.parse(line) as Told).via)).toEqual(['deal add', 'deal lose']);
    rmSync(home, { recursive: true });
  });
});
