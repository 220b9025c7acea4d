/** When a user is away, and who takes their new work meanwhile: `2026-12-20..2027-01-03 to ben`. */
import type { Config, User } from './config.ts';
import { isDay } from './dates.ts';
import { usage } from './errors.ts';

export interface Absence {
  /** The first day and the last one. */
  readonly from: string;
  readonly to: string;
  /** The id of the user who stands in; undefined if nobody does. */
  readonly standIn: string | undefined;
}

/** Reads an absence as crm.yaml has it. Throws USAGE with what is accepted. */
export function parseAbsence(text: string): Absence {
  const match = /^\s*(\S+?)(?:\.\.(\S+))?(?:\s+to\s+(\S+))?\s*$/.exec(text);
  const [, from = '', to = from, standIn] = match ?? [];
  if (!isDay(from) || !isDay(to))
    throw usage(
      `${JSON.stringify(text)} does not say when somebody is away`,
      'accepted: 2026-12-20..2027-01-03, or 2026-12-20..2027-01-03 to USER',
    );
  if (to < from) throw usage(`an absence cannot end before it begins: ${from}..${to}`, `${to}..${from}`);
  return { from, to, standIn };
}

/** Returns a user's absence if `day` is within it, else undefined. */
export function absenceOn(user: User | undefined, day: string): Absence | undefined {
  if (user?.away === undefined) return undefined;
  const absence = parseAbsence(user.away);
  return day >= absence.from && day <= absence.to ? absence : undefined;
}

/**
 * Returns the user who takes the work meant for a user on a day: that user, the stand-in while they are away, or the
 * stand-in's stand-in. The user themselves if nobody stands in, or all stand-ins are away too.
 */
export function whoTakesOver(config: Config, user: string, day: string): string {
  const asked = new Set<string>();
  for (let id = user; !asked.has(id); ) {
    asked.add(id);
    const known = Object.hasOwn(config.users, id) ? config.users[id] : undefined;
    const absence = absenceOn(known, day);
    if (!absence && (id === user || known?.active)) return id;
    if (absence?.standIn === undefined) break;
    id = absence.standIn;
  }
  return user;
}
