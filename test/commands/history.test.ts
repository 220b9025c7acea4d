import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { NOW, type TestWorkspace, workspace } from '../harness.ts';

interface Entry {
  readonly tx: number;
  readonly why: unknown;
  readonly changes: readonly { readonly id: string; readonly set: Record<string, unknown> }[];
}

describe('crm history', () => {
  test('its JSON: newest first, each change with old and new', async () => {
    const ws = await workspace();
    await ws.ok('deal add Chairs --value 5200');
    await ws.ok('deal move D1 in-contact', { now: '2026-09-15T08:00:00Z' });
    await ws.ok('deal rm D1');
    const entries = await ws.json<Entry[]>('history');
    expect(entries.map(e => e.tx)).toEqual([4, 3, 2, 1]);
    expect(entries.slice(0, 3)).toEqual([
      {
        tx: 4,
        at: NOW,
        by: 'tester',
        via: 'deal rm',
        why: null,
        changes: [
          {
            kind: 'deal',
            id: 'D1',
            op: 'rm',
            set: expect.objectContaining({ title: ['Chairs', null], stage: ['in-contact', null] }),
          },
        ],
      },
      {
        tx: 3,
        at: '2026-09-15T08:00:00.000Z',
        by: 'tester',
        via: 'deal move',
        why: null,
        changes: [{ kind: 'deal', id: 'D1', op: 'set', set: { stage: ['to-contact', 'in-contact'] } }],
      },
      {
        tx: 2,
        at: NOW,
        by: 'tester',
        via: 'deal add',
        why: null,
        changes: [
          {
            kind: 'deal',
            id: 'D1',
            op: 'add',
            set: {
              title: [null, 'Chairs'],
              value: [null, '5200.00'],
              currency: [null, 'EUR'],
              pipeline: [null, 'sales'],
              stage: [null, 'to-contact'],
              status: [null, 'open'],
            },
          },
        ],
      },
    ]);
    expect(Object.keys(entries[0]!)).toEqual(['tx', 'at', 'by', 'via', 'why', 'changes']);
    expect(Object.keys(entries[0]!.changes[0]!)).toEqual(['kind', 'id', 'op', 'set']);
  });

  test('of one record, by id or name, also of one in the trash; of a file', async () => {
    const ws = await workspace();
    await ws.ok('deal add Chairs --account Acme');
    await ws.ok('account set Acme domain=acme.example');
    await ws.ok('deal win D1');
    await ws.ok('stage add New');
    const vias = async (args: string[]) =>
      (await ws.ok(['history', ...args, '--fields', 'via'])).trimEnd().split('\n');
    expect(await vias([])).toEqual(['stage add', 'deal win', 'account set', 'deal add', 'init']);
    expect(await vias(['D1'])).toEqual(['deal win', 'deal add']);
    expect(await vias(['Chairs'])).toEqual(['deal win', 'deal add']);
    expect(await vias(['acme'])).toEqual(['account set', 'deal add']);
    expect(await vias(['pipelines/sales.yaml'])).toEqual(['stage add', 'init']);
    await ws.ok('deal rm D1');
    expect(await vias(['D1'])).toEqual(['deal rm', 'deal win', 'deal add']);
    expect(await vias(['--limit', '2'])).toEqual(['deal rm', 'stage add']);
    expect(await ws.ok('history --limit 0')).toBe('');
    // Of several, whoever of them it concerns, newest first.
    expect(await vias(['D1', 'Acme'])).toEqual(['deal rm', 'deal win', 'account set', 'deal add']);
    const piped = (stdin: string) => ws.json<(Entry & { via: string })[]>('history -', { stdin });
    expect((await piped('D1\n')).length).toBe(3);
    expect((await piped('D1\nA1\n')).map(e => e.via)).toEqual([
      'deal rm',
      'deal win',
      'account set',
      'deal add',
    ]);
    expect(await piped('')).toEqual([]);
    expect(await ws.crm('history D1 D99')).toMatchObject({ code: 3, err: 'Error: D99 does not exist\n' });
    // Of one record only its own changes.
    expect((await ws.json<Entry[]>('history D1')).flatMap(e => e.changes.map(c => c.id))).toEqual([
      'D1',
      'D1',
      'D1',
    ]);
  });

  test('says which rows of which table, which line, which transaction', async () => {
    const ws = await workspace('automated-sales');
    await ws.ok('deal add A');
    await ws.ok('task add T --for D1');
    await ws.ok('run');
    await ws.ok('deal win D1');
    await ws.ok('undo');
    await ws.ok(['import', 'deals', '-'], { stdin: 'title\nB\n' });
    const whys = (await ws.json<Entry[]>('history --limit 5')).map(e => e.why);
    expect(whys).toEqual([{ line: 2 }, { undoes: 5 }, null, { transition: 10 }, null]);
    const sweep = (await ws.json<Entry[]>('history D1')).find(e => e.tx === 4)!;
    expect(sweep.why).toEqual({ transition: 10 });
    expect(sweep.changes).toEqual([
      { kind: 'deal', id: 'D1', op: 'set', set: { stage: ['awaiting-processing', 'awaiting-contact'] } },
    ]);
    expect(await ws.ok('history D1 --fields tx,why')).toBe(
      '6\ttakes back 5\n5\t\n4\ttransition row 10\n2\t\n',
    );
  });

  test('an edit by hand is in it, before the command that found it', async () => {
    const ws = await workspace();
    const path = join(ws.dir, 'pipelines/sales.yaml');
    writeFileSync(path, readFileSync(path, 'utf8').replace('To contact', 'To be contacted'));
    await ws.ok('deal list');
    expect(await ws.ok('history --fields via')).toBe('init\n');
    await ws.ok('deal add A');
    expect(await ws.ok('history --fields tx,via')).toBe('3\tdeal add\n2\tfiles\n1\tinit\n');
  });

  test('on a terminal a line each', async () => {
    const ws = await workspace();
    await ws.ok(['deal', 'add', 'Two words', '--account', 'Acme']);
    await ws.ok('deal move D1 in-contact');
    const narrow = await ws.ok('history', { tty: 40, env: { NO_COLOR: '1' } });
    expect(narrow).toMatch(/^ *TX {2}AT {2,}(BY {2,})?CHANGES\n/);
    expect(narrow.split('\n').filter(line => line.length > 40)).toEqual([]);
    expect(await ws.ok('history', { tty: 100, env: { NO_COLOR: '1' } })).toBe(
      [
        'TX  AT                BY      VIA        CHANGES',
        ' 3  2026-09-14 10:00  tester  deal move  D1 (Two words) stage: To contact → In contact',
        ' 2  2026-09-14 10:00  tester  deal add   1 account added, 1 deal added',
        ' 1  2026-09-14 10:00  tester  init       2 files changed',
        '',
      ].join('\n'),
    );
  });
});

