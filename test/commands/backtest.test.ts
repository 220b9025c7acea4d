/** `crm automation backtest`: what a rule would have done, which is what it does where it is really there. */
import { describe, expect, it } from 'vitest';
import { DAY, HOUR, Rules } from '../engine/rules.ts';
import { NOW, TestWorkspace } from '../harness.ts';

interface Firing {
  readonly at: string;
  readonly subject: string;
  readonly cause: string;
  readonly changes: readonly {
    kind: string;
    id: string;
    op: string;
    set: Record<string, [unknown, unknown]>;
  }[];
}

interface Backtest {
  readonly automation: string;
  readonly since: string;
  readonly firings: readonly Firing[];
  readonly failures: readonly { at: string; subject: string; step: string; error: string }[];
}

const FOLLOW = `for: deal
on:
  - enters-stage: { stage: proposal }
  - matches: { query: 'is:open idle.over:3d' }
runs: every-time
where: 'value.over:1'
steps:
  - add-task: { title: 'Call about {{ deal.title }}', due: +1d }
  - wait: 2d
  - if: 'is:won'
    then: [{ add-note: thanked }]
    else: [{ update: { stage: done } }]
`;

const backtest = (rules: Rules, ...args: string[]): Promise<Backtest> =>
  rules.json(['automation', 'backtest', ...args]);

/** What was done, but for the ids of what is new, which are others. */
const changesOf = (changes: Firing['changes']) =>
  changes.map(({ kind, id, op, set }) => {
    const { createdAt: _, ...fields } = set;
    return `${op} ${kind} ${op === 'add' ? '' : id} ${JSON.stringify(fields)}`;
  });

/** Three weeks of work, with a sweep every midnight. */
async function threeWeeks(rules: Rules, rule: string): Promise<Firing[]> {
  rules.rule('follow', rule);
  const done: Firing[] = [];
  const work: Record<number, string[]> = {
    0: ['deal add Chairs --value 100', 'deal add Tables --value 1 --stage proposal'],
    1: ['deal move Chairs proposal', 'deal add Desks --value 30'],
    2: ['log call Desks hello', 'deal set Tables value=70'],
    4: [
      'deal win Chairs',
      'deal add Lamps --value 8 --stage proposal',
      'deal move Lamps new',
      'deal move Lamps proposal',
    ],
    6: ['deal move Tables new', 'task done T1'],
    9: ['deal rm Desks', 'deal reopen Chairs'],
    13: ['deal move Tables proposal', 'deal lose Lamps'],
    17: ['deal move Tables new', 'undo', 'deal set Chairs title=Stools'],
  };
  await rules.sweep();
  for (let day = 0; day <= 21; day++) {
    rules.at(day * DAY + 5 * HOUR);
    for (const command of work[day] ?? []) await rules.ok(command);
    rules.at(day * DAY + 16 * HOUR);
    const { automations } = await rules.sweep('--explain');
    const [tx] = await rules.json<{ changes: Firing['changes'] }[]>('history --limit 1');
    for (const { subject, cause, outcome } of automations as unknown as (Firing & { outcome: string })[])
      if (outcome !== 'skipped') done.push({ at: rules.ws.now, subject, cause, changes: tx!.changes });
  }
  return done;
}

describe('a rule that was there', () => {
  it('finds what the rule really did: when, for whom, why, and with which effects', async () => {
    const rules = await Rules.make();
    const really = await threeWeeks(rules, FOLLOW);
    expect(really.length).toBeGreaterThan(12);
    rules.at(21 * DAY + 17 * HOUR);
    const before = rules.digest();
    const again = await backtest(rules, 'follow', '--since', NOW, '--every', '1d');
    expect(rules.digest()).toBe(before);
    // Of several in one sweep the order is the same too.
    expect(again.firings.map(f => `${f.at} ${f.subject} ${f.cause}`)).toEqual(
      really.map(f => `${f.at} ${f.subject} ${f.cause}`),
    );
    const effects = really.filter((f, i) => really[i - 1]?.at !== f.at).flatMap(f => changesOf(f.changes));
    const would = again.firings.flatMap(f => changesOf(f.changes));
    const ofRecords = (lines: string[]) => lines.filter(line => !/ (enrolment|cursor) /.test(line)).sort();
    expect(ofRecords(would)).toEqual(ofRecords(effects));
    expect(again.failures).toEqual([]);
  });
});

