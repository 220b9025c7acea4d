import { usage } from '../../domain/errors.ts';
import { reportChanged } from '../changed.ts';
import type { Command } from '../command.ts';
import { oneOf } from '../globals.ts';

export const contact: Command = {
  summary: 'add, remove or choose the primary contact of a deal',
  usage: 'ID add|rm|primary CONTACT',
  examples: ['deal contact D12 add jane@example.com', 'deal contact D12 primary C4'],
  async run(context, args) {
    const [key, verb, who] = args;
    if (key === undefined || verb === undefined || who === undefined)
      throw usage('which deal, what, and which contact?', 'crm deal contact D12 add jane@example.com');
    const what = oneOf('deal contact', verb, ['add', 'rm', 'primary'] as const);
    let id = '';
    const committed = await context.change(writer => {
      id = writer.view.find(['deal'], key);
      const one = writer.view.find(['contact'], who);
      const contacts = (writer.view.record(id).contacts as readonly string[] | undefined) ?? [];
      const others = contacts.filter(c => c !== one);
      const next = {
        add: contacts.includes(one) ? contacts : [...contacts, one],
        rm: others,
        primary: [one, ...others],
      }[what];
      writer.set(id, { contacts: next });
    });
    await reportChanged(context, committed, 'deal', [id], 'changed');
  },
};
