import { failed } from '../../domain/errors.ts';
import { parseUser } from '../../domain/field-types.ts';
import { queue } from './queue.ts';
import type { Step } from './step.ts';

export const notify: Step = {
  name: 'notify',
  summary: 'queues a message to a user',
  params: {
    user: { type: 'user', description: 'who is told', required: true },
    text: { type: 'text', description: 'what is said', required: true },
  },
  example: "notify: { user: '{{ deal.owner }}', text: '{{ contact.name }} is interested' }",
  run(running) {
    const { params, writer, text } = running;
    const user = parseUser(text(params.user), 'notify', { config: writer.config, me: '' });
    if (user === null) throw failed('there is nobody to notify');
    const id = queue(running, { channel: 'notify', to: user, body: text(params.text) });
    return { did: `queued ${id} to ${user}` };
  },
};
