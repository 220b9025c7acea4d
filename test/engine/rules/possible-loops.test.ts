/** Which rules may start each other: what steps say of their effects, and triggers of what causes them. */
import { describe, expect, it, test } from 'vitest';
import type { Automation, Params, SubjectKind } from '../../../src/domain/automation.ts';
import { possibleLoops } from '../../../src/engine/rules/possible-loops.ts';
import { steps } from '../../../src/engine/steps/index.ts';
import { triggers } from '../../../src/engine/triggers/index.ts';
import { Desk } from '../desk.ts';

type Given = readonly [type: string, params?: Params];

const rule = (id: string, on: Given, step: Given, kind: SubjectKind = 'deal'): Automation => ({
  id,
  name: id,
  enabled: true,
  for: kind,
  on: [{ type: on[0], params: on[1] ?? {} }],
  runs: 'every-time',
  limit: { count: 10, per: 86_400_000 },
  overlap: false,
  steps: [{ id: `1.${step[0]}`, type: step[0], params: step[1] ?? {} }],
});

/** Whether a step may start a rule with a trigger: then that rule, which starts the first one, closes a loop. */
const mayStart = (step: Given, trigger: Given, kind?: SubjectKind): boolean =>
  possibleLoops([
    rule('a', ['manual'], step, kind),
    rule('b', trigger, ['start', { automation: 'a' }], kind),
  ]).has('a');

const cases: readonly (readonly [step: Given, trigger: Given, may: boolean, kind?: SubjectKind])[] = [
  [['add-deal', { title: 'X' }], ['created'], true],
  [['add-deal', { title: 'X' }], ['created'], false, 'contact'],
  [['add-task', { title: 'X' }], ['created'], true, 'task'],
  [['add-task', { title: 'X' }], ['created'], false],
  [['add-deal', { stage: 'new' }], ['enters-stage', { stage: 'new' }], true],
  [['update', { stage: 'new' }], ['enters-stage', { stage: 'done' }], false],
  [['update', { on: 'contact', stage: 'new' }], ['enters-stage', { stage: 'new' }], false],
  [['update', { stage: 'new' }], ['stage-changes', { to: 'new' }], true],
  [['update', { stage: 'new' }], ['stage-changes'], true],
  [['add-deal', { stage: 'new' }], ['stage-changes'], false],
  [['add-deal', { title: 'X' }], ['enters-pipeline'], true],
  [['update', { pipeline: 'hardware' }], ['enters-pipeline', { pipeline: 'sales' }], false],
  [['update', { status: 'won' }], ['status-changes', { to: 'won' }], true],
  [['update', { status: 'lost' }], ['status-changes', { to: 'won' }], false],
  [['update', { value: 5 }], ['value-changes'], true],
  [['update', { title: 'X' }], ['value-changes'], false],
  [['assign', { to: 'ana' }], ['owner-changes'], true],
  [['update', { owner: 'ana' }], ['owner-changes'], true],
  [['assign', { on: 'contact', to: 'ana' }], ['owner-changes'], false],
  [['assign', { on: 'task', to: 'ana' }], ['owner-changes', { of: 'task' }], true],
  [['assign', { to: 'ana' }], ['field-changes', { field: 'owner' }], true],
  [['update', { size: 5 }], ['field-changes', { field: 'size', to: 5 }], true],
  [['update', { size: 5 }], ['field-changes', { field: 'size', to: 6 }], false],
  [['adjust-score', { by: 5 }], ['score-changes', { by: 10 }], true, 'contact'],
  [['adjust-score', { by: -5 }], ['score-changes', { by: 10 }], false, 'contact'],
  [['adjust-score', { by: 5 }], ['score-changes', { reaches: 80 }], false, 'contact'],
  [['add-tag', { tag: 'vip, big' }], ['tag-added', { tag: 'big' }], true],
  [['add-tag', { tag: ['vip', 'big'] }], ['tag-added', { tag: 'big' }], true],
  [['add-deal', { tags: ['big'] }], ['tag-added', { tag: 'big' }], true],
  [['add-tag', { tag: 'vip' }], ['tag-added', { tag: 'big' }], false],
  [['add-tag', { tag: 'vip' }], ['tag-removed'], false],
  [['remove-tag', { tag: 'vip' }], ['tag-removed', { tag: 'vip' }], true],
  [['update', { tags: ['vip'] }], ['tag-removed', { tag: 'old' }], true],
  [['update', { tags: ['vip'] }], ['tag-removed', { tag: 'vip' }], false],
  [['update', { tags: ['vip'] }], ['matches', { query: 'tag:vip' }], true],
  [['add-task', { type: 'call' }], ['task-created', { type: 'call' }], true],
  [['add-task', { type: 'todo' }], ['task-created', { type: 'call' }], false],
  [['repeat-task'], ['task-created'], true, 'task'],
  [['add-task', { whenCreated: 'b' }], ['manual'], true],
  [['add-task', { whenDone: 'b' }], ['manual'], false],
  [['complete-tasks'], ['task-completed', { type: 'call' }], true],
  [['update', { on: 'task', status: 'done' }], ['task-completed'], true],
  [['add-task', { title: 'X' }], ['task-completed'], false],
  [['log', { type: 'email' }], ['email-sent'], true],
  [['log', { type: 'call' }], ['email-sent'], false],
  [['add-note', { text: 'X' }], ['email-sent'], false],
  [['send-email', { to: 'contact' }], ['email-sent'], true],
  [['add-event', { name: 'email.replied' }], ['email-replied'], true],
  [['add-event', { name: 'x' }], ['email-replied'], false],
  [['add-event', { name: 'x' }], ['event', { name: 'x' }], true],
  [['add-event', { name: 'x' }], ['event', { name: 'y' }], false],
  [['update', { stage: 'new' }], ['matches', { query: 'is:open stage:new' }], true],
  [['update', { status: 'won' }], ['matches', { query: 'is:won' }], true],
  [['add-tag', { tag: 'vip' }], ['matches', { query: 'tag:vip' }], true],
  [['remove-tag', { tag: 'vip' }], ['matches', { query: 'tag:vip' }], false],
  [['add-deal', { title: 'X' }], ['matches', { query: 'is:open' }], true],
  [['add-deal', { title: 'X' }], ['matches', { query: 'is:won' }], false],
  [['add-deal', { title: 'X' }], ['schedule', { cron: '0 9 * * *' }], true],
  [['add-task', { title: 'X' }], ['schedule', { cron: '0 9 * * *' }], false],
  [['add-deal', { title: 'X' }], ['date', { field: 'createdAt' }], true],
  [['add-deal', { title: 'X' }], ['date', { of: 'contact', field: 'createdAt' }], false],
  [['goal', { name: 'Bought' }], ['goal-reached', { automation: 'a', goal: 'Bought' }], true],
  [['goal', { name: 'Bought' }], ['goal-reached', { goal: 'Left' }], false],
  [['start', { automation: 'b' }], ['manual'], true],
  [['start', { automation: 'c' }], ['manual'], false],
];

