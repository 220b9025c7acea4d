/** What is wrong with rules together: names of rules and goals that do not exist, circles of starts, and possible loops. */
import { describe, expect, it, test } from 'vitest';
import type { Automation, StepSpec, TriggerSpec } from '../../src/domain/automation.ts';
import type { Pipeline, Transition } from '../../src/domain/config.ts';
import { checkRules } from '../../src/engine/rules/check-rules.ts';
import { possibleLoops, rowsThatLoop } from '../../src/engine/rules/possible-loops.ts';
import { Desk } from './desk.ts';

type Step = Omit<StepSpec, 'id'>;
const step = (type: string, params: StepSpec['params'] = {}): Step => ({ type, params });
const start = (automation: string) => step('start', { automation });
const on = (type: string, params: TriggerSpec['params'] = {}): TriggerSpec => ({ type, params });

/** A rule for deals that runs every time. */
const rule = (
  id: string,
  triggers: readonly TriggerSpec[],
  steps: readonly Step[],
  more: Partial<Automation> = {},
): Automation => ({
  id,
  name: id,
  enabled: true,
  for: 'deal',
  on: triggers,
  runs: 'every-time',
  limit: { count: 10, per: 86_400_000 },
  overlap: false,
  steps: steps.map((each, i) => ({ ...each, id: `${i + 1}.${each.type}` })),
  ...more,
});

/** What is said of each rule, in few words. */
const told = (rules: readonly Automation[]) =>
  Object.fromEntries(
    [...possibleLoops(rules)].map(([id, { message }]) => [
      id,
      message
        .replace('possible loop: ', '')
        .replace('; one generation comes of each beginning, and the rest is left out', ''),
    ]),
  );

describe('names that do not exist', () => {
  const manual = [on('manual')];
  const unknown = (path: readonly PropertyKey[], message: string, hint: string) => ({ path, message, hint });
  const target = rule('target', manual, [step('goal', { name: 'Bought', when: 'is:won' })]);
  const other = rule('other', manual, [step('goal', { name: 'Left', when: 'is:lost' })]);

  it.each<[string, Automation, object[]]>([
    [
      'a rule to start, like another',
      rule('a', manual, [step('stop'), start('tarjet')]),
      [unknown(['steps', 1, 'start'], 'unknown automation "tarjet"', 'did you mean target?')],
    ],
    [
      'a rule to end, like none, in a branch',
      rule('a', manual, [
        { ...step('if', { query: 'is:open' }), else: [{ ...step('end', { automation: 'x' }), id: '1' }] },
      ]),
      [
        unknown(
          ['steps', 0, 'else', 0, 'end'],
          'unknown automation "x"',
          'automations: a, target, other, broken',
        ),
      ],
    ],
    [
      'a rule that a task starts when it is done',
      rule('a', manual, [step('add-task', { title: 'Call', whenCreated: 'target', whenDone: 'tarjet' })]),
      [unknown(['steps', 0, 'add-task', 'whenDone'], 'unknown automation "tarjet"', 'did you mean target?')],
    ],
    [
      'fields of another kind that are named so',
      rule('a', manual, [step('add-deal', { whenDone: 'x' })]),
      [],
    ],
    ['a task that names none', rule('a', manual, [step('add-task', { title: 'Call' })]), []],
    [
      'the rule of a goal',
      rule('a', [on('manual'), on('goal-reached', { automation: 'x' })], []),
      [unknown(['on', 1, 'goal-reached'], 'unknown automation "x"', 'automations: a, target, other, broken')],
    ],
    [
      'a goal of a rule that has others',
      rule('a', [on('goal-reached', { automation: 'target', goal: 'Left' })], []),
      [unknown(['on', 0, 'goal-reached'], 'unknown goal "Left"', 'goals: Bought')],
    ],
    [
      'a goal of any rule',
      rule('a', [on('goal-reached', { goal: 'Bougt' })], []),
      [unknown(['on', 0, 'goal-reached'], 'unknown goal "Bougt"', 'did you mean Bought?')],
    ],
    ['no goal that some rule has', rule('a', [on('goal-reached', { goal: 'Left' })], []), []],
    [
      'no goal of a rule that cannot be read',
      rule('a', [on('goal-reached', { automation: 'broken', goal: 'Left' })], []),
      [],
    ],
    ['no rule that cannot be read', rule('a', manual, [start('broken')]), []],
  ])('%s', (_, wrong, problems) => {
    const checked = checkRules([wrong, target, other], ['a', 'target', 'other', 'broken']);
    expect(Object.fromEntries(checked.problems)).toEqual(problems.length > 0 ? { a: problems } : {});
  });
});

