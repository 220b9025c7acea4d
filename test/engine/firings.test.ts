/** What each trigger sees in a change, and which firings count: without a sweep. */
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import type { Automation, Params, SubjectKind, TriggerSpec } from '../../src/domain/automation.ts';
import { addition, type Change } from '../../src/domain/changes.ts';
import type { Kind } from '../../src/domain/kinds.ts';
import type { Rec } from '../../src/domain/records.ts';
import {
  changeFirings,
  existingRecords,
  type Firing,
  hasStateTrigger,
  hasTimedTrigger,
  hasTimeTrigger,
  isSeen,
  namedByTasks,
  onceForEach,
  reachesGoal,
  recordsSeen,
  stateFirings,
  truthsDiffer,
  truthsOf,
} from '../../src/engine/firings.ts';
import { triggers } from '../../src/engine/triggers/index.ts';
import type { ChangeTrigger } from '../../src/engine/triggers/trigger.ts';
import { clockIn } from '../../src/domain/clock.ts';
import { wholeScope } from '../../src/query/whole-scope.ts';
import { Desk } from './desk.ts';
import { NOW } from './swept.ts';

/** C1 with the open D1 and D3 and the won D2; C2; T1 for D1, T2 for nothing. */
const desk = Desk.make();
for (const line of [
  'contact add Jane --email jane@example.com --tags vip',
  'contact add Joe --email joe@example.com',
  'deal add Chairs --contact C1 --value 500',
  'deal add Tables --contact C1 --value 80',
  'deal win D2',
  'deal add Lamps --contact C1 --value 500 --pipeline hardware --owner ana',
  'task add Call --for D1 --type call',
  'task add Water',
])
  desk.ok(line);
const { state } = desk;
const scope = wholeScope(state, { ...clockIn(state.config, 0), now: Date.parse(NOW) }, 'tester');

const added = (kind: Kind, id: string, fields: object = {}): Change =>
  addition(kind, { id, createdAt: NOW, ...fields } as Rec);
const restored = (kind: Kind, id: string, fields: object = {}): Change =>
  added(kind, id, { ...fields, updatedAt: NOW });
const set = (
  kind: Kind | 'cursor',
  id: string,
  fields: { [path: string]: readonly [unknown, unknown] },
): Change => ({ kind, id, set: fields }) as Change;
const removed = (kind: Kind, id: string, fields: object = {}): Change => ({
  kind,
  id,
  rm: { id, ...fields } as Rec,
});

const rule = (on: TriggerSpec | readonly TriggerSpec[], kind: SubjectKind = 'deal'): Automation => ({
  id: 'a',
  name: 'a',
  enabled: true,
  for: kind,
  on: [on].flat(),
  runs: 'every-time',
  limit: { count: 10, per: 86_400_000 },
  overlap: false,
  steps: [],
});
const on = (type: string, params: Params = {}, where?: string): TriggerSpec => ({
  type,
  params,
  ...(where !== undefined && { where }),
});

