/** The decision table of the template, row by row and stage by stage, through `crm run`. */
import { describe, expect, it } from 'vitest';
import { copiesOf, NOW, type TestWorkspace, workspace } from '../harness.ts';

const stages = [
  'newsletter',
  'awaiting-processing',
  'awaiting-contact',
  'in-progress',
  'serious-prospect',
  'one-time',
  'returning',
  'regular',
  'failed',
  'forgotten',
  'inactive',
  'unreachable',
] as const;
type Stage = (typeof stages)[number];

interface Swept {
  readonly transitions: readonly { record: string; from: string; to: string; rule: number }[];
}

const DAY = 86_400_000;
/** So many days, and milliseconds, after the tests begin. */
const later = (days: number, ms = 0) => new Date(Date.parse(NOW) + days * DAY + ms).toISOString();

/** What there is of each deal, and its contact. */
interface Story {
  readonly status?: 'won' | 'lost';
  readonly qualification?: string;
  readonly tasks?: readonly ('open' | 'done')[];
  readonly paidInvoices?: number;
  readonly events?: readonly { readonly name: string; readonly at?: string }[];
}

async function importRows(ws: TestWorkspace, kind: string, header: string, rows: readonly string[]) {
  if (rows.length > 0)
    await ws.ok(['import', kind, '-', '--same-workspace', '--create-missing', 'contacts'], {
      stdin: [header, ...rows].join('\n'),
    });
}

/** Makes a deal in each of the stages, with the same story. */
async function tell(ws: TestWorkspace, where: readonly Stage[], story: Story): Promise<void> {
  const { status = 'open', qualification = '', tasks = [], paidInvoices = 0, events = [] } = story;
  const contact = (stage: Stage) => `${stage}@example.com`;
  await importRows(
    ws,
    'deals',
    'title,stage,contact,status,qualification',
    where.map(stage => `${stage},${stage},${contact(stage)},${status},${qualification}`),
  );
  await importRows(
    ws,
    'tasks',
    'title,type,for,doneAt',
    where.flatMap((_, i) => tasks.map(task => `Ask,todo,D${i + 1},${task === 'done' ? NOW : ''}`)),
  );
  await importRows(
    ws,
    'invoices',
    'contact,amount,paid',
    where.flatMap(stage => Array.from({ length: paidInvoices }, () => `${contact(stage)},10,today`)),
  );
  await importRows(
    ws,
    'events',
    'name,contact,at',
    where.flatMap(stage => events.map(({ name, at = NOW }) => `${name},${contact(stage)},${at}`)),
  );
}

/** The way of each deal through the table, as `row: stage` steps from the stage in which it was made. */
async function ways(where: readonly Stage[], story: Story, now: string): Promise<Record<string, string>> {
  const ws = await workspace('automated-sales');
  await tell(ws, where, story);
  ws.now = now;
  const { transitions } = await ws.json<Swept>('run');
  const stageNow = new Map(
    (await ws.json<{ id: string; stage: string }[]>('deal list')).map(deal => [deal.id, deal.stage]),
  );
  const found: Record<string, string> = {};
  where.forEach((stage, i) => {
    const id = `D${i + 1}`;
    const steps = transitions.filter(t => t.record === id);
    expect(steps.map(step => step.from)).toEqual(
      [stage, ...steps.map(step => step.to)].slice(0, steps.length),
    );
    expect(stageNow.get(id)).toBe(steps.at(-1)?.to ?? stage);
    if (steps.length > 0) found[stage] = steps.map(({ rule, to }) => `${rule}: ${to}`).join(', ');
  });
  // All are where the table wants them.
  expect((await ws.json<Swept>('run')).transitions).toEqual([]);
  return found;
}

/** The same way from every stage but those named; none from the stage that it leads to. */
const from = (which: readonly Stage[], way: string, more: Partial<Record<Stage, string>> = {}) => ({
  ...Object.fromEntries(which.map(stage => [stage, way])),
  ...more,
});
const allBut = (...not: Stage[]): Stage[] => stages.filter(stage => !not.includes(stage));

const sales: Stage[] = ['awaiting-processing', 'awaiting-contact', 'in-progress', 'serious-prospect'];
const customers: Stage[] = ['one-time', 'returning', 'regular'];
const idleWays = from(
  sales,
  '7: forgotten',
  from(customers, '11: awaiting-processing, 7: forgotten', {
    failed: '11: awaiting-processing, 7: forgotten',
  }),
);
const toProcessing = from(
  ['awaiting-contact', 'in-progress', 'serious-prospect', ...customers, 'forgotten', 'failed'],
  '11: awaiting-processing',
);

const done = (n: number) => ({ tasks: Array.from({ length: n }, () => 'done' as const) });
const target = { qualification: 'target group' };
const unreachable = { ...toProcessing, newsletter: '5: unreachable', inactive: '5: unreachable' };
const backAndOn = '5: unreachable, 10: awaiting-contact';