describe('for people', () => {
  const plain = { NO_COLOR: '1' };

  test('of one record, what was done and each field, wrapped', async () => {
    const ws = await workspace('automated-sales');
    await ws.ok(['deal', 'add', 'Chairs', '--value', '5200', '--contact', 'jane@example.com']);
    await ws.ok('task add Call --for D1 --type call', { now: '2026-09-15T08:00:00Z' });
    await ws.ok('run', { now: '2026-09-16T08:00:00Z' });
    await ws.ok(['deal', 'lose', 'D1', '--reason', 'the price, and also the colour of the legs'], {
      now: '2026-09-17T08:00:00Z',
    });
    expect(await ws.ok('history D1', { tty: 60, env: plain })).toMatchInlineSnapshot(`
      "2026-09-17 10:00  tester  deal lose  transaction 5
          status: open → lost
          lost reason: (none) → the price, and also the colour
            of the legs
          closed: (none) → 2026-09-17 10:00
          closed stage: (none) → Awaiting contact
      2026-09-16 10:00  crm  run: transition row 10  transaction 4
          stage: Awaiting processing → Awaiting contact
      2026-09-14 10:00  tester  deal add  transaction 2
          added
          title: Chairs
          value: 5,200.00 EUR
          pipeline: Sales
          stage: Awaiting processing
          status: open
          contacts: jane@example.com
      "
    `);
    expect(await ws.ok('history pipelines/sales.yaml', { tty: 60, env: plain })).toMatch(
      /^2026-09-14 10:00 {2}tester {2}init {2}transaction 1\n {4}\+ /,
    );
  });

  test('a record shows the records about it, and for scripts only itself', async () => {
    const ws = await workspace();
    await ws.ok('deal add Chairs --contact jane@example.com --account Acme');
    await ws.ok('deal add Tables --contact jane@example.com --value 9');
    await ws.ok('task add Later --for D1');
    await ws.ok('task add Sooner --for D1 --due today');
    await ws.ok('task add Done --for D1');
    await ws.ok('task done T3');
    for (let i = 1; i <= 6; i++) await ws.ok(`log call D1 spoke-${i} --at 2026-09-0${i}`);
    const deal = await ws.ok('deal show D1', { tty: 80, env: plain });
    expect(deal.slice(deal.indexOf('\n\n'))).toMatchInlineSnapshot(`
      "

      1 contact
        C1  jane@example.com  jane@example.com

      2 open tasks
        T2  today  todo  Sooner
        T1         todo  Later

      timeline
        2026-09-14 10:00          todo done: Done
        2026-09-14 10:00  tester  added: Chairs
        2026-09-06 00:00  tester  call: spoke-6
        2026-09-05 00:00  tester  call: spoke-5
        2026-09-04 00:00  tester  call: spoke-4
        2026-09-03 00:00  tester  call: spoke-3
        2026-09-02 00:00  tester  call: spoke-2
        2026-09-01 00:00  tester  call: spoke-1
      "
    `);
    const account = await ws.ok('account show Acme', { tty: 80, env: plain });
    expect(account).toMatch(/\n1 contact\n {2}C1 .*\n\n2 deals\n {2}D2 {2}open .*\n {2}D1 /);
    expect(await ws.ok('deal show D1')).not.toContain('Sooner');
    expect(await ws.ok('deal show D1 --json', { tty: 80 })).not.toContain('Sooner');
  });
});

