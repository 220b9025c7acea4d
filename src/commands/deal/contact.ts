import { createMissing } from '../../app/records/related.ts';
import type { Writer } from '../../app/core/writer.ts';
import { usage } from '../../domain/errors.ts';
import type { Draft } from '../../state/draft.ts';
import { MadeNear } from '../record/made-with.ts';
import { changeAndReport, isByQuery, whereOption } from '../choose.ts';
import type { Command } from '../command.ts';
import { oneOf } from '../globals.ts';

export const contact: Command = {
  summary: 'add, remove or choose the primary contact of a deal',
  usage: 'ID add|rm|primary CONTACT',
  options: [
    { flags: '--existing', description: 'make no contact: the one that is named must exist' },
    whereOption,
  ],
  examples: ['deal contact D12 add jane@example.com', 'deal contact D12 primary C4'],
  async run(context, args, options) {
    const words = !isByQuery(options) ? args.slice(0, 1) : [];
    const [verb, who] = args.slice(words.length);
    if (verb === undefined || who === undefined)
      throw usage('which deal, what, and which contact?', 'crm deal contact D12 add jane@example.com');
    const what = oneOf('deal contact', verb, ['add', 'rm', 'primary'] as const);
    const made = new MadeNear(context, 'deal');
    const mustExist = options.flag('existing');
    const choosing = {
      kinds: ['deal'],
      words,
      options,
      did: 'changed',
      asks: 'change',
      confirm: (draft: Draft) => made.ask(draft),
    } as const;
    const { committed } = await changeAndReport(context, choosing, (writer, id) => {
      const one =
        what === 'add' ? contactNamed(writer, id, who, mustExist) : writer.view.find(['contact'], who);
      const contacts = (writer.view.record(id).contacts as readonly string[] | undefined) ?? [];
      const others = contacts.filter(c => c !== one);
      const next = {
        add: contacts.includes(one) ? contacts : [...contacts, one],
        rm: others,
        primary: [one, ...others],
      }[what];
      writer.set(id, { contacts: next });
    });
    await made.report(committed);
  },
};

/** The contact of an id or key. An e-mail address that no contact has becomes one, as it does in `deal add`. */
function contactNamed(writer: Writer, deal: string, who: string, mustExist: boolean): string {
  const { account, owner } = writer.view.record(deal);
  const given = new Map([['contact', who]]);
  createMissing(writer, given, {
    contacts: true,
    accounts: false,
    mustExist,
    howMade: `an e-mail address makes one: crm deal contact ${deal} add jane@example.com`,
    account: account as string | undefined,
    owner: () => (owner as string | undefined) ?? null,
  });
  return writer.view.find(['contact'], given.get('contact')!);
}
