/** Decides when a mail of a rule may leave: in the sending hours of its template or of `mail:`, in the recipient's time zone. */
import type { Config } from '../../domain/config.ts';
import { nextSending, parseSendingHours } from '../../domain/sending-hours.ts';
import { isZone, zone } from '../../domain/zone.ts';
import type { State } from '../../state/state.ts';
import { isMail, type Message } from './message.ts';

/**
 * Returns the first instant from `from` on at which a message may leave, ms. A mail that a person writes leaves at once.
 */
export function mayLeaveFrom(state: State, message: Message, from: number): number {
  const { config } = state;
  const said = hoursOf(message, config);
  if (said === undefined || !isMail(message) || message.automation === undefined) return from;
  return nextSending(parseSendingHours(said), from, zone(zoneOf(state, message)), config.holidays);
}

function hoursOf({ template }: Message, { templates, mail }: Config): string | undefined {
  const its = template !== undefined && Object.hasOwn(templates, template) ? templates[template] : undefined;
  return its?.send ?? mail?.send;
}

/** Returns the time zone of the recipient if it is known, else the one of the workspace. */
function zoneOf(state: State, { contact }: Message): string {
  const record = contact === undefined ? undefined : state.get(contact);
  const own = (record?.fields as { readonly timezone?: unknown } | undefined)?.timezone;
  const known = record?.timezone ?? own;
  return typeof known === 'string' && isZone(known) ? known : state.config.timezone;
}
