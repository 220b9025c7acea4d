import type { Template } from '../../domain/automation.ts';
import { readAddress } from '../../domain/email.ts';
import { failed } from '../../domain/errors.ts';
import { insertedText } from '../../domain/inserted.ts';
import { definitionOf } from '../../kinds/define.ts';
import { parseUser } from '../../kinds/field-types.ts';
import type { Contact } from '../../domain/records.ts';
import { aboutOf, type Outgoing, queue, unseenBy } from './queue.ts';
import { on, type Reading, type Running, type Step } from './step.ts';

export const sendEmail: Step = {
  name: 'send-email',
  summary: 'queues an e-mail: a template, or a subject and a body',
  params: {
    on: {
      ...on,
      description: "whose contact or owner: deal, contact, account or task; left out: the subject's",
    },
    to: {
      type: 'recipient',
      description: 'contact, contacts, owner, user, a user or an address',
      required: true,
    },
    template: { type: 'template', description: 'templates/<id>.md' },
    subject: { type: 'text', description: 'the subject, without a template' },
    body: { type: 'text', description: 'the text, without a template' },
  },
  check({ template, subject, body }) {
    const written = [subject, body].filter(part => part !== undefined).length;
    return written === (template === undefined ? 2 : 0)
      ? undefined
      : { message: 'send-email needs a template, or a subject and a body', hint: sendEmail.example };
  },
  effects: () => [{ sends: 'email' }],
  example: 'send-email: { to: contact, template: welcome }',
  run(running) {
    const { params, writer, text, marked, enrolment } = running;
    const template =
      typeof params.template === 'string' ? writer.config.templates[params.template] : undefined;
    const to = recipients(running);
    const reading: Reading = { reader: to[0]?.user, named: new Map() };
    const unseen = unseenBy(running, reading.reader);
    if (unseen !== undefined) return { did: unseen };
    const [subject, body] = [
      text(template?.subject ?? params.subject, reading).trim(),
      marked(template?.body ?? params.body, reading),
    ];
    if (subject === '' || body.text.trim() === '') throw failed('the e-mail would be empty');
    if (CONTROL.test(subject)) throw failed('the subject has a control character, such as a line end');
    const about = aboutOf(running);
    const { kinds } = writer.config;
    const isDeal = definitionOf(kinds, kinds.kindOf(about)).inPipelines;
    const deal = isDeal ? about : enrolment.deal;
    const ids = to.map(({ address, contact }) =>
      queue(
        running,
        {
          channel: 'email',
          to: address,
          subject,
          body: body.text,
          template: template?.id,
          contact,
          deal,
          ...(template && partsOfTemplate(template, running.hashOf)),
          inserted: insertedText(body.inserted),
        },
        reading.named,
      ),
    );
    return { did: `queued ${ids.join(', ')}` };
  },
};

/** Characters that would end a header line and begin another one. */
const CONTROL = /[\u0000-\u001f\u007f]/;

/** Returns the fields that a mail takes from its template beside the text. */
export function partsOfTemplate(
  template: Template,
  hashOf: (path: string) => string | undefined,
): Partial<Outgoing> {
  const { kind, attachments, images = [], replyTo } = template;
  const files = [...new Set([...(attachments ?? []), ...images])];
  return {
    kind,
    attachments,
    replyTo,
    noted: files.length > 0 ? files.map(path => `${hashOf(path) ?? '-'} ${path}`) : undefined,
  };
}

/** The recipient of a mail: a user, who reads only what they may see, or a person outside. */
interface Recipient {
  readonly address: string;
  readonly contact?: string;
  readonly user?: string;
}

/** Addresses, each with the contact it belongs to. */
function recipients({ params, writer, on: find, related, owner, text }: Running): Recipient[] {
  const to = text(params.to).trim();
  const theirs = (kind: 'contact' | 'deal') => {
    const id = related(kind);
    if (id === undefined) throw failed(`${find(params.on)} has no ${kind}`);
    return id;
  };
  const addressOf = (contact: string) => {
    const { email } = writer.view.record(contact) as Contact;
    if (!email) throw failed(`${contact} has no e-mail address`);
    return { address: email, contact };
  };
  if (to === 'contact') return [addressOf(theirs('contact'))];
  if (to === 'contacts') {
    const deal = theirs('deal');
    const contacts = writer.view.record(deal).contacts as readonly string[] | undefined;
    if (!contacts?.length) throw failed(`${deal} has no contact`);
    return contacts.map(addressOf);
  }
  if (to.includes('@')) {
    if (readAddress(to)?.email !== to)
      throw failed(`${JSON.stringify(to)} is not exactly one e-mail address`);
    const address = to.toLowerCase();
    const its = Object.values(writer.config.users).find(user => user.email?.toLowerCase() === address);
    return [{ address: to, ...(its && { user: its.id }) }];
  }
  const id =
    to === 'owner' || to === 'user' ? owner() : parseUser(to, 'to', { config: writer.config, me: '' });
  const user =
    typeof id === 'string' && Object.hasOwn(writer.config.users, id) ? writer.config.users[id] : undefined;
  if (!user) throw failed(`${find(params.on)} has no owner`);
  if (!user.email) throw failed(`the user ${user.id} has no e-mail address`);
  return [{ address: user.email, user: user.id }];
}
