/** What sweeps left out lately is remembered by rule and reason, added up over a day. */
import { expect, test } from 'vitest';
import { clockIn } from '../../src/domain/clock.ts';
import { type LeftOutLately, leftOutSince, noteByRule } from '../../src/engine/left-out-lately.ts';
import { Draft } from '../../src/state/draft.ts';
import { Desk } from './desk.ts';
import { after, DAY, HOUR, NOW } from './swept.ts';

const clock = { ...clockIn(Desk.make().state.config, 0), now: Date.parse(NOW) };

/** What is remembered after this was left out at these times, in ms after the tests begin. */
function remembered(...noted: readonly (readonly [ms: number, ...left: Omit<LeftOutLately, 'at'>[]])[]) {
  const draft = new Draft(Desk.make().state.fork(), clock);
  for (const [ms, ...left] of noted) noteByRule(draft, left, { ...clock, now: clock.now + ms });
  return draft.state;
}

const left = (automation: string, why: LeftOutLately['why'], count: number) => ({ automation, why, count });

test('each rule and reason apart, the newest first', () => {
  const state = remembered(
    [0, left('a', 'limit', 2), left('a', 'generations', 1)],
    [HOUR, left('b', 'limit', 5), left('c', 'disabled', 1)],
    [2 * HOUR, left('b', 'unseen', 1)],
  );
  expect(leftOutSince(state, 0)).toEqual([
    { ...left('b', 'unseen', 1), at: after(2 * HOUR) },
    { ...left('b', 'limit', 5), at: after(HOUR) },
    { ...left('c', 'disabled', 1), at: after(HOUR) },
    { ...left('a', 'limit', 2), at: NOW },
    { ...left('a', 'generations', 1), at: NOW },
  ]);
});

test('sweeps of one day in the zone of the workspace are added up; another day begins anew', () => {
  const of = (ms: number) =>
    leftOutSince(remembered([0, left('a', 'limit', 2)], [ms, left('a', 'limit', 3)]), 0);
  // 08:00 in UTC: sixteen hours of the day are left.
  expect(of(16 * HOUR - 1)).toEqual([{ ...left('a', 'limit', 5), at: after(16 * HOUR - 1) }]);
  expect(of(16 * HOUR)).toEqual([{ ...left('a', 'limit', 3), at: after(16 * HOUR) }]);
  expect(of(DAY)).toEqual([{ ...left('a', 'limit', 3), at: after(DAY) }]);
});

test('what is older than an instant is left away, and what came at it is not', () => {
  const state = remembered([0, left('a', 'limit', 2)], [1, left('b', 'missing', 1)]);
  const rules = (since: number) => leftOutSince(state, since).map(({ automation }) => automation);
  expect(rules(clock.now)).toEqual(['b', 'a']);
  expect(rules(clock.now + 1)).toEqual(['b']);
  expect(rules(clock.now + 2)).toEqual([]);
});

test('other cursors, and reasons that this program does not know, are no reasons', () => {
  const draft = new Draft(Desk.make().state.fork(), clock);
  for (const id of ['sweep', 'left-out/limit', 'left-out/newer/a', 'x/left-out/limit/a', 'left-out/limit/'])
    draft.setNamed('cursor', id, { at: NOW, count: 1 });
  draft.setNamed('cursor', 'left-out/enrolled/a/b', { at: NOW, count: 4 });
  expect(leftOutSince(draft.state, 0)).toEqual([{ ...left('a/b', 'enrolled', 4), at: NOW }]);
});