describe('a trigger sees', () => {
  type Case = readonly [type: string, params: Params, change: Change, sees: boolean, kind?: SubjectKind];
  const task = (more: object = {}) => added('task', 'T1', { type: 'call', ...more });
  const cases: readonly Case[] = [
    ['created', {}, added('deal', 'D1'), true],
    ['created', {}, restored('deal', 'D1'), false],
    ['created', {}, added('deal', 'D1'), false, 'contact'],
    ['created', {}, set('deal', 'D1', { title: ['a', 'b'] }), false],
    ['created', {}, removed('deal', 'D1'), false],
    ['enters-pipeline', { pipeline: 'a' }, added('deal', 'D1', { pipeline: 'a' }), true],
    ['enters-pipeline', { pipeline: 'a' }, added('deal', 'D1', { pipeline: 'b' }), false],
    ['enters-pipeline', {}, set('deal', 'D1', { pipeline: ['a', 'b'] }), true],
    ['enters-pipeline', { pipeline: 'a' }, set('deal', 'D1', { pipeline: ['a', 'b'] }), false],
    ['enters-pipeline', {}, set('deal', 'D1', { stage: ['a', 'b'] }), false],
    ['enters-pipeline', {}, added('task', 'T1', { pipeline: 'a' }), false],
    ['enters-stage', { stage: 'new' }, added('deal', 'D1', { stage: 'new' }), true],
    ['enters-stage', { stage: 'new' }, added('deal', 'D1', { stage: 'done' }), false],
    ['enters-stage', { stage: 'new' }, set('deal', 'D1', { stage: ['done', 'new'] }), true],
    ['enters-stage', { stage: 'new' }, set('deal', 'D1', { stage: ['new', 'done'] }), false],
    ['enters-stage', { stage: 'new' }, set('deal', 'D1', { pipeline: ['a', 'b'] }), true],
    [
      'enters-stage',
      { stage: 'new' },
      set('deal', 'D1', { pipeline: ['a', 'b'], stage: ['new', 'x'] }),
      false,
    ],
    ['enters-stage', { stage: 'new' }, set('deal', 'D1', { title: ['a', 'b'] }), false],
    ['stage-changes', {}, set('deal', 'D1', { stage: ['new', 'done'] }), true],
    ['stage-changes', { from: 'new', to: 'done' }, set('deal', 'D1', { stage: ['new', 'done'] }), true],
    ['stage-changes', { from: 'done' }, set('deal', 'D1', { stage: ['new', 'done'] }), false],
    ['stage-changes', { to: 'new' }, set('deal', 'D1', { stage: ['new', 'done'] }), false],
    ['stage-changes', {}, added('deal', 'D1', { stage: 'new' }), false],
    ['stage-changes', {}, set('task', 'T1', { stage: ['new', 'done'] }), false],
    ['status-changes', {}, set('deal', 'D1', { status: ['open', 'won'] }), true],
    ['status-changes', { to: 'won' }, set('deal', 'D1', { status: ['open', 'won'] }), true],
    ['status-changes', { to: 'lost' }, set('deal', 'D1', { status: ['open', 'won'] }), false],
    ['status-changes', {}, set('task', 'T1', { status: ['open', 'done'] }), false],
    ['value-changes', {}, set('deal', 'D1', { value: ['1', '2'] }), true],
    ['value-changes', {}, set('deal', 'D1', { title: ['1', '2'] }), false],
    ['value-changes', {}, added('deal', 'D1', { value: '1' }), false],
    ['owner-changes', {}, set('deal', 'D1', { owner: ['ana', 'ben'] }), true],
    ['owner-changes', { from: 'ana', to: 'ben' }, set('deal', 'D1', { owner: ['ana', 'ben'] }), true],
    ['owner-changes', { from: 'ben' }, set('deal', 'D1', { owner: ['ana', 'ben'] }), false],
    ['owner-changes', { to: 'ana' }, set('deal', 'D1', { owner: ['ana', 'ben'] }), false],
    ['owner-changes', { from: 'none' }, set('deal', 'D1', { owner: [null, 'ben'] }), true],
    ['owner-changes', { from: 'none' }, set('deal', 'D1', { owner: ['ana', 'ben'] }), false],
    ['owner-changes', { to: 'none' }, set('deal', 'D1', { owner: ['ana', null] }), true],
    ['owner-changes', { of: 'task' }, set('task', 'T1', { assignee: ['ana', 'ben'] }), true],
    ['owner-changes', { of: 'task' }, set('task', 'T1', { owner: ['ana', 'ben'] }), false],
    ['field-changes', { field: 'size' }, set('deal', 'D1', { 'fields.size': [1, 2] }), true],
    ['field-changes', { field: 'size', to: 2 }, set('deal', 'D1', { 'fields.size': [1, 2] }), true],
    ['field-changes', { field: 'size', to: '2.0' }, set('deal', 'D1', { 'fields.size': [1, 2] }), true],
    ['field-changes', { field: 'size', from: 2 }, set('deal', 'D1', { 'fields.size': [1, 2] }), false],
    ['field-changes', { field: 'size', from: 'none' }, set('deal', 'D1', { 'fields.size': [null, 2] }), true],
    ['field-changes', { field: 'size', to: 0 }, set('deal', 'D1', { 'fields.size': [1, null] }), false],
    ['field-changes', { field: 'value', to: '2' }, set('deal', 'D1', { value: ['1.00', '2.00'] }), true],
    ['field-changes', { field: 'tags', to: 'a,b' }, set('deal', 'D1', { tags: [null, ['a', 'b']] }), true],
    ['field-changes', { field: 'tags', to: 'a' }, set('deal', 'D1', { tags: [null, ['a', 'b']] }), false],
    ['field-changes', { field: 'title' }, set('deal', 'D1', { value: ['1', '2'] }), false],
    ['field-changes', { field: 'title' }, added('deal', 'D1', { title: 'x' }), false],
    ['field-changes', { of: 'contact', field: 'email' }, set('contact', 'C1', { email: ['a', 'b'] }), true],
    ['tag-added', {}, added('deal', 'D1', { tags: ['a'] }), true],
    ['tag-added', {}, added('deal', 'D1', { tags: [] }), false],
    ['tag-added', {}, added('deal', 'D1'), false],
    ['tag-added', { tag: 'a' }, set('deal', 'D1', { tags: [['b'], ['a', 'b']] }), true],
    ['tag-added', { tag: 'b' }, set('deal', 'D1', { tags: [['b'], ['a', 'b']] }), false],
    ['tag-added', {}, set('deal', 'D1', { tags: [['a', 'b'], ['b']] }), false],
    ['tag-added', {}, set('deal', 'D1', { title: ['a', 'b'] }), false],
    ['tag-removed', {}, set('deal', 'D1', { tags: [['a', 'b'], ['b']] }), true],
    ['tag-removed', { tag: 'a' }, set('deal', 'D1', { tags: [['a', 'b'], null] }), true],
    ['tag-removed', { tag: 'b' }, set('deal', 'D1', { tags: [['a', 'b'], ['b']] }), false],
    ['tag-removed', {}, set('deal', 'D1', { tags: [['b'], ['a', 'b']] }), false],
    ['tag-removed', {}, added('deal', 'D1', { tags: ['a'] }), false],
    ['tag-removed', {}, removed('deal', 'D1', { tags: ['a'] }), false],
    ['task-created', {}, task(), true],
    ['task-created', { type: 'call' }, task(), true],
    ['task-created', { type: 'todo' }, task(), false],
    ['task-created', {}, restored('task', 'T1'), false],
    ['task-created', {}, set('task', 'T1', { type: ['call', 'todo'] }), false],
    ['task-completed', {}, task({ status: 'done' }), true],
    ['task-completed', {}, task({ status: 'open' }), false],
    ['task-completed', {}, set('task', 'T1', { status: ['open', 'done'] }), true],
    ['task-completed', {}, set('task', 'T1', { status: ['done', 'open'] }), false],
    ['task-completed', {}, set('deal', 'D1', { status: ['open', 'done'] }), false],
    ['email-sent', {}, added('activity', 'L1', { type: 'email' }), true],
    ['email-sent', {}, added('activity', 'L1', { type: 'email', direction: 'out' }), true],
    ['email-sent', {}, added('activity', 'L1', { type: 'email', direction: 'in' }), false],
    ['email-sent', {}, added('activity', 'L1', { type: 'call' }), false],
    ['email-sent', {}, set('message', 'M1', { status: ['queued', 'sent'] }), true],
    ['email-sent', {}, set('message', 'M1', { status: ['queued', 'failed'] }), false],
    ['email-sent', {}, set('message', 'M1', { subject: ['a', 'sent'] }), false],
    ['email-replied', {}, added('event', 'E1', { name: 'email.replied' }), true],
    ['email-replied', {}, added('event', 'E1', { name: 'email.opened' }), false],
    ['event', { name: 'x' }, added('event', 'E1', { name: 'x' }), true],
    ['event', { name: 'y' }, added('event', 'E1', { name: 'x' }), false],
    ['event', { name: 'x' }, restored('event', 'E1', { name: 'x' }), false],
    ['goal-reached', {}, added('enrolment', 'N1', { goals: ['A'] }), true],
    ['goal-reached', {}, added('enrolment', 'N1'), false],
    ['goal-reached', { goal: 'A' }, set('enrolment', 'N1', { goals: [null, ['A']] }), true],
    ['goal-reached', { goal: 'A' }, set('enrolment', 'N1', { goals: [['A'], ['A', 'B']] }), false],
    ['goal-reached', {}, set('enrolment', 'N1', { goals: [['A'], ['A', 'B']] }), true],
    ['goal-reached', {}, set('enrolment', 'N1', { status: ['a', 'b'] }), false],
    ['manual', {}, added('deal', 'D1'), false],
  ];

  it.each(
    cases.map(
      ([type, params, change, sees, kind]) =>
        [
          JSON.stringify({ [type]: params }),
          JSON.stringify(change),
          sees,
          type,
          params,
          change,
          kind,
        ] as const,
    ),
  )('%s in %s: %s', (_, __, sees, type, params, change, kind = 'deal') => {
    const { sees: of } = triggers.get(type) as ChangeTrigger;
    expect(of(change, params, kind, state.config)).toBe(sees ? change.id : undefined);
  });

  it('a change in one of these cases at least, for every change trigger', () => {
    const seen = new Set(cases.flatMap(([type, , , sees]) => (sees || type === 'manual' ? [type] : [])));
    const all = [...triggers.values()].filter(({ type }) => type === 'change');
    expect(all.filter(({ name }) => !seen.has(name)).map(({ name }) => name)).toEqual([]);
  });

  it.each<[string, Params, object, Change, boolean]>([
    [
      'enters-stage',
      { stage: 'new' },
      { stage: 'new', pipeline: 'a' },
      set('deal', 'D1', { pipeline: ['b', 'a'] }),
      true,
    ],
    [
      'enters-stage',
      { stage: 'new' },
      { stage: 'x', pipeline: 'a' },
      set('deal', 'D1', { pipeline: ['b', 'a'] }),
      false,
    ],
    [
      'enters-stage',
      { stage: 'new' },
      { stage: 'x', pipeline: 'a' },
      set('deal', 'D1', { stage: ['b', 'new'] }),
      true,
    ],
    ['enters-stage', { stage: 'new' }, { stage: 'x' }, added('deal', 'D1', { stage: 'new' }), true],
    [
      'enters-stage',
      { stage: 'new', pipeline: 'b' },
      { stage: 'new', pipeline: 'a' },
      added('deal', 'D1'),
      false,
    ],
    ['stage-changes', { pipeline: 'b' }, { pipeline: 'a' }, added('deal', 'D1'), false],
    ['stage-changes', { pipeline: 'b' }, { pipeline: 'b' }, added('deal', 'D1'), true],
    ['task-completed', { type: 'call' }, { type: 'todo' }, added('task', 'T1'), false],
    ['task-completed', { type: 'call' }, { type: 'call' }, added('task', 'T1'), true],
    ['email-sent', {}, {}, added('activity', 'L1'), true],
    ['email-sent', {}, { channel: 'email', automation: 'a' }, added('activity', 'L1'), true],
    ['email-sent', {}, { channel: 'email' }, added('activity', 'L1'), false],
    ['email-sent', {}, { channel: 'notify', automation: 'a' }, added('activity', 'L1'), false],
    ['goal-reached', { automation: 'a' }, { automation: 'a' }, added('enrolment', 'N1'), true],
    ['goal-reached', { automation: 'a' }, { automation: 'b' }, added('enrolment', 'N1'), false],
    ['goal-reached', {}, { automation: 'b' }, added('enrolment', 'N1'), true],
  ])('%s %j of %j after %j: %s', (type, params, record, change, holds) => {
    const trigger = triggers.get(type) as ChangeTrigger;
    expect(trigger.holds!({ id: change.id, ...record } as Rec, params, change)).toBe(holds);
  });

  it.each<[object, string | undefined, boolean]>([
    [{ name: 'email.opened', props: { machine: true } }, undefined, true],
    [{ name: 'email.opened', props: { machine: true } }, 'prop.campaign:x', true],
    [{ name: 'email.opened', props: { machine: true } }, 'prop.machine:yes', false],
    [{ name: 'email.opened', props: { machine: true } }, 'not props.machine:yes', false],
    [{ name: 'email.opened', props: { machine: true } }, 'prop.machines:yes', true],
    [{ name: 'email.opened', props: { machine: false } }, undefined, false],
    [{ name: 'form.submitted', props: { machine: true } }, undefined, false],
  ])('an event of a program only where it is asked for: %j, where: %s', (record, where, leftOut) => {
    const event = triggers.get('event') as ChangeTrigger;
    expect(event.leavesOut!({ id: 'E1', ...record } as Rec, where)).toBe(leftOut);
  });
});

