/** A state as of an earlier transaction, taken back from a later snapshot. */
import { describe, expect, test } from 'vitest';
import type { Change, SetChange } from '../../src/domain/changes.ts';
import type { Rec } from '../../src/domain/records.ts';
import { MemorySource } from '../../src/state/source.ts';
import type { Logged } from '../../src/state/change-log.ts';
import { State } from '../../src/state/state.ts';
import { added } from '../added.ts';
import { configOf } from './contents.ts';

const at = (seq: number) => `2026-09-0${seq}T10:00:00.000Z`;

const first: Rec = { id: 'D1', title: 'Chairs', stage: 'new', createdAt: at(1), updatedAt: at(1) };
const since: Rec = { ...first, stageSince: at(1) };

const set = (values: SetChange['set'], id = 'D1'): Change => ({ kind: 'deal', id, set: values });
const move = (from: string, to: string): Change => set({ stage: [from, to] });
const removal: Change = { kind: 'deal', id: 'D1', rm: since };
const purge: Change = { kind: 'deal', id: 'D1', rm: { id: 'D1' }, purge: true };

/** The changes after transaction 1 in order, one in each transaction; a quiet one is marked. */
type Since = readonly (Change | { readonly quiet: Change })[];

const logOf = (changes: Since): Logged[] =>
  changes.map((each, i) => {
    const quiet = 'quiet' in each;
    return { change: quiet ? each.quiet : each, at: at(i + 2), seq: i + 2, quiet };
  });

/** D1, and the cursor, as of transaction 1, from a snapshot of the last transaction. */
function backFrom(now: readonly Rec[], log: readonly Logged[], cursor: Rec[] = []): State {
  const last = log.length + 1;
  const tip = new State(
    {
      seq: last,
      seqOf: () => last,
      source: kind => new MemorySource(kind === 'deal' ? now : []),
      named: kind => (kind === 'cursor' ? cursor : []),
      trash: () => [],
      next: () => 3,
    },
    configOf(),
  );
  return tip.asOf(1, log, new Map([['D1', at(1)]]));
}

