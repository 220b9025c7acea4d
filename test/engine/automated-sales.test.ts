/** The decision table of the template, row by row and stage by stage. */
import { describe, expect, it } from 'vitest';
import { automatedSales } from '../../src/app/ready-workspaces/automated-sales.ts';
import type { Writer } from '../../src/app/core/writer.ts';
import { Desk } from './desk.ts';
import { after, DAY, NOW } from './swept.ts';

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

/** So many days, and milliseconds, as milliseconds. */
const days = (count: number, ms = 0) => count * DAY + ms;
/** The instant so long after the tests begin. */
const later = (count: number) => after(days(count));

/** What there is of each deal, and its contact. */
interface Story {
  readonly status?: 'won' | 'lost';
  readonly qualification?: string;
  readonly tasks?: readonly ('open' | 'done')[];
  readonly paidInvoices?: number;
  readonly events?: readonly { readonly name: string; readonly at?: string }[];
}

/** Makes a deal in each of the stages, with the same story: as an import does, which is no cause of rules. */
function tell(desk: Desk, where: readonly Stage[], story: Story): void {
  const { status = 'open', qualification, tasks = [], paidInvoices = 0, events = [] } = story;
  const work = (writer: Writer) => {
    for (const [i, stage] of where.entries()) {
      const contact = `C${i + 1}`;
      const subject = `D${i + 1}`;
      writer.add('contact', { email: `${stage}@example.com` });
      const values = { title: stage, stage, contacts: [contact] };
      writer.add('deal', { ...values, status, ...(qualification && { fields: { qualification } }) });
      for (const task of tasks)
        writer.add('task', {
          title: 'Ask',
          type: 'todo',
          for: subject,
          ...(task === 'done' && { doneAt: NOW }),
        });
      for (let n = 0; n < paidInvoices; n++)
        writer.add('invoice', { contact, amount: '10.00', paid: NOW.slice(0, 10) });
      for (const { name, at = NOW } of events) writer.add('event', { name, contact, at });
    }
  };
  desk.change(work, { quiet: true });
}

/** The way of each deal through the table, as `row: stage` steps from the stage in which it was made. */
async function ways(where: readonly Stage[], story: Story, now: number): Promise<Record<string, string>> {
  const desk = Desk.ready(automatedSales);
  tell(desk, where, story);
  desk.at(now);
  const { transitions } = await desk.sweep();
  const found: Record<string, string> = {};
  where.forEach((stage, i) => {
    const id = `D${i + 1}`;
    const steps = transitions.filter(t => t.record === id);
    expect(steps.map(step => step.from)).toEqual(
      [stage, ...steps.map(step => step.to)].slice(0, steps.length),
    );
    expect(desk.get(id)!.stage).toBe(steps.at(-1)?.to ?? stage);
    if (steps.length > 0) found[stage] = steps.map(({ rule, to }) => `${rule}: ${to}`).join(', ');
  });
  // All are where the table wants them.
  expect((await desk.sweep()).transitions).toEqual([]);
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
  it.each<[string, Story, number, Record<string, string>]>([
    [
      'won, five invoices paid',
      { status: 'won', paidInvoices: 5 },
      days(0),
      from(allBut('regular'), '1: regular'),
    ],
    [
      'won, four paid',
      { status: 'won', paidInvoices: 4 },
      days(0),
      from(allBut('returning'), '2: returning'),
    ],
    ['won, two paid', { status: 'won', paidInvoices: 2 }, days(0), from(allBut('returning'), '2: returning')],
    ['won, one paid', { status: 'won', paidInvoices: 1 }, days(0), from(allBut('one-time'), '3: one-time')],
    ['won', { status: 'won' }, days(0), from(allBut('one-time'), '3: one-time')],
    ['lost', { status: 'lost' }, days(0), from(allBut('failed'), '4: failed')],
    [
      'lost, whatever else there is',
      { status: 'lost', paidInvoices: 5, ...target, ...done(3) },
      days(31),
      from(allBut('failed'), '4: failed'),
    ],
    ['unsubscribed', { events: [{ name: 'email.unsubscribed' }] }, days(0), unreachable],
    ['bounced', { events: [{ name: 'email.bounced' }] }, days(0), unreachable],
    ['idle for 30 days', {}, days(30), toProcessing],
    ['idle for longer', {}, days(30, 1), idleWays],
    [
      'three tasks done in the target group',
      { ...target, ...done(3) },
      days(0),
      from(allBut('serious-prospect'), '8: serious-prospect'),
    ],
    ['three tasks done, in no group', done(3), days(0), from(allBut('in-progress'), '9: in-progress')],
    [
      'three tasks done, not in the target group',
      { qualification: 'not a target', ...done(3) },
      days(0),
      from(allBut('in-progress'), '9: in-progress'),
    ],
    [
      'two tasks done in the target group',
      { ...target, ...done(2) },
      days(0),
      from(allBut('in-progress'), '9: in-progress'),
    ],
    [
      'one task done, two open, in the target group',
      { ...target, tasks: ['done', 'open', 'open'] },
      days(0),
      from(allBut('in-progress'), '9: in-progress'),
    ],
    ['a task open', { tasks: ['open'] }, days(0), from(allBut('awaiting-contact'), '10: awaiting-contact')],
    ['nothing', {}, days(0), toProcessing],
    // What brings it back into sales can bring it on from there.
    [
      'unsubscribed, with a task',
      { events: [{ name: 'email.unsubscribed' }], tasks: ['open'] },
      days(0),
      from(allBut('awaiting-contact', 'newsletter', 'inactive'), '10: awaiting-contact', {
        newsletter: backAndOn,
        inactive: backAndOn,
      }),
    ],
    [
      'a task done long ago',
      done(1),
      days(31),
      from(sales, '7: forgotten', from(allBut(...sales, 'forgotten'), '9: in-progress, 7: forgotten')),
    ],
  ])('%s', async (_what, story, now, expected) => {
    expect(await ways(stages, story, now)).toEqual(expected);
  });
});

