/** Whose work made a record: the generations that led to it, and to an enrolment. */
import { describe, expect, it, test } from 'vitest';
import type { Change } from '../../src/domain/changes.ts';
import type { Rec } from '../../src/domain/records.ts';
import {
  addedBy,
  descentFrom,
  generationsOf,
  ledTo,
  mayBegin,
  remembered,
} from '../../src/engine/generations.ts';
import { stateOf } from '../query/world.ts';

const at = { createdAt: '2026-09-01T10:00:00.000Z', updatedAt: '2026-09-01T10:00:00.000Z' };
const deal = (id: string): Rec => ({
  id,
  title: id,
  pipeline: 'sales',
  stage: 'proposal',
  status: 'open',
  value: '1',
  currency: 'EUR',
  stageSince: at.createdAt,
  ...at,
});
const enrolment = (id: string, automation: string, more: object): Rec => ({
  ...{ id, automation, subject: 'D1', status: 'completed', events: 1 },
  ...at,
  ...(more as Rec),
});
const task = (id: string): Rec => ({ id, title: id, type: 'todo', status: 'open', ...at });
/** D1 of a person; D2 of rule a for D1; D3 of rule b, which a and c led to, for D2; D4 of rule d, from before lists were kept. */
const state = stateOf([
  ...['D1', 'D2', 'D3', 'D4'].map(deal),
  ...['T1', 'T2'].map(task),
  enrolment('N1', 'a', { addedDeals: ['D2'], addedTasks: ['T2'] }),
  enrolment('N2', 'b', { addedDeals: ['D3'], generations: { a: 1 }, after: ['c', 'b'] }),
  enrolment('N3', 'd', { deal: 'D4', generations: { d: 2 } }),
]);

const adds = (kind: string, id: string): Change => ({ kind, id, add: { id, ...at } }) as never;
const sets = (id: string, why?: object): Change =>
  ({ kind: 'deal', id, set: { value: [null, '1'] }, ...(why && { why }) }) as never;

describe('generations of a record', () => {
  it.each([
    ['D1', {}],
    ['D2', { a: 1 }],
    ['T1', {}],
    ['T2', { a: 1 }],
    // One more of each rule that took part, each once.
    ['D3', { a: 1, b: 1, c: 1 }],
    ['D4', { d: 3 }],
  ])('%s: %j', (id, expected) => {
    expect(generationsOf(state, id)).toEqual(expected);
  });

  it('that an enrolment at work has just added are those of its work', () => {
    const atWork = {
      automation: 'x',
      generations: { a: 1 },
      after: ['y'],
      added: [sets('D1'), adds('deal', 'D9')],
    };
    expect(generationsOf(state, 'D9', atWork)).toEqual({ a: 1, x: 1, y: 1 });
    // What it did not add, it did not make.
    expect(generationsOf(state, 'D1', atWork)).toEqual({});
    expect(generationsOf(state, 'D2', atWork)).toEqual({ a: 1 });
    expect(generationsOf(state, 'D9', { ...atWork, added: [sets('D9')] } as never)).toEqual({});
  });
});

describe('what led to a beginning', () => {
  const led = (record: string, change?: Change, subject = record) =>
    ledTo(state, { subject, record, change });

  it('is nothing if a person changed the record', () => {
    expect(led('D2', sets('D2'))).toBeUndefined();
    expect(led('D2', adds('deal', 'D2'))).toBeUndefined();
  });

  it('is what the record has, if time or a query did', () => {
    expect(led('D1')).toEqual({
      subject: {},
      record: {},
      maker: undefined,
      descent: { generations: {}, after: [] },
    });
    expect(led('D2')).toEqual({
      subject: { a: 1 },
      record: { a: 1 },
      maker: 'N1',
      descent: { generations: { a: 1 }, after: [] },
    });
  });

  it('is of record and subject together', () => {
    expect(led('T2', undefined, 'D3')).toEqual({
      subject: { a: 1, b: 1, c: 1 },
      record: { a: 1 },
      maker: 'N1',
      descent: { generations: { a: 1, b: 1, c: 1 }, after: [] },
    });
    expect(led('D4', undefined, 'D2')!.descent.generations).toEqual({ a: 1, d: 3 });
    expect(led('D1', undefined, 'D2')!.descent.generations).toEqual({ a: 1 });
  });

  it('is the rule, too, that changed the record', () => {
    const changed = sets('D1', { automation: 'b', step: '1', enrolment: 'N2' });
    expect(led('D1', changed)!.descent).toEqual({ generations: { a: 1 }, after: ['b', 'c'] });
    const added = { ...adds('deal', 'D2'), why: { automation: 'a', step: '1', enrolment: 'N1' } } as Change;
    // A record that a rule added is a generation by itself.
    expect(led('D2', added)!.descent).toEqual({ generations: { a: 1 }, after: [] });
    const moved = sets('D2', { transition: 1 });
    expect(led('D2', moved)!.descent).toEqual({ generations: { a: 1 }, after: [] });
  });

  it('is the enrolment that reached a goal', () => {
    const reached = { kind: 'enrolment', id: 'N2', set: { goals: [null, ['G']] } } as unknown as Change;
    expect(led('N2', reached, 'D1')!.descent).toEqual({ generations: { a: 1 }, after: ['b', 'c'] });
    const begun = adds('enrolment', 'N1');
    expect(led('N1', begun, 'D1')!.descent).toEqual({ generations: {}, after: ['a'] });
  });
});

test('a rule that a step starts descends from the rule of the step, and from what led to that', () => {
  const by = { automation: 'z', added: [] };
  expect(descentFrom(state, 'D1', by)).toEqual({ generations: {}, after: ['z'] });
  expect(descentFrom(state, 'D2', { ...by, generations: { a: 2, q: 1 }, after: ['z', 'm'] })).toEqual({
    generations: { a: 2, q: 1 },
    after: ['m', 'z'],
  });
});

test('a rule begins for as many generations as it says, one if it does not', () => {
  const may = (generations: number | undefined, led: object) =>
    mayBegin({ id: 'a', generations } as never, led as never);
  expect([may(undefined, {}), may(undefined, { a: 1 }), may(undefined, { b: 5 })]).toEqual([
    true,
    false,
    true,
  ]);
  expect([may(3, { a: 2 }), may(3, { a: 3 })]).toEqual([true, false]);
});

test('an enrolment remembers what it added, after what it had added before', () => {
  const changes = [
    adds('deal', 'D7'),
    sets('D1'),
    adds('task', 'T7'),
    adds('deal', 'D8'),
    adds('message', 'M1'),
  ];
  expect(addedBy(undefined, changes)).toEqual({ addedDeals: ['D7', 'D8'], addedTasks: ['T7'] });
  expect(addedBy({ addedDeals: ['D2'], addedTasks: ['T2'] }, [adds('deal', 'D7')])).toEqual({
    addedDeals: ['D2', 'D7'],
  });
  expect(addedBy(undefined, [adds('activity', 'V1'), adds('event', 'E1')])).toEqual({
    addedActivities: ['V1'],
    addedEvents: ['E1'],
  });
  expect(addedBy(undefined, [sets('D1')])).toEqual({});
});

test('it remembers what led to it, in the order of the rules, and nothing of nothing', () => {
  expect(remembered()).toEqual({});
  expect(remembered({ generations: {}, after: [] })).toEqual({});
  const kept = remembered({ generations: { b: 1, a: 2 }, after: ['c'] });
  expect(kept).toEqual({ generations: { a: 2, b: 1 }, after: ['c'] });
  expect(Object.keys(kept.generations!)).toEqual(['a', 'b']);
});
