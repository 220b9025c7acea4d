/**
 * Queues a copy of each e-mail for the address that `mail: bcc` names. The copy is a message of its own, of the channel
 * `bcc`, with its own envelope and states: its outcome says nothing about the e-mail, and starts no rule. It is queued in
 * the transaction that records the e-mail as sent, so there is one copy, and only of an e-mail that really left.
 */
import { sameEmail } from '../../domain/email.ts';
import type { Draft } from '../../state/draft.ts';
import type { Message } from './message.ts';

/** Queues the copy of an e-mail that was sent, if `mail: bcc` is set. The copy has no text of its own: it refers to the e-mail. */
export function queueCopy(draft: Draft, message: Message): void {
  const bcc = draft.config.mail?.bcc;
  // Only the recipient may have the link by which they confirm.
  if (message.confirms) return;
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
