import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { NOW, workspace } from '../harness.ts';

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
    expect(await ws.ok('history', { tty: 100, env: { NO_COLOR: '1' } })).toBe(
      [
        'TX  AT                BY      VIA        WHY  CHANGES',
        ' 3  2026-09-14 10:00  tester  deal move       D1 stage: to-contact → in-contact',
        ' 2  2026-09-14 10:00  tester  deal add        1 account added, 1 deal added',
        ' 1  2026-09-14 10:00  tester  init            2 files changed',
        '',
      ].join('\n'),
    );
  });
});
