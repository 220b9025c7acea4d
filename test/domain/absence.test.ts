import { describe, expect, test } from 'vitest';
import { absenceOn, parseAbsence, whoTakesOver } from '../../src/domain/absence.ts';
import type { Config, User } from '../../src/domain/config.ts';
import { configOf } from '../state/contents.ts';

test.each([
  ['2026-12-20..2027-01-03', { from: '2026-12-20', to: '2027-01-03', standIn: undefined }],
  ['2026-12-20..2027-01-03 to ben', { from: '2026-12-20', to: '2027-01-03', standIn: 'ben' }],
  [' 2026-12-24  to  ben ', { from: '2026-12-24', to: '2026-12-24', standIn: 'ben' }],
])('%j', (text, absence) => expect(parseAbsence(text)).toEqual(absence));

test.each([
  ['next week', 'does not say when somebody is away'],
  ['2026-12-20..2026-02-30', 'does not say when somebody is away'],
  ['2026-12-20..2027-01-03 ben', 'does not say when somebody is away'],
  ['', 'does not say when somebody is away'],
  ['2027-01-03..2026-12-20', 'an absence cannot end before it begins'],
])('%j is refused: %s', (text, why) => expect(() => parseAbsence(text)).toThrow(why));

const usersAway = (away: Record<string, string | undefined>, inactive: readonly string[] = []): Config => ({
  ...configOf(),
  users: Object.fromEntries(
    Object.entries(away).map(([id, text]): [string, User] => [
      id,
      { id, name: id, role: 'normal', active: !inactive.includes(id), ...(text && { away: text }) },
    ]),
  ),
});

describe('whoever takes over', () => {
  const weeks = (standIn?: string) => `2026-12-20..2027-01-03${standIn ? ` to ${standIn}` : ''}`;

  test.each([
    ['on the first day', '2026-12-20', 'ben'],
    ['on the last day', '2027-01-03', 'ben'],
    ['the day before', '2026-12-19', 'ana'],
    ['the day after', '2027-01-04', 'ana'],
  ])('%s', (_, day, who) =>
    expect(whoTakesOver(usersAway({ ana: weeks('ben'), ben: undefined }), 'ana', day)).toBe(who),
  );

  test.each([
    [
      'the stand-in of a stand-in who is away',
      { ana: weeks('ben'), ben: weeks('cat'), cat: undefined },
      'cat',
    ],
    ['the user, if nobody stands in', { ana: weeks(), ben: undefined }, 'ana'],
    ['the user, if the stand-ins go round', { ana: weeks('ben'), ben: weeks('ana') }, 'ana'],
    ['the user, if the stand-in is away without one', { ana: weeks('ben'), ben: weeks() }, 'ana'],
    ['the user, if the stand-in is gone', { ana: weeks('ben') }, 'ana'],
  ])('is %s', (_, away, who) =>
    expect(whoTakesOver(usersAway(away as Record<string, string | undefined>), 'ana', '2026-12-24')).toBe(
      who,
    ),
  );

  test('is not a stand-in who has left', () =>
    expect(whoTakesOver(usersAway({ ana: weeks('ben'), ben: undefined }, ['ben']), 'ana', '2026-12-24')).toBe(
      'ana',
    ));
});

test('a user without absences is never away', () =>
  expect(absenceOn({ id: 'ana', name: 'Ana', role: 'normal', active: true }, '2026-12-24')).toBeUndefined());

test.each(['x 2026-12-20', '2026-12-20 x', '2026-12-20 to', 'to ben', ''])('%j does not say when', text => {
  expect(() => parseAbsence(text)).toThrow(
    expect.objectContaining({
      message: `${JSON.stringify(text)} does not say when somebody is away`,
      hint: 'accepted: 2026-12-20..2027-01-03, or 2026-12-20..2027-01-03 to USER',
    }),
  );
});

test('days in the wrong order come with the right one', () => {
  expect(() => parseAbsence('2026-12-20..2026-12-19')).toThrow(
    expect.objectContaining({ hint: '2026-12-19..2026-12-20' }),
  );
});
