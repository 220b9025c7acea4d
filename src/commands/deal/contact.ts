import { usage } from '../../domain/errors.ts';
import { changeAndReport, isByQuery, whereOption } from '../choose.ts';
import type { Command } from '../command.ts';
import { oneOf } from '../globals.ts';

export const contact: Command = {
  summary: 'add, remove or choose the primary contact of a deal',
  usage: 'ID add|rm|primary CONTACT',
  options: [whereOption],
  examples: ['deal contact D12 add jane@example.com', 'deal contact D12 primary C4'],
  async run(context, args, options) {
    const words = !isByQuery(options) ? args.slice(0, 1) : [];
    const [verb, who] = args.slice(words.length);
    if (verb === undefined || who === undefined)
      throw usage('which deal, what, and which contact?', 'crm deal contact D12 add jane@example.com');
    const what = oneOf('deal contact', verb, ['add', 'rm', 'primary'] as const);
    const choosing = { kinds: ['deal'], words, options, did: 'changed', asks: 'change' } as const;
    await changeAndReport(context, choosing, (writer, id) => {
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
  },
};
