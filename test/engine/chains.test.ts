/** Chains of rules that made each other begin, and the loops in them. */
import { describe, expect, it, test } from 'vitest';
import type { Change } from '../../src/domain/changes.ts';
import { Chains, type Loops, loopText } from '../../src/engine/chains.ts';

const set = (id: string): Change => ({ kind: 'deal', id, set: { value: [null, '1'] } });
const add = (record: object): Change => ({ kind: 'task', id: 'T1', add: { id: 'T1', ...record } }) as never;
/** D5 and later are new in this sweep. */
const chains = (known: Loops = new Map()) => new Chains(known, id => Number(id.slice(1)) >= 5);

describe('a chain continues', () => {
  it('the one that made the change, in a later round', () => {
    const all = chains();
    const change = set('D1');
    const first = all.next('a', 'D1', set('D1'), 0)!;
    expect(first).toEqual({ automation: 'a', subject: 'D1', parent: undefined, root: 'a D1', depth: 1 });
    all.did(first, [change]);
    // Rules of one round do not start each other.
    expect(all.next('b', 'D2', change, 0)).toMatchObject({ parent: undefined, root: 'b D2', depth: 1 });
    all.endRound();
    expect(all.next('b', 'D2', change, 1)).toEqual({
      automation: 'b',
      subject: 'D2',
      parent: first,
      root: 'a D1',
      depth: 2,
    });
    // The same change again, and another one of the same record.
    expect(all.next('c', 'D3', change, 1)).toMatchObject({ parent: first });
    expect(all.next('c', 'D3', set('D1'), 1)).toMatchObject({ parent: undefined });
  });

  it('the last one that touched the record, where a query began to hold for it', () => {
    const all = chains();
    const [one, two] = [all.next('a', 'D1', 'D1', 0)!, all.next('b', 'D2', 'D2', 0)!];
    all.did(one, [set('D1')]);
    all.did(two, [set('D1'), set('D2')]);
    all.endRound();
    expect(all.next('c', 'D1', 'D1', 1)).toMatchObject({ parent: two });
    expect(all.next('c', 'D9', 'D9', 1)).toMatchObject({ parent: undefined });
  });

  it.each([
    ['a task of the deal', { for: 'D7' }],
    ['an event of the contact', { contact: 'D7' }],
  ])('one that added %s', (_what, record) => {
    const all = chains();
    const one = all.next('a', 'D1', 'D1', 0)!;
    all.did(one, [add(record)]);
    all.endRound();
    expect(all.next('b', 'D7', 'D7', 1)).toMatchObject({ parent: one });
    expect(all.next('b', 'T1', 'T1', 1)).toMatchObject({ parent: one });
  });

  it('its own, when the rule begins again in a later round, whatever made it begin', () => {
    const all = chains();
    const one = all.next('a', 'D1', 'D1', 0)!;
    all.did(one, []);
    expect(all.next('a', 'D1', 'X', 0)).toMatchObject({ parent: undefined });
    expect(all.next('a', 'D1', 'X', 1)).toMatchObject({ parent: one, depth: 2 });
    expect(all.next('a', 'D2', 'X', 1)).toMatchObject({ parent: undefined });
  });

  it('the rule that a transition followed', () => {
    const all = chains();
    const one = all.next('a', 'D1', 'D1', 0)!;
    const [moved, other] = [set('D1'), set('D2')];
    all.did(one, [set('D1')]);
    all.followed([moved, other]);
    all.followed([]);
    all.endRound();
    expect(all.next('b', 'D1', moved, 1)).toMatchObject({ parent: one });
    expect(all.next('b', 'D2', other, 1)).toMatchObject({ parent: undefined });
    // Also in the round after that.
    const again = set('D1');
    all.followed([again]);
    all.endRound();
    expect(all.next('b', 'D1', again, 2)).toMatchObject({ parent: one });
  });
});

