import { allOf } from '../../kinds/several.ts';
import { definitionOf } from '../../kinds/define.ts';
import { list } from '../../app/reading/list.ts';
import { nameOf } from '../../app/reading/said.ts';
import { usage } from '../../domain/errors.ts';
import type { Contact } from '../../domain/records.ts';
import { printable } from '../../ui/escape.ts';
import { plural } from '../../ui/words.ts';
import { several, text } from '../args/declare.ts';
import { command } from '../line/command.ts';
import { plainColumn } from '../../ui/thing-column.ts';
import { printThings } from '../printing/output.ts';

/** `crm contact emails WORD...`: what mail programs complete addresses with. */
export const emails = command({
  summary: 'find e-mail addresses, also for mutt, neomutt and aerc',
  effect: 'reads',
  args: { words: several(text('WORD', 'which address', { example: 'ann' })) },
  options: [
    {
      flags: '--parsable',
      description: 'a line with the number of addresses, then ADDRESS, NAME and ACCOUNT between tabs',
    },
    { flags: '--no-header', description: 'with --parsable: without that first line, as aerc wants it' },
  ],
  examples: ['contact emails ann', 'contact emails --parsable --no-header ann'],
  jsonFields: ['email', 'name', 'account', 'contact'],
  async run(context, { words }, options) {
    // The words are not a query: a colon or a quote that somebody types into a mail program has no meaning here.
    const wanted = words
      .join(' ')
      .replace(/["\\]/g, ' ')
      .split(/\s+/)
      .filter(word => word !== '');
    if (options.denied('header') && !options.flag('parsable'))
      throw usage('--no-header needs --parsable', 'crm contact emails --parsable --no-header ann');
    const view = await (await context.workspace()).view();
    const several = definitionOf(view.config.kinds, 'contact').several!.find(({ all }) => all === 'emails')!;
    const query = wanted.map(word => JSON.stringify(word));
    // Without a word, every contact would be found.
    const rows = query.length === 0 ? [] : list(view, 'contact', { query });
    const table = view.state.table('contact');
    const found = rows.flatMap(row => {
      const contact = table.record(row) as Contact;
      const account = contact.account === undefined ? '' : nameOf(view, contact.account);
      return allOf(contact, several).map(email => ({
        email,
        name: contact.name,
        account: account === contact.account ? '' : account,
        contact: contact.id,
      }));
    });
    if (!options.flag('parsable')) {
      await printThings(
        context,
        found,
        [
          plainColumn('email', each => each.email),
          plainColumn('name', each => each.name),
          plainColumn('account', each => each.account),
          plainColumn('contact', each => each.contact),
        ],
        each => each.email,
      );
      return;
    }
    if (!options.denied('header'))
      await context.print(`${plural(found.length, 'address')} for ${wanted.join(' ')}\n`);
    for (const each of found)
      await context.print(`${[each.email, each.name, each.account].map(inCell).join('\t')}\n`);
  },
});

/** Makes a text fit into one cell of a line: a mail program takes everything else for an address. */
const inCell = (text: string): string => printable(text.replace(/\s+/g, ' '));
