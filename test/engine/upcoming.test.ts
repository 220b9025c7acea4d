/** The moments to come of rules that time starts, as `crm explain` asks for them. */
import { expect, it, test } from 'vitest';
import { crons } from '../../src/engine/croner.ts';
import { triggers } from '../../src/engine/triggers/index.ts';
import type { TimeTrigger } from '../../src/engine/triggers/trigger.ts';
import { zone } from '../../src/domain/zone.ts';
import { deskSeededBy } from './desk.ts';
import { NOW } from './swept.ts';

const seeded = deskSeededBy(
  'deal add Chairs --expected-close 2026-09-20',
  'deal add Tables',
  'task add Call --for D1 --due 2026-09-16T14:30',
);

/** The first moments to come of a trigger for a record. */
async function upcoming(name: string, params: object, record: string, after = NOW): Promise<string[]> {
  const { state } = await seeded();
  const trigger = triggers.get(name) as TimeTrigger;
  const kind = state.kinds.kindOf(record) as 'deal' | 'task';
  const time = { after: Date.parse(after), state, zone: zone('Europe/Amsterdam'), crons };
  const found: string[] = [];
  for (const at of trigger.upcoming(params as never, kind, record, time)) {
    found.push(new Date(at).toISOString());
    if (found.length === 3) break;
  }
  return found;
}

it.each([
  [{ field: 'expectedClose' }, 'D1', NOW, ['2026-09-19T22:00:00.000Z']],
  [{ field: 'expectedClose', at: '09:00' }, 'D1', NOW, ['2026-09-20T07:00:00.000Z']],
  [{ field: 'expectedClose', offset: '-3d' }, 'D1', NOW, ['2026-09-16T22:00:00.000Z']],
  // It has come, and does not come again; at its moment it has come.
  [{ field: 'expectedClose' }, 'D1', '2026-09-19T22:00:00.000Z', []],
  [{ field: 'expectedClose' }, 'D1', '2026-09-19T21:59:59.999Z', ['2026-09-19T22:00:00.000Z']],
  [{ field: 'expectedClose' }, 'D2', NOW, []],
  [
    { field: 'expectedClose', every: 'year' },
    'D1',
    NOW,
    ['2026-09-19T22:00:00.000Z', '2027-09-19T22:00:00.000Z', '2028-09-19T22:00:00.000Z'],
  ],
  [{ field: 'createdAt', offset: '+2w' }, 'D1', NOW, ['2026-09-28T08:00:00.000Z']],
  [{ field: 'due' }, 'T1', NOW, ['2026-09-16T12:30:00.000Z']],
  [{ field: 'due', at: '09:00' }, 'T1', NOW, ['2026-09-16T07:00:00.000Z']],
])('date: %j of %s after %s: %j', async (params, record, after, expected) => {
  expect(await upcoming('date', params, record, after)).toEqual(expected);
});

test('those of a schedule go on, each after the one before, for every record', async () => {
  const params = { cron: '0 9 * * mon-fri' };
  const week = ['2026-09-15T07:00:00.000Z', '2026-09-16T07:00:00.000Z', '2026-09-17T07:00:00.000Z'];
  expect(await upcoming('schedule', params, 'D1')).toEqual(week);
  expect(await upcoming('schedule', params, 'D2')).toEqual(week);
});
