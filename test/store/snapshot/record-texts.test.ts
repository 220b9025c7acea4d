import fc from 'fast-check';
import { expect, test } from 'vitest';
import { applyChange, type Change } from '../../../src/domain/changes.ts';
import type { Rec } from '../../../src/domain/records.ts';
import { RecordTexts } from '../../../src/store/snapshot/record-texts.ts';

test('has, gives, replaces and forgets records, in the order in which they came', () => {
  const records = new RecordTexts();
  records.set('D2', { id: 'D2', title: 'a "quote"\n' });
  records.set('D1', { id: 'D1', tags: ['vip'] });
  records.set('D2', { id: 'D2', title: 'Chairs', value: '1.50' });
  expect([records.size, records.has('D1'), records.has('D3'), records.get('D3')]).toEqual([
    2,
    true,
    false,
    undefined,
  ]);
  const [first, second] = [
    { id: 'D2', title: 'Chairs', value: '1.50' },
    { id: 'D1', tags: ['vip'] },
  ];
  expect(records.get('D2')).toEqual(first);
  expect([...records.keys()]).toEqual(['D2', 'D1']);
  expect([...records.values()]).toEqual([first, second]);
  expect([...records]).toEqual([
    ['D2', first],
    ['D1', second],
  ]);
  expect([records.delete('D2'), records.delete('D2'), records.size]).toEqual([true, false, 1]);
});

test('records of large transactions are what their changes make of them, whatever is done in between (property)', () => {
  const at = '2026-08-03T08:00:00.000Z';
  const step = fc.record({
    what: fc.constantFrom('add', 'set', 'rm', 'addFrom', 'changeFrom', 'changeFrom'),
    // Beyond the numbers that have a place in an array, too.
    id: fc.constantFrom('D1', 'D2', 'D7', 'D1023', 'D1024', 'D5000', 'D99999999'),
    title: fc.string({ maxLength: 4 }),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), steps => {
      const lines: Change[] = [];
      const tx = { at, changeAt: (offset: number) => lines[offset]! };
      const records = new RecordTexts();
      const known = new Map<string, Rec>();
      for (const { what, id, title } of steps) {
        const isNew = what === 'add' || what === 'addFrom';
        if (!isNew && !known.has(id)) continue;
        const change: Change = isNew
          ? { kind: 'deal', id, add: { id, title } }
          : what === 'rm'
            ? { kind: 'deal', id, rm: { id } }
            : { kind: 'deal', id, set: { title: [null, title], [`field${title}`]: [null, title] } };
        lines.push(change);
        const after = applyChange(isNew ? undefined : known.get(id), change, at);
        if (after) known.set(id, after);
        else known.delete(id);
        if (what === 'addFrom') records.addFrom(id, tx, lines.length - 1);
        else if (what === 'changeFrom') records.changeFrom(id, tx, lines.length - 1);
        else if (after) records.set(id, after);
        else expect(records.delete(id)).toBe(true);
        expect([records.size, records.has(id), records.get(id)]).toEqual([
          known.size,
          known.has(id),
          known.get(id),
        ]);
      }
      expect(new Map(records)).toEqual(known);
      expect([...records.keys()].sort()).toEqual([...known.keys()].sort());
      expect([...records.values()].length).toBe(known.size);
    }),
    { numRuns: 200 },
  );
});
