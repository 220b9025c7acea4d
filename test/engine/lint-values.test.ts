/** Values of rules that are wrong in their form, each with its line and its hint; and values that are right. */
import { expect, test } from 'vitest';
import { checkConfig } from '../../src/app/core/check-config.ts';
import type { Problem } from '../../src/store/yaml/yaml.ts';
import { recordKinds } from '../../src/kinds/index.ts';
import { languages } from '../languages.ts';
import { HARDWARE, SALES, SETTINGS } from './swept.ts';

const good = 'for: deal\non: created\nsteps: [{ add-note: hello }]\n';
const on = (trigger: string, more = '') => `for: deal\non: ${trigger}\n${more}steps: [{ add-note: hello }]\n`;
const does = (step: string, kind = 'deal') => `for: ${kind}\non: created\nsteps:\n  - ${step}\n`;
const aTrigger = 'a trigger is its name, or a map of its name and its parameters';
const aStep = 'a step is its name, or a map of its name and its parameters';

/** What it is, the rule, and what is said of it: line, message and hint. */
const wrong = [
  [
    'a step in a branch',
    "for: deal\non: created\nsteps:\n  - if: 'is:won'\n    then:\n      - add-note: a\n      - add-nte: b\n",
    7,
    'unknown step "add-nte"',
    'did you mean add-note?',
  ],
  [
    'a step in the other branch',
    "for: deal\non: created\nsteps:\n  - if: 'is:won'\n    then: [stop]\n    else:\n      - add-note: a\n      - { add-note: b, of: c }\n",
    8,
    'unknown key "of" next to add-note',
    /.*/,
  ],
  [
    'the query of a trigger, on a line of its own',
    on("\n  - matches:\n      query: 'valu.over:5'\n"),
    4,
    /valu/,
    /value/,
  ],
  [
    'a limit in a list',
    `runs: every-time\nlimit: [10 per 24h]\n${good}`,
    2,
    'limit: ["10 per 24h"] is not a limit',
    'for example 10 per 24h',
  ],
  ['a name of no words', `name: [a]\n${good}`, 1, 'name is not text', null],
  [
    'generations of nothing',
    `generations: 0\n${good}`,
    1,
    'generations: 0 is not a whole number from 1 on',
    /three generations/,
  ],
  [
    'generations of a half',
    `generations: 1.5\n${good}`,
    1,
    'generations: 1.5 is not a whole number from 1 on',
    /^generations: 3/,
  ],
  [
    'generations in words',
    `${good}generations: many\n`,
    4,
    'generations: "many" is not a whole number from 1 on',
    /^generations: 3/,
  ],
  ['overlap', `overlap: perhaps\n${good}`, 1, 'overlap: "perhaps" is neither true nor false', null],
  [
    'a trigger of two',
    on('[{ created: {}, value-changes: {} }]'),
    2,
    aTrigger,
    'enters-stage: { stage: proposal }',
  ],
  ['a trigger that is a number', on('[7]'), 2, aTrigger, 'enters-stage: { stage: proposal }'],
  ['a trigger that is a list', on('[[created]]'), 2, aTrigger, 'enters-stage: { stage: proposal }'],
  [
    'a step that is a number',
    'for: deal\non: created\nsteps: [7]\n',
    3,
    aStep,
    'add-task: { title: Call back }',
  ],
  [
    'a step that is a list',
    'for: deal\non: created\nsteps: [[stop]]\n',
    3,
    aStep,
    'add-task: { title: Call back }',
  ],
  [
    'a step without a name',
    'for: deal\non: created\nsteps: [{}]\n',
    3,
    'a step has a name',
    /^add-deal, update, /,
  ],
  ['where that is no text', `where: [a]\n${good}`, 1, /^where/, /.*/],
  ['where that is a number', `where: 7\n${good}`, 1, /.+/, /.*/],
  [
    'a field of several from one value',
    on('{ field-changes: { of: contact, field: emails, to: a@example.com } }'),
    2,
    'emails are several, which are not from or to one of them',
    'field-changes: { field: emails }',
  ],
  [
    'a field that follows from others',
    on('{ field-changes: updatedAt }'),
    2,
    'updatedAt follows from other changes',
    /^name what is set/,
  ],
  [
    'an option that is none',
    on('{ field-changes: { field: level, to: middle } }'),
    2,
    'level is never "middle"',
    'low, high',
  ],
  [
    'an option that was none',
    on('{ field-changes: { field: level, from: middle } }'),
    2,
    'level is never "middle"',
    'low, high',
  ],
  ['a map as a value', on('{ field-changes: { field: level, to: { a: b } } }'), 2, /^to/, /.*/],
  ['no points', on('{ score-changes: { by: 0 } }'), 2, 'by: 0 is not a change', 'by: 10, or by: -10'],
  [
    'a score of another kind',
    does('adjust-score: { on: contact, score: heat, by: 5 }'),
    4,
    'the score heat is not one of contacts',
    'on: deal',
  ],
  ['tags of a task', does('add-tag: vip', 'task'), 4, 'a task has no tags', 'on: deal, or on: contact'],
  ['the repetition of a deal', does('repeat-task'), 4, 'deals do not repeat', 'in a rule for: task'],
  [
    'a wait for a record',
    does('wait: { for: 1d, on: contact }'),
    4,
    'on: contact is not a day',
    'workdays, weekends, or monday ... sunday',
  ],
  [
    'a wait until a day',
    does("wait: { until: 'is:won', on: workdays }"),
    4,
    'on: workdays is not a record',
    'deal, contact, account, task',
  ],
  [
    'a wait until a text',
    does('wait: { until-date: title }'),
    4,
    'title is not a date',
    'a day or a time: expectedClose, due, createdAt',
  ],
  [
    'a wait until a field of a number',
    does('wait: { until-date: size }'),
    4,
    'size is not a date',
    /^a day or a time/,
  ],
  [
    'two waits',
    does("wait: { for: 1d, until: 'is:won' }"),
    4,
    'wait has for and until',
    "wait: { until: 'event:email.opened', at-most: 3d }",
  ],
  ['a wait for nothing', does('wait'), 4, 'wait needs a time, or until', /^wait: /],
  [
    'a wait at most without until',
    does('wait: { for: 1d, at-most: 2d }'),
    4,
    'at-most goes with until',
    /^wait: /,
  ],
  [
    'a wait until at a time',
    does("wait: { until: 'is:won', at: '09:00' }"),
    4,
    'at goes with for or until-date',
    /^wait: /,
  ],
  [
    'a mail of two texts',
    does('send-email: { to: contact, template: welcome, subject: Hi }'),
    4,
    'send-email needs a template, or a subject and a body',
    /^send-email: /,
  ],
  [
    'a mail without a body',
    does('send-email: { to: contact, subject: Hi }'),
    4,
    'send-email needs a template, or a subject and a body',
    /^send-email: /,
  ],
  [
    'a mail of nothing',
    does('send-email: { to: contact }'),
    4,
    'send-email needs a template, or a subject and a body',
    /^send-email: /,
  ],
  [
    'a recipient',
    does('send-email: { to: contct, template: welcome }'),
    4,
    'to: unknown recipient "contct"',
    'did you mean contact?',
  ],
  [
    'properties that are a list',
    does('add-event: { name: x, props: [a] }'),
    4,
    'props: is not a map',
    'props: { plan: gold }',
  ],
  [
    'properties that are words',
    does('add-event: { name: x, props: a }'),
    4,
    'props: is not a map',
    'props: { plan: gold }',
  ],
  ['a property that is a list', does('add-event: { name: x, props: { a: [b] } }'), 4, /a/, /.*/],
  ['an argument that is a map', does('run: [./x, { a: b }]'), 4, /.+/, /.*/],
  ['a field that is a map', does('update: { product: { a: b } }'), 4, /^product/, /.*/],
  [
    'a field that does not exist',
    does('update: { prodct: a }'),
    4,
    'unknown field "prodct" of a deal',
    'did you mean product?',
  ],
  [
    'a field that nobody sets',
    does('update: { createdAt: 2026-01-01 }'),
    4,
    'unknown field "createdAt" of a deal',
    /^(did you mean|fields)/,
  ],
  ['an empty title', does("update: { title: '' }"), 4, 'title: is empty', null],
  ['a number in words', does('update: { size: many }'), 4, /size: /, /.*/],
  ['an amount in no currency', does('update: { value: 1.234 }'), 4, /value: /, /.*/],
  [
    'an amount that its own currency has not',
    does('add-deal: { title: X, value: 1.5, currency: JPY }'),
    4,
    /value: /,
    /.*/,
  ],
  ['an owner', does('update: { owner: anna }'), 4, 'owner: unknown user "anna"', 'did you mean ana?'],
  [
    'a variable in a field',
    does("update: { product: '{{ deal.titel }}' }"),
    4,
    'product: unknown variable {{ deal.titel }}',
    'did you mean title?',
  ],
  [
    'fields of deals asked of a contact',
    does("if: 'stage:new'\n    then: [stop]", 'contact'),
    4,
    /stage/,
    'that is of deals, and this is asked of a contact; use on: deal, or a rule for: deal',
  ],
  [
    'nonsense asked of a contact',
    does("if: 'stge:new'\n    then: [stop]", 'contact'),
    4,
    /stge/,
    /^(?!that is of deals)/,
  ],
  [
    'a cron expression',
    on("{ schedule: { cron: 'often' } }"),
    2,
    /^cron: "often" is not a cron expression: /,
    /^minute hour day month weekday/,
  ],
] as const;