describe('a rule that was not', () => {
  /** Work of a week, which no rule saw. */
  async function aWeek(): Promise<Rules> {
    const rules = await Rules.make();
    await rules.ok('deal add Chairs --value 100 --owner ana');
    rules.at(2 * DAY);
    await rules.ok('deal move Chairs proposal');
    rules.at(4 * DAY + HOUR / 2);
    await rules.ok('deal win Chairs');
    rules.at(7 * DAY);
    return rules;
  }
  const note = (on: string, step = 'add-note: seen') =>
    `for: deal\nenabled: false\non: [${on}]\nsteps: [{ ${step} }]\n`;

  it('is tried while it is disabled, or a file that is not added yet, from any day on', async () => {
    const rules = await aWeek();
    rules.rule('seen', note('stage-changes, status-changes').replace('steps', 'runs: every-time\nsteps'));
    rules.write('new-rule.yaml', note('{ status-changes: { to: won } }'));
    const before = rules.digest();
    const all = await backtest(rules, 'seen', '--since', '90d');
    expect(all).toEqual({
      automation: 'seen',
      since: NOW,
      firings: [
        {
          at: '2026-09-16T08:00:00.000Z',
          subject: 'D1',
          cause: 'stage-changes: D1',
          changes: [expect.objectContaining({ kind: 'activity', op: 'add' })],
        },
        {
          at: '2026-09-18T08:30:00.000Z',
          subject: 'D1',
          cause: 'status-changes: D1',
          changes: [expect.objectContaining({ kind: 'activity', op: 'add' })],
        },
      ],
      failures: [],
    });
    expect(Object.keys(all.firings[0]!.changes[0]!)).toEqual(['kind', 'id', 'op', 'set']);
    expect((await backtest(rules, 'seen', '--since', '4d')).firings).toHaveLength(1);
    const later = await backtest(rules, 'new-rule.yaml', '--every', '1h');
    expect(later).toMatchObject({ automation: 'new-rule', firings: [{ at: '2026-09-18T09:00:00.000Z' }] });
    const text = await rules.ws.crm('automation backtest seen --color never', { tty: 200 });
    expect(text.out).toMatch(/AT +FOR +CAUSE +OUTCOME +CHANGES/);
    expect(text.out).toContain('2026-09-16 08:00  D1 Chairs  stage-changes: D1');
    expect(text.err).toContain('the workspace begins at 2026-09-14 08:00; nothing is known before then\n');
    expect(text.err).toContain(
      'seen would have started 2 times since 2026-09-14, for 1 subject: 2 activities added\n',
    );
    expect(rules.digest()).toBe(before);
  });

  it('sees what time brings at the moment at which cron would, and each failure', async () => {
    const rules = await aWeek();
    rules.rule(
      'idle',
      note(
        "{ matches: { query: 'stage-age.over:36h' } }",
        'send-email: { to: contact, subject: Hi, body: Hi }',
      ),
    );
    const ran = await rules.ws.crm('automation backtest idle --json');
    expect(ran.code).toBe(1);
    const found = JSON.parse(ran.out) as Backtest;
    expect(found.firings).toEqual([
      { at: '2026-09-15T20:15:00.000Z', subject: 'D1', cause: 'matches: D1', changes: [] },
    ]);
    expect(found.failures).toEqual([
      { at: '2026-09-15T20:15:00.000Z', subject: 'D1', step: '1.send-email', error: 'D1 has no contact' },
    ]);
  });

  it('does not start for imports without --trigger and undos, and says so if there was nothing else', async () => {
    const rules = await Rules.make();
    rules.write('deals.csv', 'title,value\nChairs,100\nTables,200\n');
    rules.rule('seen', note('created'));
    rules.at(HOUR);
    await rules.ok('import deals deals.csv');
    rules.at(DAY);
    const quiet = await rules.ws.crm('automation backtest seen');
    expect(quiet).toMatchObject({ code: 0, out: '' });
    expect(quiet.err).toContain('seen would have done nothing since 2026-09-14\n');
    expect(quiet.err).toContain('2 changes came from undo or from imports without --trigger');
    rules.write('more.csv', 'title,value\nDesks,100\n');
    await rules.ok('import deals more.csv --trigger');
    rules.at(2 * DAY);
    expect((await backtest(rules, 'seen')).firings.map(f => f.subject)).toEqual(['D3']);
  });

  it("leaves out the rule's real work since then, and later changes of it", async () => {
    const rules = await Rules.make();
    rules.rule('next', 'for: deal\non: created\nsteps: [{ add-task: { title: Call, due: +1d } }]\n');
    await rules.sweep();
    rules.at(HOUR);
    await rules.ok('deal add Chairs');
    await rules.sweep();
    await rules.ok('task done T1');
    await rules.ok('task add Write --for D1');
    rules.at(DAY);
    rules.rule(
      'next',
      "for: deal\non: created\nsteps: [{ wait: 2h }, { if: 'tasks.done:0', then: [{ add-note: none done }] }]\n",
    );
    const { firings } = await backtest(rules, 'next');
    expect(firings.map(f => [f.at, f.cause, f.changes.length])).toEqual([
      ['2026-09-14T09:00:00.000Z', 'created: D1', 0],
      ['2026-09-14T11:00:00.000Z', 'went on at 1.wait', 1],
    ]);
  });
});

