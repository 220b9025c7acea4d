/** What is read from a journal is of the shape that everything above trusts, or it is refused with what is wrong. */
import { describe, expect, test } from 'vitest';
import { isErasure, wrongChange, wrongHead } from '../../src/kinds/change-shape.ts';
import { recordKinds } from '../../src/kinds/index.ts';

const wrong = (value: unknown) => wrongChange(recordKinds, value);
const AT = '2026-09-14T08:00:00.000Z';
const add = (fields: object) => ({ add: { id: 'D1', ...fields } });
const set = (values: object) => ({ kind: 'deal', id: 'D1', set: values });
const parsed = (text: string): unknown => JSON.parse(text);

describe('an addition', () => {
  test.each([
    ['nothing but an id', {}],
    ['texts', { title: 'x', description: '' }],
    ['money', { value: '12.50' }],
    ['money without decimals', { value: '0' }],
    ['an instant', { closedAt: AT }],
    ['a day', { expectedClose: '2026-02-28' }],
    ['a currency', { currency: 'EUR' }],
    ['a number', { probability: 12.5 }],
    ['references', { account: 'A1', contacts: ['C1', 'C1099511627775'] }],
    ['lists of texts', { tags: ['a', 'b'], files: [] }],
    ['what is empty', { title: null, value: undefined, contacts: null }],
    ['custom fields', { fields: { a: 1, b: 'x', c: true, d: ['x'], e: null } }],
    ['what a deal was held for', { held: { stage: null } }],
    ['the stage that it was held for', { held: { stage: 'new' } }],
    ['adjustments', { adjustments: [{ score: 'x', by: 3, at: AT, expires: 9 }] }],
    ['what no kind knows', { unknown: { any: ['thing'] } }],
  ])('may have %s', (_, fields) => expect(wrong(add(fields))).toBeUndefined());

  test.each<[object, string]>([
    [{ title: 7 }, 'title cannot be 7'],
    [{ value: 12 }, 'value cannot be 12'],
    [{ value: '-1' }, 'value cannot be "-1"'],
    [{ value: '1.' }, 'value cannot be "1."'],
    [{ value: 'x1' }, 'value cannot be "x1"'],
    [{ value: '1x' }, 'value cannot be "1x"'],
    [{ closedAt: 'soon' }, 'closedAt cannot be "soon"'],
    [{ closedAt: 7 }, 'closedAt cannot be 7'],
    [{ createdAt: '' }, 'createdAt cannot be ""'],
    [{ expectedClose: '2026-02-29' }, 'expectedClose cannot be "2026-02-29"'],
    [{ expectedClose: 20260228 }, 'expectedClose cannot be 20260228'],
    [{ currency: 'eur' }, 'currency cannot be "eur"'],
    [{ currency: 'EURO' }, 'currency cannot be "EURO"'],
    [{ currency: 'xEUR' }, 'currency cannot be "xEUR"'],
    [{ currency: ['EUR'] }, 'currency cannot be ["EUR"]'],
    [{ probability: '12' }, 'probability cannot be "12"'],
    [{ account: 'A' }, 'account cannot be "A"'],
    [{ account: 7 }, 'account cannot be 7'],
    [{ account: 'A1099511627776' }, 'account cannot be "A1099511627776"'],
    [{ contacts: 'C1' }, 'contacts cannot be "C1"'],
    [{ contacts: ['C1', 'x'] }, 'contacts cannot be ["C1","x"]'],
    [{ tags: 'a' }, 'tags cannot be "a"'],
    [{ tags: ['a', 7] }, 'tags cannot be ["a",7]'],
    [{ fields: ['a'] }, 'fields cannot be ["a"]'],
    [{ fields: 'x' }, 'fields cannot be "x"'],
    [{ fields: { a: { b: 1 } } }, 'a cannot be {"b":1}'],
    [{ fields: { a: [7] } }, 'a cannot be [7]'],
    [{ held: 'new' }, 'held cannot be "new"'],
    [{ held: { stage: 7 } }, 'held cannot be {"stage":7}'],
    [{ adjustments: [{ by: 'x' }] }, 'adjustments cannot be [{"by":"x"}]'],
    [{ adjustments: [{ score: 7 }] }, 'adjustments cannot be [{"score":7}]'],
    [{ adjustments: [{ at: 'x' }] }, 'adjustments cannot be [{"at":"x"}]'],
    [{ adjustments: [{ expires: 'x' }] }, 'adjustments cannot be [{"expires":"x"}]'],
    [{ adjustments: {} }, 'adjustments cannot be {}'],
    [{ title: ['x'.repeat(100)] }, `title cannot be ["${'x'.repeat(78)}`],
    [{ props: ['a'] }, 'props cannot be ["a"]'],
    [{ cause: 7 }, 'cause cannot be 7'],
    [{ goals: 'x' }, 'goals cannot be "x"'],
    [{ events: 'x' }, 'events cannot be "x"'],
  ])('is refused with %j', (fields, why) => expect(wrong(add(fields))).toBe(`adds D1: ${why}`));

  test.each([
    [{ id: 'T1', dueTime: '23:59', repeat: 'weekly', assignee: 'ana', status: 'open' }, undefined],
    [{ id: 'T1', dueTime: '24:00' }, 'adds T1: dueTime cannot be "24:00"'],
    [{ id: 'T1', dueTime: 9 }, 'adds T1: dueTime cannot be 9'],
    [{ id: 'T1', dueTime: '09:300' }, 'adds T1: dueTime cannot be "09:300"'],
    [{ id: 'T1', dueTime: 'x09:30' }, 'adds T1: dueTime cannot be "x09:30"'],
    [{ id: 'T1', assignee: 7 }, 'adds T1: assignee cannot be 7'],
    [{ id: 'T1', repeat: 7 }, 'adds T1: repeat cannot be 7'],
    [{ id: 'T1', status: 7 }, 'adds T1: status cannot be 7'],
    [{ id: 'T1', whenDone: 7 }, 'adds T1: whenDone cannot be 7'],
    [{ id: 'C1', consent: 'yes' }, 'adds C1: consent cannot be "yes"'],
    [
      { id: 'C1', consent: false, otherEmails: ['a@x.com'], otherPhones: ['1'], otherAccounts: ['A2'] },
      undefined,
    ],
    [{ id: 'C1', otherEmails: 'a@x.com' }, 'adds C1: otherEmails cannot be "a@x.com"'],
    [{ id: 'C1', otherPhones: [7] }, 'adds C1: otherPhones cannot be [7]'],
    [{ id: 'C1', phone: 7 }, 'adds C1: phone cannot be 7'],
    [{ id: 'A1', otherDomains: 7 }, 'adds A1: otherDomains cannot be 7'],
    [{ id: 'D1', files: 7 }, 'adds D1: files cannot be 7'],
    [{ id: 'E1', name: 'x', props: { any: { thing: [1] } } }, undefined],
  ])('of %j: %s', (record, why) => expect(wrong({ add: record })).toBe(why));

  test.each([
    [null, 'adds null, which is not a record'],
    ['D1', 'adds "D1", which is not a record'],
    [[], 'adds [], which is not a record'],
    [{}, 'adds {}, which is not a record'],
    [{ id: 'X1' }, 'adds {"id":"X1"}, which is not a record'],
    [{ id: 7 }, 'adds {"id":7}, which is not a record'],
    [{ id: 'D1099511627776' }, 'adds {"id":"D1099511627776"}, which is not a record'],
    [undefined, 'adds nothing, which is not a record'],
  ])('is of a record, and %j is not one', (value, why) => expect(wrong({ add: value })).toBe(why));

  test('has no name that means something in JavaScript', () => {
    const unnamed = 'adds D1: "__proto__" is not a name';
    expect(wrong(parsed('{"add":{"id":"D1","__proto__":{}}}'))).toBe(unnamed);
    expect(wrong(parsed('{"add":{"id":"D1","fields":{"__proto__":1}}}'))).toBe(unnamed);
    expect(wrong(parsed('{"add":{"id":"D1","props":{"a":1,"__proto__":1}}}'))).toBe(unnamed);
  });
});

