/** Days and times that people type, through commands, wherever a day is taken: it is Monday, 14 September 2026, 10:00 in Amsterdam. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type TestWorkspace, workspace } from '../harness.ts';

type Fields = Record<string, unknown>;

const setting = (ws: TestWorkspace, line: string) => {
  const path = join(ws.dir, 'crm.yaml');
  writeFileSync(path, `${readFileSync(path, 'utf8')}\n${line}\n`);
};

const withLocale = async (locale?: string) => {
  const ws = await workspace();
  if (locale !== undefined) setting(ws, `locale: ${locale}`);
  return ws;
};

describe('a task with a time of day', () => {
  test.each([
    ['14:30', '2026-09-14', '14:30'],
    ['tomorrow 9:00', '2026-09-15', '09:00'],
    ['next friday 14:30', '2026-09-18', '14:30'],
    ['in 3 days', '2026-09-17', null],
    ['3 dec', '2026-12-03', null],
    ['dec 3 08:15', '2026-12-03', '08:15'],
  ])('--due %j is %s and %s', async (due, day, dueTime) => {
    const ws = await workspace();
    await ws.ok(['task', 'add', 'T', '--due', due]);
    expect(await ws.json<Fields>('task show T1')).toMatchObject({ due: day, dueTime });
  });

  test('keeps its time when it is put off, gets another one, and loses it with its day', async () => {
    const ws = await workspace();
    const due = async () => {
      const { due: day, dueTime } = await ws.json<Fields>('task show T1');
      return [day, dueTime];
    };
    await ws.ok(['task', 'add', 'T', '--due', '2026-09-16 14:30']);
    await ws.ok('task snooze T1 +2d');
    expect(await due()).toEqual(['2026-09-16', '14:30']);
    await ws.ok(['task', 'snooze', 'T1', 'friday 9:00']);
    expect(await due()).toEqual(['2026-09-18', '09:00']);
    await ws.ok('task set T1 dueTime=10:00');
    expect(await due()).toEqual(['2026-09-18', '10:00']);
    await ws.ok('task set T1 due-time=');
    expect(await due()).toEqual(['2026-09-18', null]);
    await ws.ok(['task', 'set', 'T1', 'due=2026-09-18 11:00']);
    await ws.ok('task set T1 due=');
    expect(await due()).toEqual([null, null]);
    expect(await ws.crm('task set T1 dueTime=10:00')).toMatchObject({
      code: 2,
      err: expect.stringContaining('a task with a time needs a day') as string,
    });
    expect(await ws.crm(['task', 'add', 'U', '--due', 'fri 9:00', '--due-time', '9:30'])).toMatchObject({
      code: 2,
      err: expect.stringContaining('due says 09:00, and dueTime says 09:30') as string,
    });
    expect(await ws.crm('task set T1 due=tomorrow dueTime=25:00')).toMatchObject({
      code: 2,
      err: expect.stringContaining('dueTime: "25:00" is not a time of day'),
    });
  });

  test('is overdue by its day, is shown with its time, and is exported and imported with it', async () => {
    const ws = await workspace();
    await ws.ok('deal add Chairs');
    await ws.ok(['task', 'add', 'T', '--for', 'D1', '--due', '07:00']);
    expect(await ws.ok('task list due:<today --fields id')).toBe('');
    expect(await ws.ok('deal list is:overdue --fields id')).toBe('');
    expect(await ws.ok('task list --format table')).toContain('2026-09-14 07:00');
    expect(await ws.ok('task list dueTime:07:00 --fields id')).toBe('T1\n');
    expect(Object.keys(await ws.json<Fields>('task show T1')).at(-1)).toBe('dueTime');
    const csv = await ws.ok('export tasks --format csv');
    const other = await workspace();
    await other.ok('deal add Chairs');
    writeFileSync(join(other.dir, 't.csv'), csv);
    await other.ok([
      'import',
      'tasks',
      join(other.dir, 't.csv'),
      ...['id', 'createdAt', 'updatedAt'].flatMap(column => ['--ignore', column]),
    ]);
    expect(await other.json<Fields>('task show T1')).toMatchObject({ due: '2026-09-14', dueTime: '07:00' });
    writeFileSync(
      join(other.dir, 'u.csv'),
      'title,due\nA,2026-09-15 14:30\nB,2026-09-16 00:00\nC,2026-09-17T08:00Z\n',
    );
    await other.ok(['import', 'tasks', join(other.dir, 'u.csv')]);
    expect(
      await other.ok([
        'task',
        'list',
        'title:A',
        'or',
        'title:B',
        'or',
        'title:C',
        '--fields',
        'title,due,dueTime',
      ]),
    ).toBe('A\t2026-09-15\t14:30\nB\t2026-09-16\t\nC\t2026-09-17\t10:00\n');
  });

  test('--repeat "last workday of month" comes again on the last workday of the next month', async () => {
    const ws = await workspace();
    await ws.ok(['task', 'add', 'T', '--due', '2026-09-30', '--repeat', 'last workday of month']);
    await ws.ok('task done T1');
    await ws.ok('run');
    expect(await ws.json<Fields>('task show T2')).toMatchObject({
      due: '2026-10-30',
      repeat: 'last workday of month',
      dueTime: null,
    });
  });
});

describe('a day of what happened', () => {
  test.each([
    ['3 dec', '2025-12-02T23:00:00.000Z'],
    ['friday', '2026-09-10T22:00:00.000Z'],
    ['yesterday 14:30', '2026-09-13T12:30:00.000Z'],
    ['07:30', '2026-09-14T05:30:00.000Z'],
    ['3 days ago', '2026-09-10T22:00:00.000Z'],
  ])('--at %j is %s', async (text, at) => {
    const ws = await workspace();
    await ws.ok('deal add Chairs');
    await ws.ok(['log', 'call', 'D1', 'hello', '--at', text]);
    expect(await ws.json<Fields>('activity show V1')).toMatchObject({ at });
    await ws.ok('task add T');
    await ws.ok(['task', 'done', 'T1', '--at', text]);
    expect(await ws.json<Fields>('task show T1')).toMatchObject({ doneAt: at });
    await ws.ok('contact add --email jane@example.com');
    await ws.ok(['event', 'add', 'form.submitted', '--contact', 'C1', '--at', text]);
    expect(await ws.json<Fields>('event show E1')).toMatchObject({ at });
  });

  test('paid and issued are in the past, and close is to come', async () => {
    const ws = await workspace();
    await ws.ok('account add Acme');
    await ws.ok(['invoice', 'add', '--for', 'A1', '--amount', '10', '--issued', '1 dec']);
    await ws.ok(['invoice', 'pay', 'I1', '3 dec']);
    expect(await ws.json<Fields>('invoice show I1')).toMatchObject({
      issued: '2025-12-01',
      paid: '2025-12-03',
    });
    await ws.ok(['deal', 'add', 'Chairs', '--close', '3 dec']);
    expect(await ws.json<Fields>('deal show D1')).toMatchObject({ expectedClose: '2026-12-03' });
  });
});

describe('a date of three numbers', () => {
  test.each([
    ['nl', '2026-12-03'],
    ['en-US', '2026-03-12'],
  ])('is read by locale: %s, wherever a day is taken', async (locale, day) => {
    const ws = await withLocale(locale);
    await ws.ok(['deal', 'add', 'Chairs', '--close', '3/12/2026']);
    await ws.ok(['task', 'add', 'T', '--due', '3/12/2026 14:30']);
    expect(await ws.json<Fields>('deal show D1')).toMatchObject({ expectedClose: day });
    expect(await ws.json<Fields>('task show T1')).toMatchObject({ due: day, dueTime: '14:30' });
    for (const query of ['close:3/12/2026', 'close:..3/12/2026', 'close:>=3/12/2026'])
      expect(await ws.ok(['deal', 'list', query, '--fields', 'id']), query).toBe('D1\n');
    expect(
      await ws.ok(['deal', 'list', 'created:>3/12/2026', '--now', '3/12/2026 10:00', '--fields', 'id']),
    ).toBe(day === '2026-12-03' ? '' : 'D1\n');
    expect(await ws.json<Fields>('config')).toMatchObject({ locale });
    // A rule and its cases read it so too.
    writeFileSync(
      join(ws.dir, 'automations', 'late.yaml'),
      "for: deal\non: created\nwhere: 'close:3/12/2026'\nsteps:\n  - add-task: { on: deal, title: Call, due: 3/12/2026 }\n",
    );
    await ws.ok('automation lint');
    await ws.ok('run');
    await ws.ok(['deal', 'add', 'Desk', '--close', day]);
    await ws.ok('run');
    expect(await ws.json<Fields>('task show T2')).toMatchObject({ due: day, for: 'D2' });
    writeFileSync(join(ws.dir, 'd.csv'), 'title,expectedClose\nLamp,3/12/2026\n');
    await ws.ok(['import', 'deals', join(ws.dir, 'd.csv')]);
    expect(await ws.json<Fields>('deal show Lamp')).toMatchObject({ expectedClose: day });
  });

  test.each([undefined, 'en'])('is refused with both readings if the locale is %s', async locale => {
    const ws = await withLocale(locale);
    await ws.ok('deal add Chairs');
    for (const args of [
      ['deal', 'set', 'D1', 'close=3/4/2026'],
      ['deal', 'list', 'close:3/4/2026'],
      ['deal', 'list', 'created:>3/4/2026'],
      ['task', 'add', 'T', '--due', '3/4/2026'],
      ['log', 'call', 'D1', 'x', '--at', '3/4/2026'],
      ['--now', '3/4/2026', 'deal', 'list'],
    ]) {
      const { code, err } = await ws.crm(args);
      expect([code, err], args.join(' ')).toEqual([2, expect.stringContaining('2026-04-03 as D/M/YYYY')]);
      expect(err).toContain('2026-03-04 as M/D/YYYY');
      expect(err).toContain('locale: en-GB');
    }
  });

  test('an unknown locale is reported with its line', async () => {
    const ws = await withLocale('nll');
    const { code, err } = await ws.crm('deal list');
    expect(code).toBe(5);
    expect(err).toMatch(
      /crm\.yaml:\d+: unknown locale "nll" \(did you mean nl\?|crm\.yaml:\d+: unknown locale "nll"/,
    );
  });
});

describe('days in queries', () => {
  test.each([
    ['close:today..eom', 'D1 D2'],
    ['close:this-month', 'D1 D2'],
    ['close:last-quarter', 'D4'],
    ['close:2026-Q3', 'D1 D2'],
    ['close:next-month', 'D3'],
    ['close:"14 sep".."in 3 days"', 'D1'],
    ['close:"last friday"..tomorrow', 'D1'],
    ['close:<"next month"', 'D1 D2 D4'],
    ['created:"today 10:00"', 'D1 D2 D3 D4'],
    ['created:>"yesterday 14:30" created:<today', ''],
    ['close:"15 dec".."15 jan"', ''],
  ])('%s', async (query, ids) => {
    const ws = await workspace();
    for (const day of ['2026-09-14', '2026-09-30', '2026-10-01', '2026-06-30'])
      await ws.ok(['deal', 'add', 'Chairs', '--close', day]);
    expect((await ws.ok(['deal', 'list', query, '--fields', 'id'])).trim().split('\n').join(' ')).toBe(ids);
  });

  test('a time of day is refused for a day, which has none', async () => {
    const ws = await workspace();
    await ws.ok('deal add Chairs');
    for (const [day, ...args] of [
      ['tomorrow', 'deal', 'list', 'close:"tomorrow 14:30"'],
      ['today', 'deal', 'list', 'close:14:30'],
      ['2026-12-01', 'deal', 'list', 'close:"2026-12-01 14:30"'],
      ['tomorrow', 'deal', 'set', 'D1', 'close=tomorrow 14:30'],
      ['today', 'deal', 'set', 'D1', 'close=14:30'],
    ] as const)
      expect(await ws.crm(args)).toMatchObject({
        code: 2,
        err: expect.stringMatching(
          new RegExp(`is not a day: it has a time of day\nHint: accepted: ${day};`),
        ) as string,
      });
  });
});