describe('circles of starts', () => {
  const problemsOf = (...rules: Automation[]) =>
    Object.fromEntries(
      checkRules(
        rules,
        rules.map(({ id }) => id),
      ).problems,
    );

  it('are reported for each of their rules, at the step that goes round', () => {
    expect(
      problemsOf(
        rule('a', [on('manual')], [start('c'), { ...step('if'), else: [{ ...start('b'), id: '1' }] }]),
        rule('b', [on('manual')], [step('stop'), start('a')], { runs: 'once', enabled: false }),
        rule('c', [on('manual')], []),
        rule('d', [on('manual')], [start('a')]),
        rule('e', [on('manual')], [start('d'), start('e')]),
      ),
    ).toEqual({
      a: [{ path: ['steps', 1, 'else', 0, 'start'], message: 'a cycle of starts: a starts b starts a' }],
      b: [{ path: ['steps', 1, 'start'], message: 'a cycle of starts: b starts a starts b' }],
      e: [{ path: ['steps', 1, 'start'], message: 'a cycle of starts: e starts e' }],
    });
  });

  it('are reported together with unknown names of the same rule', () => {
    expect(
      problemsOf(rule('a', [on('manual')], [start('zzz'), start('a')])).a!.map(({ message }) => message),
    ).toEqual(['unknown automation "zzz"', 'a cycle of starts: a starts a']);
  });
});

test('a loop is warned of at the trigger, unless the rule has a problem', () => {
  const back = rule('back', [on('stage-changes', { to: 'done' })], [step('update', { stage: 'new' })]);
  const forth = rule('forth', [on('stage-changes', { to: 'new' })], [step('update', { stage: 'done' })]);
  const broken = { ...back, steps: [...back.steps, { ...start('zzz'), id: '2.start' }] };
  const warning = (way: string) => [
    {
      path: ['on'],
      message: `possible loop: ${way}, every time`,
      hint: 'runs: once, or a where that no longer holds',
    },
  ];
  expect(Object.fromEntries(checkRules([back, forth], ['back', 'forth']).warnings)).toEqual({
    back: warning('back starts forth starts back'),
    forth: warning('forth starts back starts forth'),
  });
  const { warnings, problems } = checkRules([broken, forth], ['back', 'forth']);
  expect([...problems.keys()]).toEqual(['back']);
  expect(Object.fromEntries(warnings)).toEqual({ forth: warning('forth starts back starts forth') });
});

describe('a loop', () => {
  const tagged = (tag: string) => [on('tag-added', { tag })];
  const tag = (name: string) => step('add-tag', { tag: name });

  it.each<[string, readonly Automation[], Record<string, string>]>([
    ['of one rule', [rule('a', tagged('x'), [tag('x')])], { a: 'a starts a, every time' }],
    ['not of a disabled rule', [rule('a', tagged('x'), [tag('x')], { enabled: false })], {}],
    ['not of a rule that runs once', [rule('a', tagged('x'), [tag('x')], { runs: 'once' })], {}],
    [
      'not through a rule that runs once',
      [rule('a', tagged('x'), [tag('y')]), rule('b', tagged('y'), [tag('x')], { runs: 'once' })],
      {},
    ],
    [
      'not through a disabled rule',
      [rule('a', tagged('x'), [tag('y')]), rule('b', tagged('y'), [tag('x')], { enabled: false })],
      {},
    ],
    [
      'by one trigger of several',
      [rule('a', [on('manual'), ...tagged('x')], [step('stop'), tag('x')])],
      { a: 'a starts a, every time' },
    ],
    [
      'by a step that another rule has as well, and only there where it goes round',
      [rule('a', tagged('x'), [tag('x'), tag('x')]), rule('b', tagged('y'), [tag('x')])],
      { a: 'a starts a, every time' },
    ],
    [
      'through the first of the rules that do the same',
      [
        rule('a', tagged('x'), [tag('z'), tag('y')]),
        rule('b', tagged('y'), [tag('x')]),
        rule('c', tagged('z'), [tag('x')]),
      ],
      {
        a: 'a starts b starts a, every time',
        b: 'b starts a starts b, every time',
        c: 'c starts a starts c, every time',
      },
    ],
  ])('%s', (_, rules, expected) => {
    expect(told(rules)).toEqual(expected);
  });

  it('says what helps', () => {
    expect(possibleLoops([rule('a', tagged('x'), [tag('x')])]).get('a')).toEqual({
      message: 'possible loop: a starts a, every time',
      hint: 'runs: once, or a where that no longer holds',
    });
  });
});

