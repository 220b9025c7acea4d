/** The hours in which e-mails may leave: `workdays 08:00-18:00`. */
import { dayFromNumber, dayNumber } from './dates.ts';
import { usage } from './errors.ts';
import { type Holidays, isWorkday } from './workdays.ts';
import type { Zone } from './zone.ts';

export interface SendingHours {
  /** Whether only Monday to Friday count, without holidays; otherwise all days do. */
  readonly isWorkdaysOnly: boolean;
  /** Minutes after midnight: from the first, up to but not including the second. */
  readonly from: number;
  readonly until: number;
}

const HOURS = /^(?:(workdays|days)\s+)?(\d\d):(\d\d)\s*-\s*(\d\d):(\d\d)$/;

/** Reads `workdays 08:00-18:00`, `days 07:00-22:00` or `08:00-18:00` (all days); USAGE for anything else. */
export function parseSendingHours(text: string): SendingHours {
  const match = HOURS.exec(text.trim());
  if (match) {
    const [hours, minutes, untilHours, untilMinutes] = match.slice(2).map(Number) as [
      number,
      number,
      number,
      number,
    ];
    const [from, until] = [hours * 60 + minutes, untilHours * 60 + untilMinutes];
    if (minutes < 60 && untilMinutes < 60 && from < until && until <= 24 * 60)
      return { isWorkdaysOnly: match[1] === 'workdays', from, until };
  }
  throw usage(
    `${JSON.stringify(text)} does not say when e-mails may be sent`,
    'accepted: workdays 08:00-18:00, or days 08:00-22:00; the end after the beginning',
  );
}

const MINUTES = 60_000;
/** How many days are searched: more than any calendar has in a row without sending hours (MOST_HOLIDAYS, and weekends). */
const MOST_DAYS = 400;

/** Returns the first instant from `instant` on that lies in the hours, in a zone; `holidays` are not workdays. */
export function nextSending(
  { isWorkdaysOnly, from, until }: SendingHours,
  instant: number,
  place: Zone,
  holidays: Holidays,
): number {
  const first = dayNumber(place.day(instant));
  for (let day = first; day < first + MOST_DAYS; day++) {
    const text = dayFromNumber(day);
    if (isWorkdaysOnly && !isWorkday(text, holidays)) continue;
    const begin = place.at(text, timeText(from));
    const end = until === 24 * 60 ? place.midnight(dayFromNumber(day + 1)) : place.at(text, timeText(until));
    if (instant < end) return Math.max(begin, instant);
  }
  return instant + MOST_DAYS * 24 * 60 * MINUTES;
}

const timeText = (minutes: number): string =>
  `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