describe('crm history --stages', () => {
  interface Stay {
    readonly stage: string;
    readonly from: string;
    readonly to: string | null;
    readonly time: string;
  }
  const day = (n: number) => ({ now: `2026-09-${String(n).padStart(2, '0')}T08:00:00Z` });
  const stays = async (ws: TestWorkspace, n: number) =>
    (await ws.json<Stay[]>('history D1 --stages', day(n))).map(
      s => `${s.stage} ${s.from.slice(8, 10)} ${s.to?.slice(8, 10) ?? '--'} ${s.time}`,
    );

  test('each stay, from when to when; undone moves do not count', async () => {
    const ws = await workspace();
    await ws.ok('deal add Chairs', day(1));
    await ws.ok('deal move D1 in-contact', day(3));
    await ws.ok('deal set D1 value=5', day(4));
    await ws.ok('deal move D1 to-contact', day(6));
    expect(await stays(ws, 7)).toEqual(['to-contact 01 03 2d', 'in-contact 03 06 3d', 'to-contact 06 -- 1d']);
    await ws.ok('undo', day(8));
    expect(await stays(ws, 10)).toEqual(['to-contact 01 03 2d', 'in-contact 03 -- 7d']);
    await ws.ok('deal rm D1', day(11));
    await ws.ok('deal restore D1', day(12));
    expect(await stays(ws, 13)).toEqual(['to-contact 01 03 2d', 'in-contact 03 -- 10d']);
    await ws.ok('deal win D1', day(14));
    expect(await stays(ws, 20)).toEqual(['to-contact 01 03 2d', 'in-contact 03 -- 11d']);
    await ws.ok('deal reopen D1', day(21));
    expect(await stays(ws, 23)).toEqual(['to-contact 01 03 2d', 'in-contact 03 -- 20d']);
    expect((await ws.json<Stay[]>('history D1 --stages', day(23)))[0]).toEqual({
      pipeline: 'sales',
      stage: 'to-contact',
      from: '2026-09-01T08:00:00.000Z',
      to: '2026-09-03T08:00:00.000Z',
      time: '2d',
      seconds: 172800,
      by: 'tester',
      via: 'deal add',
      why: null,
    });
    expect(await ws.ok('history D1 --stages', day(23))).toBe(
      'to-contact\t2026-09-01T08:00:00.000Z\t2026-09-03T08:00:00.000Z\t2d\ttester\tdeal add\t\n' +
        'in-contact\t2026-09-03T08:00:00.000Z\t\t20d\ttester\tdeal move\t\n',
    );
  });

  test('a stage that a deal comes to after it was won is a stay too', async () => {
    const ws = await workspace();
    await ws.ok('deal add Chairs', day(1));
    await ws.ok('deal win D1', day(3));
    await ws.ok('deal move D1 in-contact', day(4));
    expect(await stays(ws, 7)).toEqual(['to-contact 01 04 3d', 'in-contact 04 -- 3d']);
    await ws.ok('undo', day(7));
    expect(await stays(ws, 8)).toEqual(['to-contact 01 -- 2d']);
    await ws.ok('deal reopen D1', day(9));
    expect(await stays(ws, 11)).toEqual(['to-contact 01 -- 10d']);
  });

  test('stays in a pipeline that is closed to the viewer do not exist', async () => {
    const ws = await workspace();
    await ws.ok('user add nora --role normal');
    await ws.ok('user add eve --role normal');
    writeFileSync(
      join(ws.dir, 'pipelines/secret.yaml'),
      'name: Secret\naccess: [eve]\nstages: [{ id: hush, name: Hush }, { id: in-contact, name: X }]\n',
    );
    await ws.ok('deal add Chairs --pipeline secret', day(1));
    await ws.ok('deal move D1 to-contact --pipeline sales', day(2));
    await ws.ok('deal move D1 in-contact --pipeline secret', day(4));
    await ws.ok('deal move D1 to-contact --pipeline sales', day(5));
    await ws.ok('deal move D1 in-contact', day(6));
    const seen = async (user: string) =>
      (await ws.json<Stay[]>(`--as ${user} history D1 --stages`, day(7))).map(
        s => `${s.stage} ${s.from.slice(8, 10)} ${s.to?.slice(8, 10) ?? '--'}`,
      );
    expect(await seen('nora')).toEqual(['to-contact 02 06', 'in-contact 06 --']);
    expect(await seen('eve')).toEqual([
      'hush 01 02',
      'to-contact 02 04',
      'in-contact 04 05',
      'to-contact 05 06',
      'in-contact 06 --',
    ]);
  });

  test('another pipeline with a stage of that name is another stay; mistakes are usage', async () => {
    const ws = await workspace();
    writeFileSync(
      join(ws.dir, 'pipelines/other.yaml'),
      'name: Other\nstages: [{ id: in-contact, name: X }]\n',
    );
    await ws.ok('contact add --name Jane');
    await ws.ok('deal add Chairs --pipeline sales --stage in-contact', day(1));
    await ws.ok('deal move D1 in-contact --pipeline other', day(2));
    expect(await stays(ws, 4)).toEqual(['in-contact 01 02 1d', 'in-contact 02 -- 2d']);
    for (const [line, code] of [
      ['history --stages', 2],
      ['history D1 --stages --limit 1', 2],
      ['history C1 --stages', 2],
      ['history crm.yaml --stages', 2],
      ['history D9 --stages', 3],
    ] as const)
      expect({ line, code: (await ws.crm(line)).code }).toEqual({ line, code });
  });
});
