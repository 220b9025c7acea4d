import { markRead } from '../../app/records/read-notifications.ts';
import { plural } from '../../ui/words.ts';
import { insteadOf, records } from '../args/declare.ts';
import { command } from '../line/command.ts';
import type { Context } from '../line/context.ts';
import { formatFor, printJson } from '../printing/output.ts';
import type { Options } from '../line/options.ts';

const marking = (isRead: boolean, summary: string, verb: string) =>
  command({
    summary,
    effect: 'changes',
    args: { words: insteadOf('all', records('message', { asks: 'which notifications' })) },
    options: [{ flags: '--all', description: 'all your notifications' }],
    examples: [`inbox ${verb} M12`, `inbox ${verb} --all`],
    jsonFields: [isRead ? 'read' : 'unread'],
    run: (context, { words = [] }, options) => mark(context, words, options, isRead),
  });

export const read = marking(true, 'mark notifications as read', 'read');
export const unreadAgain = marking(false, 'mark notifications as unread again', 'unread');

/** Marks the named notifications, and prints their ids for scripts or a sentence for people. */
async function mark(
  context: Context,
  args: readonly string[],
  options: Options,
  isRead: boolean,
): Promise<void> {
  const isAll = options.flag('all');
  const ids = isAll ? undefined : await context.ids(args);
  const { result = [] } = await context.change(writer => markRead(writer, ids, isRead));
  if (await printJson(context, { [isRead ? 'read' : 'unread']: result })) return;
  if (formatFor(context) === 'ids') return context.print(result.map(id => `${id}\n`).join(''));
  const would = context.globals.dryRun ? 'would mark' : 'marked';
  const what = result.length === 1 ? result[0] : plural(result.length, 'notification');
  const as = isRead ? 'read' : 'unread';
  await context.message(result.length === 0 ? `nothing to mark as ${as}` : `${would} ${what} as ${as}`);
}
