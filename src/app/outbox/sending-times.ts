/** When a mail of a rule may leave: in the hours that its template or `mail:` says, where its recipient lives. */
import type { Config } from '../../domain/config.ts';
import { nextSending, parseSendingHours } from '../../domain/sending-hours.ts';
import { isZone, zone } from '../../domain/zone.ts';
import type { State } from '../../state/state.ts';
import { isMail, type Message } from './message.ts';

/**
 * Returns the first instant from `from` on at which a message may leave, ms. What a person writes leaves when they send it.
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

/** The time zone of the recipient, where one is known, built in or of the workspace's own; else that of the workspace. */
function zoneOf(state: State, { contact }: Message): string {
  const record = contact === undefined ? undefined : state.get(contact);
  const own = (record?.fields as { readonly timezone?: unknown } | undefined)?.timezone;
  const known = record?.timezone ?? own;
  return typeof known === 'string' && isZone(known) ? known : state.config.timezone;
}
