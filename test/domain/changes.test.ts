import { added } from '../added.ts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  addition,
  andWhatFollows,
  applyChange,
  asStored,
  type Change,
  concerns,
  idOf,
  invert,
  isAmong,
  isPurge,
  isRestored,
  kindOf,
  markOf,
  passingThrough,
  says,
  setChange,
} from '../../src/domain/changes.ts';
import type { Json, Rec } from '../../src/domain/records.ts';

const T1 = '2026-09-01T10:00:00.000Z';
const T2 = '2026-09-02T10:00:00.000Z';
const T3 = '2026-09-03T10:00:00.000Z';

const made = applyChange(undefined, added({ id: 'D1', title: 'One', stage: 'new' }), T1)!;

describe('a record that is added', () => {
  test('was made, changed and put into its stage when the change was made', () => {
    expect(made).toEqual({
      id: 'D1',
      title: 'One',
      stage: 'new',
      createdAt: T1,
      updatedAt: T1,
      stageSince: T1,
    });
  });

  test('has the times that it brings: it was imported, or comes out of the trash', () => {
    expect(applyChange(undefined, added(made), T3)).toEqual(made);
    expect(applyChange(undefined, added({ id: 'D1', stage: 'new', createdAt: T1 }), T3)).toMatchObject({
      createdAt: T1,
      stageSince: T1,
      updatedAt: T3,
    });
  });

  test('has no stageSince without a stage', () => {
    expect(applyChange(undefined, added({ id: 'C1', name: 'Jane' }), T1)).not.toHaveProperty('stageSince');
  });
});

describe('a record that is changed', () => {
  const set = (values: Record<string, readonly [Json, Json]>) =>
    applyChange(made, { kind: 'deal', id: 'D1', set: values }, T2);

  test('has the new values and knows when; another stage begins then', () => {
    expect(set({ title: ['One', 'Two'] })).toEqual({ ...made, title: 'Two', updatedAt: T2 });
    expect(set({ stage: ['new', 'offer'] })).toEqual({
      ...made,
      stage: 'offer',
      stageSince: T2,
      updatedAt: T2,
    });
  });

  test('unless the change says since when, and when: an undo does', () => {
    expect(set({ stage: ['new', 'offer'], stageSince: [T1, T3] })).toMatchObject({ stageSince: T3 });
    expect(set({ title: ['One', 'Two'], updatedAt: [T1, T1] })).toMatchObject({ updatedAt: T1 });
  });

  test('empty values are not stored, in groups either', () => {
    expect(set({ title: ['One', null] })).not.toHaveProperty('title');
    const sized = set({ 'fields.size': [null, 3], 'fields.color': [null, 'red'] })!;
    expect(sized.fields).toEqual({ size: 3, color: 'red' });
    const less = applyChange(sized, { kind: 'deal', id: 'D1', set: { 'fields.size': [3, null] } }, T3)!;
    expect(less.fields).toEqual({ color: 'red' });
    const none = applyChange(less, { kind: 'deal', id: 'D1', set: { 'fields.color': ['red', null] } }, T3)!;
    expect(none).not.toHaveProperty('fields');
  });

  test('the one before is left as it was', () => {
    const before = JSON.stringify(made);
    set({ title: ['One', 'Two'], 'fields.size': [null, 3] });
    expect(JSON.stringify(made)).toBe(before);
  });
});

test('a record that is removed is no more', () => {
  expect(applyChange(made, { kind: 'deal', id: 'D1', rm: made }, T2)).toBeUndefined();
});

const value = fc.constantFrom<Json>(null, '', 'a', 'b', 0, 1, false, true, [], ['a'], ['b', 'a']);
const values = fc.dictionary(fc.constantFrom('title', 'tags', 'stage', 'fields.x', 'fields.y'), value);
const recordOf = (given: Record<string, Json>): Rec =>
  applyChange(
    { id: 'D1' },
    {
      kind: 'deal',
      id: 'D1',
      set: Object.fromEntries(Object.entries(given).map(([k, v]) => [k, [null, v]])),
    },
    T1,
  )!;

test('a change of fields contains exactly the fields that differ (property)', () => {
  fc.assert(
    fc.property(values, values, (before, wanted) => {
      const record = recordOf(before);
      const change = setChange('deal', record, wanted);
      const after = change ? applyChange(record, change, T2)! : record;
      // Asked again, there is nothing left to do.
      expect(setChange('deal', after, wanted)).toBeUndefined();
      for (const [path, [old, now]] of Object.entries(change?.set ?? {})) {
        expect(path in wanted).toBe(true);
        expect(old).not.toEqual(now);
      }
    }),
  );
});

test('the inverse of a change brings the record back, but for when it was last changed (property)', () => {
  fc.assert(
    fc.property(values, values, (before, wanted) => {
      const record = recordOf(before);
      const change = setChange('deal', record, wanted);
      if (!change) return;
      const back = applyChange(applyChange(record, change, T2), invert(change), T3)!;
      const lasting = ({ updatedAt: _, stageSince: __, ...others }: Rec) => others;
      expect(lasting(back)).toEqual(lasting(record));
      expect(invert(invert(change))).toEqual(change);
    }),
  );
});

test('adding and removing are each other’s inverse', () => {
  const add: Change = added(made);
  const rm: Change = { kind: 'deal', id: 'D1', rm: made };
  expect([invert(add), invert(rm)]).toEqual([rm, add]);
});

