import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { displayWidth } from '../../src/ui/width.ts';
import { copiesOf, workspace } from '../harness.ts';

const plain = { NO_COLOR: '1' };

/** A deal in each group, two overdue, and one that is won and so not there. Today is Monday, 14 September. */
const busyDay = copiesOf(async () => {
  const ws = await workspace('sales');
  const path = join(ws.dir, 'crm.yaml');
  const users = `users:
  ana: { name: Ana Ruiz, role: manager }
  ben: { name: Ben Bos, role: restricted }`;
  writeFileSync(path, readFileSync(path, 'utf8').replace('users: {}', users));
  const deal = (title: string, ...options: string[]) =>
    ws.ok(['deal', 'add', title, ...(options.includes('--owner') ? [] : ['--owner', 'ana']), ...options]);
  await deal('40 chairs, 10 tables', '--value', '5200');
  await deal('Office fit-out', '--value', '66000', '--stage', 'in-contact');
  await deal('株式会社 木村家具 desks', '--owner', 'ben');
  await deal('Reading room 🎉 café', '--owner', 'none');
  await deal('Lockers');
  await deal('Won already');
  await deal('Nothing planned', '--value', '10');
  await deal('Nothing planned, and worth more', '--value', '20', '--stage', 'follow-up');
  const task = (title: string, deal: string, ...options: string[]) =>
    ws.ok([
      ...['task', 'add', title, '--for', deal],
      ...(options.includes('--assignee') ? [] : ['--assignee', 'ana']),
      ...options,
    ]);
  await task('Later', 'D1', '--due', '2026-10-01');
  await task('Call back', 'D1', '--type', 'call', '--due', '2026-09-12');
  await task('Send quote', 'D2', '--type', 'email', '--due', '2026-09-11', '--assignee', 'ben');
  await task('見積もりを送る', 'D3', '--due', 'today');
  await task('Visit', 'D4', '--type', 'meeting', '--due', 'tomorrow');
  await task('Think', 'D5');
  await task('Thank', 'D6', '--due', 'today');
  await task('Done', 'D7', '--due', 'today');
  await ws.ok('deal win D6');
  await ws.ok('task done T8');
  return ws;
});

describe('for people', () => {
  test('by next action, at 80', async () => {
    const ws = await busyDay();
    expect(await ws.ok('tasks', { tty: 80, env: plain })).toMatchInlineSnapshot(`
      "  DEAL  TITLE                              VALUE  DUE         ID  TASK
      Overdue  2 deals
        D2    Office fit-out             66,000.00 EUR  3d overdue  T3  Send quote
        D1    40 chairs, 10 tables        5,200.00 EUR  2d overdue  T2  Call back

      Today  1 deal
        D3    株式会社 木村家具 desks         0.00 EUR  today       T4  見積もりを送る

      Upcoming  1 deal
        D4    Reading room 🎉 café            0.00 EUR  tomorrow    T5  Visit

      Scheduled  1 deal
        D5    Lockers                         0.00 EUR  no date     T6  Think

      No next action  2 deals
        D8    Nothing planned, and wor…      20.00 EUR
        D7    Nothing planned                10.00 EUR

      Not about an open deal  1 task
        D6    Won already                               today       T7  Thank
      "
    `);
  });

  test('by stage, at 120', async () => {
    const ws = await busyDay();
    expect(await ws.ok('tasks --by stage', { tty: 120, env: plain })).toMatchInlineSnapshot(`
      "  DEAL  TITLE                                    VALUE  DUE         TYPE     ID  TASK            WHO
      Overdue  2 deals
        D2    Office fit-out                   66,000.00 EUR  3d overdue  email    T3  Send quote      Ben Bos
        D1    40 chairs, 10 tables              5,200.00 EUR  2d overdue  call     T2  Call back       Ana Ruiz

      To contact  3 deals
        D3    株式会社 木村家具 desks               0.00 EUR  today       todo     T4  見積もりを送る  Ana Ruiz
        D4    Reading room 🎉 café                  0.00 EUR  tomorrow    meeting  T5  Visit           Ana Ruiz
        D5    Lockers                               0.00 EUR  no date     todo     T6  Think           Ana Ruiz

      No next action  2 deals
        D8    Nothing planned, and worth more      20.00 EUR                                           Ana Ruiz
        D7    Nothing planned                      10.00 EUR                                           Ana Ruiz

      Not about an open deal  1 task
        D6    Won already                                     today       todo     T7  Thank           Ana Ruiz
      "
    `);
  });

  test('fits at every width, aligned', async () => {
    const ws = await busyDay();
    for (const width of [40, 60, 80, 120, 200]) {
      const all = (await ws.ok('tasks', { tty: width, env: plain })).split('\n').slice(0, -1);
      for (const line of all) expect(displayWidth(line)).toBeLessThanOrEqual(width);
      for (const line of all) expect(line).not.toMatch(/ $/);
      const at = (word: string) => {
        const line = all.find(each => each.includes(word))!;
        return displayWidth(line.slice(0, line.indexOf(word)));
      };
      expect(new Set(['3d overdue', '2d overdue', 'today', 'tomorrow', 'no date'].map(at)).size).toBe(1);
    }
  });

  test('an overdue task is red, and its text says overdue', async () => {
    const ws = await busyDay();
    expect(await ws.ok('tasks', { tty: 80 })).toContain('\x1b[31m3d overdue\x1b[39m');
  });

  test('long groups are cut, and say how much is left out', async () => {
    const ws = await workspace('sales');
    for (let i = 1; i <= 25; i++) await ws.ok(['deal', 'add', `Deal ${i}`]);
    const cut = await ws.ok('tasks', { tty: 80, rows: 10, env: plain });
    expect(cut).toContain('Deal 20  0.00 EUR\n  + 5 more\n');
    expect(await ws.ok('tasks', { tty: 80, rows: 30, env: plain })).toContain('Deal 25');
    expect(await ws.ok('tasks --limit 2', { tty: 80, env: plain })).toContain(
      'Deal 2  0.00 EUR\n  + 23 more\n',
    );
    expect(await ws.ok('tasks --limit 2 --fields deal')).toBe('D1\nD2\n');
  });

  test('nothing to do', async () => {
    const { code, out, err } = await (await workspace('sales')).crm('tasks', { tty: 80 });
    expect([code, out, err]).toEqual([0, '', 'no open deals\n']);
    expect(await (await workspace('empty')).ok('tasks --json')).toBe('[]\n');
  });
});

