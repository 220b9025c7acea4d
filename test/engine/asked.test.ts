/** What a sweep can be asked for: another time, one rule, one subject, only the first thing, its progress. */
import { describe, expect, it, test } from 'vitest';
import { refusalText } from '../../src/engine/admission.ts';
import { recordsSeen } from '../../src/engine/firings.ts';
import { relatedTo, subjectsOf } from '../../src/engine/subjects.ts';
import type { Progress } from '../../src/engine/sweep/input.ts';
import { type Desk, deskSeededBy } from './desk.ts';
import { DAY, HOUR, outcomes } from './swept.ts';

/** A1 Acme; C1 Jane of A1; D1 Chairs and D2 Tables for C1, D3 Desk for nobody. */
const seeded = deskSeededBy(
  'account add Acme',
  'contact add --email jane@example.com --name Jane --account A1',
  'deal add Chairs --contact C1',
  'deal add Tables --contact C1',
  'deal add Desk',
  'run',
);
const rule = (on: string, steps = '{ add-note: hello }', more = '') =>
  `for: deal\n${more}on: ${on}\nsteps: [${steps}]\n`;

describe('before the time of the last sweep', () => {
  const error =
    'the time of this sweep, 2026-09-14T07:59:54.999Z, is before the time of the last sweep, 2026-09-14T08:00:00.000Z: no rule that depends on time was started; if the last sweep had a wrong clock, crm run --last-sweep 2026-09-14T07:59:54.999Z corrects its time';

  it.each([
    [1, '2026-09-14T08:00:00.000Z', []],
    [5000, '2026-09-14T08:00:00.000Z', []],
    [5001, '2026-09-14T07:59:54.999Z', [error]],
  ])('by %i ms, a sweep takes the time %s', async (ms, time, errors) => {
    const desk = await seeded();
    desk.rule('moved', rule('value-changes'));
    await desk.sweep();
    desk.at(-ms);
    desk.ok('deal set D1 value=5');
    const sweep = await desk.sweep();
    expect(sweep.now).toBe(time);
    expect(sweep.failures).toEqual(
      errors.map(each => ({ automation: null, subject: null, step: null, error: each })),
    );
    // What does not depend on time is done all the same.
    expect(outcomes(sweep)).toEqual(['D1 completed']);
    expect(
      desk.state.named('cursor').get('sweep') ?? [...desk.state.named('cursor').values()][0],
    ).toMatchObject({
      at: '2026-09-14T08:00:00.000Z',
    });
  });

  it('nothing is due again that was due then', async () => {
    const desk = await seeded();
    desk.rule(
      'nine',
      rule("{ schedule: { cron: '0 9 * * *' } }", '{ add-note: nine }', 'runs: every-time\n'),
    );
    await desk.sweep();
    desk.at(2 * HOUR);
    expect(outcomes(await desk.sweep())).toHaveLength(3);
    desk.at(HOUR / 2);
    expect(outcomes(await desk.sweep())).toEqual([]);
    desk.at(2 * HOUR);
    expect(outcomes(await desk.sweep())).toEqual([]);
    desk.at(2 * HOUR + DAY);
    expect(outcomes(await desk.sweep())).toHaveLength(3);
  });
});

describe('one rule', () => {
  it('runs alone, moves no deal, and keeps a place of its own', async () => {
    const desk = await seeded();
    desk.edit(
      'pipelines/a-sales.yaml',
      text => `${text}transitions: [{ to: proposal, when: 'value:>=5' }]\n`,
    );
    desk.rule('a', rule('value-changes', '{ add-note: a }', 'runs: every-time\n'));
    desk.rule('b', rule('value-changes', '{ add-note: b }', 'runs: every-time\n'));
    await desk.all('run', 'deal set D1 value=5');
    const alone = await desk.sweep('--only', 'b');
    expect([alone.automations.map(each => each.automation), alone.transitions]).toEqual([['b'], []]);
    expect((await desk.sweep('--only', 'b')).tx).toBeNull();
    // The others have not seen it yet; it does not see it again.
    const all = await desk.sweep();
    expect([all.automations.map(each => each.automation), all.transitions]).toMatchObject([
      ['a'],
      [{ record: 'D1' }],
    ]);
    expect((await desk.sweep()).tx).toBeNull();
  });
});

describe('one subject, or the first thing', () => {
  async function busy(): Promise<Desk> {
    const desk = await seeded();
    desk.rule('a', rule('value-changes', '{ add-note: a }'));
    desk.rule('b', rule('value-changes', '{ wait: 1d }, { add-note: b }'));
    await desk.all('run', 'deal set D1 D2 D3 value=5');
    return desk;
  }
  const ran = async (desk: Desk, asked: Parameters<Desk['plan']>[0]) =>
    (await desk.plan(asked)).trace.automations.map(each => `${each.automation} ${each.subject}`);

  it('is all that is planned', async () => {
    const desk = await busy();
    expect(await ran(desk, { subject: 'D2' })).toEqual(['a D2', 'b D2']);
    expect(await ran(desk, { subject: 'D2', only: 'b' })).toEqual(['b D2']);
    expect(await ran(desk, { first: true })).toEqual(['a D1']);
    expect(await ran(desk, { first: false })).toHaveLength(6);
    expect(await ran(desk, { first: true, subject: 'D3', only: 'b' })).toEqual(['b D3']);
    expect((await desk.plan({ first: true })).changes.length).toBeGreaterThan(0);
  });

  it('also of what goes on', async () => {
    const desk = await busy();
    await desk.sweep();
    desk.at(DAY);
    expect(await ran(desk, { subject: 'D3' })).toEqual(['b D3']);
    expect(await ran(desk, { first: true })).toEqual(['b D1']);
  });

  it('progress is told at each rule, with its round, and after some subjects', async () => {
    const desk = await busy();
    const told: Progress[] = [];
    await desk.plan({ progress: far => told.push(far) });
    expect(told.slice(0, 3)).toEqual([
      { automation: 'a', index: 0, of: 3, round: 0, subjects: 0 },
      { automation: 'b', index: 1, of: 3, round: 0, subjects: 3 },
      { automation: 'repeat-tasks', index: 2, of: 3, round: 0, subjects: 6 },
    ]);
    expect(told.slice(3).map(({ round, index }) => [round, index])).toEqual([
      [1, 0],
      [1, 1],
      [1, 2],
    ]);
    for (let i = 0; i < 4; i++)
      desk.change(writer =>
        Array.from({ length: 125 }, () => writer.add('deal', { title: 'X', value: '1' })),
      );
    desk.ok(`deal set ${Array.from({ length: 500 }, (_, i) => `D${i + 4}`).join(' ')} value=2`);
    told.length = 0;
    await desk.plan({ only: 'a', progress: far => told.push(far) });
    expect(told.slice(0, 2).map(({ subjects }) => subjects)).toEqual([0, 500]);
  });
});