test('a change is of one record of one kind', () => {
  const changes: Change[] = [
    added({ id: 'C7', name: 'Jane' }),
    { kind: 'file', id: 'crm.yaml', set: { text: [null, 'name: A'] } },
    { kind: 'task', id: 'T2', rm: { id: 'T2' } },
  ];
  expect(changes.map(kindOf)).toEqual(['contact', 'file', 'task']);
  expect(changes.map(idOf)).toEqual(['C7', 'crm.yaml', 'T2']);
});

describe('what a change says', () => {
  const set: Change = { kind: 'deal', id: 'D1', set: { stage: ['a', 'b'], 'fields.size': [1, 2] } };
  const rm: Change = { kind: 'deal', id: 'D1', rm: made };

  test.each([
    ['stage', true, true],
    ['stageSince', true, true],
    ['updatedAt', true, true],
    ['fields.size', true, true],
    ['fields', false, true],
    ['fields.size.x', false, true],
    ['fields.sizes', false, false],
    ['field', false, false],
    ['fieldsXsize', false, false],
    ['title', false, false],
    ['toString', false, false],
  ])('of %s: the whole value %s, some of it %s', (path, whole, some) => {
    expect([says(set, path), concerns(set, path)]).toEqual([whole, some]);
    expect([says(added(made), path), concerns(added(made), path)]).toEqual([true, true]);
    expect([says(rm, path), concerns(rm, path)]).toEqual([false, false]);
  });

  test('stageSince follows from a stage alone', () => {
    const title: Change = { kind: 'deal', id: 'D1', set: { title: ['a', 'b'] } };
    expect([says(title, 'stageSince'), concerns(title, 'stageSince')]).toEqual([false, false]);
    expect(andWhatFollows(['title'])).toEqual(['title', 'updatedAt']);
    expect(andWhatFollows(['title', 'stage'])).toEqual(['title', 'stage', 'updatedAt', 'stageSince']);
  });

  test.each([
    ['title', ['stage', 'title'], true],
    ['fields', ['fields.size'], true],
    ['fields.size', ['fields'], true],
    ['fields.size', ['fields.color'], false],
    ['fields', ['fieldsize', 'my.fields'], false],
    ['title', [], false],
  ])('%s is among %j: %s', (path, paths, is) => expect(isAmong(path, paths)).toBe(is));
});

describe('a line of the journal', () => {
  test('says an addition by its record alone, and all else whole', () => {
    const add = addition('deal', { id: 'D1', title: 'One' }, { line: 3 });
    expect(add).toEqual({ kind: 'deal', id: 'D1', add: { id: 'D1', title: 'One' }, why: { line: 3 } });
    expect(addition('deal', { id: 'D1' })).toEqual({ kind: 'deal', id: 'D1', add: { id: 'D1' } });
    expect(asStored(add)).toEqual({ add: { id: 'D1', title: 'One' }, why: { line: 3 } });
    const kept = { ...add, line: { kind: 'deal', id: 'D1' } } as unknown as Change;
    for (const change of [kept, { kind: 'deal', id: 'D1', rm: made }, { kind: 'deal', id: 'D1', set: {} }])
      expect(asStored(change as Change)).toBe(change);
  });

  test('a transaction has a mark of its own', () => {
    const head = { request: 'r', at: T1, by: 'ana', via: 'cli' };
    expect(markOf(head)).toBe(JSON.stringify(['r', T1, 'ana', 'cli']));
    const others = [{ request: 's' }, { at: T2 }, { by: 'ben' }, { via: 'mcp' }];
    expect(new Set(others.map(other => markOf({ ...head, ...other }))).size).toBe(4);
  });
});

test('records pass through that come out of the trash and go back there', () => {
  const restored = (id: string): Change => added({ id, updatedAt: T1 });
  const removed = (id: string): Change => ({ kind: 'deal', id, rm: { id } });
  const fresh: Change = added({ id: 'D3' });
  const renamed: Change = { kind: 'deal', id: 'D1', set: { title: [null, 'x'] } };
  expect([restored('D1'), fresh, removed('D1'), renamed].map(isRestored)).toEqual([
    true,
    false,
    false,
    false,
  ]);
  expect(isRestored({ ...added({ id: 'D1', updatedAt: T1 }), line: {} } as unknown as Change)).toBe(false);
  const changes = [
    restored('D1'),
    renamed,
    removed('D1'),
    restored('D2'),
    fresh,
    removed('D3'),
    removed('D4'),
    restored('D4'),
    removed('D4'),
  ];
  expect([...passingThrough(changes)]).toEqual(['D1']);
});

test('a purge is a removal that says so', () => {
  const rm: Change = { kind: 'deal', id: 'D1', rm: { id: 'D1' } };
  expect([rm, { ...rm, purge: true }, added(made)].map(change => isPurge(change as Change))).toEqual([
    false,
    true,
    false,
  ]);
});

test('a change says why where it was told, and nothing else that is not so', () => {
  expect(setChange('deal', made, { title: 'Two' }, { line: 3 })).toEqual({
    kind: 'deal',
    id: 'D1',
    set: { title: ['One', 'Two'] },
    why: { line: 3 },
  });
  expect(setChange('deal', made, { title: 'One', owner: undefined, tags: ['a'], 'fields.x': '' })).toEqual({
    kind: 'deal',
    id: 'D1',
    set: { tags: [null, ['a']] },
  });
  expect(setChange('deal', made, { title: [] })).toEqual({
    kind: 'deal',
    id: 'D1',
    set: { title: ['One', null] },
  });
});
