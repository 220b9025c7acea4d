/** Which records point to which: fields of one record, lists of them, and lists that count like a field. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { applyChange, type Change } from '../../src/domain/changes.ts';
import type { Kind } from '../../src/domain/kinds.ts';
import type { Json, Rec } from '../../src/domain/records.ts';
import { recordKinds } from '../../src/kinds/index.ts';
import type { State } from '../../src/state/state.ts';
import { added } from '../added.ts';
import { configOf, emptyState } from './contents.ts';

const AT = '2026-09-01T10:00:00.000Z';

/** The fields that count for each pair of kinds, and the link that follows them. */
const followed: readonly (readonly [to: Kind, from: Kind, field: string, paths: readonly string[]])[] = [
  ['contact', 'deal', 'contacts', ['contacts']],
  ['account', 'deal', 'account', ['account']],
  ['deal', 'task', 'for', ['for']],
  ['contact', 'task', 'for', ['for']],
  ['deal', 'activity', 'for', ['for', 'withDeals']],
  ['contact', 'activity', 'for', ['for', 'withContacts']],
  ['account', 'activity', 'for', ['for', 'withAccounts']],
];

/** The ids of all records of `from` that point to a record by these fields, once for each occurrence. */
const pointing = (records: Iterable<Rec>, from: Kind, paths: readonly string[], id: string): string[] =>
  [...records]
    .filter(record => recordKinds.kindOf(record.id) === from)
    .flatMap(record =>
      paths.flatMap(path => [record[path] ?? []].flat().flatMap(each => (each === id ? [record.id] : []))),
    )
    .sort();

function found(state: State, [to, from, field]: readonly [Kind, Kind, string, ...unknown[]], id: string) {
  const ids: string[] = [];
  state.links(to, from, field).some(state.table(to).row(Number(id.slice(1))), row => {
    ids.push(state.table(from).id(row));
    return false;
  });
  return ids.sort();
}

const ids = (letter: string) => fc.constantFrom(`${letter}1`, `${letter}2`, `${letter}9`);
const customer = fc.oneof(ids('D'), ids('C'), ids('A'));
const fieldsOf: Record<string, fc.Arbitrary<{ [path: string]: Json }>> = {
  D: fc.record({ contacts: fc.uniqueArray(ids('C')), account: ids('A') }, { requiredKeys: [] }),
  C: fc.record({ account: ids('A') }, { requiredKeys: [] }),
  A: fc.constant({}),
  T: fc.record({ for: customer }, { requiredKeys: [] }),
  V: fc.record(
    {
      for: customer,
      withDeals: fc.uniqueArray(ids('D')),
      withContacts: fc.uniqueArray(ids('C')),
      withAccounts: fc.uniqueArray(ids('A')),
    },
    { requiredKeys: [] },
  ),
};
const step = fc.constantFrom(...Object.keys(fieldsOf)).chain(letter =>
  fc.record({
    number: fc.integer({ min: 1, max: 3 }),
    letter: fc.constant(letter),
    fields: fieldsOf[letter]!,
    isRemoved: fc.nat(4).map(n => n === 0),
    /** How many rows are asked for after it: enough of them, and all links are made. */
    asks: fc.constantFrom(0, 0, 1, 20),
  }),
);

