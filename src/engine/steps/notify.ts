import { failed } from '../../domain/errors.ts';
import { parseUser } from '../../kinds/field-types.ts';
import { queue } from './queue.ts';
import { on, type Running, type Step } from './step.ts';

/** The deal or contact that `on:` names, for whoever lists what was said of it. */
function aboutOf({ params, on: find }: Running): { deal?: string; contact?: string } {
  const id = params.on === undefined ? undefined : find(params.on);
  return params.on === 'deal' ? { deal: id! } : params.on === 'contact' ? { contact: id! } : {};
}

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
    const { params, writer, text } = running;
    const user = parseUser(text(params.user), 'notify', { config: writer.config, me: '' });
    if (user === null) throw failed('there is nobody to notify');
    const { deal, contact } = aboutOf(running);
    const id = queue(running, { channel: 'notify', to: user, body: text(params.text), contact, deal });
    return { did: `queued ${id} to ${user}` };
  },
};