/** What it is, and the rule. */
const right = [
  ['generations', `generations: 3\n${good}`],
  ['overlap', `overlap: true\n${good}`],
  ['a name', `name: Good\n${good}`],
  ['several triggers', on('[created, { value-changes: {} }, enters-stage: { stage: new }]')],
  ['a condition of an option', on('{ field-changes: { field: level, from: none, to: high } }')],
  ['a field of several without values', on('{ field-changes: { of: contact, field: emails } }')],
  ['a value that is a number', on('{ field-changes: { field: size, to: 7 } }')],
  ['less points', on('{ score-changes: { by: -10 } }')],
  ['a score of its kind', does('adjust-score: { on: contact, score: default, by: 5 }')],
  ['a wait on a day', does('wait: { for: 1d, on: workdays }')],
  ['a wait until a record', does("wait: { until: 'has:email', on: contact, at-most: 2d }")],
  ['a wait until a day', does('wait: { until-date: expectedClose, offset: -3d, at: "09:00" }')],
  ['a wait until an instant', does('wait: { until-date: createdAt }')],
  ['a wait until a time of day', does("wait: { at: '09:00' }")],
  ['a mail with a template', does('send-email: { to: ana, template: welcome }')],
  ['a mail to an address', does('send-email: { to: a@example.com, subject: S, body: B }')],
  [
    'properties of every type',
    does("add-event: { name: x, on: contact, props: { a: 1, b: true, c: '{{ deal.id }}' } }"),
  ],
  ['arguments that are numbers', does('run: [./x, 7, "{{ deal.id }}"]')],
  ['a list of tags', does('update: { tags: [a, b] }')],
  ['an empty field', does("update: { product: '' }")],
  ['a reference to be found later', does('update: { account: Acme }')],
  ['an owner by turns', does('update: { owner: auto }')],
  ['an amount that one of the currencies has', does('update: { value: 12.50 }')],
  ['an amount of its own currency', does('add-deal: { title: X, value: 15, currency: JPY }')],
  ['a number as a text', does('add-note: 7')],
  ['a cron expression', on("{ schedule: { cron: '0 9 * * mon-fri' } }")],
] as const;

