/** Rules of dates in a workspace: every year, by months of the calendar, at the time of a task; and how far explain sees. */
import { describe, expect, test } from 'vitest';
import { formatInstant } from '../../src/domain/dates.ts';
import { type Ran, Rules } from './rules.ts';

const tell = "steps:\n  - notify: { user: ana, text: 'now' }\n";

async function amsterdam(now: string, ...commands: (string | string[])[]): Promise<Rules> {
  const rules = await Rules.make();
  rules.edit('crm.yaml', text =>
    text
      .replace('timezone: UTC', 'timezone: Europe/Amsterdam')
      .replace('fields:\n', 'fields:\n  contact:\n    birthday: { type: date }\n'),
  );
  rules.ws.now = now;
  for (const command of [...commands, 'run']) await rules.ok(command);
  return rules;
}

const causes = async (rules: Rules, now: string): Promise<string[]> => {
  rules.ws.now = now;
  const { automations } = await rules.sweepTwice('--explain');
  return automations.map(a => (a as Ran & { cause: string }).cause);
};

interface Next {
  readonly next: { readonly at: string; readonly due: boolean; readonly cause: string } | null;
}
const nextOf = async (rules: Rules, id: string) => (await rules.json<Next>(['explain', id, 'rule'])).next;

describe('a rule of birthdays', () => {
  const rule = (text: string) => `for: contact\nruns: every-time\n${text}\n${tell}`;

  test('fires each year, once, the last of several missed ones alone, and explain names the next', async () => {
    const rules = await amsterdam('2026-02-01T08:00:00.000Z', [
      ...['contact', 'add', '--email', 'a@example.com', '--name', 'A'],
      ...['--field', 'birthday=1996-02-29'],
    ]);
    rules.rule('rule', rule("on: { date: { field: birthday, every: year, at: '09:00' } }"));
    expect(await causes(rules, '2026-02-01T09:00:00.000Z')).toEqual([]);
    expect(await nextOf(rules, 'C1')).toMatchObject({
      at: '2026-02-28T08:00:00.000Z',
      due: false,
      cause: 'date: C1 at 2026-02-28T08:00:00.000Z',
    });
    expect(await causes(rules, '2026-02-28T07:59:59.000Z')).toEqual([]);
    expect(await causes(rules, '2026-02-28T08:00:00.000Z')).toEqual(['date: C1 at 2026-02-28T08:00:00.000Z']);
    expect(await causes(rules, '2026-03-01T08:00:00.000Z')).toEqual([]);
    expect(await causes(rules, '2028-02-29T09:00:00.000Z')).toEqual(['date: C1 at 2028-02-29T08:00:00.000Z']);
    expect(await causes(rules, '2028-12-31T09:00:00.000Z')).toEqual([]);
    expect(await nextOf(rules, 'C1')).toMatchObject({ at: '2029-02-28T08:00:00.000Z' });
  });

  test('is not started by a birthday that was entered after it had come this year', async () => {
    const rules = await amsterdam('2026-02-01T08:00:00.000Z', 'contact add --email a@example.com --name A');
    rules.rule('rule', rule('on: { date: { field: birthday, every: year } }'));
    await rules.sweep();
    rules.ws.now = '2026-06-01T08:00:00.000Z';
    await rules.ok('contact set C1 birthday=1990-03-01');
    expect(await causes(rules, '2026-06-02T08:00:00.000Z')).toEqual([]);
    expect(await causes(rules, '2027-03-01T08:00:00.000Z')).toEqual(['date: C1 at 2027-02-28T23:00:00.000Z']);
  });

  test('lint knows year alone', async () => {
    const rules = await amsterdam('2026-02-01T08:00:00.000Z');
    rules.rule('rule', rule('on: { date: { field: birthday, every: week } }'));
    const { code, out } = await rules.ws.crm('automation lint');
    expect(code).toBe(5);
    expect(out).toContain('unknown every "week"');
  });
});