test.each<[TriggerSpec | TriggerSpec[], Change[], string[], SubjectKind?]>([
  [on('created'), [added('deal', 'D1'), added('contact', 'C1'), added('deal', 'D3')], ['D1', 'D3']],
  [on('created'), [added('deal', 'D9')], []],
  [on('created'), [added('contact', 'C1')], [], 'deal'],
  [on('created', {}, 'value:>100'), [added('deal', 'D1'), added('deal', 'D2')], ['D1']],
  [on('tag-added', { of: 'contact' }), [set('contact', 'C1', { tags: [[], ['vip']] })], ['D1', 'D3']],
  [on('tag-added', { of: 'contact' }, 'name:Joe'), [set('contact', 'C1', { tags: [[], ['vip']] })], []],
  [on('task-completed', { type: 'call' }), [set('task', 'T1', { status: ['open', 'done'] })], ['D1']],
  [on('task-completed', { type: 'todo' }), [set('task', 'T1', { status: ['open', 'done'] })], []],
  [on('task-completed'), [set('task', 'T2', { status: ['open', 'done'] })], []],
  [
    [on('created'), on('value-changes')],
    [set('deal', 'D1', { value: ['1', '2'] }), added('deal', 'D3')],
    ['D3', 'D1'],
  ],
  // A trigger that time or a query starts sees no change.
  [[on('schedule', { cron: '0 9 * * *' }), on('matches', { query: 'is:open' })], [added('deal', 'D1')], []],
])('%j with the changes %j starts the rule for %j', (triggersOf, changes, subjects, kind) => {
  const seen = changes.map(change => ({ change, seq: 1 }));
  const firings = [...changeFirings(rule(triggersOf, kind), seen, scope)];
  expect(firings.map(({ subject }) => subject)).toEqual(subjects);
  for (const { change, trigger, record } of firings) {
    expect(changes).toContain(change);
    expect([record, [triggersOf].flat().map(({ type }) => type)]).toEqual([
      change!.id,
      expect.arrayContaining([trigger]),
    ]);
  }
});

