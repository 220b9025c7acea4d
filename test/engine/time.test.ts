/** Rules that go by the clock: dates, cron expressions, waits for a time, and what a sweep catches up with. */
import { expect, test } from 'vitest';
import { Desk } from './desk.ts';
import type { Ran } from './swept.ts';

const tell = "steps:\n  - notify: { user: ana, text: 'now' }\n";

/** A workspace in Amsterdam, with a deal D1, in which time is local: `2026-03-28 09:00`. */
async function amsterdam(now: string, ...commands: string[]): Promise<Desk> {
  const rules = Desk.make();
  rules.edit('crm.yaml', text => text.replace('timezone: UTC', 'timezone: Europe/Amsterdam'));
  rules.now = Date.parse(now);
  await rules.all('deal add Chairs --value 500 --owner ana', ...commands, 'run');
  return rules;
}

/** Who was started by a sweep at each of these times, by what. */
async function startedAt(rules: Desk, times: readonly string[]): Promise<string[]> {
  const started: string[] = [];
  for (const now of times) {
    rules.now = Date.parse(now);
    const { automations } = await rules.sweepTwice('--explain');
    started.push(...automations.map(a => `${a.subject} ${(a as Ran & { cause: string }).cause}`));
  }
  return started;
}

test.each([
  // In the night of 29 March clocks go from 02:00 to 03:00; in that of 25 October from 03:00 back to 02:00.
  { close: '2026-03-29', on: '{ date: { field: expectedClose } }', due: '2026-03-28T23:00:00.000Z' },
  { close: '2026-03-29', on: "{ date: { field: close, at: '09:00' } }", due: '2026-03-29T07:00:00.000Z' },
  { close: '2026-03-29', on: "{ date: { field: close, at: '02:30' } }", due: '2026-03-29T01:00:00.000Z' },
  {
    close: '2026-03-30',
    on: "{ date: { field: close, offset: -2d, at: '09:00' } }",
    due: '2026-03-28T08:00:00.000Z',
  },
  { close: '2026-03-30', on: '{ date: { field: close, offset: -23h } }', due: '2026-03-28T23:00:00.000Z' },
  { close: '2026-10-25', on: "{ date: { field: close, at: '02:30' } }", due: '2026-10-25T00:30:00.000Z' },
  {
    close: '2026-10-24',
    on: "{ date: { field: close, offset: +1d, at: '09:00' } }",
    due: '2026-10-25T08:00:00.000Z',
  },
  { close: '2028-03-01', on: '{ date: { field: close, offset: -1d } }', due: '2028-02-28T23:00:00.000Z' },
  { close: '2027-03-01', on: '{ date: { field: close, offset: -1d } }', due: '2027-02-27T23:00:00.000Z' },
])('$on of $close comes at $due, and once', async ({ close, on, due }) => {
  const rules = await amsterdam('2026-03-20T08:00:00.000Z', `deal set D1 close=${close}`);
  rules.rule('rule', `for: deal\nruns: every-time\non: ${on}\n${tell}`);
  await rules.sweep();
  const at = Date.parse(due);
  const times = [at - 1, at, at + 1, at + 86_400_000].map(ms => new Date(ms).toISOString());
  expect(await startedAt(rules, times)).toEqual([`D1 date: D1 at ${due}`]);
});

test('a date of a task starts a rule for its deal; one that is set when it is past does not, nor does one that was moved', async () => {
  const rules = await amsterdam('2026-09-14T08:00:00.000Z', 'task add Call --for D1 --due 2026-09-16');
  rules.rule(
    'rule',
    `for: deal\nruns: every-time\non: { date: { of: task, field: due, at: '09:00', where: 'status:open' } }\n${tell}`,
  );
  await rules.sweep();
  rules.now = Date.parse('2026-09-15T08:00:00.000Z');
  rules.ok('task add Late --for D1 --due 2026-09-14');
  rules.ok('task add Moved --for D1 --due 2026-09-16');
  rules.ok('task snooze T3 2026-09-20');
  expect(await startedAt(rules, ['2026-09-15T09:00:00.000Z', '2026-09-17T08:00:00.000Z'])).toEqual([
    'D1 date: T1 at 2026-09-16T07:00:00.000Z',
  ]);
  rules.ok('task done T3');
  expect(await startedAt(rules, ['2026-09-21T08:00:00.000Z'])).toEqual([]);
});

test('a moment whose where did not hold when it came is not tried again', async () => {
  const rules = await amsterdam('2026-09-14T08:00:00.000Z', 'deal set D1 close=2026-09-16');
  rules.rule('rule', `for: deal\non: { date: { field: close } }\nwhere: 'value:>=1000'\n${tell}`);
  await rules.sweep();
  rules.now = Date.parse('2026-09-16T08:00:00.000Z');
  expect((await rules.sweep()).automations).toEqual([]);
  rules.ok('deal set D1 value=1000');
  expect(await startedAt(rules, ['2026-09-16T09:00:00.000Z'])).toEqual([]);
});

