/** Begins letters: to whom, about what, and what they answer. */
import type { Template } from '../../domain/automation.ts';
import { readAddress } from '../../domain/email.ts';
import { failed } from '../../domain/errors.ts';
import type { Rec } from '../../domain/records.ts';
import { ownerOf, relatedTo } from '../../engine/subjects.ts';
import { type Rendering, userData } from '../../engine/texts/text-data.ts';
import { loadTexts } from '../automation/languages.ts';
import { previewTemplate } from '../automation/preview-template.ts';
import type { View } from '../core/view.ts';
import type { Around, Letter } from './write-mail.ts';

export interface Begun {
  readonly letter: Letter;
  readonly around: Around;
}

/** Begins a letter to the contact of a deal, or to a contact. FAILED if there is no address, or the template cannot be rendered. */
export async function beginLetter(
  view: View,
  id: string,
  { template, subject }: { readonly template?: Template | undefined; readonly subject?: string | undefined },
): Promise<Begun> {
  const { state, kinds } = view;
  const contact = seen(view, relatedTo(state, id, 'contact'));
  const { email } = (contact === undefined ? {} : view.record(contact)) as { readonly email?: string };
  if (email === undefined)
    throw failed(`${id} has no contact with an e-mail address`, 'crm contact email C3 add jane@example.com');
  const made = template && (await previewTemplate(view, template, id));
  return {
    letter: {
      to: email,
      subject: subject ?? made?.subject ?? '',
      attach: template?.attachments ?? [],
      body: made ? made.body.text : await signature(view, id),
    },
    around: {
      deal:
        kinds.kindOf(id) === kinds.kindOf(contact!) ? undefined : seen(view, relatedTo(state, id, 'deal')),
      contact,
      account: seen(view, relatedTo(state, id, 'account')),
      template: template?.id,
    },
  };
}

/** Begins the answer to a mail that came in, which is an activity, or the event that it answered a message of ours. */
export async function beginAnswer(view: View, id: string): Promise<Begun> {
  const mail = mailOf(view, id);
  const from = readAddress(String(mail.from ?? ''))?.email;
  if (mail.type !== 'email' || mail.direction !== 'in' || from === undefined)
    throw failed(`${id} is not a received e-mail`, 'crm activity list type:email direction:in');
  const { subject = '', externalId, thread, inReplyTo, text = '', at } = mail as Rec & Record<string, string>;
  const messageId = /^<[^<>\s]+>/.exec(externalId ?? '')?.[0];
  const earlier = [thread, inReplyTo, messageId].filter(each => each !== undefined && each !== null);
  const about = [mail.for, ...((mail.with as string[] | undefined) ?? [])] as string[];
  const of = (kind: 'deal' | 'contact' | 'account') =>
    seen(
      view,
      about.find(each => relatedTo(view.state, each, kind) === each),
    );
  const quoted =
    text === '' ? '' : `${from} wrote on ${String(at).slice(0, 10)}:\n${text.replace(/^/gm, '> ')}\n`;
  return {
    letter: {
      to: from,
      subject: /^re:/i.test(subject) ? subject : `Re: ${subject}`.trim(),
      attach: [],
      body: `\n\n${quoted}${await signature(view, about[0]!)}`,
    },
    around: {
      deal: of('deal'),
      contact: of('contact'),
      account: of('account') ?? seen(view, relatedTo(view.state, about[0]!, 'account')),
      inReplyTo: messageId,
      references: earlier.length > 0 ? [...new Set(earlier)].join(' ') : undefined,
    },
  };
}

const seen = (view: View, id: string | undefined): string | undefined =>
  id !== undefined && view.seesId(id) ? id : undefined;

/** Returns the activity of a mail, by its own id or by the id of the event that the mail caused. */
function mailOf(view: View, id: string): Rec {
  const record = view.record(id);
  const { activity } = (record.props ?? {}) as { readonly activity?: unknown };
  return typeof activity === 'string' && view.seesId(activity) ? view.record(activity) : record;
}

/** Returns the signature of the acting user, or else of the owner, below the `-- ` line that mail programs recognise. */
async function signature(view: View, id: string): Promise<string> {
  const { state, viewer, config, clock } = view;
  const user = Object.hasOwn(config.users, viewer.user) ? viewer.user : ownerOf(state, id);
  if (user === undefined || config.users[user]?.signature === undefined) return '\n';
  const rendering: Rendering = { texts: await loadTexts(config), now: clock.now };
  const text = String(userData(config, user, rendering)?.signature ?? '');
  return `\n\n-- \n${text}\n`;
}
