/** Absences as commands set them, and what they say of them. */
import { expect, test } from 'vitest';
import { DAY, type Rules, seededBy } from './rules.ts';

/** The tests begin on 14 September 2026; ben is away until the 16th, and ana stands in for him. */
const AWAY = '2026-09-14..2026-09-16 to ana';
const BACK = 3 * DAY;

const seeded = seededBy(
  'contact add --email jane@example.com --name Jane',
  'deal add Chairs --value 500 --contact jane@example.com',
  'run',
);

async function benAway(): Promise<Rules> {
  const rules = await seeded();
  await rules.ok(['user', 'set', 'ben', `away=${AWAY}`]);
  return rules;
}

interface Deal {
  readonly owner: string | null;
}

test('work that a person gives by hand stays with the absent user, and the person is told', async () => {
  const rules = await benAway();
  const { err } = await rules.ws.crm('deal assign D1 ben');
  expect(err).toContain('ben is away until 2026-09-16; ana stands in\n');
  expect((await rules.json<Deal>('deal show D1'.split(' '))).owner).toBe('ben');
  rules.at(BACK);
  expect((await rules.ws.crm('deal set D1 owner=ana')).err).not.toContain('is away');
});

test.each([
  ['away=tomorrow', '"tomorrow" does not say when somebody is away'],
  ['away=2026-09-16..2026-09-14', 'an absence cannot end before it begins'],
  ['away=2026-09-14..2026-09-16 to ben', 'ben cannot stand in for ben'],
  ['away=2026-09-14..2026-09-16 to anna', 'unknown user "anna"'],
])('user set ben %j is refused', async (pair, why) => {
  const rules = await seeded();
  const ran = await rules.ws.crm(['user', 'set', 'ben', pair]);
  expect(ran.err).toContain(why);
  expect(ran.code).toBe(2);
  expect(await rules.json<object>('user show ben'.split(' '))).toMatchObject({ away: null });
});

test('an absence is taken out with an empty value', async () => {
  const rules = await benAway();
  expect(await rules.json<object>('user show ben'.split(' '))).toMatchObject({ away: AWAY });
  await rules.ok('user set ben away=');
  expect(await rules.json<object>('user show ben'.split(' '))).toMatchObject({ away: null });
});
