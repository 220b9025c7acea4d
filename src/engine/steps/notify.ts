import { whoTakesOver } from '../../domain/absence.ts';
import { today } from '../../domain/clock.ts';
import { failed } from '../../domain/errors.ts';
import { parseUser } from '../../kinds/field-types.ts';
import { queue, unseenBy } from './queue.ts';
import { on, type Reading, type Step } from './step.ts';

export const notify: Step = {
  name: 'notify',
  summary: 'queues a message to a user',
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
    return {
      did: `queued ${queue(running, { channel: 'notify', to: user, body }, reading.named)} to ${user}`,
    };
  },
};