test('tells which firings start nothing, and why', () => {
  const missed: string[] = [];
  const tell = (spec: TriggerSpec, kind: SubjectKind, ...changes: Change[]) => {
    missed.length = 0;
    const seen = changes.map(change => ({ change, seq: 1 }));
    const started = [
      ...changeFirings(rule(spec, kind), seen, scope, [], ({ subject, record, trigger }, why, where) =>
        missed.push(`${trigger} of ${record} for ${subject}: ${why}${where ? ` (${where.holds})` : ''}`),
      ),
    ];
    return [started.map(({ subject }) => subject), [...missed]];
  };
  expect(tell(on('created'), 'deal', added('deal', 'D9'))).toEqual([
    [],
    ['created of D9 for D9: it is gone'],
  ]);
  // Of a task that is gone nobody knows for which deal it was.
  expect(tell(on('task-created'), 'deal', added('task', 'T9'))).toEqual([[], []]);
  expect(
    tell(on('tag-added', { of: 'contact' }, 'name:Joe'), 'deal', added('contact', 'C1', { tags: ['x'] })),
  ).toEqual([
    [],
    [
      "tag-added of C1 for D1: the trigger's where does not hold (false)",
      "tag-added of C1 for D3: the trigger's where does not hold (false)",
    ],
  ]);
});