test('a rule with a time sees moments after it was enabled; a sweep before the last one starts none', async () => {
  const rules = await amsterdam(
    '2026-09-14T08:00:00.000Z',
    'deal set D1 close=2026-09-16',
    'deal add Desk --close 2026-09-18',
  );
  rules.now = Date.parse('2026-09-17T08:00:00.000Z');
  rules.rule('rule', `for: deal\nruns: every-time\non: { date: { field: close } }\n${tell}`);
  expect(await startedAt(rules, ['2026-09-17T08:00:00.000Z'])).toEqual([]);
  rules.now = Date.parse('2026-09-10T08:00:00.000Z');
  rules.ok('deal add Early --close 2026-09-11');
  const back = await rules.sweep();
  expect(back).toMatchObject({
    code: 1,
    automations: [],
    failures: [{ error: expect.stringContaining('is before the time of the last sweep') as string }],
  });
  expect(await startedAt(rules, ['2026-09-19T08:00:00.000Z'])).toEqual([
    'D2 date: D2 at 2026-09-17T22:00:00.000Z',
  ]);
});

test.each([
  {
    cron: '0 9 * * mon-fri',
    from: '2026-09-18T08:00:00.000Z',
    to: '2026-09-21T06:59:59.999Z',
    last: undefined,
  },
  {
    cron: '0 9 * * mon-fri',
    from: '2026-09-18T08:00:00.000Z',
    to: '2026-09-21T07:00:00.000Z',
    last: '2026-09-21T07:00:00.000Z',
  },
  // Of several missed ones the last.
  {
    cron: '0 9 * * *',
    from: '2026-09-14T08:00:00.000Z',
    to: '2026-09-21T06:00:00.000Z',
    last: '2026-09-20T07:00:00.000Z',
  },
  {
    cron: '*/5 3 1 * *',
    from: '2026-02-14T08:00:00.000Z',
    to: '2026-09-21T06:00:00.000Z',
    last: '2026-09-01T01:55:00.000Z',
  },
  {
    cron: '0 9 * * *',
    from: '2026-03-28T12:00:00.000Z',
    to: '2026-03-29T12:00:00.000Z',
    last: '2026-03-29T07:00:00.000Z',
  },
  {
    cron: '0 9 * * *',
    from: '2026-10-24T12:00:00.000Z',
    to: '2026-10-25T12:00:00.000Z',
    last: '2026-10-25T08:00:00.000Z',
  },
  // Skipped: when the skip ends. Twice: the first time.
  {
    cron: '30 2 * * *',
    from: '2026-03-28T12:00:00.000Z',
    to: '2026-03-29T12:00:00.000Z',
    last: '2026-03-29T01:00:00.000Z',
  },
  {
    cron: '30 2 * * *',
    from: '2026-10-24T12:00:00.000Z',
    to: '2026-10-25T12:00:00.000Z',
    last: '2026-10-25T00:30:00.000Z',
  },
  // Minutes or hours that begin with * run in real time, twice through an hour that comes twice.
  {
    cron: '0 * * * *',
    from: '2026-10-25T00:00:00.000Z',
    to: '2026-10-25T01:59:00.000Z',
    last: '2026-10-25T01:00:00.000Z',
  },
  {
    cron: '*/15 * * * *',
    from: '2027-10-30T22:00:00.000Z',
    to: '2027-10-31T01:30:00.000Z',
    last: '2027-10-31T01:30:00.000Z',
  },
  {
    cron: '0 0 29 2 *',
    from: '2026-01-01T00:00:00.000Z',
    to: '2030-01-01T00:00:00.000Z',
    last: '2028-02-28T23:00:00.000Z',
  },
  {
    cron: '0 0 31 * *',
    from: '2026-01-01T00:00:00.000Z',
    to: '2026-12-01T00:00:00.000Z',
    last: '2026-10-30T23:00:00.000Z',
  },
])('$cron between $from and $to', async ({ cron, from, to, last }) => {
  const rules = await amsterdam(from, 'deal add Lost', 'deal lose D2 --reason price');
  rules.rule(
    'rule',
    `for: deal\nruns: every-time\non: { schedule: { cron: '${cron}', where: 'is:open' } }\n${tell}`,
  );
  await rules.sweep();
  const due = last === undefined ? [] : [`D1 schedule: D1 at ${last}`];
  expect(await startedAt(rules, [to])).toEqual(due);
});