const yaml = ([type, params]: Given) => (params ? `${type} ${JSON.stringify(params)}` : type);

test.each(
  cases.map(([step, trigger, may, kind]) => [yaml(step), yaml(trigger), may, kind, step, trigger] as const),
)('%s may start a rule on %s: %s %s', (_step, _trigger, may, kind, step, trigger) => {
  expect(mayStart(step, trigger, kind)).toBe(may);
});

test('every trigger is asked, and every step that has effects', () => {
  const asked = new Set(cases.flatMap(([[step], [trigger]]) => [step, trigger]));
  const acting = [...steps.values()].filter(step => step.effects).map(step => step.name);
  expect([...triggers.keys(), ...acting].filter(name => !asked.has(name))).toEqual([]);
});

/** What is true by the table, and whether a real sweep agrees: what fires must have been foreseen. */
describe('everything that a step starts in a sweep is foreseen', () => {
  const watched: readonly Given[] = [
    ['created'],
    ['enters-stage', { stage: 'done' }],
    ['stage-changes'],
    ['enters-pipeline'],
    ['status-changes'],
    ['value-changes'],
    ['owner-changes'],
    ['owner-changes', { of: 'contact' }],
    ['field-changes', { field: 'size' }],
    ['field-changes', { field: 'owner' }],
    ['score-changes', { by: 10 }],
    ['score-changes', { by: -10 }],
    ['tag-added', { tag: 'vip' }],
    ['tag-removed'],
    ['tag-added', { of: 'contact' }],
    ['task-created'],
    ['task-completed'],
    ['email-sent'],
    ['email-replied'],
    ['event', { name: 'x' }],
    ['matches', { query: 'tag:vip' }],
    ['matches', { query: 'is:won' }],
    ['goal-reached'],
  ];
  const taken: readonly (readonly [Given, starts: number])[] = [
    [['add-deal', { title: 'X', value: '5', stage: 'done', tags: ['vip'] }], 5],
    [['update', { stage: 'done', value: 5, size: 5, tags: ['vip'] }], 7],
    [['update', { status: 'won' }], 2],
    [['update', { pipeline: 'hardware' }], 1],
    [['assign', { to: 'cat' }], 2],
    [['assign', { on: 'contact', to: 'cat' }], 1],
    [['add-tag', { on: 'contact', tag: 'vip' }], 1],
    [['add-tag', { tag: 'vip' }], 2],
    [['remove-tag', { tag: 'old' }], 1],
    [['adjust-score', { on: 'contact', by: 10 }], 1],
    [['add-task', { title: 'X', type: 'todo', assignee: 'ana' }], 1],
    [['complete-tasks'], 1],
    [['log', { type: 'email' }], 1],
    [['add-event', { name: 'x' }], 1],
    [['add-event', { name: 'email.replied' }], 1],
    [['goal', { name: 'G', when: 'is:open' }], 1],
  ];

  it.each(taken.map(([step, starts]) => [yaml(step), starts, step] as const))(
    '%s starts %i of them',
    async (_, starts, step) => {
      const rules = Desk.make();
      const flow = ([type, params]: Given) => `{ ${type}: ${JSON.stringify(params ?? {})} }`;
      rules.ok('contact add Jane --email jane@example.com');
      rules.ok('deal add Chairs --contact C1 --value 1 --tag old --owner ana');
      rules.ok('task add Call --for D1 --type todo --assignee ana');
      await rules.sweep();
      rules.rule('a', `for: deal\nruns: every-time\non: manual\nsteps: [${flow(step)}]\n`);
      for (const [i, trigger] of watched.entries())
        rules.rule(
          `b${i}`,
          `for: deal\nruns: every-time\non: [${flow(trigger)}]\nsteps: [{ add-note: seen }]\n`,
        );
      await rules.sweep();
      rules.ok('automation enrol a D1');
      const { automations, failures } = await rules.sweep();
      expect(failures).toEqual([]);
      const ran = new Set(automations.map(each => each.automation).filter(id => id !== 'a'));
      const started = watched.filter((_trigger, i) => ran.has(`b${i}`));
      expect(started.filter(trigger => !mayStart(step, trigger)).map(yaml)).toEqual([]);
      expect(started.map(yaml)).toHaveLength(starts);
    },
  );
});
