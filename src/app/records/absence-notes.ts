/** Warns people who give work to a user who is away. */
import { absenceOn } from '../../domain/absence.ts';
import type { Change } from '../../domain/changes.ts';
import { type Clock, today } from '../../domain/clock.ts';
import type { Config } from '../../domain/config.ts';

/** The fields that say whose work something is. */
const WORK = ['owner', 'assignee'] as const;

/** Returns a sentence for each user who is away and was given something by these changes. */
export function absenceNotes(changes: readonly Change[], config: Config, clock: Clock): string[] {
  const day = today(clock);
  const given = new Set(changes.flatMap(change => WORK.map(field => newValue(change, field))));
  return Object.values(config.users).flatMap(user => {
    const absence = given.has(user.id) ? absenceOn(user, day) : undefined;
    if (!absence) return [];
    const { to, standIn } = absence;
    return [`${user.id} is away until ${to}${standIn === undefined ? '' : `; ${standIn} stands in`}`];
  });
}

function newValue(change: Change, field: string): unknown {
  if ('add' in change) return (change.add as unknown as Record<string, unknown>)[field];
  return 'set' in change ? change.set[field]?.[1] : undefined;
}