describe('a state as of an earlier transaction', () => {
  test.each<[string, Rec, Since, Partial<Rec>]>([
    [
      'a move is taken back, and so is the time of the entry',
      { ...since, stage: 'talks', stageSince: at(2) },
      [move('new', 'talks')],
      { stage: 'new', stageSince: at(1) },
    ],
    [
      'a change of other fields leaves the time of the entry alone',
      { ...since, title: 'Desk', stageSince: at(3) },
      [set({ title: ['Chairs', 'Desk'] })],
      { title: 'Chairs', stageSince: at(3) },
    ],
    [
      'a quiet move after it stays',
      { ...since, stage: 'offer', stageSince: at(3) },
      [move('new', 'talks'), { quiet: move('talks', 'offer') }],
      { stage: 'offer', stageSince: at(3) },
    ],
    [
      'a quiet move before it stays, with its time',
      { ...since, stage: 'offer', stageSince: at(3) },
      [{ quiet: move('new', 'talks') }, move('talks', 'offer')],
      { stage: 'talks', stageSince: at(2) },
    ],
    [
      'the last of the quiet moves before it stays',
      { ...since, stage: 'lost', stageSince: at(4) },
      [{ quiet: move('new', 'talks') }, { quiet: move('talks', 'offer') }, move('offer', 'lost')],
      { stage: 'offer', stageSince: at(3) },
    ],
    [
      'a quiet move that says since when is believed',
      { ...since, stage: 'offer', stageSince: at(3) },
      [
        { quiet: set({ stage: ['new', 'talks'], stageSince: [at(1), '2026-08-01T00:00:00.000Z'] }) },
        move('talks', 'offer'),
      ],
      { stage: 'talks', stageSince: '2026-08-01T00:00:00.000Z' },
    ],
    [
      'a quiet correction of the time of the entry is believed',
      { ...since, stage: 'offer', stageSince: at(3) },
      [{ quiet: set({ stageSince: [at(1), '2026-08-01T00:00:00.000Z'] }) }, move('new', 'offer')],
      { stage: 'new', stageSince: '2026-08-01T00:00:00.000Z' },
    ],
    [
      'a quiet change of another field says nothing of the entry',
      { ...since, title: 'Desk', stage: 'offer', stageSince: at(3) },
      [{ quiet: set({ title: ['Chairs', 'Desk'] }) }, move('new', 'offer')],
      { title: 'Desk', stage: 'new', stageSince: at(1) },
    ],
    [
      'a quiet change stays, and another field of the same change is taken back',
      { ...since, title: 'Lamp', value: '2.00' },
      [
        set({ title: ['Chairs', 'Desk'], value: ['1.00', '2.00'] }),
        { quiet: set({ title: ['Desk', 'Lamp'] }) },
      ],
      { title: 'Lamp', value: '1.00' },
    ],
    [
      'a change of a record that is quietly gone since is left out',
      { ...since, id: 'D2' },
      [move('new', 'talks'), { quiet: removal }],
      { id: 'D2' },
    ],
  ])('%s', (_, now, changes, expected) => {
    expect(backFrom([now], logOf(changes)).get(now.id)).toMatchObject(expected);
  });

  test.each<[string, Rec, string]>([
    [
      'as its addition says',
      { ...first, stageSince: '2026-07-01T00:00:00.000Z' },
      '2026-07-01T00:00:00.000Z',
    ],
    ['since it was made', { ...first, createdAt: '2026-06-01T00:00:00.000Z' }, '2026-06-01T00:00:00.000Z'],
    ['since the transaction that added it', { id: 'D1', title: 'Chairs', stage: 'new' }, at(2)],
  ])('a record of a quiet import is in its stage again %s', (_, add, expected) => {
    const log = logOf([{ quiet: added(add) }, move('new', 'talks')]);
    const now = { ...since, stage: 'talks', stageSince: at(3) };
    expect(backFrom([now], log).get('D1')).toMatchObject({ stage: 'new', stageSince: expected });
  });

  test.each<[string, readonly Rec[], Since, boolean]>([
    ['a record that was removed is there again', [], [removal], true],
    ['a record that was removed and purged is not', [], [removal, purge], false],
    ['a record that was removed, changed quietly and purged is not', [], [removal, { quiet: purge }], false],
    ['a record that was added since is not there', [since], [added(first)], false],
    [
      'a record that was added and moved since is not there',
      [since],
      [added(first), move('new', 'talks')],
      false,
    ],
    ['a record that was added quietly is there', [since], [{ quiet: added(first) }], true],
    ['a record that was added, and quietly removed, is not', [], [added(first), { quiet: removal }], false],
    ['a record that was quietly removed is not', [], [{ quiet: removal }], false],
    ['a record that was removed and came back is there', [since], [removal, added(since)], true],
  ])('%s', (_, now, changes, isThere) => {
    expect(backFrom(now, logOf(changes)).has('D1')).toBe(isThere);
  });

  test('has the cursor of then', () => {
    const log = logOf([{ kind: 'cursor', id: 'engine', set: { seq: [1, 2] } }]);
    expect(
      backFrom([], log, [{ id: 'engine', seq: 2 }])
        .named('cursor')
        .get('engine')?.seq,
    ).toBe(1);
  });

  test('leaves out changes that are not after it, and those that the snapshot of the kind does not have', () => {
    const state = new State(
      {
        seq: 3,
        seqOf: kind => (kind === 'deal' ? 3 : 9),
        source: kind => new MemorySource(kind === 'deal' ? [{ ...since, stage: 'talks' }] : []),
        named: () => [],
        trash: () => [],
        next: () => 2,
      },
      configOf(),
    );
    const log = logOf([move('new', 'talks'), set({ title: ['Chairs', 'Desk'] }), move('talks', 'offer')]);
    expect(state.asOf(2, log, new Map()).get('D1')).toMatchObject({ title: 'Chairs', stage: 'talks' });
    expect(state.asOf(3, log, new Map()).get('D1')).toMatchObject({ title: 'Chairs', stage: 'talks' });
    expect(state.asOf(1, log, new Map()).get('D1')).toMatchObject({ title: 'Chairs', stage: 'new' });
  });

  test('has the quiet changes of the log, and those up to it', () => {
    const state = backFrom([since], []);
    const changes: Since = [
      set({ title: ['Chairs', 'Desk'] }),
      { quiet: set({ value: [null, '2.00'] }) },
      { quiet: set({ title: ['Lamp', 'Sofa'] }, 'D7') },
      { quiet: { kind: 'file', id: 'crm.yaml', set: { text: [null, 'name: A'] } } },
      set({ title: ['Desk', 'Lamp'] }),
    ];
    for (const { change, at, seq, quiet } of logOf(changes)) state.apply(change, at, seq + 1, quiet);
    const then = state.asOf(3, [], new Map());
    expect([then.get('D1')?.title, then.get('D1')?.value, then.has('D7')]).toEqual(['Desk', '2.00', false]);
    expect(then.named('file').get('crm.yaml')?.text).toBe('name: A');
    expect(state.log().map(({ seq, quiet }) => [seq, quiet])).toEqual([
      [3, false],
      [4, true],
      [5, true],
      [6, true],
      [7, false],
    ]);
  });
});
