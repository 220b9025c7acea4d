/** Which days are worked on: Monday to Friday, without the holidays of the workspace. */
import { isDay, weekdayOf } from './dates.ts';

/** Days as crm.yaml has them: `2026-12-25` is one day, `12-25` comes every year. */
export type Holidays = readonly string[];

/** The most holidays of a workspace: with this number, every year has at least one workday. */
export const MOST_HOLIDAYS = 200;

const isHoliday = (day: string, holidays: Holidays): boolean =>
  holidays.includes(day) || holidays.includes(day.slice(5));

export const isWorkday = (day: string, holidays: Holidays): boolean =>
  weekdayOf(day) < 5 && !isHoliday(day, holidays);

/** Returns whether a text is a holiday as crm.yaml may have it. A leap year has every day of the calendar. */
export const isHolidayText = (text: string): boolean =>
  isDay(/^\d\d-\d\d$/.test(text) ? `2000-${text}` : text);