describe('tasks name rules', () => {
  const namer = Desk.make();
  namer.rule('x', 'for: deal\non: manual\nsteps: [stop]\n');
  namer.rule('y', 'for: deal\non: manual\nsteps: [stop]\n');
  for (const line of [
    'deal add Chairs',
    'task add A --for D1 --when-done x',
    'task add B --for D1 --when-created x --when-done y',
  ])
    namer.ok(line);
  const named = (...changes: Change[]) =>
    Object.fromEntries(
      [
        ...namedByTasks(
          changes.map((change, i) => ({ change, seq: i })),
          namer.state,
        ),
      ].map(([id, all]) => [id, all.map(({ record, trigger, seq }) => `${record} ${trigger} ${seq}`)]),
    );

  it('when they are added or done, in order', () => {
    const done = (id: string) => set('task', id, { status: ['open', 'done'] });
    expect(
      named(added('task', 'T1'), added('task', 'T2'), done('T1'), done('T2'), added('task', 'T9')),
    ).toEqual({
      x: ['T2 task-created 1', 'T1 task-completed 2'],
      y: ['T2 task-completed 3'],
    });
    expect(named(added('deal', 'D1'), set('task', 'T1', { title: ['a', 'b'] }))).toEqual({});
  });

  it('and start them for the record that they are for', () => {
    const seen = [{ change: added('task', 'T2'), seq: 1 }];
    const rules = namer.state.config.automations;
    const at = { ...scope, state: namer.state };
    expect([...changeFirings(rules.find(({ id }) => id === 'x')!, seen, at)]).toMatchObject([
      { subject: 'D1', trigger: 'task-created', record: 'T2', isNamed: true },
    ]);
    expect([...changeFirings(rules.find(({ id }) => id === 'y')!, seen, at)]).toEqual([]);
  });
});