describe('from every stage', () => {
  it.each<[string, Story, string, Record<string, string>]>([
    [
      'won, five invoices paid',
      { status: 'won', paidInvoices: 5 },
      NOW,
      from(allBut('regular'), '1: regular'),
    ],
    ['won, four paid', { status: 'won', paidInvoices: 4 }, NOW, from(allBut('returning'), '2: returning')],
    ['won, two paid', { status: 'won', paidInvoices: 2 }, NOW, from(allBut('returning'), '2: returning')],
    ['won, one paid', { status: 'won', paidInvoices: 1 }, NOW, from(allBut('one-time'), '3: one-time')],
    ['won', { status: 'won' }, NOW, from(allBut('one-time'), '3: one-time')],
    ['lost', { status: 'lost' }, NOW, from(allBut('failed'), '4: failed')],
    [
      'lost, whatever else there is',
      { status: 'lost', paidInvoices: 5, ...target, ...done(3) },
      later(31),
      from(allBut('failed'), '4: failed'),
    ],
    ['unsubscribed', { events: [{ name: 'email.unsubscribed' }] }, NOW, unreachable],
    ['bounced', { events: [{ name: 'email.bounced' }] }, NOW, unreachable],
    ['idle for 30 days', {}, later(30), toProcessing],
    ['idle for longer', {}, later(30, 1), idleWays],
    [
      'three tasks done in the target group',
      { ...target, ...done(3) },
      NOW,
      from(allBut('serious-prospect'), '8: serious-prospect'),
    ],
    ['three tasks done, in no group', done(3), NOW, from(allBut('in-progress'), '9: in-progress')],
    [
      'three tasks done, not in the target group',
      { qualification: 'not a target', ...done(3) },
      NOW,
      from(allBut('in-progress'), '9: in-progress'),
    ],
    [
      'two tasks done in the target group',
      { ...target, ...done(2) },
      NOW,
      from(allBut('in-progress'), '9: in-progress'),
    ],
    [
      'one task done, two open, in the target group',
      { ...target, tasks: ['done', 'open', 'open'] },
      NOW,
      from(allBut('in-progress'), '9: in-progress'),
    ],
    ['a task open', { tasks: ['open'] }, NOW, from(allBut('awaiting-contact'), '10: awaiting-contact')],
    ['nothing', {}, NOW, toProcessing],
    // What brings it back into sales can bring it on from there.
    [
      'unsubscribed, with a task',
      { events: [{ name: 'email.unsubscribed' }], tasks: ['open'] },
      NOW,
      from(allBut('awaiting-contact', 'newsletter', 'inactive'), '10: awaiting-contact', {
        newsletter: backAndOn,
        inactive: backAndOn,
      }),
    ],
    [
      'a task done long ago',
      done(1),
      later(31),
      from(sales, '7: forgotten', from(allBut(...sales, 'forgotten'), '9: in-progress, 7: forgotten')),
    ],
  ])('%s', async (_what, story, now, expected) => {
    expect(await ways(stages, story, now)).toEqual(expected);
  });
});

describe('the newsletter', () => {
  it.each<[string, Story, string, string | undefined]>([
    ['for 365 days', {}, later(365), undefined],
    ['for longer', {}, later(365, 1), '6: inactive'],
    [
      'for longer, a mail opened 365 days ago',
      { events: [{ name: 'email.opened', at: later(1) }] },
      later(366),
      undefined,
    ],
    [
      'for longer, one opened before that',
      { events: [{ name: 'email.opened', at: NOW }] },
      later(365, 1),
      '6: inactive',
    ],
    [
      'for longer, a link clicked 365 days ago',
      { events: [{ name: 'email.clicked', at: later(1) }] },
      later(366),
      undefined,
    ],
    [
      'for longer, one clicked before that',
      { events: [{ name: 'email.clicked', at: NOW }] },
      later(365, 1),
      '6: inactive',
    ],
    [
      'for longer, something else',
      { events: [{ name: 'page.visited', at: later(300) }] },
      later(366),
      '6: inactive',
    ],
    ['for longer, with a task', { tasks: ['open'] }, later(366), '10: awaiting-contact, 7: forgotten'],
  ])('%s', async (_what, story, now, expected) => {
    expect((await ways(['newsletter'], story, now)).newsletter).toBe(expected);
  });
});

