import { added } from '../added.ts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { applyChange, type Change, idOf, invert, kindOf, setChange } from '../../src/domain/changes.ts';
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
