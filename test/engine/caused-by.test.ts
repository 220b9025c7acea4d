/** The effects of steps by which each trigger may be caused, as lint foresees them. */
import { expect, test } from 'vitest';
import {
  type Effect,
  fieldsAdded,
  fieldsChanged,
  fieldsSet,
  isAsked,
  tagsNamed,
} from '../../src/engine/effect.ts';
import { triggers } from '../../src/engine/triggers/index.ts';

const effects = {
  addsDeal: { adds: 'deal', fields: { pipeline: 'sales', stage: 'new', owner: 'ana', tags: 'a, b' } },
  addsBareDeal: { adds: 'deal', fields: {} },
  addsTask: { adds: 'task', fields: { type: 'call', status: 'done' } },
  addsEvent: { adds: 'event', fields: { name: 'page.visited' } },
  addsReply: { adds: 'event', fields: { name: 'email.replied' } },
  addsEmail: { adds: 'activity', fields: { type: 'email' } },
  addsNote: { adds: 'activity', fields: { type: 'note' } },
  setsStage: { sets: 'deal', fields: { stage: 'new' } },
  setsPipeline: { sets: 'deal', fields: { pipeline: 'sales', stage: 'new' } },
  setsStatus: { sets: 'deal', fields: { status: 'won' } },
  setsValue: { sets: 'deal', fields: { value: '5' } },
  setsOwner: { sets: 'deal', fields: { owner: 'ana' } },
  setsTags: { sets: 'deal', fields: { tags: ['a', 'c'] } },
  setsContact: { sets: 'contact', fields: { owner: 'ana', emails: 'a@example.com', tags: 'a' } },
  setsTask: { sets: 'task', fields: { status: 'done', assignee: 'ana' } },
  reopensTask: { sets: 'task', fields: { status: 'open' } },
  doesCall: { sets: 'task', fields: { status: 'done', type: 'call' } },
  tags: { tags: 'deal', names: 'a', isGone: false },
  untags: { tags: 'deal', names: 'a', isGone: true },
  untagsOther: { tags: 'contact', names: 'a', isGone: true },
  scores: { scores: 'contact', score: undefined, by: 5 },
  scoresDown: { scores: 'contact', score: 'heat', by: -5 },
  sendsEmail: { sends: 'email' },
  sendsNotice: { sends: 'notify' },
  starts: { starts: 'other' },
  reaches: { reaches: 'Bought', of: 'other' },
} as const satisfies Record<string, Effect>;
type Name = keyof typeof effects;

const made: readonly Name[] = ['addsDeal', 'addsBareDeal'];

