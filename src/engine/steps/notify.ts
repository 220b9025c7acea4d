import { whoTakesOver } from '../../domain/absence.ts';
import { today } from '../../domain/clock.ts';
import { failed } from '../../domain/errors.ts';
import { parseUser } from '../../kinds/field-types.ts';
import { aboutOf, type Outgoing, queue, unseenBy } from './queue.ts';
import { on, type Reading, type Running, type Step } from './step.ts';

export const notify: Step = {
  name: 'notify',
  summary:
    'tells a user something: in crm inbox, and by mail or on the desktop where users.ID.notify says so',
  params: {
    on: { ...on, description: 'what it is about: deal, contact, account or task; left out: the subject' },
    user: { type: 'user', description: 'who is told', required: true },
    text: { type: 'text', description: 'what is said', required: true },
  },
  example: "notify: { user: '{{ deal.owner }}', text: '{{ contact.name }} is interested' }",
  run(running) {
    const { params, writer, text, scope } = running;
    const named = parseUser(text(params.user), 'notify', { config: writer.config, me: '' });
    if (named === null) throw failed('there is nobody to notify');
    const user = whoTakesOver(writer.config, named, today(scope.clock));
    const did = unseenBy(running, user);
    if (did !== undefined) return { did };
    const reading: Reading = { reader: user, named: new Map() };
    const body = text(params.text, reading);
    const ids = [{ channel: 'notify', to: user, body } as const, ...besideInbox(running, user, body)].map(
      message => queue(running, message, reading.named),
    );
    return { did: `queued ${ids.join(', ')} to ${user}` };
  },
};

/** The most characters of the text in a subject: with the id they fit a line in a list of mails. */
const MOST_SUBJECT = 70;

/** Returns the additional message to a user who wants notifications outside the inbox too. */
function besideInbox(running: Running, user: string, body: string): Outgoing[] {
  const { users } = running.writer.config;
  const { notify: by, email } = (Object.hasOwn(users, user) ? users[user] : undefined) ?? {};
  if (by === 'desktop') return [{ channel: 'notify-desktop', to: user, body }];
  if (by !== 'mail' || !email) return [];
  const first = body
    .trim()
    .split(/[\u0000-\u001f\u007f]/, 1)[0]!
    .trimEnd();
  const short = first.length > MOST_SUBJECT ? `${first.slice(0, MOST_SUBJECT).trimEnd()}...` : first;
  return [{ channel: 'notify-mail', to: email, subject: `${short} (${aboutOf(running)})`, body }];
}