test('one change starts a rule once for a subject, and a query that begins to hold not again (property)', () => {
  const changes = [added('deal', 'D1'), added('deal', 'D2'), set('task', 'T1', { status: ['open', 'done'] })];
  const firing = fc.record({
    change: fc.constantFrom(undefined, ...changes),
    subject: fc.constantFrom('D1', 'D2'),
    record: fc.constantFrom('D1', 'D2', 'T1'),
    at: fc.constantFrom(undefined, 1, 2),
  });
  fc.assert(
    fc.property(fc.array(firing, { maxLength: 12 }), drawn => {
      const all = drawn.map(
        ({ change, subject, record, at }): Firing => ({
          automation: rule([]),
          trigger: 'x',
          change,
          subject,
          record: change?.id ?? record,
          ...(change === undefined && at !== undefined && { at }),
        }),
      );
      const kept = onceForEach(all);
      // Naively: each firing is kept unless an earlier one is the same, or a change of its record does the same.
      const same = (a: Firing, b: Firing) =>
        a.change === b.change && a.record === b.record && a.subject === b.subject && a.at === b.at;
      const expected = all.filter((one, i) => {
        if (all.slice(0, i).some(other => same(one, other))) return false;
        const byChange = ({ change, subject }: Firing) =>
          change?.id === one.record && subject === one.subject;
        return one.change !== undefined || one.at !== undefined || !all.some(byChange);
      });
      expect(kept).toEqual(expected);
    }),
  );
});

describe('a query that begins to hold', () => {
  const matches = rule(on('matches', { query: 'value:500' }));
  const truths = (...held: number[]) => ({ held: new Map([[0, Uint8Array.from(held)]]) });

  it('holds for live records, by their numbers', () => {
    expect([...truthsOf(matches, scope).held]).toEqual([[0, Uint8Array.from([0, 1, 0, 1])]]);
    expect([
      ...truthsOf(rule([on('created'), on('matches', { query: 'value:500' }, 'pipeline:hardware')]), scope)
        .held,
    ]).toEqual([[1, Uint8Array.from([0, 0, 0, 1])]]);
  });

  it.each([
    [[0, 0, 1], [0, 1, 1], ['D1']],
    [[0, 1, 1], [0, 0, 1], []],
    [[0, 1], [0, 1, 1, 0], ['D2']],
    [[], [0, 1, 0, 1], ['D1', 'D3']],
  ])('%j, then %j: fires for %j, and differs if anything does', (before, now, subjects) => {
    const { firings, later } = stateFirings(matches, truths(...before), truths(...now), scope);
    expect(firings).toEqual(
      subjects.map(subject => ({
        automation: matches,
        subject,
        trigger: 'matches',
        change: undefined,
        record: subject,
      })),
    );
    expect(later).toEqual(truths(...now));
    expect(truthsDiffer(matches, truths(...before), truths(...now))).toBe(true);
    expect(truthsDiffer(matches, truths(...now), truths(...now))).toBe(false);
  });

  it('did not hold for a record that was not there, unless the trigger waits for a fall', () => {
    expect(truthsDiffer(matches, { held: new Map() }, truths(0, 0))).toBe(false);
    const falls = rule(on('score-changes', { 'falls-to': 10 }), 'contact');
    expect(truthsDiffer(falls, { held: new Map() }, truths(1, 1))).toBe(false);
    expect(truthsDiffer(falls, { held: new Map() }, truths(1, 0))).toBe(true);
    expect(stateFirings(falls, { held: new Map() }, truths(1, 1), scope).firings).toEqual([]);
    expect(stateFirings(falls, truths(1, 0), truths(1, 1), scope).firings).toMatchObject([{ subject: 'C1' }]);
    const joe = rule(on('score-changes', { 'falls-to': 10 }, 'name:Joe'), 'contact');
    const fallen = stateFirings(joe, truths(1, 0, 0), truths(1, 1, 1), scope).firings;
    expect(fallen.map(({ subject }) => subject)).toEqual(['C2']);
    // Nobody has points here: no contact is above the number.
    expect([...truthsOf(falls, scope).held]).toEqual([[0, Uint8Array.from([1, 1, 1])]]);
  });

  it('a measure that did not change enough keeps its old value', () => {
    const rises = rule(on('score-changes', { by: 10 }), 'contact');
    const numbers = (...all: number[]) => ({ held: new Map([[0, Float64Array.from(all)]]) });
    const { firings, later } = stateFirings(rises, numbers(0, 5, 5), numbers(0, 14, 15), scope);
    expect(firings.map(({ subject }) => subject)).toEqual(['C2']);
    expect(later).toEqual(numbers(0, 5, 15));
    const falls = rule(on('score-changes', { by: -10 }), 'contact');
    expect(stateFirings(falls, numbers(0, 15, 15), numbers(0, 6, 5), scope).later).toEqual(numbers(0, 15, 5));
    // The where is asked of the record when it fires.
    const where = rule(on('score-changes', { by: 10 }, 'name:Joe'), 'contact');
    const asked = stateFirings(where, numbers(0, 0, 0), numbers(0, 20, 20), scope);
    expect(asked.firings.map(({ subject }) => subject)).toEqual(['C2']);
    expect(asked.later).toEqual(numbers(0, 0, 20));
    expect([...truthsOf(rises, scope).held]).toEqual([[0, Float64Array.from([0, 0, 0])]]);
  });
});

