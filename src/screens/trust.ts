/** Draws what a workspace would do in a box, for `crm trust`. */
import type { Reviewed } from '../app/trust/review.ts';
import { boxedLines } from '../ui/boxed.ts';
import { printable } from '../ui/escape.ts';
import { displayWidth, filled } from '../ui/width.ts';
import type { Terminal } from './terminal.ts';

/** Borders and the spaces beside three columns. */
const AROUND = 10;
/** The fewest cells of the column that describes the item: a narrow terminal wraps lines, and hides nothing. */
const LEAST = 20;

export async function drawTrust(
  terminal: Terminal,
  items: readonly Reviewed[],
  plain: boolean,
): Promise<void> {
  const { columns } = terminal.streams.stdout;
  const widest = (texts: readonly string[]) => Math.max(...texts.map(displayWidth));
  const beside =
    widest(['kind', ...items.map(({ kind }) => kind)]) +
    widest(['state', ...items.map(({ state }) => state)]);
  const room = Math.max(LEAST, columns - beside - AROUND);
  const lines = await boxedLines({
    head: ['kind', 'what', 'state'],
    rows: items.map(({ kind, what, state }) => [kind, filled(printable(what), room).join('\n'), state]),
    align: ['left', 'left', 'left'],
    plain,
  });
  await terminal.print(`${lines.join('\n')}\n`);
}
