import { createMissing } from '../../app/records/related.ts';
import type { Writer } from '../../app/core/writer.ts';
import type { Draft } from '../../state/draft.ts';
import { MadeNear } from '../record/made-with.ts';
import { chosenOne, oneWord, record } from '../args/declare.ts';
import { changeAndReport, whereOption } from '../choose.ts';
import { command } from '../line/command.ts';

export const contact = command({
  summary: 'add, remove or choose the primary contact of a deal',
  effect: 'changes',
  args: {
    words: chosenOne('deal'),
    verb: oneWord(['add', 'rm', 'primary']),
    who: record('contact', { label: 'CONTACT', example: 'jane@example.com' }),
  },
  options: [
    { flags: '--existing', description: 'make no contact: the one that is named must exist' },
    whereOption,
  ],
  examples: ['deal contact D12 add jane@example.com', 'deal contact D12 primary C4'],
  async run(context, { words, verb, who }, options) {
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
        verb === 'add' ? contactNamed(writer, id, who, mustExist) : writer.view.find(['contact'], who);
      const contacts = (writer.view.record(id).contacts as readonly string[] | undefined) ?? [];
      const others = contacts.filter(c => c !== one);
      const next = {
        add: contacts.includes(one) ? contacts : [...contacts, one],
        rm: others,
        primary: [one, ...others],
      }[verb];
      writer.set(id, { contacts: next });
    });
    await made.report(committed);
  },
});

/** Returns the contact of an id or key. An unknown e-mail address becomes a contact, as in `deal add`. */
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
