/** Work on a draft: every change is seen by the next one, and what is reverted was never there. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Change } from '../../src/domain/changes.ts';
import type { Clock } from '../../src/domain/clock.ts';
import type { Rec } from '../../src/domain/records.ts';
import { zone } from '../../src/domain/zone.ts';
import { definitionOf } from '../../src/kinds/define.ts';
import { Draft } from '../../src/state/draft.ts';
import { rowsNamed } from '../../src/state/named-rows.ts';
import { MemorySource } from '../../src/state/source.ts';
import { State } from '../../src/state/state.ts';
import { added } from '../added.ts';
import { configOf, contentsOf, emptyState } from './contents.ts';

const clock: Clock = { now: Date.parse('2026-09-14T08:00:00.000Z'), zone: zone('UTC') };
const BEFORE = '2026-09-01T08:00:00.000Z';

function stateOf(...changes: readonly Change[]): State {
  const state = emptyState(configOf());
  for (const [i, change] of changes.entries()) state.apply(change, BEFORE, i + 1);
  return state;
}

/** A state that begins with these contacts. */
const stateOver = (contacts: readonly Rec[]): State =>
  new State(
    {
      seq: 0,
      seqOf: () => 0,
      source: kind => new MemorySource(kind === 'contact' ? contacts : []),
      named: () => [],
      trash: () => [],
      next: () => 9,
    },
    configOf(),
  );

/** D1 and D2, and C1 of both. */
const begun = (): State =>
  stateOf(
    added({ id: 'C1', name: 'Jane' }),
    added({ id: 'D1', title: 'Chairs', stage: 'new', contacts: ['C1'] }),
    added({ id: 'D2', title: 'Tables', stage: 'new', contacts: ['C1'] }),
  );

type Deed =
  | { readonly do: 'add'; readonly title: string }
  | { readonly do: 'set'; readonly deal: number; readonly title: string }
  | { readonly do: 'remove'; readonly deal: number }
  | { readonly do: 'named'; readonly seq: number };

const title = fc.constantFrom('A', 'B', 'Chairs');
const deeds: fc.Arbitrary<Deed[]> = fc.array(
  fc.oneof<fc.Arbitrary<Deed>[]>(
    fc.record({ do: fc.constant('add' as const), title }),
    fc.record({ do: fc.constant('set' as const), deal: fc.nat(3), title }),
    fc.record({ do: fc.constant('remove' as const), deal: fc.nat(3) }),
    fc.record({ do: fc.constant('named' as const), seq: fc.nat(3) }),
  ),
  { maxLength: 10 },
);

function take(draft: Draft, list: readonly Deed[]): void {
  for (const each of list) {
    if (each.do === 'add') draft.add('deal', { title: each.title, stage: 'new' });
    else if (each.do === 'named') draft.setNamed('cursor', 'engine', { seq: each.seq });
    else {
      const table = draft.state.table('deal');
      const rows = table.liveRows();
      if (rows.length === 0) continue;
      const id = table.id(rows[each.deal % rows.length]!);
      if (each.do === 'remove') draft.remove(id);
      else draft.set(id, { title: each.title });
    }
  }
}

/** The records, without what follows from the time of a change, and the cursor. */
function said(state: State): unknown {
  const { kinds } = contentsOf(state) as { kinds: Record<string, { records: object[] }> };
  const records = Object.values(kinds).flatMap(kind => kind.records);
  return [
    records.map(record => ({ ...record, updatedAt: '', stageSince: '' })),
    state.named('cursor').get('engine')?.seq,
  ];
}

test('the changes of a draft, made again, lead to its state (property)', () => {
  fc.assert(
    fc.property(deeds, list => {
      const draft = new Draft(begun(), clock);
      take(draft, list);
      const again = begun();
      for (const change of draft.changes) again.apply(change, draft.at, draft.seq);
      expect(contentsOf(draft.state)).toEqual(contentsOf(again));
      expect([draft.seq, draft.at]).toEqual([4, '2026-09-14T08:00:00.000Z']);
    }),
  );
});

test('what is reverted was never there; what came before it stays (property)', () => {
  fc.assert(
    fc.property(deeds, deeds, (first, second) => {
      const draft = new Draft(begun(), clock);
      take(draft, first);
      const kept = [...draft.changes];
      const before = said(draft.state);
      take(draft, second);
      const isMore = draft.changes.length > kept.length;
      draft.revert(kept.length, {});
      expect(said(draft.state)).toEqual(before);
      expect([draft.changes, draft.strayed]).toEqual([kept, isMore]);
    }),
  );
});

test('a change to the same values is no change, and a missing record cannot be changed', () => {
  const draft = new Draft(begun(), clock);
  expect(draft.set('D1', { title: 'Chairs' })).toBeUndefined();
  expect(draft.changes).toEqual([]);
  expect(() => draft.set('D9', { title: 'X' })).toThrow('D9 does not exist');
  expect(() => draft.setNamed('deal', 'D1', {})).toThrow('deal is not named');
});

test('a new draft has made nothing, starts automations, and reads what there is', () => {
  const draft = new Draft(begun(), clock);
  expect(draft).toMatchObject({
    trigger: true,
    strayed: false,
    changes: [],
    files: [],
    intake: [],
    undoes: undefined,
  });
  expect([draft.get('C1')?.name, draft.get('C9'), draft.foreign.size]).toEqual(['Jane', undefined, 0]);
  draft.discard();
  expect(draft.strayed).toBe(true);
});

