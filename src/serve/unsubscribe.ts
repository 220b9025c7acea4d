/**
 * Answers `/u/TOKEN`, where the recipient of a mail unsubscribes. GET changes nothing, since mail programs and scanners
 * follow links; POST unsubscribes, also when a mail program sends it (RFC 8058). A token is valid for ever, and an unknown
 * token is answered like any other.
 */
import { type Answer, page } from './answer.ts';
import type { Tools } from './request.ts';
import { noteOf } from './recipients.ts';

export const askToUnsubscribe = (): Answer =>
  page(
    200,
    'Unsubscribe',
    '<p>Do you want no more e-mails from us at this address?</p>\n<form method="post"><p><button>Unsubscribe</button></p></form>',
  );

export async function unsubscribe(token: string, { committer }: Tools): Promise<Answer> {
  await committer.submit('serve unsubscribe', writer => {
    noteOf(writer, token, { event: 'email.unsubscribed', key: '' });
  });
  return page(200, 'Unsubscribed', '<p>You will get no more e-mails from us at this address.</p>');
}