describe('a set', () => {
  test.each([
    ['values', { title: ['a', 'b'], value: [null, '1.00'] }],
    ['custom fields', { 'fields.size': [1, ['x']], 'fields.odd': ['x', null] }],
    ['all custom fields', { fields: [null, { a: 1 }] }],
    ['what no kind knows', { unknown: [{}, { a: 1 }] }],
  ])('may have %s', (_, values) => expect(wrong(set(values))).toBeUndefined());

  test.each([
    [{ title: 'b' }, 'title has no old and new value'],
    [{ title: ['b'] }, 'title has no old and new value'],
    [{ title: ['a', 'b', 'c'] }, 'title has no old and new value'],
    [{ title: { 0: 'a', 1: 'b', length: 2 } }, 'title has no old and new value'],
    [{ title: [7, 'b'] }, 'title cannot be 7'],
    [{ title: ['a', 7] }, 'title cannot be 7'],
    [{ id: ['D1', 'D2'] }, '"id" of "D1" cannot be set'],
    [{ '': [1, 2] }, '"" of "D1" cannot be set'],
    [{ 'fields.size': [1, {}] }, 'fields.size cannot be {}'],
    [{ 'fields.size': [{}, 1] }, 'fields.size cannot be {}'],
    [{ fields: [null, { a: {} }] }, 'a cannot be {}'],
    [{ fields: [null, 'x'] }, 'fields cannot be "x"'],
    [{ 'fields.__proto__': [1, 2] }, '"__proto__" is not a name'],
    [{ '__proto__.a': [1, 2] }, '"__proto__" is not a name'],
  ])('is refused with %j', (values, why) => expect(wrong(set(values))).toBe(`changes D1: ${why}`));

  test.each([undefined, null, 'x', []])('is not %j', value => {
    expect(wrong({ kind: 'deal', id: 'D1', set: value })).toBe(
      `changes D1: set is ${JSON.stringify(value) ?? 'nothing'}`,
    );
  });

  test.each([
    ['deal', 'X1', 'changes "X1", which is not a deal'],
    ['deal', 'C1', 'changes "C1", which is not a deal'],
    ['deal', 7, 'changes 7, which is not a deal'],
    ['thing', 'D1', 'changes "D1", which is not a thing'],
    [undefined, 'D1', 'changes "D1", which is not a record'],
    ['cursor', 7, 'changes 7, which is not a cursor'],
    ['cursor', '__proto__', 'changes "__proto__", which is not a cursor'],
    ['file', '../x', '"../x" is not a file of a workspace'],
    ['file', 7, '7 is not a file of a workspace'],
  ])('is of a record of its kind: not of the %s %j', (kind, id, why) => {
    expect(wrong({ kind, id, set: {} })).toBe(why);
  });

  test('of a file or a cursor has what these have', () => {
    expect(wrong({ kind: 'file', id: 'crm.yaml', set: { text: [null, 'x'] } })).toBeUndefined();
    expect(wrong({ kind: 'file', id: 'crm.yaml', set: { text: [null, 7] } })).toBe(
      'changes crm.yaml: text cannot be 7',
    );
    expect(
      wrong({ kind: 'cursor', id: 'sweep', set: { seq: [1, 2], at: [null, AT], owner: [null, 'a'] } }),
    ).toBeUndefined();
    for (const [path, value] of [
      ['seq', 'x'],
      ['at', 'x'],
      ['owner', 7],
    ] as const)
      expect(wrong({ kind: 'cursor', id: 'sweep', set: { [path]: [null, value] } })).toBe(
        `changes sweep: ${path} cannot be ${JSON.stringify(value)}`,
      );
  });
});

