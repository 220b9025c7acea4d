/** Finding records by phone numbers, however they are written. */
import { describe, expect, test } from 'vitest';
import type { Config } from '../../src/domain/config.ts';
import type { Rec } from '../../src/domain/records.ts';
import { askOften, bind, config, found, stateOf } from './world.ts';

const records: Rec[] = [
  { id: 'C1', name: 'Jane', phone: '(020) 555 1234', otherPhones: ['+31 6 1111 2222', 'reception'] },
  { id: 'C2', name: 'Tom', phone: '+31 20 555 1234 x7' },
  { id: 'C3', name: 'Ann', phone: 'ask Réception', otherPhones: ['0611112222'] },
  { id: 'C4', name: 'Bo 5551234' },
  {
    id: 'D1',
    title: 'Chairs',
    value: '1.00',
    currency: 'EUR',
    pipeline: 'sales',
    stage: 'proposal',
    status: 'open',
    contacts: ['C2'],
  },
];

describe.each<[string, Config]>([
  ['in the Netherlands', { ...config, country: 'NL' }],
  ['anywhere', config],
])('%s', (_, settings) => {
  const state = stateOf(records, settings);
  const ask = (query: string, kind = 'contact') => {
    const bound = bind(query, kind, state);
    const once = found(state, kind, bound);
    askOften(bound);
    expect(found(state, kind, bound)).toBe(once);
    return once;
  };
  const isDutch = settings.country === 'NL';

  test.each([
    ['phone:5551234', 'C1 C2'],
    ['phone:=5551234', ''],
    ['phone:"020 5551234"', isDutch ? 'C1 C2' : 'C1'],
    ['phone:="020 5551234"', isDutch ? 'C1 C2' : 'C1'],
    ['phone:="+31205551234"', isDutch ? 'C1 C2' : 'C2'],
    ['phone:="+31205551234 x8"', ''],
    ['phone:="+31205551234 x7"', 'C2'],
    ['phone:0611112222', isDutch ? '' : ''],
    ['phones:0611112222', isDutch ? 'C1 C3' : 'C3'],
    ['phones:=0611112222', isDutch ? 'C1 C3' : 'C3'],
    ['phones:1111', 'C1 C3'],
    ['phones:=1111', ''],
    ['phone:reception', 'C3'],
    ['phones:reception', 'C1 C3'],
    ['phones:=RECEPTION', 'C1'],
    ['phones:="ask reception"', 'C3'],
    ['phone:999,5551234', 'C1 C2'],
    ['5551234', 'C1 C2 C4'],
    ['"+31 20 555 1234"', isDutch ? 'C1 C2' : 'C2'],
    ['55512', 'C4'],
    ['(020) 555-1234', isDutch ? 'C1 C2' : 'C1'],
  ])('%s finds %j', (query, ids) => expect(ask(query)).toBe(ids));

  test('a deal is found by the phones of its people', () => {
    expect(ask('"+31 20 555 1234"', 'deal')).toBe('D1');
    expect(ask('"020 999 9999"', 'deal')).toBe('');
  });

  test('a term says which phones there are', () => {
    const explain = (query: string, row: number) => bind(query, 'contact', state).explain(row).actual;
    expect([0, 3].map(row => explain('phone:1', row))).toEqual(['(020) 555 1234', 'none']);
    expect(explain('phones:1', 0)).toBe('(020) 555 1234, +31 6 1111 2222, reception');
    expect(() => bind('phone:>5', 'contact', state)).toThrow('phone has no order');
  });
});
