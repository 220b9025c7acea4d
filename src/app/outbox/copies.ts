/**
 * The copy of each e-mail for the address that `mail: bcc` names. It is a message of its own, of the channel `bcc`, with
 * an envelope and states of its own: what becomes of it says nothing of the e-mail, and starts no rule. It is queued in
 * the transaction that says that the e-mail was sent, so it is there once, and only for what really left.
 */
import { sameEmail } from '../../domain/email.ts';
import type { Draft } from '../../state/draft.ts';
import type { Message } from './message.ts';

/** Queues the copy of an e-mail that was sent, if there is to be one. What it says stays in the e-mail. */
export function queueCopy(draft: Draft, message: Message): void {
  const bcc = draft.config.mail?.bcc;
  if (message.channel !== 'email' || bcc === undefined || sameEmail(bcc, message.to)) return;
  const { id, subject, contact, account, deal, task } = message;
  const about = { contact, account, deal, task };
  draft.add('message', {
    channel: 'bcc',
    status: 'queued',
    to: bcc,
    subject,
    ...about,
    copyOf: id,
    key: `${id}/bcc`,
  });
}
