/** The hours in which e-mails may leave: `workdays 08:00-18:00`. */
import { usage } from './errors.ts';

export interface SendingHours {
  /** Monday to Friday without the holidays; all days otherwise. */
  readonly isWorkdaysOnly: boolean;
  /** Minutes after midnight: from the first one, until before the second one. */
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
