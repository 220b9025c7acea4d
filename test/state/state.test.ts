import { added } from '../added.ts';
import { describe, expect, test } from 'vitest';
import type { Change } from '../../src/domain/changes.ts';
import type { Kind, NamedKind } from '../../src/domain/kinds.ts';
import type { Rec } from '../../src/domain/records.ts';
import { State } from '../../src/state/state.ts';
import { MemorySource } from '../../src/state/source.ts';
import { configOf, contentsOf, emptyState } from './contents.ts';

const at = (seq: number) => `2026-09-0${seq}T10:00:00.000Z`;

/** Transactions 1, 2, ... of one change each. */
const changes: readonly Change[] = [
  added({ id: 'A1', name: 'Acme' }),
  added({ id: 'C1', name: 'Jane', account: 'A1' }),
  added({ id: 'D1', title: 'One', contacts: ['C1'], stage: 'new' }),
  { kind: 'deal', id: 'D1', set: { stage: ['new', 'offer'] } },
  { kind: 'file', id: 'crm.yaml', set: { text: [null, 'name: Acme'] } },
  {
    kind: 'contact',
    id: 'C1',
    rm: { id: 'C1', name: 'Jane', account: 'A1', createdAt: at(2), updatedAt: at(2) },
  },
  added({ id: 'D2', title: 'Two', contacts: ['C1'], stage: 'new' }),
  added({ id: 'C1', name: 'Jane', account: 'A1', createdAt: at(2), updatedAt: at(2) }),
];

function folded(to = changes.length, from = emptyState(configOf()), after = 0): State {
  for (let seq = after + 1; seq <= to; seq++) from.apply(changes[seq - 1]!, at(seq), seq);
  return from;
}

const kinds = [
  'deal',
  'contact',
  'account',
  'task',
  'activity',
  'event',
  'invoice',
  'message',
  'enrolment',
] as const;

/** A state whose kinds are snapshots of different transactions, as on disk. */
function openedAt(seqOf: (kind: Kind | NamedKind | 'trash') => number): State {
  const known = kinds.map(seqOf).concat(seqOf('file'), seqOf('cursor'), seqOf('trash'));
  const first = Math.min(...known);
  const records = (kind: Kind): Rec[] => {
    const table = folded(seqOf(kind)).table(kind);
    return table.liveRows().map(row => table.record(row));
  };
  const state = new State(
    {
      seq: first,
      seqOf,
      source: kind => new MemorySource(records(kind)),
      named: kind => [...folded(seqOf(kind)).named(kind).values()],
      trash: () => [...folded(seqOf('trash')).trash().values()],
      next: kind => folded(seqOf(kind)).nextNumber(kind),
    },
    configOf(),
  );
  return folded(changes.length, state, first);
}

describe('a state', () => {
  test('is the same from whatever snapshots it starts', () => {
    const expected = contentsOf(folded());
    for (let deal = 0; deal <= changes.length; deal++)
      for (let contact = 0; contact <= changes.length; contact++)
        for (const other of [0, 5, 7, changes.length]) {
          const seqs: Partial<Record<string, number>> = { deal, contact };
          const state = openedAt(kind => seqs[kind] ?? other);
          expect(contentsOf(state), `deal ${deal}, contact ${contact}, others ${other}`).toEqual(expected);
        }
  });

  test('also follows changes in parts that were read before', () => {
    for (let read = 0; read < changes.length; read++) {
      const state = folded(read);
      contentsOf(state);
      expect(contentsOf(folded(changes.length, state, read)), `read after ${read}`).toEqual(
        contentsOf(folded()),
      );
    }
  });

  test('goes on in a fork, and stays as it is', () => {
    const state = folded(6);
    contentsOf(state);
    const before = contentsOf(state);
    const fork = state.fork();
    expect(contentsOf(fork)).toEqual(before);
    folded(changes.length, fork, 6);
    expect(contentsOf(fork)).toEqual(contentsOf(folded()));
    expect(contentsOf(state)).toEqual(before);
  });

  test('knows all changes since its base, one by one and in runs', () => {
    const state = folded();
    expect(state.log().map(({ change, at: its, seq }) => [seq, its, change])).toEqual(
      changes.map((change, i) => [i + 1, at(i + 1), change]),
    );
    expect(state.log(6).map(({ seq }) => seq)).toEqual([7, 8]);
    state.apply({ kind: 'deal', id: 'D2', set: { stage: ['new', 'offer'] } }, at(8), 8);
    expect(state.runs().map(run => [run.seq, run.changes.length])).toEqual(
      changes.map((_, i) => [i + 1, i === 7 ? 2 : 1]),
    );
  });

  test('gives numbers in order, and never one that was given', () => {
    const state = folded();
    expect([state.nextId('deal'), state.nextId('contact'), state.nextId('task')]).toEqual(['D3', 'C2', 'T1']);
    state.apply({ kind: 'deal', id: 'D2', rm: { id: 'D2' } }, at(9), 9);
    expect(state.nextId('deal')).toBe('D3');
  });

  test('finds records by id, and none that is removed or of no kind', () => {
    const state = folded(6);
    expect(state.get('D1')).toMatchObject({
      title: 'One',
      stage: 'offer',
      stageSince: at(4),
      updatedAt: at(4),
    });
    for (const id of ['C1', 'D2', 'D0', 'X1', 'D', '']) expect(state.get(id), id).toBeUndefined();
    expect(state.trash().get('C1')).toMatchObject({ removedAt: at(6), record: { name: 'Jane' } });
  });

  test('knows which records point to which, across a removal and a return', () => {
    const state = emptyState(configOf());
    const pointing = () => {
      const row = state.table('contact').row(1);
      const ids: string[] = [];
      state.links('contact', 'deal', 'contacts').some(row, deal => {
        ids.push(state.table('deal').id(deal));
        return false;
      });
      return ids.sort();
    };
    folded(3, state);
    expect(pointing()).toEqual(['D1']);
    folded(8, state, 3);
    // D2 was added while C1 was away.
    expect(pointing()).toEqual(['D1', 'D2']);
    state.apply({ kind: 'deal', id: 'D1', set: { contacts: [['C1'], null] } }, at(9), 9);
    expect(pointing()).toEqual(['D2']);
  });

  test('a named record that is removed is gone, before and after it was asked for', () => {
    const state = folded(5);
    const rm: Change = { kind: 'file', id: 'crm.yaml', rm: { id: 'crm.yaml' } };
    expect(state.named('file').size).toBe(1);
    state.apply(rm, at(6), 6);
    expect([state.named('file').size, state.trash().size]).toEqual([0, 0]);
    const other = folded(5);
    other.apply(rm, at(6), 6);
    expect([other.named('file').size, other.trash().size]).toEqual([0, 0]);
  });

  test('keeps in the trash what was removed until it comes back or is purged', () => {
    const rm = (id: string): Change => ({ kind: 'account', id, rm: { id, name: id } });
    for (const isRead of [false, true]) {
      const state = folded(1);
      for (const [i, id] of ['A2', 'A3', 'A4'].entries()) state.apply(added({ id, name: id }), at(2), i + 2);
      if (isRead) state.trash();
      for (const id of ['A2', 'A3', 'A4']) state.apply(rm(id), at(5), 5);
      state.apply({ ...rm('A2'), purge: true } as Change, at(6), 6);
      state.apply(added({ id: 'A3', name: 'A3' }), at(7), 7);
      expect([...state.trash()]).toEqual([
        ['A4', { id: 'A4', removedAt: at(5), record: { id: 'A4', name: 'A4' } }],
      ]);
      expect(state.seq).toBe(7);
    }
  });
});
