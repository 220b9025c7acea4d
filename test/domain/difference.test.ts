import fc from 'fast-check';
import { expect, test } from 'vitest';
import { applyChange } from '../../src/domain/changes.ts';
import { differences } from '../../src/domain/difference.ts';
import type { Rec } from '../../src/domain/records.ts';

const byId = (records: readonly Rec[]) => new Map(records.map(record => [record.id, record]));

test('what differs is added, set by field and removed, in this order', () => {
  const from = byId([
    { id: 'D1', title: 'One', fields: { size: 1, color: 'red' } },
    { id: 'D2', title: 'Two' },
    { id: 'D3', title: 'Three', fields: 'odd' },
    { id: 'D5', title: 'Five', fields: { size: 5 } },
  ]);
  const to = byId([
    { id: 'D4', title: 'Four' },
    { id: 'D3', title: 'Three', fields: 'even' },
    { id: 'D1', title: 'One', fields: { size: 2, color: 'red', shape: 'round' } },
    { id: 'D5', title: 'Five' },
  ]);
  expect(differences('deal', from, to)).toEqual([
    { kind: 'deal', id: 'D4', add: { id: 'D4', title: 'Four' } },
    { kind: 'deal', id: 'D3', set: { fields: ['odd', 'even'] } },
    { kind: 'deal', id: 'D1', set: { 'fields.size': [1, 2], 'fields.shape': [null, 'round'] } },
    { kind: 'deal', id: 'D5', set: { 'fields.size': [5, null] } },
    { kind: 'deal', id: 'D2', rm: { id: 'D2', title: 'Two' } },
  ]);
});

test('the changes lead from one set of records to the other (property)', () => {
  const record = fc.record(
    {
      title: fc.constantFrom('a', 'b'),
      tags: fc.constantFrom(['x'], ['x', 'y']),
      fields: fc.record(
        { size: fc.nat(2), color: fc.constantFrom('red', 'blue') },
        { requiredKeys: ['size'] },
      ),
    },
    { requiredKeys: ['title'] },
  );
  const set = fc
    .dictionary(fc.constantFrom('D1', 'D2', 'D3'), record)
    .map(records => byId(Object.entries(records).map(([id, rest]) => ({ id, ...rest }))));
  fc.assert(
    fc.property(set, set, (from, to) => {
      const after = new Map(from);
      for (const change of differences('deal', from, to)) {
        const next = applyChange(after.get(change.id), change, 'now');
        if (!next) after.delete(change.id);
        else {
          const { createdAt: _, updatedAt: __, ...rest } = next;
          after.set(change.id, rest);
        }
      }
      expect(Object.fromEntries(after)).toEqual(Object.fromEntries(to));
    }),
  );
});
