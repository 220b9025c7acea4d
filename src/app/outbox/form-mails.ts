/**
 * Limits the mails that a form of `crm serve` can cause. Anybody can type anybody's address into a form, so an address gets
 * the mails of one submission a day: those that another submission of the form starts within 24 hours do not leave.
 */
import type { Enrolment } from '../../domain/records.ts';
import { CONFIRMED } from '../../domain/serve-settings.ts';
import type { State } from '../../state/state.ts';
import type { Message } from './message.ts';

const DAY = 24 * 3_600_000;

/** The form that caused a mail, and the event of that submission. */
interface Sending {
  readonly form: string;
  readonly event: string;
}

/** Returns the name of the form that wrote to the recipient of a message within a day already; undefined if none did. */
export function formOfEarlier(
  state: State,
  message: Message,
  earlier: readonly Message[],
): string | undefined {
  const its = sendingOf(state, message);
  if (!its) return undefined;
  const isOther = (other: Message) => {
    if (other.id === message.id || other.to.toLowerCase() !== message.to.toLowerCase()) return false;
    if (Math.abs(Date.parse(message.createdAt!) - Date.parse(other.createdAt!)) >= DAY) return false;
    const theirs = sendingOf(state, other);
    return theirs?.form === its.form && theirs.event !== its.event;
  };
  return earlier.some(isOther) ? its.form : undefined;
}

/** Returns the form that wrote to a contact, itself or by a rule that it started; undefined if `serve:` names no such form. */
function sendingOf(state: State, { channel, contact, enrolment, confirms }: Message): Sending | undefined {
  if (channel !== 'email' || contact === undefined) return undefined;
  const { cause } = (enrolment === undefined ? {} : (state.get(enrolment) ?? {})) as Partial<Enrolment>;
  const event = state.get(confirms ?? cause ?? '');
  // Only the owner of the address can confirm, so a confirmation is not a submission.
  if (!event || event.name === CONFIRMED) return undefined;
  const { form } = (event.props ?? {}) as { form?: unknown };
  const isForm = typeof form === 'string' && Object.hasOwn(state.config.serve?.forms ?? {}, form);
  return isForm ? { form, event: event.id } : undefined;
}