/** A trigger, its parameters, the kind of its rule, and the effects that may cause it. */
const cases: readonly (readonly [string, object, 'deal' | 'contact' | 'task', readonly Name[]])[] = [
  ['created', {}, 'deal', made],
  ['created', {}, 'task', ['addsTask']],
  ['enters-pipeline', {}, 'deal', [...made, 'setsPipeline']],
  ['enters-pipeline', { pipeline: 'sales' }, 'deal', ['addsDeal', 'setsPipeline']],
  ['enters-pipeline', { pipeline: 'other' }, 'deal', []],
  ['enters-stage', { stage: 'new' }, 'deal', ['addsDeal', 'setsStage', 'setsPipeline']],
  ['enters-stage', { stage: 'done' }, 'deal', []],
  ['stage-changes', {}, 'deal', ['setsStage', 'setsPipeline']],
  ['stage-changes', { to: 'new' }, 'deal', ['setsStage', 'setsPipeline']],
  ['stage-changes', { to: 'done' }, 'deal', []],
  ['status-changes', {}, 'deal', ['setsStatus']],
  ['status-changes', { to: 'won' }, 'deal', ['setsStatus']],
  ['status-changes', { to: 'lost' }, 'deal', []],
  ['value-changes', {}, 'deal', ['setsValue']],
  ['owner-changes', {}, 'deal', ['setsOwner']],
  ['owner-changes', {}, 'task', ['setsTask']],
  ['owner-changes', { of: 'contact' }, 'deal', ['setsContact']],
  ['field-changes', { field: 'value' }, 'deal', ['setsValue']],
  ['field-changes', { field: 'value', to: '5' }, 'deal', ['setsValue']],
  ['field-changes', { field: 'value', to: '6' }, 'deal', []],
  ['field-changes', { field: 'email', of: 'contact' }, 'deal', ['setsContact']],
  ['field-changes', { field: 'emails', of: 'contact' }, 'deal', ['setsContact']],
  ['field-changes', { field: 'phone', of: 'contact' }, 'deal', []],
  ['score-changes', { reaches: 80 }, 'contact', []],
  ['score-changes', { by: 3 }, 'contact', ['scores']],
  ['score-changes', { by: -3 }, 'contact', ['scoresDown']],
  ['score-changes', { by: -3, score: 'heat' }, 'contact', ['scoresDown']],
  ['score-changes', { by: 3, score: 'heat' }, 'contact', []],
  ['tag-added', {}, 'deal', ['addsDeal', 'setsTags', 'tags']],
  ['tag-added', { tag: 'a' }, 'deal', ['addsDeal', 'setsTags', 'tags']],
  ['tag-added', { tag: 'b' }, 'deal', ['addsDeal']],
  ['tag-added', { tag: 'a', of: 'contact' }, 'deal', ['setsContact']],
  ['tag-removed', {}, 'deal', ['setsTags', 'untags']],
  ['tag-removed', { tag: 'a' }, 'deal', ['untags']],
  ['tag-removed', { tag: 'b' }, 'deal', ['setsTags']],
  ['tag-removed', { of: 'contact' }, 'deal', ['setsContact', 'untagsOther']],
  ['task-created', {}, 'deal', ['addsTask']],
  ['task-created', { type: 'call' }, 'deal', ['addsTask']],
  ['task-created', { type: 'todo' }, 'deal', []],
  ['task-completed', {}, 'deal', ['addsTask', 'setsTask', 'doesCall']],
  ['task-completed', { type: 'call' }, 'deal', ['addsTask', 'setsTask', 'doesCall']],
  ['task-completed', { type: 'todo' }, 'deal', ['setsTask']],
  ['email-sent', {}, 'contact', ['addsEmail', 'sendsEmail']],
  ['email-replied', {}, 'contact', ['addsReply']],
  ['event', { name: 'page.visited' }, 'contact', ['addsEvent']],
  ['event', { name: 'other' }, 'contact', []],
  ['goal-reached', {}, 'deal', ['reaches']],
  ['goal-reached', { automation: 'other', goal: 'Bought' }, 'deal', ['reaches']],
  ['goal-reached', { automation: 'third' }, 'deal', []],
  ['goal-reached', { goal: 'Lost' }, 'deal', []],
  ['date', { field: 'expectedClose' }, 'deal', []],
  ['schedule', { cron: '0 9 * * *' }, 'deal', []],
  ['manual', {}, 'deal', []],
];

test.each(cases)('%s %j, in a rule for a %s: %j', (name, params, subject, expected) => {
  const trigger = triggers.get(name)!;
  const found = Object.entries(effects).filter(([, effect]) =>
    trigger.causedBy(effect, params as never, subject),
  );
  expect(found.map(([each]) => each)).toEqual(expected);
});

test('every trigger is looked at, but matches, whose queries possible-loops.test.ts has', () => {
  expect(new Set([...cases.map(([name]) => name), 'matches'])).toEqual(new Set(triggers.keys()));
});

test('the fields of an effect are those that it sets, adds, or changes, in a record of the kind', () => {
  const { addsDeal, setsStage } = effects;
  expect([
    fieldsSet(addsDeal, 'deal'),
    fieldsAdded(addsDeal, 'deal'),
    fieldsChanged(addsDeal, 'deal'),
  ]).toEqual([addsDeal.fields, addsDeal.fields, undefined]);
  expect([
    fieldsSet(setsStage, 'deal'),
    fieldsAdded(setsStage, 'deal'),
    fieldsChanged(setsStage, 'deal'),
  ]).toEqual([setsStage.fields, undefined, setsStage.fields]);
  for (const fields of [fieldsSet, fieldsAdded, fieldsChanged])
    for (const effect of [addsDeal, setsStage, effects.sendsEmail])
      expect(fields(effect, 'task')).toBeUndefined();
});

test('a rule that looks for nothing in particular is asked by anything', () => {
  expect([isAsked(undefined, 'a'), isAsked('a', 'a'), isAsked('a', 'b'), isAsked('a', undefined)]).toEqual([
    true,
    true,
    false,
    false,
  ]);
});

test.each([
  ['a', ['a']],
  ['a, b', ['a', 'b']],
  [
    ['a', 'b,c '],
    ['a', 'b', 'c'],
  ],
])('%j names the tags %j', (tags, names) => {
  expect(tagsNamed(tags)).toEqual(names);
});