describe('who was forgotten', () => {
  it.each<[string, readonly string[], string | undefined]>([
    ['comes back with a call', ['log', 'call', 'D1', 'hello'], '11: awaiting-processing'],
    ['comes back with a mail', ['log', 'email', 'D1', 'hello'], '11: awaiting-processing'],
    ['comes back with a meeting', ['log', 'meeting', 'D1', 'hello'], '11: awaiting-processing'],
    ['does not with a note', ['deal', 'note', 'D1', 'hello'], undefined],
    ['does not with a call that is yet to come', ['log', 'call', 'D1', 'hello', '--at', '+1d'], undefined],
    ['does not with a call of long ago', ['log', 'call', 'D1', 'hello', '--at', '-31d'], undefined],
    ['comes back with a new task', ['task', 'add', 'Ask', '--for', 'D1'], '10: awaiting-contact'],
    ['does not with an event', ['event', 'add', 'email.opened', '--contact', 'C1'], undefined],
    ['does not when it is changed', ['deal', 'set', 'D1', 'value=1'], undefined],
  ])('%s', async (_what, happened, expected) => {
    const ws = await workspace('automated-sales');
    await ws.ok('deal add Chairs --stage in-progress --contact jane@example.com');
    ws.now = later(31);
    await ws.ok('run');
    expect((await ws.json<{ stage: string }>('deal show D1')).stage).toBe('forgotten');
    ws.now = later(40);
    await ws.ok(happened);
    const { transitions } = await ws.json<Swept>('run');
    expect(transitions.map(({ rule, to }) => `${rule}: ${to}`).join(', ') || undefined).toBe(expected);
  });

  it.each([
    ['call', 'in-progress'],
    ['email', 'in-progress'],
    ['meeting', 'in-progress'],
    // Closing one is not a contact; it only says that one was done.
    ['todo', 'forgotten'],
  ])('a task of type %s that is done makes it %s', async (type, expected) => {
    const ws = await workspace('automated-sales');
    await ws.ok('deal add Chairs');
    await ws.ok(`task add Ask --for D1 --type ${type}`);
    ws.now = later(31);
    await ws.ok('run');
    await ws.ok('task done T1');
    await ws.ok('run');
    expect((await ws.json<{ stage: string }>('deal show D1')).stage).toBe(expected);
  });
});

describe('paid invoices', () => {
  const wonDeal = copiesOf(async () => {
    const ws = await workspace('automated-sales');
    await ws.ok('deal add Chairs --contact jane@example.com --account Acme');
    await ws.ok('deal win D1');
    return ws;
  });
  const paid = async (ws: TestWorkspace): Promise<number> => {
    const [deal] = await ws.json<{ 'invoices.paid': number }[]>('deal list --fields invoices.paid');
    return deal!['invoices.paid'];
  };
  const stage = async (ws: TestWorkspace) => {
    await ws.ok('run');
    return (await ws.json<{ stage: string }>('deal show D1')).stage;
  };

  it('are those of account and contact, each once', async () => {
    const ws = await wonDeal();
    // Of the deal, and so of its account and its contact.
    await ws.ok('invoice add --for D1 --amount 10 --paid 2026-09-01');
    expect(await paid(ws)).toBe(1);
    expect(await stage(ws)).toBe('one-time');
    await ws.ok('invoice add --for Acme --amount 10 --paid 2026-09-01');
    expect(await paid(ws)).toBe(2);
    expect(await stage(ws)).toBe('returning');
    await ws.ok('invoice add --for jane@example.com --amount 10 --paid 2026-09-01');
    await ws.ok('invoice add --for jane@example.com --account Acme --amount 10 --paid 2026-09-01');
    expect(await paid(ws)).toBe(4);
    expect(await stage(ws)).toBe('returning');
    await ws.ok('contact add --email other@example.com --account Acme');
    await ws.ok('invoice add --for other@example.com --amount 10 --paid 2026-09-01');
    expect(await paid(ws)).toBe(4);
    await ws.ok('invoice add --for other@example.com --account Acme --amount 10 --paid 2026-09-01');
    expect(await stage(ws)).toBe('regular');
  });

  it('count from the day on which they are paid', async () => {
    const ws = await wonDeal();
    for (const day of ['2026-09-14', '2026-09-15'])
      await ws.ok(`invoice add --for D1 --amount 10 --paid ${day}`);
    await ws.ok('invoice add --for D1 --amount 10');
    expect(await stage(ws)).toBe('one-time');
    // The last millisecond of the 14th in Amsterdam, and the first of the 15th.
    ws.now = '2026-09-14T21:59:59.999Z';
    expect(await stage(ws)).toBe('one-time');
    ws.now = '2026-09-14T22:00:00.000Z';
    expect(await stage(ws)).toBe('returning');
  });

  it('count no more when they are taken back', async () => {
    const ws = await wonDeal();
    await ws.ok('invoice add --for D1 --amount 10 --paid today');
    await ws.ok('invoice add --for D1 --amount 10 --paid today');
    expect(await stage(ws)).toBe('returning');
    await ws.ok('invoice set I1 paid=');
    expect(await stage(ws)).toBe('one-time');
    await ws.ok('invoice rm I2');
    expect(await paid(ws)).toBe(0);
  });
});
