import type { ConversationMail } from '../app/inbound/conversation.ts';
import { record } from './args/declare.ts';
import { command } from './line/command.ts';
import { formatFor, printThings } from './printing/output.ts';
import { plainColumn, type ThingColumn } from '../ui/thing-column.ts';

/** The kinds that a conversation can be about. */
const subjects = ['deal', 'contact', 'account'] as const;

const columns: readonly ThingColumn<ConversationMail>[] = (
  ['thread', 'id', 'at', 'direction', 'from', 'to', 'subject', 'text', 'attachments', 'status'] as const
).map(name => plainColumn(name, mail => mail[name]));

export const conversation = command({
  summary: 'show the e-mails of a deal, contact or account in order, received and sent',
  effect: 'reads',
  args: { key: record(subjects, { asks: 'whose conversation' }) },
  options: [
    { flags: '--all', description: 'on a terminal: unfold all e-mails (default: the last of each thread)' },
  ],
  examples: ['conversation D12', 'conversation jane@example.com --all'],
  jsonFields: columns.map(({ name }) => name),
  async run(context, { key }, options) {
    const { conversationOf } = await import('../app/inbound/conversation.ts');
    const view = await (await context.workspace()).view();
    const mails = conversationOf(view, view.find(subjects, key));
    if (formatFor(context) !== 'table' || context.globals.fields)
      return printThings(context, mails, columns, ({ id }) => id);
    if (mails.length === 0) return context.message('no e-mails');
    const { drawConversation } = await import('../screens/conversation.ts');
    return drawConversation(context, view, mails, options.flag('all'));
  },
});