test('existing records are as if added now, of each kind that a trigger looks at once', () => {
  const found = existingRecords(rule([on('created'), on('value-changes'), on('task-created')]), state, 7);
  expect(found.map(({ change, seq }) => `${change.id} ${seq}`)).toEqual([
    'D1 7',
    'D2 7',
    'D3 7',
    'T1 7',
    'T2 7',
  ]);
  // A record that was changed is not taken for one that came back from the trash.
  for (const { change } of found) expect((change as { add: Rec }).add.updatedAt).toBeUndefined();
  expect(recordsSeen(rule([]), on('created'), 'D1', state)).toEqual(['D1']);
  expect(recordsSeen(rule([]), on('task-created'), 'D1', state)).toEqual(['T1']);
  expect(recordsSeen(rule([]), on('tag-added', { of: 'contact' }), 'D1', state)).toEqual(['C1']);
});

test('tells which rules wait for a query, for a moment, or for time to make a query true', () => {
  const kinds = (...types: TriggerSpec[]) => {
    const one = rule(types);
    return [hasStateTrigger(one), hasTimeTrigger(one), hasTimedTrigger(one, state.config)];
  };
  expect(kinds()).toEqual([false, false, false]);
  expect(kinds(on('created'))).toEqual([false, false, false]);
  expect(kinds(on('created'), on('matches', { query: 'is:open' }))).toEqual([true, false, false]);
  expect(kinds(on('matches', { query: 'idle.over:14d' }))).toEqual([true, false, true]);
  expect(kinds(on('matches', { query: 'is:open' }, 'value:1'))).toEqual([true, false, true]);
  expect(kinds(on('created', {}, 'value:1'))).toEqual([false, false, false]);
  expect(kinds(on('schedule', { cron: '0 9 * * *' }))).toEqual([false, true, false]);
});

test('tells which changes are events of a sweep, and which reach a goal', () => {
  expect(isSeen(added('deal', 'D1'))).toBe(true);
  expect(isSeen(added('enrolment', 'N1'))).toBe(false);
  expect(isSeen(set('cursor', 'a', { at: [1, 2] }))).toBe(false);
  expect(reachesGoal(added('enrolment', 'N1', { goals: ['A'] }))).toBe(true);
  expect(reachesGoal(added('enrolment', 'N1'))).toBe(false);
  expect(reachesGoal(set('enrolment', 'N1', { goals: [null, ['A']] }))).toBe(true);
  expect(reachesGoal(set('enrolment', 'N1', { status: ['a', 'b'] }))).toBe(false);
  expect(reachesGoal(removed('enrolment', 'N1', { goals: ['A'] }))).toBe(false);
  expect(reachesGoal(set('deal', 'D1', { goals: [null, ['A']] }))).toBe(false);
  expect(reachesGoal(added('deal', 'D1', { goals: ['A'] }))).toBe(false);
});