describe('for scripts', () => {
  test('TSV, a line per deal', async () => {
    const ws = await busyDay();
    expect(await ws.ok('tasks')).toMatchInlineSnapshot(`
      "overdue	D2	Office fit-out	T3	Send quote	email	2026-09-11	ben	ana	66000.00	EUR		
      overdue	D1	40 chairs, 10 tables	T2	Call back	call	2026-09-12	ana	ana	5200.00	EUR		
      today	D3	株式会社 木村家具 desks	T4	見積もりを送る	todo	2026-09-14	ana	ben	0.00	EUR		
      upcoming	D4	Reading room 🎉 café	T5	Visit	meeting	2026-09-15	ana		0.00	EUR		
      scheduled	D5	Lockers	T6	Think	todo		ana	ana	0.00	EUR		
      none	D8	Nothing planned, and worth more						ana	20.00	EUR		
      none	D7	Nothing planned						ana	10.00	EUR		
      "
    `);
  });

  test('JSON has the same', async () => {
    const ws = await busyDay();
    const rows = await ws.json<Record<string, unknown>[]>('tasks');
    expect(rows[0]).toEqual({
      group: 'overdue',
      deal: 'D2',
      title: 'Office fit-out',
      task: 'T3',
      taskTitle: 'Send quote',
      type: 'email',
      due: '2026-09-11',
      assignee: 'ben',
      owner: 'ana',
      value: '66000.00',
      currency: 'EUR',
      account: null,
      contact: null,
    });
    expect(rows.at(-1)).toEqual({
      group: 'none',
      deal: 'D7',
      title: 'Nothing planned',
      task: null,
      taskTitle: null,
      type: null,
      due: null,
      assignee: null,
      owner: 'ana',
      value: '10.00',
      currency: 'EUR',
      account: null,
      contact: null,
    });
    expect(await ws.ok('tasks -q')).toBe('D2\nD1\nD3\nD4\nD5\nD8\nD7\n');
  });

  test('by stage: the stages in order', async () => {
    const ws = await busyDay();
    expect(await ws.ok('tasks --by stage --fields group,deal')).toBe(
      'to-contact\tD1\nto-contact\tD3\nto-contact\tD4\nto-contact\tD5\nto-contact\tD7\n' +
        'in-contact\tD2\nfollow-up\tD8\n',
    );
  });

  test('a query picks deals', async () => {
    const ws = await busyDay();
    expect(await ws.ok('tasks -q owner:ben')).toBe('D3\n');
    expect(await ws.ok('tasks -q --as ana owner:me next-action:overdue,today')).toBe('D2\nD1\n');
    expect(await ws.ok(['tasks', '-q', 'stage:follow-up or value.over:10k'])).toBe('D2\nD8\n');
    expect(await ws.ok('tasks is:won')).toBe('');
  });

  test('each deal is in the group that a query finds it by', async () => {
    const ws = await busyDay();
    const rows = await ws.json<{ group: string; deal: string }[]>('tasks');
    for (const group of ['overdue', 'today', 'upcoming', 'scheduled', 'none'])
      expect((await ws.ok(`deal list is:open next-action:${group} -q`)).split('\n').slice(0, -1)).toEqual(
        rows.flatMap(row => (row.group === group ? [row.deal] : [])).sort(),
      );
  });

  test('hidden records do not exist, tasks included', async () => {
    const ws = await busyDay();
    // Ben sees his deal and nobody's, but the tasks of both are ana's.
    expect(await ws.ok('tasks --as ben --fields group,deal,task')).toBe('none\tD3\t\nnone\tD4\t\n');
    await ws.ok('task set T4 assignee=none');
    expect(await ws.ok('tasks --as ben --fields group,deal,task')).toBe('today\tD3\tT4\nnone\tD4\t\n');
  });

  test('--all has the tasks that are not about an open deal, after the deals, and the extremes apart', async () => {
    const ws = await busyDay();
    await ws.ok('contact add --email jane@example.com --name Jane');
    await ws.ok('account add Acme');
    await ws.ok('task add Ring --for jane@example.com --due 2026-09-20 --assignee ana');
    await ws.ok('task add Visit --for Acme --due 2026-09-19');
    await ws.ok('task add Tidy');
    await ws.ok('task add Old --for Acme');
    await ws.ok('task done T12');
    await ws.ok('deal set D2 account=Acme');
    const rows = await ws.ok('tasks --all --fields group,deal,title,task,account,contact');
    expect(rows.split('\n').slice(-5).join('\n')).toBe(
      'other\tD6\tWon already\tT7\t\t\nother\t\tAcme\tT10\tA1\t\nother\t\tJane\tT9\t\tC1\nother\t\t\tT11\t\t\n',
    );
    expect(rows).toMatch(/^overdue\tD2\tOffice fit-out\tT3\tA1\t\n/);
    expect(await ws.ok('tasks')).not.toContain('other');
    const byStage = (await ws.ok('tasks --by stage --all --fields group')).split('\n');
    expect([...new Set(byStage)]).toEqual(['overdue', 'to-contact', 'none', 'other', '']);
    expect((await ws.crm('tasks --all owner:me')).code).toBe(2);
    const out = await ws.ok('tasks', { tty: 120, env: plain });
    expect(out).toMatch(/Not about an open deal {2}4 tasks\n(.*\n){4}$/);
    expect(out).toMatch(/C1 +Jane .*T9 +Ring +Ana/);
    expect(await ws.ok('tasks owner:ana', { tty: 120, env: plain })).not.toContain('Not about');
    // A closed deal is somebody's too.
    await ws.ok('deal set D6 account=Acme contact=jane@example.com');
    expect(await ws.ok('tasks --all --fields group,deal,task,account,contact')).toContain(
      'other\tD6\tT7\tA1\tC1\n',
    );
    expect(await ws.ok('tasks', { tty: 120, env: plain })).toMatch(/D6 +Won already +Acme /);
    // A task of a deal, contact or account that a user does not see is not there for them.
    await ws.ok(['user', 'add', 'eve', '--name', 'Eve', '--role', 'restricted']);
    expect(await ws.ok('tasks --all --as eve --fields group,task')).not.toMatch(/T7|T9/);
  });

  test('stages of several pipelines are told apart', async () => {
    const ws = await busyDay();
    await ws.ok('pipeline add Hardware');
    await ws.ok('stage add Quoted --pipeline hardware');
    await ws.ok('deal add Nails --pipeline hardware');
    await ws.ok('deal add Screws --pipeline hardware');
    await ws.ok('task add Buy --for D10 --due 2026-10-01');
    const out = await ws.ok('tasks --by stage', { tty: 80, env: plain });
    expect(out).toContain('Hardware: Quoted  1 deal');
    expect(out).toContain('Sales: To contact  3 deals');
  });

  test('mistakes are refused', async () => {
    const ws = await workspace('sales');
    for (const [args, message] of [
      ['tasks --by stages', 'did you mean stage?'],
      ['tasks --limit -1', 'limit'],
      ['tasks ownr:me', 'did you mean owner?'],
    ] as const) {
      const { code, err } = await ws.crm(args);
      expect([code, err]).toEqual([2, expect.stringContaining(message)]);
    }
  });
});
