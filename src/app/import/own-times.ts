/**
 * Completes the times that an import gives for records, such as their creation and their entry into a stage, and
 * checks them against each other.
 */
import type { Fields } from '../core/writer.ts';
import { formatInstant, parseInstant } from '../../domain/dates.ts';
import { usage } from '../../domain/errors.ts';
import type { Clock } from '../../domain/clock.ts';
import type { Rec } from '../../domain/records.ts';

/** The fields that say when something happened, by the words of a sentence. */
const SAID = { createdAt: 'created', stageSince: 'moved to its stage', closedAt: 'closed' } as const;
type TimeField = keyof typeof SAID;

/**
 * Completes the times of a record that an import adds or changes (`before`), and throws USAGE if they contradict each
 * other: nothing is created after it was moved or closed, and nothing happened in the future. A deal without a
 * creation time existed at the latest when it entered its stage or was closed. Returns whether the creation was
 * completed in this way.
 */
export function completeTimes(
  fields: Fields,
  before: Rec | undefined,
  clock: Clock,
  hasStages: boolean,
): boolean {
  const timeOf = (name: TimeField) => (typeof fields[name] === 'string' ? fields[name] : undefined);
  const names = (Object.keys(SAID) as TimeField[]).filter(
    name => timeOf(name) !== undefined && fields[name] !== before?.[name],
  );
  if (names.length === 0) return false;
  const now = formatInstant(clock.now);
  for (const name of names)
    if (timeOf(name)! > now) throw usage(`${name} ${timeOf(name)!} is in the future`, `now is ${now}`);
  const isUnknown = !before && timeOf('createdAt') === undefined;
  if (isUnknown) fields.createdAt = earliest(timeOf('stageSince'), timeOf('closedAt'));
  const created = timeOf('createdAt');
  if (created === undefined) return false;
  for (const name of ['stageSince', 'closedAt'] as const) {
    const time = timeOf(name);
    if (time === undefined || time >= created) continue;
    if (!isDayOf(time, created, clock))
      throw usage(`a deal cannot be ${SAID[name]} (${time}) before it was created (${created})`);
    fields[name] = created;
  }
  if (hasStages && !before && fields.stageSince === undefined) fields.stageSince = created;
  return isUnknown;
}

const earliest = (a: string | undefined, b: string | undefined): string | undefined =>
  a !== undefined && b !== undefined ? (a < b ? a : b) : (a ?? b);

/** Whether a time is the midnight with which the day of another time begins: the file says the day alone. */
function isDayOf(time: string, other: string, { zone }: Clock): boolean {
  const day = zone.day(parseInstant(other)!);
  return formatInstant(zone.midnight(day)) === time;
}
