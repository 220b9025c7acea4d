/** Draws a conversation on a terminal: threads one below the other, earlier mails folded to a line each. */
import type { ConversationMail } from '../app/inbound/conversation.ts';
import { humanInstant } from '../app/reading/said.ts';
import type { View } from '../app/core/view.ts';
import { printable } from '../ui/escape.ts';
import type { Paint } from '../ui/paint.ts';
import { filled, shorten } from '../ui/width.ts';
import { plural } from '../ui/words.ts';
import type { Terminal } from './terminal.ts';

/** How many lines of a thread's last mail are shown without --all. */
const LINES = 12;
const INDENT = '  ';

/** Draws mails that are in the order of their threads; `isWhole` unfolds all of them. */
export async function drawConversation(
  terminal: Terminal,
  view: View,
  mails: readonly ConversationMail[],
  isWhole: boolean,
): Promise<void> {
  const width = terminal.streams.stdout.columns;
  const paint = await terminal.paint();
  const lines: string[] = [];
  mails.forEach((mail, i) => {
    const isFirst = mails[i - 1]?.thread !== mail.thread;
    const isLast = mails[i + 1]?.thread !== mail.thread;
    if (isFirst) {
      const count = mails.filter(({ thread }) => thread === mail.thread).length;
      const subject = printable(mail.subject ?? '(no subject)');
      lines.push(
        ...(i > 0 ? [''] : []),
        paint.bold(shorten(`${subject} (${plural(count, 'e-mail')})`, width)),
      );
    }
    lines.push(...mailLines(view, mail, { width, paint, isUnfolded: isWhole || isLast, isWhole }));
  });
  await terminal.print(`${lines.join('\n')}\n`);
}

interface Look {
  readonly width: number;
  readonly paint: Paint;
  readonly isUnfolded: boolean;
  readonly isWhole: boolean;
}

function mailLines(
  view: View,
  mail: ConversationMail,
  { width, paint, isUnfolded, isWhole }: Look,
): string[] {
  const arrow = mail.direction === 'in' ? '<-' : mail.direction === 'out' ? '->' : '--';
  const whom = (mail.direction === 'in' ? mail.from : mail.to) ?? '';
  const status = mail.status === null || mail.status === 'sent' ? '' : ` (${mail.status})`;
  const head = printable(`${arrow} ${humanInstant(view, mail.at)}  ${whom}${status}  ${mail.id}`);
  const text = mail.text ?? '';
  if (!isUnfolded) {
    const beginning = printable(
      text
        .slice(0, 4 * width)
        .replace(/\s+/g, ' ')
        .trim(),
    );
    return [paint.dim(shorten(`${INDENT}${head}  ${beginning}`, width))];
  }
  const room = Math.max(16, width - 2 * INDENT.length);
  const all = text.split('\n').flatMap(line => filled(printable(line), room));
  const shown = isWhole || all.length <= LINES ? all : all.slice(0, LINES);
  return [
    shorten(`${INDENT}${head}`, width),
    ...shown.map(line => `${INDENT}${INDENT}${line}`.trimEnd()),
    ...(shown.length < all.length
      ? [
          paint.dim(
            shorten(`${INDENT}${INDENT}${plural(all.length - shown.length, 'more line')}: --all`, width),
          ),
        ]
      : []),
    ...(mail.attachments === null
      ? []
      : [paint.dim(shorten(`${INDENT}${INDENT}attached: ${printable(mail.attachments)}`, width))]),
  ];
}
