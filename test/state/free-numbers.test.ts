/** The numbers that new records get: the next one, or those of blocks that this machine leased. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Change } from '../../src/domain/changes.ts';
import { MemorySource } from '../../src/state/source.ts';
import { leaseIn, leaseOf, type Leased, State } from '../../src/state/state.ts';
import { added } from '../added.ts';
import { configOf } from './contents.ts';

const AT = '2026-09-01T10:00:00.000Z';

/** A state whose records of all kinds are as of transaction `known`, with `next` as the next number of each. */
function stateWith({
  next = 1,
  known = 0,
  leased,
}: {
  next?: number;
  known?: number;
  leased?: Leased;
}): State {
  return new State(
    {
      seq: 0,
      seqOf: () => known,
      source: () => new MemorySource([]),
      named: () => [],
      trash: () => [],
      next: () => next,
      leased: kind => (kind === 'deal' ? leased : undefined),
    },
    configOf(),
  );
}

const deal = (number: number) => added({ id: `D${number}`, title: 'Chairs', stage: 'new' });
const removal = (number: number): Change => ({ kind: 'deal', id: `D${number}`, rm: { id: `D${number}` } });
const purge = (number: number): Change => ({ ...removal(number), purge: true });
const lease = (id: string, last: unknown) =>
  ({ kind: 'cursor', id, set: { seq: [null, last], owner: [null, 'here'] } }) as Change;

describe('the next number of a kind', () => {
  const event = fc.record({
    number: fc.integer({ min: 1, max: 40 }),
    what: fc.constantFrom('added', 'purged', 'leased', 'leased of tasks', 'cursor'),
  });
  const changeOf = ({ number, what }: { number: number; what: string }): Change => {
    if (what === 'added') return deal(number);
    if (what === 'purged') return purge(number);
    if (what === 'cursor') return lease('engine', number);
    return lease(leaseOf(what === 'leased' ? 'deal' : 'task'), number);
  };

  test('follows all that were given, purged or leased since the snapshot (property)', () => {
    const events = fc.array(event, { maxLength: 8 });
    fc.assert(
      fc.property(events, fc.integer({ min: 1, max: 20 }), fc.nat(8), (all, next, known) => {
        const state = stateWith({ next, known });
        for (const [i, each] of all.entries()) state.apply(changeOf(each), AT, i + 1);
        const nextAfter = (counts: readonly string[]) => {
          const given = all.filter(({ what }, i) => i + 1 > known && counts.includes(what));
          return Math.max(next, ...given.map(({ number }) => number + 1));
        };
        expect([state.nextNumber('deal'), state.nextNumber('task'), state.nextNumber('contact')]).toEqual([
          nextAfter(['added', 'purged', 'leased']),
          nextAfter(['leased of tasks']),
          next,
        ]);
        expect(state.nextId('deal')).toBe(`D${state.nextNumber('deal')}`);
      }),
      { numRuns: 400 },
    );
  });

  test.each([
    ['a new record', deal],
    ['a purge', purge],
    ['a lease', (number: number) => lease(leaseOf('deal'), number)],
  ])('is the one after the number of %s, unless it is higher already', (_, changeOf) => {
    const after = [4, 5, 6, 7, 8].map(number => {
      const state = stateWith({ next: 6 });
      state.apply(changeOf(number), AT, 1);
      return state.nextNumber('deal');
    });
    expect(after).toEqual([6, 6, 7, 8, 9]);
  });

  test.each([
    ['a lease', lease('ids/deal', 7), { kind: 'deal', last: 7 }],
    ['a lease that was taken back', lease('ids/deal', null), undefined],
    ['another cursor', lease('engine', 7), undefined],
    [
      'a lease without a number',
      { kind: 'cursor', id: 'ids/deal', set: { owner: [null, 'here'] } } as Change,
      undefined,
    ],
    ['a new record', deal(7), undefined],
    ['a removal', removal(7), undefined],
  ])('is read from a change that leases numbers, and from no other: %s', (_, change, expected) => {
    expect(leaseIn(change)).toEqual(expected);
  });
});

describe('leased numbers', () => {
  const blocks = fc
    .array(fc.tuple(fc.integer({ min: 1, max: 3 }), fc.nat(3)), { minLength: 1, maxLength: 3 })
    .map(list => {
      let last = 0;
      return list.map(([gap, more]): readonly [number, number] => {
        const first = last + gap;
        last = first + more;
        return [first, last];
      });
    });

  test('are given in order, but none that a record has or had (property)', () => {
    const taken = fc.uniqueArray(fc.integer({ min: 1, max: 22 }), { maxLength: 8 });
    fc.assert(
      fc.property(blocks, taken, taken, fc.boolean(), (list, live, removed, isAll) => {
        const state = stateWith({ leased: { blocks: list, isAll }, next: 30 });
        for (const number of live.concat(removed)) state.apply(deal(number), AT, 1);
        for (const number of new Set(removed)) state.apply(removal(number), AT, 2);
        const isTaken = new Set(live.concat(removed));
        const free = list
          .flatMap(([first, last]) => Array.from({ length: last - first + 1 }, (_, i) => first + i))
          .filter(number => !isTaken.has(number));
        for (const number of free) {
          // Asked twice: a number that nobody took is still the next one.
          expect([state.freeNumber('deal'), state.nextId('deal')]).toEqual([number, `D${number}`]);
          state.apply(deal(number), AT, 3);
        }
        if (isAll) expect(() => state.freeNumber('deal')).toThrow('of the kind deal without the remote');
        else expect(state.freeNumber('deal')).toBe(30);
        expect(state.freeNumber('task')).toBe(30);
      }),
      { numRuns: 300 },
    );
  });

  test('that are used up say how to get more', () => {
    const state = stateWith({ leased: { blocks: [], isAll: true } });
    expect(() => state.freeNumber('deal')).toThrow(
      expect.objectContaining({
        kind: 'FAILED',
        message:
          'the numbers that this machine may give to new records of the kind deal without the remote are used up',
        hint: 'crm sync leases more; before a large import: crm sync --ids 5000',
      }),
    );
  });

  test('are not given again after the record was purged', () => {
    const state = stateWith({ leased: { blocks: [[4, 9]], isAll: true } });
    for (const number of [4, 5]) {
      expect(state.freeNumber('deal')).toBe(number);
      state.apply(deal(number), AT, 1);
    }
    state.apply(removal(4), AT, 2);
    state.apply(purge(4), AT, 3);
    expect(state.freeNumber('deal')).toBe(6);
  });
});