/** The problems of each rule, all read at once, since a rule alone takes as long as all of them. */
function problemsOf(
  rules: readonly (readonly [string, string, ...unknown[]])[],
): Map<string, readonly Problem[]> {
  const { config } = checkConfig(
    new Map([
      ['crm.yaml', SETTINGS.replace('scores:\n', 'scores:\n  heat: { for: deal, rules: [] }\n')],
      ['pipelines/a-sales.yaml', SALES],
      ['pipelines/hardware.yaml', HARDWARE],
      ['templates/welcome.md', '---\nsubject: Welcome\n---\nHello\n'],
      ...rules.map(([, text], i): [string, string] => [`automations/r${i}.yaml`, text]),
    ]),
    recordKinds,
    languages,
  );
  const broken = new Map(config!.broken.map(({ id, problems }) => [id, problems]));
  return new Map(rules.map(([what], i) => [what, broken.get(`r${i}`) ?? []]));
}

const said = (text: string | RegExp) => (typeof text === 'string' ? text : expect.stringMatching(text));

test('each wrong value is said with its line and a hint, and nothing else of its rule', () => {
  const problems = problemsOf(wrong);
  for (const [what, , line, message, hint] of wrong) {
    const found = problems
      .get(what)!
      .map(each => ({ line: each.line, message: each.message, hint: each.hint ?? '' }));
    expect(found, what).toEqual([{ line, message: said(message), hint: said(hint ?? '') }]);
  }
});

test('nothing is said of right values', () => {
  for (const [what, problems] of problemsOf(right)) expect(problems, what).toEqual([]);
});