describe('a removal', () => {
  const rm = (value: unknown, more = {}) => ({ kind: 'deal', id: 'D1', rm: value, ...more });
  test.each([
    [rm({ id: 'D1', title: 'x' }), undefined],
    [rm({ id: 'D1', title: 7 }), 'removes D1: title cannot be 7'],
    [rm({ id: 'D1', title: 7 }, { purge: true }), undefined],
    [rm({ id: 'D1', title: 7 }, { purge: 1 }), 'removes D1: title cannot be 7'],
    [rm({ id: 'D2' }), 'removes D1 as {"id":"D2"}'],
    [rm(null), 'removes D1 as null'],
    [rm('D1'), 'removes D1 as "D1"'],
    [
      { kind: 'file', id: 'crm.yaml', rm: { id: 'crm.yaml' } },
      '{"kind":"file","id":"crm.yaml","rm":{"id":"crm.yaml"}} is not a change',
    ],
    [
      { kind: 'cursor', id: 'sweep', rm: { id: 'sweep' } },
      '{"kind":"cursor","id":"sweep","rm":{"id":"sweep"}} is not a change',
    ],
    [{ kind: 'deal', id: 'D1' }, '{"kind":"deal","id":"D1"} is not a change'],
  ])('%j: %s', (change, why) => expect(wrong(change)).toBe(why));
});

test.each([undefined, null, 7, 'x', []])('%j is not a change', value => {
  expect(wrong(value)).toBe(`${JSON.stringify(value) ?? 'nothing'} is not a change`);
});

test('why a change was made has its shape too', () => {
  const why = {
    transition: 1,
    automation: 'a',
    step: 's',
    enrolment: 'N1',
    line: 2,
    file: 'x.csv',
    into: 'C1',
    creation: 'unknown',
  };
  expect(wrong({ ...add({}), why })).toBeUndefined();
  expect(wrong({ ...add({}), why: null })).toBeUndefined();
  for (const other of [
    7,
    'x',
    [],
    ...Object.keys(why)
      .filter(key => key !== 'creation')
      .map(key => ({ [key]: {} })),
  ])
    expect(wrong({ ...add({}), why: other })).toBe(`why is ${JSON.stringify(other)}`);
});

describe('the commit line of a transaction', () => {
  const head = { seq: 1, hash: 'h', prev: 'p', at: AT, by: 'ana', via: 'cli', request: 'r' };
  test('is right with all that it needs', () => {
    expect(wrongHead(head)).toBeUndefined();
    expect(wrongHead({ ...head, undoes: 1, purged: null })).toBeUndefined();
  });

  test.each([
    ['seq', 0],
    ['seq', 1.5],
    ['seq', '1'],
    ['seq', 2 ** 53],
    ['hash', 1],
    ['prev', null],
    ['at', 'x'],
    ['at', ''],
    ['by', 7],
    ['via', {}],
    ['request', undefined],
    ['undoes', 1.5],
    ['purged', 'x'],
  ])('cannot have %s %j', (key, value) => {
    expect(wrongHead({ ...head, [key]: value })).toBe(
      `${key} cannot be ${JSON.stringify(value) ?? 'nothing'}`,
    );
  });
});

test('an erasure says which transaction, and what its hash is now', () => {
  expect(isErasure({ seq: 1, now: 'h' })).toBe(true);
  expect([{ seq: 1.5, now: 'h' }, { seq: 1, now: 7 }, { seq: 1 }, { now: 'h' }].some(isErasure)).toBe(false);
});