describe('a rule that feeds itself', () => {
  const addDeal = step('add-deal', { title: 'X' });
  const feeds = (id: string) => `feeds itself: ${id} adds what starts ${id}`;

  it('says what helps, also if it runs once', () => {
    expect(possibleLoops([rule('a', [on('created')], [addDeal], { runs: 'once' })]).get('a')).toEqual({
      message: `${feeds('a')}; one generation comes of each beginning, and the rest is left out`,
      hint: 'generations: 3 allows three; a where that does not hold for what is added ends the circle',
    });
  });

  it.each<[string, readonly Automation[], Record<string, string>]>([
    [
      'one that may is a loop',
      [rule('a', [on('created')], [addDeal], { generations: 3 })],
      { a: 'a starts a, every time' },
    ],
    ['one that is disabled does not', [rule('a', [on('created')], [addDeal], { enabled: false })], {}],
    [
      'by one trigger of several that comes later',
      [rule('a', [on('manual'), on('date', { field: 'createdAt' })], [addDeal])],
      { a: feeds('a') },
    ],
    [
      'by the second thing that it adds',
      [
        rule(
          'a',
          [on('created')],
          [step('add-tag', { tag: 'x' }), step('add-task', { title: 'Y' }), addDeal],
        ),
      ],
      { a: feeds('a') },
    ],
    [
      'not by a tag of what was there before',
      [
        rule('a', [on('tag-added', { tag: 'x' })], [step('add-tag', { tag: 'x' }), addDeal], {
          runs: 'once',
        }),
      ],
      {},
    ],
    [
      'by an added record with the tag, whatever it tags besides',
      [
        rule(
          'a',
          [on('tag-added', { tag: 'x' })],
          [
            step('add-tag', { tag: 'x' }),
            step('add-deal', { title: 'X', tags: ['x'] }),
            step('add-tag', { tag: 'x, y' }),
          ],
          { runs: 'once' },
        ),
      ],
      { a: feeds('a') },
    ],
    ...['is:won', 'tag:x is:lost', 'status:won', 'status:done tag:x'].flatMap(
      (where): [string, readonly Automation[], Record<string, string>][] => [
        [
          `not if its where is ${where}`,
          [rule('a', [on('created')], [addDeal], { where, runs: 'once' })],
          {},
        ],
        [
          `not if the where of a trigger is ${where}`,
          [rule('a', [{ ...on('created'), where }], [addDeal], { runs: 'once' })],
          {},
        ],
      ],
    ),
    ...['is:won or tag:x', 'is:open', 'tag:is:won'].map(
      (where): [string, readonly Automation[], Record<string, string>] => [
        `also if its where is ${where}`,
        [rule('a', [on('created')], [addDeal], { where, runs: 'once' })],
        { a: feeds('a') },
      ],
    ),
  ])('%s', (_, rules, expected) => {
    expect(told(rules)).toEqual(expected);
  });
});

describe('rows of a transition table', () => {
  const row = (from: readonly string[] | undefined, to: string, when?: string): Transition => ({
    to,
    ...(from && { from }),
    ...(when !== undefined && { when }),
    line: 1,
  });
  const loops = (...transitions: Transition[]) =>
    rowsThatLoop({ transitions } as unknown as Pipeline).map(({ rule: at, message }) => `${at}: ${message}`);
  const loop = (one: number, other: number, from: string, to: string) =>
    `${other}: possible loop: rows ${one} and ${other} move a deal from ${from} to ${to} and back`;

  it.each<[string, Transition[], string[]]>([
    ['back and forth', [row(['a'], 'b'), row(['b'], 'a')], [loop(1, 2, 'a', 'b')]],
    ['under the same condition', [row(['a'], 'b', 'x'), row(['b'], 'a', 'x')], [loop(1, 2, 'a', 'b')]],
    ['not under another one', [row(['a'], 'b', 'x'), row(['b'], 'a', 'y')], []],
    ['not under one and none', [row(['a'], 'b', 'x'), row(['b'], 'a')], []],
    ['not on and on', [row(['a'], 'b'), row(['b'], 'c'), row(['c'], 'd')], []],
    ['not if only the second leads back', [row(['c'], 'b'), row(['b'], 'a')], []],
    ['not from any stage', [row(undefined, 'b'), row(['b'], 'a')], []],
    ['not to where any stage leads', [row(['a'], 'b'), row(undefined, 'a')], []],
    ['from several stages', [row(['x', 'a'], 'b'), row(['y', 'b', 'b'], 'a')], [loop(1, 2, 'a', 'b')]],
    [
      'by the first row that it answers, whichever stage that leads to',
      [row(['a'], 'c'), row(['a'], 'b'), row(['z'], 'b'), row(['b', 'c'], 'a')],
      [loop(1, 4, 'a', 'c')],
    ],
    [
      'each row by itself',
      [row(['a'], 'b'), row(['b'], 'a'), row(['b'], 'a'), row(['a'], 'b')],
      [loop(1, 2, 'a', 'b'), loop(1, 3, 'a', 'b'), loop(2, 4, 'b', 'a')],
    ],
  ])('%s', (_, rows, expected) => {
    expect(loops(...rows)).toEqual(expected);
  });
});

