import { expect, test } from 'vitest';
import { RecordTexts } from '../../src/store/record-texts.ts';

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