describe('explain names the next moment, however far away', () => {
  test.each([
    ["on: { schedule: { cron: '0 9 29 2 *' } }", '2028-02-29T08:00:00.000Z'],
    ["on: { schedule: { cron: '0 9 29 2 +mon' } }", '2044-02-29T08:00:00.000Z'],
    ['on: { date: { field: close, offset: -1y } }', '2038-06-14T22:00:00.000Z'],
    ['on: { date: { field: close } }', '2039-06-14T22:00:00.000Z'],
    ["on: { matches: { query: 'close:<today' } }", '2039-06-15T22:00:00.000Z'],
    [`on: { schedule: { cron: '0 9 1 1 *', where: 'close:<today' } }`, '2040-01-01T08:00:00.000Z'],
  ])('%s', async (on, next) => {
    const rules = await amsterdam('2026-09-14T08:00:00.000Z', 'deal add Chairs --close 2039-06-15');
    rules.rule('rule', `for: deal\nruns: every-time\n${on}\n${tell}`);
    await rules.sweep();
    expect(await nextOf(rules, 'D1')).toMatchObject({ at: next, due: false });
    const before = formatInstant(Date.parse(next) - 60_000);
    // A missed moment of a schedule is looked at with the records as they are at the sweep.
    if (!on.includes('where')) expect(await causes(rules, before)).toEqual([]);
    expect(await causes(rules, next)).toHaveLength(1);
  });

  test('of a wait until a date years ahead, and of a date of a task of its deal', async () => {
    const rules = await amsterdam('2026-09-14T08:00:00.000Z');
    rules.rule('rule', 'for: deal\non: created\nsteps:\n  - wait: { until-date: close }\n  - add-note: x\n');
    await rules.sweep();
    await rules.ok('deal add Chairs --close 2039-06-15');
    await rules.sweep();
    expect(await nextOf(rules, 'D1')).toMatchObject({ at: '2039-06-14T22:00:00.000Z' });
    rules.rule('rule', `for: deal\nruns: every-time\non: { date: { of: task, field: due } }\n${tell}`);
    await rules.ok('task add Call --for D1 --due 2031-01-15');
    await rules.sweep();
    expect(await nextOf(rules, 'D1')).toMatchObject({
      at: '2031-01-14T23:00:00.000Z',
      cause: expect.stringContaining('T1'),
    });
  });
});

describe('a task with a time of day', () => {
  test('starts a date rule at its time, as far from it as the offset says; at: and a day without a time are as before', async () => {
    const rules = await amsterdam(
      '2026-09-14T08:00:00.000Z',
      'deal add Chairs',
      ['task', 'add', 'Call', '--for', 'D1', '--due', '2026-09-16 14:30'],
      ['task', 'add', 'Mail', '--for', 'D1', '--due', '2026-09-17'],
    );
    rules.rule('rule', `for: task\nruns: every-time\non: { date: { field: due, offset: -30min } }\n${tell}`);
    rules.rule('fixed', `for: task\nruns: every-time\non: { date: { field: due, at: '09:00' } }\n${tell}`);
    expect(await causes(rules, '2026-09-14T09:00:00.000Z')).toEqual([]);
    const found: string[] = [];
    for (
      let hour = Date.parse('2026-09-15T22:00:00.000Z');
      hour < Date.parse('2026-09-18');
      hour += 3_600_000
    )
      found.push(...(await causes(rules, formatInstant(hour))));
    expect(found).toEqual([
      'date: T1 at 2026-09-16T07:00:00.000Z',
      'date: T1 at 2026-09-16T12:00:00.000Z',
      'date: T2 at 2026-09-16T21:30:00.000Z',
      'date: T2 at 2026-09-17T07:00:00.000Z',
    ]);
  });

  test('waits until its time, and comes again at it', async () => {
    const rules = await amsterdam('2026-09-14T08:00:00.000Z');
    rules.rule(
      'rule',
      'for: task\non: created\nsteps:\n  - wait: { until-date: due }\n  - complete-tasks: {}\n',
    );
    await rules.sweep();
    await rules.ok(['task', 'add', 'Pay', '--due', '2026-09-30 14:30', '--repeat', 'last workday of month']);
    expect(await causes(rules, '2026-09-14T09:00:00.000Z')).toEqual(['created: T1']);
    expect(await causes(rules, '2026-09-30T12:29:00.000Z')).toEqual([]);
    await rules.ok('task done T1', { now: '2026-09-30T12:30:00.000Z' });
    rules.ws.now = '2026-09-30T12:30:00.000Z';
    await rules.sweep();
    expect(await rules.show('T2')).toMatchObject({
      due: '2026-10-30',
      dueTime: '14:30',
      repeat: 'last workday of month',
    });
  });
});
