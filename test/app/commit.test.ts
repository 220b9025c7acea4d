import { appendFileSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { commit } from '../../src/app/core/commit.ts';
import type { Draft } from '../../src/state/draft.ts';
import { contentsOf } from '../state/contents.ts';
import { copiesOf, type TestWorkspace, workspace } from '../harness.ts';
import { Home } from '../store/home.ts';
import { hookedIo, unsyncedIo } from '../store/hooked-io.ts';
import { contentsOfDirectory } from './directory-hash.ts';

interface Entry {
  readonly tx: number;
  readonly via: string;
  readonly by: string;
  readonly changes: readonly { readonly kind: string; readonly id: string; readonly op: string }[];
}

const vias = async (home: Home) => (await (await home.workspace()).store.journal.read(0)).map(tx => tx.via);

describe('reading, deciding, committing', () => {
  test('a decision that changes nothing commits nothing', async () => {
    const home = new Home();
    await home.commit(draft => void draft.add('deal', { title: 'One' }));
    const before = contentsOfDirectory(home.dir, ['.crm']);
    const { tx, result } = await home.commit(draft => {
      draft.set('D1', { title: 'One' });
      return 'as it was';
    });
    expect([tx, result]).toEqual([null, 'as it was']);
    expect(contentsOfDirectory(home.dir, ['.crm'])).toEqual(before);
  });

  test('if somebody else was first, the decision is repeated on the new state, now under the lock', async () => {
    const home = new Home();
    const locked: boolean[] = [];
    let asked = 0;
    const add = (draft: Draft) => {
      locked.push(existsSync(home.path('.crm/lock')));
      return draft.add('deal', { title: `the state had ${draft.state.table('deal').size}` });
    };
    const slow = await home.workspace();
    const { tx, result, changes } = await commit(
      slow,
      {
        via: 'test',
        confirm: async () => {
          asked++;
          await home.commit(add);
        },
      },
      add,
    );
    expect(tx).toBe(3);
    expect(result).toMatchObject({ id: 'D2', title: 'the state had 1' });
    expect(changes).toHaveLength(1);
    // First decisions of both, then the second of the slow one; it asked once.
    expect(locked).toEqual([false, false, true]);
    expect(asked).toBe(1);
    expect(existsSync(home.path('.crm/lock'))).toBe(false);
    expect(await home.opened(state => state.table('deal').size)).toBe(2);
  });

  test('and again, when the lock did not hold somebody off', async () => {
    const home = new Home();
    await home.commit(draft => void draft.add('deal', { title: 'One' }));
    let rude = 2;
    // Somebody who has no lock appends just before the link.
    const { store } = await home.workspace();
    const io = hookedIo(
      {
        linkSync(from, to) {
          if (String(to).endsWith('.jsonl') && rude-- > 0) {
            const seq = readdirSync(store.journalPath).filter(name => /^\d/.test(name)).length;
            const [line] = readFileSync(
              home.path(`data/journal/${String(seq).padStart(8, '0')}.jsonl`),
              'utf8',
            )
              .trimEnd()
              .split('\n')
              .slice(-1);
            const { hash } = JSON.parse(line!) as { hash: string };
            const change = { kind: 'deal', id: 'D1', set: { title: [null, `Rude ${rude}`] } } as const;
            void store.journal.append(
              { seq, hash },
              {
                request: `rude ${rude}`,
                at: '2026-09-14T08:00:00.000Z',
                by: 'ben',
                via: 'rude',
                changes: [change],
              },
            );
          }
          unsyncedIo.linkSync(from, to);
        },
      },
      unsyncedIo,
    );
    const titles: unknown[] = [];
    const { tx } = await home.commit(
      draft => {
        titles.push(draft.record('D1').title);
        draft.set('D1', { owner: 'ana' });
      },
      { io },
    );
    expect(titles).toEqual(['One', 'Rude 1', 'Rude 0']);
    expect(tx).toBe(5);
    expect(await home.opened(state => state.get('D1'))).toMatchObject({ title: 'Rude 0', owner: 'ana' });
  });

  test('an error of the decision ends the command, and leaves neither a lock nor anything else', async () => {
    const home = new Home();
    await home.commit(draft => void draft.add('deal', { title: 'One' }));
    const before = contentsOfDirectory(home.dir, []);
    const failure = new Error('no');
    await expect(
      home.commit(draft => {
        draft.add('deal', { title: 'Two' });
        throw failure;
      }),
    ).rejects.toBe(failure);
    let decided = 0;
    const slow = commit(
      await home.workspace(),
      { via: 'test', confirm: async () => void (await home.commit(draft => void draft.add('deal', {}))) },
      draft => {
        if (++decided === 2) throw failure;
        draft.add('deal', { title: 'Three' });
      },
    );
    await expect(slow).rejects.toBe(failure);
    expect(Object.keys(contentsOfDirectory(home.dir, []))).toEqual(
      [...Object.keys(before), 'data/journal/00000003.jsonl'].sort((a, b) => (a < b ? -1 : 1)),
    );
  });
});

describe('files that people write', () => {
  test('are taken in before the next commit, as a transaction of their own', async () => {
    const ws = await workspace('sales');
    appendFileSync(join(ws.dir, 'pipelines/sales.yaml'), '  - { id: offer, name: Offer }\n');
    writeFileSync(join(ws.dir, 'templates.txt'), 'none of our business');
    await ws.ok('deal list');
    expect(await ws.json<Entry[]>('history')).toHaveLength(1);
    await ws.ok('deal add Chairs --stage offer');
    const [added, taken] = await ws.json<Entry[]>('history');
    expect(taken).toMatchObject({
      tx: 2,
      via: 'files',
      by: 'tester',
      changes: [{ kind: 'file', id: 'pipelines/sales.yaml', op: 'set' }],
    });
    expect(added).toMatchObject({ tx: 3, via: 'deal add', changes: [{ kind: 'deal', id: 'D1', op: 'add' }] });
    await ws.ok('deal add Tables');
    expect(await ws.json<Entry[]>('history')).toHaveLength(4);
  });

  test('new ones and removed ones too', async () => {
    const home = new Home();
    await home.commit(draft => void draft.add('deal', {}));
    home.write('templates/hello.md', '---\nsubject: Hello\n---\nHello\n');
    home.write('pipelines/other.yaml', 'name: Other\nstages: [{ id: a, name: A }]\n');
    home.write('pipelines/.other.yaml.swp', 'an editor at work');
    await home.commit(draft => void draft.add('deal', {}));
    rmSync(home.path('pipelines/other.yaml'));
    await home.commit(draft => void draft.add('deal', {}));
    const { store } = await home.workspace();
    const files = (await store.journal.read(0))
      .filter(tx => tx.via === 'files')
      .map(tx =>
        tx.changes.map(change => 'set' in change && [change.id, change.set.text!.map(t => t !== null)]),
      );
    expect(files).toEqual([
      [
        ['crm.yaml', [false, true]],
        ['pipelines/sales.yaml', [false, true]],
      ],
      [
        ['pipelines/other.yaml', [false, true]],
        ['templates/hello.md', [false, true]],
      ],
      [['pipelines/other.yaml', [true, false]]],
    ]);
  });

  test('that are empty are taken in no more than once, and come back by undo', async () => {
    const ws = await workspace();
    const rule = join(ws.dir, 'automations', 'note.yaml');
    writeFileSync(rule, '');
    await ws.crm('run');
    expect((await ws.crm('run --json')).json()).toMatchObject({ tx: null, events: 0 });
    const text = 'for: deal\non: created\nsteps: [{ add-note: new }]\n';
    writeFileSync(rule, text);
    await ws.ok('run');
    writeFileSync(rule, '');
    await ws.crm('run');
    const { length } = await ws.json<unknown[]>('history');
    await ws.crm('run');
    await ws.ok('deal add Chairs');
    expect(await ws.json('history')).toHaveLength(length + 1);
    const all = await ws.json<{ tx: number; via: string }[]>('history');
    await ws.ok(`undo ${all.find(({ via }) => via === 'files')!.tx}`);
    expect(readFileSync(rule, 'utf8')).toBe(text);
  });

  test('wait as long as commands fail, change nothing, or only try', async () => {
    const ws = await workspace('sales');
    await ws.ok('deal add Chairs');
    appendFileSync(join(ws.dir, 'crm.yaml'), '# by hand\n');
    const before = contentsOfDirectory(ws.dir, ['.crm']);
    await ws.crm('deal move D1 nowhere');
    await ws.ok('deal set D1 title=Chairs');
    await ws.ok('deal add Tables --dry-run');
    expect(contentsOfDirectory(ws.dir, ['.crm'])).toEqual(before);
  });

  test('broken ones stop the commit, with file and line', async () => {
    const ws = await workspace('sales');
    appendFileSync(join(ws.dir, 'pipelines/sales.yaml'), '  - { id: offer, nam: Offer }\n');
    const before = contentsOfDirectory(ws.dir, ['.crm']);
    const ran = await ws.crm('deal add Chairs');
    expect(ran.code).toBe(5);
    expect(ran.err).toMatch(/pipelines\/sales\.yaml:\d+:/);
    expect(contentsOfDirectory(ws.dir, ['.crm'])).toEqual(before);
  });
});

describe('a request that is repeated', () => {
  const count = async (ws: TestWorkspace) => (await ws.json<Entry[]>('history')).length;

  test.each([
    [['deal', 'add', 'Chairs', '--value', '100']],
    [['deal', 'add', 'Chairs', '--contact', 'jane@example.com', '--json']],
    [['task', 'add', 'Call', '--for', 'D1', '-q']],
    [['deal', 'move', 'D1', 'serious-prospect', '--json']],
    [['deal', 'set', 'D1', 'title=Tables', '-q']],
    [['deal', 'rm', 'D1', '-q']],
    [['stage', 'add', 'Offer', '--pipeline', 'sales']],
  ])('has the first one’s answer and does nothing: crm %j', async args => {
    const ws = await workspace('automated-sales');
    await ws.ok('deal add First --stage in-progress --now 2026-01-01');
    const first = await ws.ok([...args, '--request-id', 'again']);
    const entries = await count(ws);
    const before = contentsOfDirectory(ws.dir, ['.crm']);
    expect(await ws.ok([...args, '--request-id', 'again'])).toBe(first);
    expect(contentsOfDirectory(ws.dir, ['.crm'])).toEqual(before);
    expect(await count(ws)).toBe(entries);
    // Without the id it is another request.
    await ws.crm(args);
    await ws.crm([...args, '--request-id', 'another']);
  });

  test.each([[['undo']], [['run']], [['import', 'deals', '-'], 'title\nChairs\nTables\n']])(
    'names the first one’s transaction and does nothing: crm %j',
    async (args, stdin = '') => {
      const ws = await workspace('automated-sales');
      await ws.ok('deal add First --stage in-progress --now 2026-01-01');
      const again = [...args, '--request-id', 'again', '--json'];
      const { tx } = JSON.parse(await ws.ok(again, { stdin })) as { tx: number };
      const before = contentsOfDirectory(ws.dir, ['.crm']);
      expect(JSON.parse(await ws.ok(again, { stdin }))).toMatchObject({ tx });
      expect(contentsOfDirectory(ws.dir, ['.crm'])).toEqual(before);
    },
  );

  test('is told from a file that was taken in with it', async () => {
    const ws = await workspace('sales');
    appendFileSync(join(ws.dir, 'crm.yaml'), '# by hand\n');
    const args = ['deal', 'add', 'Chairs', '--request-id', 'again'];
    expect([await ws.ok(args), await ws.ok(args)]).toEqual(['D1\n', 'D1\n']);
    expect(await count(ws)).toBe(3);
  });

  test('is not done by a dry run', async () => {
    const ws = await workspace('sales');
    await ws.ok('deal add Chairs --request-id again --dry-run');
    expect(await ws.ok('deal add Chairs --request-id again')).toBe('D1\n');
  });

  test.each([
    ['another command', 'deal win D1'],
    ['another argument', 'deal lose D2 --reason price'],
    ['another option', 'deal lose D1 --reason quality'],
    ['another user', 'deal lose D1 --reason price --as ben'],
    ['what reads its answer from the first', 'deal rm D1 --json'],
  ])('is not %s: crm %s', async (_, args) => {
    const ws = await workspace('sales');
    for (const user of ['ana', 'ben'])
      await ws.ok(`user add ${user} --name ${user} --email ${user}@example.com --role normal`);
    for (const title of ['Chairs', 'Tables']) await ws.ok(`deal add ${title}`);
    await ws.ok('deal lose D1 --reason price --as ana --request-id again');
    const before = contentsOfDirectory(ws.dir, ['.crm']);
    const other = args.includes('--as') ? args : `${args} --as ana`;
    const ran = await ws.crm(`${other} --request-id again`);
    expect(ran).toMatchObject({ code: 4, out: '' });
    expect(ran.err).toContain('was used for another command');
    expect(ran.err).not.toContain('D1');
    expect(contentsOfDirectory(ws.dir, ['.crm'])).toEqual(before);
  });

  test('may ask for another format, at another time, with its options in another order', async () => {
    const ws = await workspace('sales');
    await ws.ok('deal add Chairs --value 5 --tag vip --request-id again');
    const id = 'deal --request-id again add --tag vip Chairs --value 5 --now 2026-10-01 -q --yes';
    expect(await ws.ok(id)).toBe('D1\n');
    expect(await count(ws)).toBe(2);
  });

  test('was bound to user and command also before ids were bound to arguments', async () => {
    const home = new Home();
    const old = { request: { id: 'again', given: true } };
    await home.commit(draft => draft.add('deal', { title: 'One' }), old);
    const bound = { request: { ...old.request, commandLine: 'test' } };
    const nothing = () => {
      throw new Error('is not decided again');
    };
    expect(await commit(await home.workspace(bound), { via: 'test' }, nothing)).toMatchObject({ tx: 2 });
    for (const [by, via] of [
      ['ben', 'test'],
      [undefined, 'other'],
    ] as const)
      await expect(
        commit(await home.workspace(bound), { via, ...(by && { by }) }, nothing),
      ).rejects.toMatchObject({ kind: 'CONFLICT' });
  });

  test('shows nothing that became hidden from the user who repeats it', async () => {
    const ws = await workspace('sales');
    await ws.ok('user add ana --name Ana --email ana@example.com --role normal');
    await ws.ok('user add ben --name Ben --email ben@example.com --role normal');
    const args = 'deal add Secret --owner ben --as ana --json --request-id again';
    expect(await ws.ok(args)).toContain('Secret');
    await ws.ok('user set ana role=restricted');
    const again = await ws.crm(args);
    expect(again.out + again.err).not.toMatch(/Secret|D1/);
  });

  test.each([
    ['deal tag - +vip', 'D1\n', 'D2\n'],
    ['import deals - --from csv', 'title\nSofa\n', 'title\nBed\n'],
    ['template add welcome -', '---\nsubject: Hello\n---\nHello\n', '---\nsubject: Hello\n---\nGoodbye\n'],
  ])('is bound to standard input too: crm %s', async (args, stdin, other) => {
    const ws = await workspace('sales');
    for (const title of ['Chairs', 'Tables']) await ws.ok(`deal add ${title}`);
    const again = `${args} --request-id again`;
    const first = await ws.crm(again, { stdin });
    expect(first.code).toBe(0);
    expect((await ws.crm(again, { stdin })).code).toBe(0);
    expect(await ws.crm(again, { stdin: other })).toMatchObject({ code: 4, out: '' });
  });

  test('is known after a purge, which removes the digest of the request', async () => {
    const ws = await workspace('sales');
    const args = 'contact add --email jane@example.com --request-id again';
    await ws.ok(args);
    const journal = join(ws.dir, 'data/journal');
    const asked = () =>
      readdirSync(journal).some(name => readFileSync(join(journal, name), 'utf8').includes('"asked"'));
    expect(asked()).toBe(true);
    await ws.ok('purge C1 --yes');
    expect(asked()).toBe(false);
    for (const line of [args, args.replace('jane', 'joe')]) {
      const ran = await ws.crm(line);
      expect(ran).toMatchObject({ code: 4, out: '' });
      expect(ran.err).toContain('records have been erased since');
    }
  });

  test('is done once also when the first is still under way', async () => {
    const home = new Home();
    const request = { id: 'again', given: true };
    const add = (draft: Draft) => draft.add('deal', { title: 'One' }).id;
    const second = await commit(
      await home.workspace({ request }),
      { via: 'test', confirm: async () => void (await home.commit(add, { request })) },
      add,
    );
    expect(second).toMatchObject({ tx: 2, result: undefined, changes: [{ add: { id: 'D1' } }] });
    expect(await vias(home)).toEqual(['files', 'test']);
  });
});

describe('commands that change no byte', () => {
  /** A workspace with something of everything, and a file that waits to be taken in. */
  const busy = copiesOf(async () => {
    const ws = await workspace('automated-sales');
    await ws.ok('user add ana --name Ana --role restricted');
    await ws.ok('user add boss --name Boss --role admin');
    await ws.ok('deal add Chairs --value 100 --contact jane@example.com --account Acme --owner boss');
    await ws.ok('deal add Tables --owner boss');
    await ws.ok('task add Call --for D1 --type call');
    await ws.ok('deal rm D2');
    await ws.ok('contact add --email joe@example.com');
    await ws.ok('field add deal size --type number');
    appendFileSync(join(ws.dir, 'crm.yaml'), '# by hand\n');
    return ws;
  });

  test('commands that fail', async () => {
    const ws = await busy();
    const before = contentsOfDirectory(ws.dir, []);
    const failing: (readonly [number, string[], string?])[] = [
      [2, ['deal', 'add']],
      [2, ['deal', 'add', 'X', '--value', '12,5', '--contact', 'new@example.com']],
      [2, ['deal', 'add', 'X', '--contact', 'new@example.com', '--stage', 'nowhere']],
      [2, ['deal', 'set', 'D1', 'title=New', 'size=large']],
      [3, ['deal', 'set', 'D1', 'D99', 'title=New']],
      [3, ['deal', 'move', 'D2', 'forgotten']],
      [3, ['deal', 'rm', 'D1', 'D99']],
      [3, ['deal', 'restore', 'D77']],
      [4, ['contact', 'add', '--email', 'JANE@example.com']],
      [4, ['contact', 'set', 'C2', 'email=jane@example.com']],
      [2, ['deal', 'set', '--where', 'is:open', 'title=']],
      [1, ['stage', 'add', 'Offer', '--pipeline', 'sales', '--as', 'ana']],
      [2, ['stage', 'add', 'Offer', '--pipeline', 'nowhere']],
      [4, ['field', 'add', 'deal', 'title', '--type', 'text']],
      [3, ['deal', 'set', 'D1', 'title=New', '--as', 'ana']],
      [1, ['import', 'deals', '-'], 'title,value\nGood,1\nBad,1e5\n'],
      [3, ['import', 'deals', 'no-such-file.csv']],
      [3, ['undo', '99']],
      [2, ['undo', 'soon']],
      [1, ['redo']],
      [2, ['deal', 'add', 'X', '--now', 'whenever']],
      [2, ['no-such-command']],
    ];
    for (const [code, args, stdin] of failing) {
      const ran = await ws.crm(args, stdin === undefined ? {} : { stdin });
      expect([ran.code, ran.out], `${args.join(' ')}: ${ran.err}`).toEqual([code, expect.anything()]);
      expect(contentsOfDirectory(ws.dir, []), args.join(' ')).toEqual(before);
    }
  });

  test('dry runs', async () => {
    const ws = await busy();
    const before = contentsOfDirectory(ws.dir, ['.crm']);
    const trying: (readonly [string[], string?])[] = [
      [['deal', 'add', 'X', '--contact', 'new@example.com', '--account', 'New']],
      [['deal', 'set', 'D1', 'title=New']],
      [['deal', 'move', 'D1', 'forgotten']],
      [['deal', 'rm', 'D1']],
      [['deal', 'restore', 'D2']],
      [['stage', 'add', 'Offer', '--pipeline', 'sales']],
      [['field', 'add', 'deal', 'product', '--type', 'text']],
      [['user', 'add', 'new', '--name', 'New']],
      [
        ['import', 'deals', '-', '--create-missing', 'accounts,users'],
        'title,account,owner\nA,New Inc,Somebody\n',
      ],
      [['run']],
      [['undo']],
      [['undo', '4']],
    ];
    for (const [args, stdin] of trying) {
      const ran = await ws.crm([...args, '--dry-run'], stdin === undefined ? {} : { stdin });
      expect([ran.code, ran.err], args.join(' ')).toEqual([0, expect.anything()]);
      expect(contentsOfDirectory(ws.dir, ['.crm']), args.join(' ')).toEqual(before);
    }
  });

  test('readers, also without .crm', async () => {
    const ws = await busy();
    const before = contentsOfDirectory(ws.dir, ['.crm']);
    const reading = [
      'deal list',
      'deal list is:open --json',
      'deal list --trash',
      'deal show D1',
      'contact list',
      'task list',
      'history',
      'history D1',
      'explain D1',
      'export deals',
      'pipeline list',
      'stage list',
      'user list',
      'field list',
      'help query',
      '--version',
    ];
    for (const args of reading) {
      for (const dir of [join(ws.dir, '.crm'), ws.cacheHome]) rmSync(dir, { recursive: true, force: true });
      await ws.ok(args);
      expect(contentsOfDirectory(ws.dir, ['.crm']), args).toEqual(before);
    }
  });
});

describe('a decision that went astray', () => {
  test('records of a bad row that an import took back are neither in the trash nor on disk', async () => {
    const ws = await workspace('sales');
    const csv = 'title,account,status,closedAt\nGood,Acme,,\nBad,Nobody Inc,open,2026-01-01\nBetter,Beta,,\n';
    const ran = await ws.crm(['import', 'deals', '-', '--create-missing', 'accounts', '--skip-invalid'], {
      stdin: csv,
    });
    expect(ran.code).toBe(1);
    expect((await ws.json<{ name: string }[]>('account list')).map(account => account.name)).toEqual([
      'Acme',
      'Beta',
    ]);
    expect(await ws.json('account list --trash')).toEqual([]);
    expect(existsSync(join(ws.dir, 'data/trash.jsonl'))).toBe(false);
  });

  test('dropped changes are not in a snapshot', async () => {
    const home = new Home();
    await home.commit(draft => {
      draft.add('deal', { title: 'One' });
      const from = draft.changes.length;
      draft.add('account', { name: 'Given up' });
      draft.set('D1', { title: 'Given up' });
      draft.revert(from, {});
      draft.add('task', { title: 'Call' });
    });
    const folded = contentsOf(await home.folded());
    expect(await home.opened(contentsOf)).toEqual(folded);
    await home.checkpoint();
    expect(await home.opened(contentsOf)).toEqual(folded);
  });
});
