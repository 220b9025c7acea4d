/**
 * Completes the times that an import gives for records, such as their creation and their entry into a stage, and
 * checks them against each other.
 */
import type { Fields } from '../core/writer.ts';
import { formatInstant, parseInstant } from '../../domain/dates.ts';
import { usage } from '../../domain/errors.ts';
import type { Clock } from '../../domain/clock.ts';
import { memoBy } from '../../domain/memo.ts';
import type { Rec } from '../../domain/records.ts';

/** The fields that say when something happened, by the words of a sentence. */
const SAID = { createdAt: 'created', stageSince: 'moved to its stage', closedAt: 'closed' } as const;
type TimeField = keyof typeof SAID;
const TIMES = Object.keys(SAID) as TimeField[];
const AFTER_CREATION = ['stageSince', 'closedAt'] as const;

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
  if (!isSaid(fields, before, clock)) return false;
  const isUnknown = !before && timeIn(fields, 'createdAt') === undefined;
  if (isUnknown) fields.createdAt = earliest(timeIn(fields, 'stageSince'), timeIn(fields, 'closedAt'));
  const created = timeIn(fields, 'createdAt');
  if (created === undefined) return false;
  for (const name of AFTER_CREATION) {
    const time = timeIn(fields, name);
    if (time === undefined || time >= created) continue;
    if (!isDayOf(time, created, clock))
      throw usage(`a deal cannot be ${SAID[name]} (${time}) before it was created (${created})`);
    fields[name] = created;
  }
  if (hasStages && !before && fields.stageSince === undefined) fields.stageSince = created;
  return isUnknown;
}

/** Whether fields say a time that a record does not have. USAGE if the time is in the future. */
function isSaid(fields: Fields, before: Rec | undefined, clock: Clock): boolean {
  let isOne = false;
  for (const name of TIMES) {
    const time = timeIn(fields, name);
    if (time === undefined || time === before?.[name]) continue;
    isOne = true;
    const now = nowOf(clock).text;
    if (time > now) throw usage(`${name} ${time} is in the future`, `now is ${now}`);
  }
  return isOne;
}

function timeIn(fields: Fields, name: TimeField): string | undefined {
  const time = fields[name];
  return typeof time === 'string' ? time : undefined;
}

/** The present time as a text, made once for all rows. */
const nowOf = memoBy(({ now }: Clock) => ({ text: formatInstant(now) }));

const earliest = (a: string | undefined, b: string | undefined): string | undefined =>
  a !== undefined && b !== undefined ? (a < b ? a : b) : (a ?? b);

/** Whether a time is the midnight with which the day of another time begins: the file says the day alone. */
function isDayOf(time: string, other: string, { zone }: Clock): boolean {
  const day = zone.day(parseInstant(other)!);
  return formatInstant(zone.midnight(day)) === time;
}
