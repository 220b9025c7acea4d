/**
 * Answers `/confirm/TOKEN`, by which the recipient of a form's mail agrees to campaigns. GET changes nothing, since
 * mail programs and scanners follow links; POST records it, once.
 */
import { mayConfirm, recordConfirmation } from '../app/outbox/confirmation.ts';
import { type Answer, page, sentencePage } from './answer.ts';
import type { Tools } from './request.ts';

export async function askToConfirm(token: string, { committer }: Tools): Promise<Answer> {
  if (!(await committer.submit('serve confirm', writer => mayConfirm(writer, token))))
    return sentencePage(404);
  return page(
    200,
    'Please confirm',
    '<p>Do you want to get e-mails from us at this address?</p>\n<form method="post"><p><button>Yes, I do</button></p></form>',
  );
}

export async function confirm(token: string, { committer }: Tools): Promise<Answer> {
  const isConfirmed = await committer.submit('serve confirm', writer => recordConfirmation(writer, token));
  return isConfirmed
    ? page(200, 'Confirmed', '<p>Thank you: you have confirmed your address.</p>')
    : sentencePage(404);
}
