/**
 * Double opt-in: a form that says `confirm:` mails a link to the address that was typed into it, and whoever reads the mails
 * of that address agrees to campaigns by it. The random token of the message stands for contact, address and form.
 */
import { sameEmail } from '../../domain/email.ts';
import { insertedText } from '../../domain/inserted.ts';
import { CONFIRMED } from '../../domain/serve-settings.ts';
import { partsOfTemplate } from '../../engine/steps/send-email.ts';
import { hashOfAttached } from '../../store/disk/attached-file.ts';
import { confirmationText } from '../automation/confirmations.ts';
import type { Workspace } from '../core/workspace.ts';
import type { Writer } from '../core/writer.ts';
import { type Message, messageWithToken } from './message.ts';
import { addressesOf, Suppression } from './suppression.ts';

/** What the mails of forms are made with. */
export interface ForMails {
  /** Makes a random token: 128 bits. */
  readonly token: () => string;
  /** Returns the hash of a file below `files/`; undefined if it is not there. */
  readonly hashOf: (path: string) => string | undefined;
}

export const forMails = ({ world, store }: Workspace): ForMails => ({
  token: () => world.salt(),
  hashOf: path => hashOfAttached(world.io, store.dir, path),
});

/** Queues the mail by which a contact confirms what was submitted. FAILED if it cannot be rendered. */
export async function queueConfirmation(
  writer: Writer,
  { token: newToken, hashOf }: ForMails,
  asked: {
    readonly template: string;
    readonly event: string;
    readonly contact: string;
    readonly address: string;
  },
): Promise<void> {
  const { contact, event, address } = asked;
  const token = newToken();
  const { state, clock } = writer.draft;
  const { template, subject, body } = await confirmationText(state, { ...asked, token }, clock.now);
  const fields = {
    channel: 'email',
    status: 'queued',
    to: address,
    subject,
    body: body.text,
    template: template.id,
    contact,
    ...partsOfTemplate(template, hashOf),
    kind: 'transactional',
    inserted: insertedText(body.inserted),
    confirms: event,
    token,
    key: `confirm/${event}`,
  };
  writer.add(
    'message',
    Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)),
  );
}

/** Returns whether a token is for confirmation, and its contact still has the address that the mail went to. */
export const mayConfirm = (writer: Writer, token: string): boolean =>
  confirmable(writer, token) !== undefined;

/**
 * Records that the holder of a token confirmed: once as an event, and as consent. False if the token is not for that, or if
 * the address refuses mails now.
 */
export function recordConfirmation(writer: Writer, token: string): boolean {
  const found = confirmable(writer, token);
  if (!found) return false;
  const { contact, message, form } = found;
  const { state } = writer.draft;
  const externalId = `${CONFIRMED}:${message.id}`;
  const events = state.table('event');
  if (events.find('externalId', externalId).some(row => events.record(row).externalId === externalId))
    return true;
  if (new Suppression(state).endOf(message.to)) return false;
  writer.add('event', {
    name: CONFIRMED,
    contact,
    props: { form, message: message.id, address: message.to },
    externalId,
  });
  writer.set(contact, { consent: true, consentAt: writer.at, consentSource: `form ${form}` });
  return true;
}

interface Confirmable {
  readonly message: Message;
  readonly contact: string;
  readonly form: string;
}

function confirmable(writer: Writer, token: string): Confirmable | undefined {
  const message = messageWithToken(writer.draft.state, token);
  const { contact, confirms } = message ?? {};
  if (!message || !contact || !confirms) return undefined;
  const record = writer.get(contact);
  const { form } = (writer.get(confirms)?.props ?? {}) as { readonly form?: unknown };
  const isTheirs = record !== undefined && addressesOf(record).some(each => sameEmail(each, message.to));
  return isTheirs && typeof form === 'string' ? { message, contact, form } : undefined;
}