it('refuses wrong options', async () => {
  const rules = await Rules.make({
    'automations/seen.yaml': 'for: deal\non: created\nsteps: [{ add-note: a }]\n',
    'new.yaml': 'for: deal\non: creatd\nsteps: [{ add-note: a }]\n',
    'automations/bad.yaml': 'for: deal\non: created\nsteps: []\n',
  });
  const table: [string, number, string][] = [
    ['sean', 3, 'did you mean seen?'],
    ['bad', 5, 'automations/bad.yaml:3: '],
    ['none.yaml', 3, 'there is no file none.yaml'],
    ['new.yaml', 5, 'new.yaml:2: unknown trigger "creatd"'],
    ['', 2, 'which automation?'],
    ['seen --since soon', 2, '"soon"'],
    ['seen --since tomorrow', 2, 'is not in the past'],
    ['seen --every 0h', 2, 'cron needs some time'],
    ['seen --every often', 2, 'is not a duration'],
  ];
  for (const [args, code, says] of table) {
    const ran = await rules.ws.crm(`automation backtest ${args}`);
    expect(ran, args).toMatchObject({ code, out: '' });
    expect(ran.err, args).toContain(says);
  }
  const ben = await rules.ws.crm('--as ben automation backtest seen');
  expect(ben).toMatchObject({ code: 1, out: '' });
  expect(ben.err).toContain('ben is normal, and a backtest goes through all records');
});

it('says on a terminal how far it is, where it takes its time', async () => {
  const rules = await Rules.make();
  rules.rule('follow', FOLLOW);
  await rules.ok('deal add Chairs --value 100 --stage proposal');
  rules.ws.now = '2026-09-24T08:00:00.000Z';
  const args = 'automation backtest follow --since 30d';
  const quick = await rules.ws.crm(args, { tty: 80 });
  expect(quick.err).not.toContain('\r');
  let clock = Date.parse(rules.ws.now);
  const slow = Object.defineProperty(new TestWorkspace(rules.ws.dir), 'now', {
    get: () => new Date((clock += 700)).toISOString(),
  });
  const options = { now: rules.ws.now };
  expect((await slow.crm(args, { ...options, tty: 80 })).err).toMatch(/\r2026-09-1\d: \d firings? so far/);
  expect((await slow.crm(args, options)).err).not.toContain('\r');
});