describe('links of a state', () => {
  test('are those that the fields of its records say, after any changes (property)', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 14 }), steps => {
        const state = emptyState(configOf());
        const records = new Map<string, Rec>();
        // A field points to a record that there is, or was.
        const ever = new Set<string>();
        const known = (to: Json) =>
          Array.isArray(to)
            ? to.filter(each => ever.has(each as string))
            : ever.has(to as string)
              ? to
              : null;
        for (const [i, { letter, number, fields: wanted, isRemoved, asks }] of steps.entries()) {
          const id = `${letter}${number}`;
          const pointers = Object.entries(wanted).map(([path, to]) => [path, known(to)] as const);
          const fields = Object.fromEntries([['externalId', `${i}`], ...pointers]);
          ever.add(id);
          const now = records.get(id);
          const kind = recordKinds.kindOf(id);
          const set = Object.fromEntries(
            Object.entries(fields).map(([path, to]) => [path, [null, to] as const]),
          );
          const change: Change = !now
            ? added({ id, ...fields })
            : isRemoved
              ? { kind, id, rm: now }
              : { kind, id, set };
          state.apply(change, AT, i + 1);
          const next = applyChange(now, change, AT);
          if (next) records.set(id, next);
          else records.delete(id);
          for (const [to, from, field] of followed)
            for (let row = 0; row < asks; row++) state.links(to, from, field).count(row);
        }
        for (const link of followed)
          for (const id of records.keys()) {
            const [to, from, , paths] = link;
            if (recordKinds.kindOf(id) !== to) continue;
            expect([link, id, found(state, link, id)]).toEqual([
              link,
              id,
              pointing(records.values(), from, paths, id),
            ]);
          }
      }),
      { numRuns: 60 },
    );
  });

  test.each([
    ['searched one by one', 0, 0],
    ['made all at once', 0, 20],
    ['made before the removals', 20, 0],
    ['columns read before the removals, and made after them', 1, 20],
  ])('leave out removed records on either side, and references to nothing: %s', (_, before, asks) => {
    const state = emptyState(configOf());
    const all: Rec[] = [
      { id: 'D1', title: 'Chairs' },
      { id: 'D2', title: 'Desks' },
      { id: 'C1', name: 'Jane' },
      { id: 'C2', name: 'Joe' },
      { id: 'D3', title: 'Lamps', contacts: ['C1', 'C7', 'C2'] },
      { id: 'D4', title: 'Sofas', contacts: ['C1'] },
      { id: 'T1', title: 'Call', for: 'D2' },
      { id: 'T2', title: 'Call', for: 'C2' },
      { id: 'T3', title: 'Call' },
      { id: 'T4', title: 'Call', for: 'D2' },
      { id: 'T5', title: 'Call', for: 'D9' },
      { id: 'V1', type: 'call', for: 'D2', withContacts: ['C1'], withDeals: ['D1'] },
      { id: 'V2', type: 'call', for: 'C1', withDeals: ['D2', 'D1'] },
      { id: 'V3', type: 'call', for: 'D1' },
    ];
    const ask = (rows: number) => {
      for (const [to, from, field] of followed)
        for (let row = 0; row < rows; row++) state.links(to, from, field).count(row);
    };
    for (const record of all) state.apply(added(record), AT, 1);
    ask(before);
    for (const id of ['D4', 'T4', 'C2', 'V3'])
      state.apply({ kind: recordKinds.kindOf(id), id, rm: { id } }, AT, 2);
    ask(asks);
    const said = (to: Kind, from: Kind, field: string, id: string) => found(state, [to, from, field], id);
    expect(said('contact', 'deal', 'contacts', 'C1')).toEqual(['D3']);
    expect(said('deal', 'task', 'for', 'D2')).toEqual(['T1']);
    expect(said('deal', 'task', 'for', 'D1')).toEqual([]);
    expect(said('contact', 'task', 'for', 'C1')).toEqual([]);
    expect(said('deal', 'activity', 'for', 'D1')).toEqual(['V1', 'V2']);
    expect(said('deal', 'activity', 'for', 'D2')).toEqual(['V1', 'V2']);
    expect(said('contact', 'activity', 'for', 'C1')).toEqual(['V1', 'V2']);
  });

  test('are those of a record that came back, and of those that pointed to it meanwhile', () => {
    const state = emptyState(configOf());
    for (const record of [{ id: 'C1' }, { id: 'C2' }, { id: 'D1', contacts: ['C1', 'C2'] }])
      state.apply(added(record), AT, 1);
    const links = state.links('contact', 'deal', 'contacts');
    for (let row = 0; row < 20; row++) links.count(row);
    state.apply({ kind: 'contact', id: 'C1', rm: { id: 'C1' } }, AT, 2);
    state.apply(added({ id: 'D2', contacts: ['C2', 'C1'] }), AT, 3);
    state.apply(added({ id: 'C1' }), AT, 4);
    expect(['C1', 'C2'].map(id => found(state, ['contact', 'deal', 'contacts'], id))).toEqual([
      ['D1', 'D2'],
      ['D1', 'D2'],
    ]);
  });

  test.each([
    ['deal', 'D2', 1],
    ['deal', 'D1', -1],
    ['deal', 'C2', -1],
    ['deal', null, -1],
    ['contact', 'C2', 0],
    ['contact', 'D2', -1],
  ])('the row of a reference, as a record of kind %s, to %s is %i', (kind, id, row) => {
    const state = emptyState(configOf());
    for (const record of [{ id: 'D1' }, { id: 'D2' }, { id: 'C2' }]) state.apply(added(record), AT, 1);
    state.apply({ kind: 'deal', id: 'D1', rm: { id: 'D1' } }, AT, 2);
    expect(state.rowOfRef(kind, state.kinds.refOf(id))).toBe(row);
  });
});