/** A chain of rules on subjects, each made to begin by the one before. */
function chainOf(all: Chains, ...links: readonly (readonly [string, string])[]) {
  let chain = all.next(links[0]![0], links[0]![1], 'X', 0)!;
  links.slice(1).forEach(([automation, subject], i) => {
    const change = set(chain.subject);
    all.did(chain, [change]);
    all.endRound();
    chain = all.next(automation, subject, change, i + 1)!;
  });
  return chain;
}

describe('a chain', () => {
  it('is too long with more than sixteen links', () => {
    const links = (count: number) => Array.from({ length: count }, (_, i) => [`r${i}`, 'D1'] as const);
    const of = (count: number) => {
      const all = chains();
      return all.isTooLong(chainOf(all, ...links(count)));
    };
    expect([of(1), of(16), of(17)]).toEqual([false, false, true]);
  });

  it('comes back where the rule was at work on the same subject', () => {
    const all = chains();
    const comesBack = (...links: readonly (readonly [string, string])[]) =>
      all.comesBack(chainOf(all, ...links));
    expect(comesBack(['a', 'D1'], ['b', 'D1'], ['a', 'D1'])).toBe(true);
    expect(comesBack(['a', 'D2'], ['b', 'D2'], ['a', 'D3'])).toBe(false);
    expect(comesBack(['a', 'D4'], ['c', 'D4'])).toBe(false);
  });
});

describe('a loop', () => {
  const cut = (...links: readonly (readonly [string, string])[]) => {
    const all = chains();
    all.cut(chainOf(all, ...links));
    return [...all.found];
  };

  it('is of the rules that came back, and not of what led into it', () => {
    const loop = { automations: ['a', 'b'], subjects: ['D1'] };
    expect(cut(['x', 'D1'], ['b', 'D1'], ['a', 'D1'], ['b', 'D1'], ['a', 'D1'])).toEqual([
      ['b D1 after x D1', loop],
      ['a D1 after x D1', loop],
    ]);
  });

  it('goes through several records', () => {
    const [[, loop]] = cut(['a', 'D2'], ['b', 'D1'], ['a', 'D2'], ['b', 'D1']) as [[string, object]];
    expect(loop).toEqual({ automations: ['a', 'b'], subjects: ['D1', 'D2'] });
  });

  it('of a rule that adds records is named by the old one, its first link included', () => {
    expect(cut(['a', 'D1'], ['a', 'D5'], ['a', 'D6'], ['a', 'D7'])).toEqual([
      ['a D1 after a D1', { automations: ['a'], subjects: ['D1'] }],
      ['a new after a D1', { automations: ['a'], subjects: ['D1'] }],
    ]);
  });

  it('among new records alone is named by the first of them', () => {
    expect(cut(['a', 'D6'], ['a', 'D5'], ['a', 'D7'])).toEqual([
      ['a new after a D6', { automations: ['a'], subjects: ['D6'] }],
    ]);
  });

  it('without a return is the last link', () => {
    expect(cut(['a', 'D1'], ['b', 'D1'])).toEqual([
      ['b D1 after a D1', { automations: ['b'], subjects: ['D1'] }],
    ]);
  });

  it('that is known is not entered again', () => {
    const known = new Map([['a D1 after a D1', { automations: [], subjects: [] }]]);
    expect(chains(known).next('a', 'D1', 'X', 0)).toBeUndefined();
    expect(chains(known).next('a', 'D2', 'X', 0)).toBeDefined();
    expect(chains(known).next('b', 'D1', 'X', 0)).toBeDefined();
    expect(
      chains(new Map([['a new after a D5', { automations: [], subjects: [] }]])).next('a', 'D5', 'X', 0),
    ).toBeUndefined();
  });

  test.each([
    [['a'], ['D1'], 'a loop: a starts itself again and again; what it did to D1 is left out of this sweep'],
    [
      ['a', 'b'],
      ['D1', 'D2'],
      'a loop: a and b start each other again and again; what they did to D1, D2 is left out of this sweep',
    ],
  ])('of %j on %j: %s', (automations, subjects, text) => {
    expect(loopText({ automations, subjects })).toBe(text);
  });
});
