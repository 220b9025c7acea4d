import { inbox as inboxOf } from '../app/reading/inbox.ts';
import { humanInstant, nameOf } from '../app/reading/said.ts';
import { command } from './line/command.ts';
import { printThings } from './printing/output.ts';
import { plainColumn } from '../ui/thing-column.ts';
import { quietIfNothing } from './line/quiet-option.ts';

export const inbox = command({
  summary: 'show the notifications of rules to you: unread ones first, then the newest',
  effect: 'reads',
  args: {},
  options: [{ flags: '--all', description: 'also those that you read more than a week ago' }, quietIfNothing],
  examples: ['inbox', 'inbox --json', 'inbox read M12'],
  jsonFields: ['id', 'unread', 'at', 'about', 'text', 'readAt'],
  async run(context, _args, options) {
    const view = await (await context.workspace()).view();
    const shown = inboxOf(view, options.flag('all'));
    const named = (id: string | null) =>
      id === null ? '' : nameOf(view, id) === id ? id : `${nameOf(view, id)} (${id})`;
    await printThings(
      context,
      shown,
      [
        plainColumn('id', n => n.id, { whole: true }),
        plainColumn('unread', n => n.readAt === null, {
          whole: true,
          human: n => (n.readAt === null ? 'unread' : ''),
        }),
        plainColumn('at', n => n.at, { whole: true, human: n => humanInstant(view, n.at) }),
        plainColumn('about', n => n.about, { human: n => named(n.about) }),
        plainColumn('text', n => n.text, { isName: true, human: n => n.text.replace(/\s+/g, ' ').trim() }),
        { ...plainColumn('readAt', n => n.readAt), jsonOnly: true },
      ],
      n => n.id,
    );
  },
});