describe('the newsletter', () => {
  it.each<[string, Story, number, string | undefined]>([
    ['for 365 days', {}, days(365), undefined],
    ['for longer', {}, days(365, 1), '6: inactive'],
    [
      'for longer, a mail opened 365 days ago',
      { events: [{ name: 'email.opened', at: later(1) }] },
      days(366),
      undefined,
    ],
    [
      'for longer, one opened before that',
      { events: [{ name: 'email.opened', at: NOW }] },
      days(365, 1),
      '6: inactive',
    ],
    [
      'for longer, a link clicked 365 days ago',
      { events: [{ name: 'email.clicked', at: later(1) }] },
      days(366),
      undefined,
    ],
    [
      'for longer, one clicked before that',
      { events: [{ name: 'email.clicked', at: NOW }] },
      days(365, 1),
      '6: inactive',
    ],
    [
      'for longer, something else',
      { events: [{ name: 'page.visited', at: later(300) }] },
      days(366),
      '6: inactive',
    ],
    ['for longer, with a task', { tasks: ['open'] }, days(366), '10: awaiting-contact, 7: forgotten'],
  ])('%s', async (_what, story, now, expected) => {
    expect((await ways(['newsletter'], story, now)).newsletter).toBe(expected);
  });
});

describe('who was forgotten', () => {
  it.each<[string, string, string | undefined]>([
    ['comes back with a call', 'log call D1 hello', '11: awaiting-processing'],
    ['comes back with a mail', 'log email D1 hello', '11: awaiting-processing'],
    ['comes back with a meeting', 'log meeting D1 hello', '11: awaiting-processing'],
    ['does not with a note', 'deal note D1 hello', undefined],
    ['does not with a call that is yet to come', 'log call D1 hello --at +1d', undefined],
    ['does not with a call of long ago', 'log call D1 hello --at -31d', undefined],
    ['comes back with a new task', 'task add Ask --for D1', '10: awaiting-contact'],
    ['does not with an event', 'event add email.opened --contact C1', undefined],
    ['does not when it is changed', 'deal set D1 value=1', undefined],
  ])('%s', async (_what, happened, expected) => {
    const desk = Desk.ready(automatedSales);
    desk.ok('contact add Jane');
    desk.ok('deal add Chairs --stage in-progress --contact C1');
    desk.at(days(31));
    await desk.sweep();
    expect(desk.get('D1')!.stage).toBe('forgotten');
    desk.at(days(40));
    desk.ok(happened);
    const { transitions } = await desk.sweep();
    expect(transitions.map(({ rule, to }) => `${rule}: ${to}`).join(', ') || undefined).toBe(expected);
  });

  it.each([
    ['call', 'in-progress'],
    ['email', 'in-progress'],
    ['meeting', 'in-progress'],
    // Closing one is not a contact; it only says that one was done.
    ['todo', 'forgotten'],
  ])('a task of type %s that is done makes it %s', async (type, expected) => {
    const desk = Desk.ready(automatedSales);
    desk.ok('deal add Chairs');
    desk.ok(`task add Ask --for D1 --type ${type}`);
    desk.at(days(31));
    await desk.sweep();
    desk.ok('task done T1');
    await desk.sweep();
    expect(desk.get('D1')!.stage).toBe(expected);
  });
});