test('warnings name the line of the trigger and of the second row, and the rules run', async () => {
  const desk = Desk.make();
  const moves = (to: string, from: string) =>
    `for: deal\nruns: every-time\non: { stage-changes: { to: ${from} } }\nsteps: [{ update: { stage: ${to} } }]\n`;
  desk.rule('back', moves('new', 'done'));
  desk.rule('forth', moves('done', 'new'));
  desk.rule('once', 'for: deal\non: value-changes\nsteps: [{ update: { value: 5 } }]\n');
  desk.edit(
    'pipelines/a-sales.yaml',
    text =>
      `${text}transitions:\n  - { to: new, from: [done], when: 'tag:x' }\n  - { to: done, from: [new], when: 'tag:x' }\n`,
  );
  expect(desk.warnings()).toEqual([
    'automations/back.yaml:3: possible loop: back starts forth starts back, every time; runs: once, or a where that no longer holds',
    'automations/forth.yaml:3: possible loop: forth starts back starts forth, every time; runs: once, or a where that no longer holds',
    'pipelines/a-sales.yaml:9: possible loop: rows 1 and 2 move a deal from done to new and back; for one of them, a when that never holds together with the other',
  ]);
});

test.each<[string, Record<string, string>, string | undefined]>([
  ['at once', { a: 'on: created|add-deal: { title: X }' }, 'a adds what starts a'],
  ['after a wait', { a: 'on: created|wait: 1d}, {add-deal: { title: X }' }, 'a adds what starts a'],
  [
    'by a schedule',
    { a: "on: { schedule: { cron: '0 9 * * *' } }|add-deal: { title: X }" },
    'a adds what starts a',
  ],
  [
    'by a query',
    { a: "on: { matches: { query: 'is:open' } }|add-deal: { title: X }" },
    'a adds what starts a',
  ],
  ['by a date', { a: 'on: { date: { field: createdAt } }|add-deal: { title: X }' }, 'a adds what starts a'],
  [
    'in turn',
    {
      a: 'on: { enters-stage: { stage: new } }|add-deal: { title: X, stage: done }',
      b: 'on: { enters-stage: { stage: done } }|add-deal: { title: X, stage: new }',
    },
    'a adds what starts b adds what starts a',
  ],
  [
    'by what another one changes',
    { a: 'on: { tag-added: { tag: x } }|add-deal: { title: X }', b: 'on: created|add-tag: x' },
    'a adds what starts b adds what starts a',
  ],
  ['not where it is allowed', { a: 'generations: 3\non: created|add-deal: { title: X }' }, undefined],
  ['not for another kind', { a: 'on: created|add-task: { title: X }' }, undefined],
  [
    'not what somebody must do',
    { a: 'on: { status-changes: { to: won } }|add-deal: { title: X }' },
    undefined,
  ],
  ['not for what is over', { a: "on: { matches: { query: 'is:won' } }|add-deal: { title: X }" }, undefined],
  ['not where it is disabled', { a: 'enabled: false\non: created|add-deal: { title: X }' }, undefined],
])('a circle of rules that add what starts them is a warning: %s', (_, texts, way) => {
  const desk = Desk.make();
  for (const [id, text] of Object.entries(texts)) {
    const [begins, does] = text.split('|');
    desk.rule(id, `for: deal\n${begins}\nsteps: [{ ${does} }]\n`);
  }
  const warned = desk.warnings().filter(each => each.includes('feeds itself'));
  if (way === undefined) expect(warned).toEqual([]);
  else expect(warned[0]).toContain(`feeds itself: ${way}; one generation comes of each beginning`);
});