/** Sweeps at each of these times, with a change before each; the causes of what was started. */
async function sweptWithChanges(cron: string, times: readonly string[]): Promise<string[]> {
  const rules = await amsterdam('2026-01-01T00:00:00.000Z');
  rules.now = Date.parse(times[0]!);
  rules.rule(
    'rule',
    `for: deal\nruns: every-time\nlimit: 100 per 1h\non: { schedule: { cron: '${cron}' } }\n${tell}`,
  );
  await rules.sweep();
  const started: string[] = [];
  for (const now of times.slice(1)) {
    rules.now = Date.parse(now);
    rules.ok(`deal set D1 value=${Date.parse(now) / 60_000}`);
    started.push(...(await startedAt(rules, [now])).map(cause => cause.replace('D1 schedule: D1 at ', '')));
  }
  return started;
}

/** Every five minutes after `from`, to `to`. */
const fiveMinutes = (from: string, to: string): string[] => {
  const times: string[] = [];
  for (let at = Date.parse(from); at <= Date.parse(to); at += 300_000) times.push(new Date(at).toISOString());
  return times;
};

test('02:30 comes once in the night in which it is skipped, whenever something is changed and swept', async () => {
  const once = ['2026-03-29T01:00:00.000Z'];
  const night = ['2026-03-28T12:00:00.000Z', ...fiveMinutes('2026-03-29T00:40:00Z', '2026-03-29T01:50:00Z')];
  expect(await sweptWithChanges('30 2 * * *', night)).toEqual(once);
  for (const change of ['2026-03-29T01:00:00.000Z', '2026-03-29T01:15:00.000Z', '2026-03-29T01:29:00.000Z'])
    expect(
      await sweptWithChanges('30 2 * * *', [night[0]!, change, '2026-03-29T01:45:00.000Z']),
      change,
    ).toEqual(once);
});

test('02:30 comes once in the night in which there are two', async () => {
  const night = fiveMinutes('2026-10-25T00:00:00Z', '2026-10-25T02:00:00Z');
  expect(await sweptWithChanges('30 2 * * *', night)).toEqual(['2026-10-25T00:30:00.000Z']);
});

test('every quarter of an hour comes in real time through the hour that comes twice', async () => {
  const night = fiveMinutes('2026-10-25T00:00:00Z', '2026-10-25T02:00:00Z');
  const quarters = night.filter(at => Date.parse(at) % 900_000 === 0).slice(1);
  expect(await sweptWithChanges('*/15 * * * *', night)).toEqual(quarters);
});

/** Rules whose effects touch none of their own conditions, and which do not wait. */
const unwaiting = {
  created: 'created',
  close: "{ date: { field: close, offset: -1d, at: '09:00' } }",
  idle: "{ matches: { query: 'is:open idle.over:4d' } }",
  big: "{ matches: { query: 'value:>=1000' } }",
  stage: '{ enters-stage: { stage: proposal } }',
};

test('one sweep after a week without cron fires the same as seven daily sweeps', async () => {
  const day = (n: number, time = '08:00') =>
    `${new Date(Date.UTC(2026, 2, 26 + n)).toISOString().slice(0, 10)}T${time}:00.000Z`;
  const week = async (sweeps: readonly number[]) => {
    const rules = await amsterdam(
      day(0),
      'deal add Desk --close 2026-03-29',
      'deal add Lamp --close 2026-03-31',
    );
    for (const [id, on] of Object.entries(unwaiting))
      rules.rule(id, `for: deal\nruns: every-time\non: ${on}\n${tell}`);
    await rules.sweep();
    const did: Record<number, readonly string[]> = {
      1: ['deal set D1 value=2000', 'deal add Late --close 2026-03-20'],
      2: ['deal move D2 proposal', 'deal set D3 close=2026-03-30'],
      4: ['log call D3 hello', 'deal set D1 close=2026-03-30'],
    };
    const fired: string[] = [];
    for (let n = 1; n <= 7; n++) {
      rules.now = Date.parse(day(n));
      for (const command of did[n] ?? []) rules.ok(command);
      if (!sweeps.includes(n)) continue;
      rules.now = Date.parse(day(n, '20:00'));
      const { automations } = await rules.sweepTwice('--explain');
      fired.push(
        ...automations.map(a => `${a.automation} ${a.subject} ${(a as Ran & { cause: string }).cause}`),
      );
    }
    return fired.sort();
  };
  const daily = await week([1, 2, 3, 4, 5, 6, 7]);
  expect(await week([7])).toEqual(daily);
  expect(await week([3, 7])).toEqual(daily);
  expect(daily.map(line => line.split(' ').slice(0, 2).join(' '))).toEqual([
    'big D1',
    'close D2',
    'close D3',
    'created D4',
    'idle D1',
    'idle D2',
    'idle D4',
    'stage D2',
  ]);
});