test('a removal says why, if there is a reason', () => {
  const draft = new Draft(begun(), clock);
  draft.remove('D1', { into: 'D2' });
  draft.remove('D2');
  expect(draft.changes.map(change => [change.id, change.why])).toEqual([
    ['D1', { into: 'D2' }],
    ['D2', undefined],
  ]);
  expect(draft.changes.map(change => 'why' in change)).toEqual([true, false]);
});

test('a contact whose first address is emptied has the next one as the first', () => {
  const draft = new Draft(begun(), clock);
  draft.set('C1', { email: 'a@x.com', otherEmails: ['b@x.com', 'c@x.com'] });
  draft.set('C1', { email: null });
  expect(draft.record('C1')).toMatchObject({ name: 'Jane', email: 'b@x.com', otherEmails: ['c@x.com'] });
});

test('what is reverted restores the values that followed from it', () => {
  const draft = new Draft(begun(), clock);
  draft.set('D1', { stage: 'won' });
  draft.revert(0, { stageSince: BEFORE, held: null, lostReason: undefined });
  expect(draft.get('D1')).toMatchObject({ stage: 'new', stageSince: BEFORE });
  expect([draft.changes, draft.strayed]).toEqual([[], true]);
});

test('a file that is not UTF-8 is not edited, whether the journal has it or not', () => {
  const bad = 'name: \udce9\n';
  const draft = new Draft(begun(), clock, [], new Map([['crm.yaml', bad]]));
  draft.setNamed('file', 'old.yaml', { text: bad });
  for (const path of ['crm.yaml', 'old.yaml'])
    expect(() => draft.edit(path, 'name: A\n')).toThrow(
      expect.objectContaining({
        kind: 'INVALID',
        message: `${path}:1: the byte 0xE9 is not UTF-8, and would be lost`,
      }),
    );
  draft.edit('views.yaml', 'hot: {}\n');
  expect(draft.files.map(({ path }) => path)).toEqual(['views.yaml']);
});

test('what is amended becomes a part of the last change', () => {
  const draft = new Draft(begun(), clock);
  draft.set('D1', { title: 'Stools' }, { transition: 1 });
  for (let i = 0; i < 2; i++) draft.amend({ held: { stage: null } });
  const set = { title: ['Chairs', 'Stools'], held: [null, { stage: null }] };
  expect(draft.changes).toEqual([{ kind: 'deal', id: 'D1', set, why: { transition: 1 } }]);
  expect(draft.state.get('D1')).toMatchObject({ title: 'Stools', held: { stage: null } });
  draft.discard();
  expect([draft.changes, draft.files, draft.strayed]).toEqual([[], [], true]);
});

test('a draft takes over the changes and the state of another one', () => {
  const draft = new Draft(begun(), clock);
  const other = new Draft(draft.state.fork(), clock);
  other.add('deal', { title: 'Lamps', stage: 'new' });
  other.revert(0, {});
  other.add('deal', { title: 'Desk', stage: 'new' });
  draft.adopt(other);
  expect(draft.changes).toEqual(other.changes);
  expect([draft.state, draft.strayed]).toEqual([other.state, true]);
});

test('an edit of a file is written before the commit, and a removal after it', () => {
  const draft = new Draft(begun(), clock);
  draft.edit('crm.yaml', 'name: A\n');
  draft.edit('views.yaml', null);
  expect(draft.files).toEqual([
    { path: 'crm.yaml', text: 'name: A\n', when: 'before' },
    { path: 'views.yaml', text: null, when: 'after' },
  ]);
  expect(draft.state.named('file').get('crm.yaml')).toMatchObject({ text: 'name: A\n' });
});

test.each([
  ['jane@example.com', ['C1']],
  ['JANE@Example.com', ['C1']],
  ['second@example.com', []],
  ['Jané', ['C1']],
  ['+31 20 123 4567', ['C2']],
  ['0031201234567', ['C2']],
  ['1234567', []],
  ['Jane <jane@example.com>', ['C1']],
  ['Nobody <no@example.com>', []],
  ['  ', []],
  ['', []],
])('%j names the contacts %j', (text, expected) => {
  const state = stateOf(
    added({ id: 'C1', name: 'Jane', email: 'jane@example.com' }),
    added({ id: 'C2', name: 'Joe', phone: '+31201234567' }),
    added({ id: 'C3', name: 'Kim', phone: '+31201234567' }),
    { kind: 'contact', id: 'C3', rm: { id: 'C3' } },
    // Blanks do not name a contact without a name.
    added({ id: 'C4', email: 'only@example.com' }),
  );
  const table = state.table('contact');
  const rows = definitionOf(state.kinds, 'contact').keys.flatMap(key =>
    rowsNamed(table, key, text, state.config),
  );
  expect([...new Set(rows)].map(row => table.id(row))).toEqual(expected);
});

test('the records that share a phone number are named in ascending order', () => {
  const ids = ['C1', 'C2', 'C3', 'C4'];
  const records = ids.map((id, i) => ({ id, name: id, phone: `+3120123456${i % 2}` }));
  const state = stateOver(records);
  const table = state.table('contact');
  table.column('phones');
  // Written later, the number of C3 is found before that of C1.
  state.apply({ kind: 'contact', id: 'C3', set: { phone: [null, '020 123 4560'] } }, BEFORE, 9);
  const key = definitionOf(state.kinds, 'contact').keys.find(each => each.isPhone)!;
  const config = { ...state.config, country: 'NL' };
  expect(rowsNamed(table, key, '020 1234560', config).map(row => table.id(row))).toEqual(['C1', 'C3']);
  expect(rowsNamed(table, key, 'Jane', config)).toEqual([]);
  expect(rowsNamed(stateOf().table('contact'), key, '020 1234560', config)).toEqual([]);
});
