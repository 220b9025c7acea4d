import { dayFromNumber } from '../domain/dates.ts';

const weekdays = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

/**
 * Says when something is due, seen from today, both day numbers: `3d overdue`, `today`, `tomorrow`, `Thu` (within the
 * next six days), `2026-12-01`; nothing without a day.
 */
export function dueText(due: number, today: number): string {
  if (!Number.isFinite(due)) return '';
  const ahead = due - today;
  if (ahead < 0) return `${-ahead}d overdue`;
  if (ahead === 0) return 'today';
  if (ahead === 1) return 'tomorrow';
  // Day 0 was a Thursday.
  return ahead < 7 ? weekdays[(due + 3) % 7]! : dayFromNumber(due);
}
