import { addView } from '../../app/settings/views.ts';
import { usage } from '../../domain/errors.ts';
import { reportSetting } from '../changed.ts';
import type { Command } from '../command.ts';
import { kindNamed } from '../kind.ts';

export const add: Command = {
  summary: 'save a query under a name',
  usage: 'NAME QUERY',
  options: [{ flags: '--of <KIND>', description: 'what it finds: deals, contacts, tasks, ... (deals)' }],
  examples: ["view add hot 'is:open value.over:10k'", 'view add mine owner:me is:open', 'deal list @hot'],
  async run(context, args, options) {
    const [name, ...query] = args;
    if (name === undefined || query.length === 0)
      throw usage('which name, and which query?', "crm view add hot 'is:open value.over:10k'");
    const kind = kindNamed(context.deps.kinds, options.text('of') ?? 'deals');
    // Several arguments are ANDed, each a whole of its own.
    const text =
      query.length === 1 ? query[0]! : query.map(arg => (/\s/.test(arg) ? `(${arg})` : arg)).join(' ');
    const committed = await context.changeSettings(({ view }, draft) =>
      addView(draft, view.viewer, name, kind, text),
    );
    await reportSetting(context, committed, name);
  },
};