describe('subjects', () => {
  it.each([
    ['D1', 'deal', ['D1']],
    ['D9', 'deal', []],
    ['C1', 'deal', ['D1', 'D2']],
    ['A1', 'deal', ['D1', 'D2']],
    ['T1', 'deal', ['D1']],
    ['T2', 'deal', ['D1', 'D2']],
    ['T3', 'deal', []],
    ['T4', 'deal', []],
    ['E1', 'deal', ['D1', 'D2']],
    // An invoice is of a deal, a contact or an account.
    ['I1', 'deal', ['D1']],
    ['I2', 'contact', ['C1']],
    ['I3', 'account', ['A1']],
    ['D1', 'contact', ['C1']],
    ['D3', 'contact', []],
    ['T1', 'contact', ['C1']],
    ['E1', 'contact', ['C1']],
    ['C1', 'account', ['A1']],
    ['T1', 'account', ['A1']],
    ['T1', 'task', ['T1']],
    ['D1', 'task', []],
    ['C9', 'deal', []],
  ] as const)('of %s, for a rule of %ss: %j', async (id, kind, expected) => {
    const desk = await seeded();
    await desk.all(
      'task add Call --for D1',
      'task add Mail --for C1',
      'task add Water',
      'task add Gone --for D3',
      'event add page.visited --contact C1',
      'invoice add --for D1 --amount 10',
      'invoice add --for C1 --amount 10',
      'invoice add --for A1 --amount 10',
      'deal add Old --contact C1',
      'deal win D4',
      'deal rm D3',
    );
    expect(subjectsOf(desk.state, id, kind)).toEqual(expected);
  });

  it('the newest open deal is the one of a contact', async () => {
    const desk = await seeded();
    expect([relatedTo(desk.state, 'C1', 'deal'), relatedTo(desk.state, 'D3', 'contact')]).toEqual([
      'D2',
      undefined,
    ]);
    desk.ok('deal lose D2');
    expect(relatedTo(desk.state, 'C1', 'deal')).toBe('D1');
  });

  it.each([
    ['value-changes', 'D1', ['D1']],
    ['{ task-created: {} }', 'D1', ['T1', 'T2']],
    ['{ task-created: {} }', 'D3', []],
    ['{ tag-added: { of: contact } }', 'D2', ['C1']],
  ])('the records that %s looks at for %s are %j', async (on, subject, expected) => {
    const desk = await seeded();
    desk.rule('a', rule(on));
    await desk.all('task add Call --for D1', 'task add Mail --for C1', 'task add Water');
    const [automation] = desk.state.config.automations;
    expect(recordsSeen(automation!, automation!.on[0]!, subject, desk.state)).toEqual(expected);
  });
});

test('nothing refuses a subject that may begin', async () => {
  const desk = await seeded();
  desk.rule('a', rule('manual', '{ add-note: a }', 'runs: every-time\nlimit: 2 per 1h\n'));
  desk.ok('deal set D1 value=1');
  const [automation] = desk.state.config.automations;
  const enrolment = (status: string, more = {}) =>
    ({
      id: 'N1',
      automation: 'a',
      subject: 'D1',
      status,
      createdAt: '2026-09-14T07:30:00.000Z',
      ...more,
    }) as never;
  const text = (enrolments: readonly never[], refusal: 'enrolled' | 'limit' | undefined) =>
    refusalText(automation!, 'D1', enrolments, refusal, desk.now);
  expect(text([], undefined)).toBeUndefined();
  expect(text([enrolment('completed')], undefined)).toBeUndefined();
  expect(text([enrolment('ready')], undefined)).toBe('D1 is on its way: N1 ready at its beginning');
  expect(text([enrolment('completed'), enrolment('waiting', { step: '1.wait' })], 'enrolled')).toBe(
    'D1 is on its way: N1 waiting at 1.wait',
  );
  expect(text([enrolment('completed'), enrolment('failed', { id: 'N2' })], 'enrolled')).toBe(
    'it runs once, and D1 was enrolled already (N1 completed, N2 failed)',
  );
  // The oldest of those within the hour; what is an hour old, or later than now, does not count.
  const at = (createdAt: string) => enrolment('completed', { createdAt });
  expect(
    text(
      [
        at('2026-09-14T07:50:00.000Z'),
        at('2026-09-14T07:00:00.000Z'),
        at('2026-09-14T07:40:00.000Z'),
        at('2026-09-14T08:00:00.001Z'),
      ],
      'limit',
    ),
  ).toBe('its limit of 2 is used up until 2026-09-14T08:40:00.000Z');
});
