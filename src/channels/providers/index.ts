/** The providers whose webhooks are understood: a new one is one file and one line here. */
import { brevo } from './brevo.ts';
import { mailgun } from './mailgun.ts';
import { postmark } from './postmark.ts';
import type { Provider } from './provider.ts';
import { resend } from './resend.ts';
import { sendgrid } from './sendgrid.ts';
import { ses } from './ses.ts';

export const providers: readonly Provider[] = [postmark, mailgun, sendgrid, ses, resend, brevo];
