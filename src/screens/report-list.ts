/** `crm report` for people: the reports there are, in a box. */
import type { Report } from '../app/reports/report.ts';
import { boxedLines } from '../ui/boxed.ts';
import { displayWidth, wrapped } from '../ui/width.ts';
import type { Terminal } from './terminal.ts';

/** Borders and the spaces beside two columns. */
const AROUND = 7;

export async function drawReportList(
  terminal: Terminal,
  all: readonly Report[],
  plain: boolean,
): Promise<void> {
  const { columns } = terminal.streams.stdout;
  const names = Math.max(...all.map(({ name }) => displayWidth(name)), displayWidth('report'));
  const room = Math.max(20, columns - names - AROUND);
  const lines = await boxedLines({
    head: ['report', 'what it says'],
    rows: all.map(({ name, summary }) => [name, wrapped(summary, room).join('\n')]),
    align: ['left', 'left'],
    plain,
  });
  await terminal.print(`${lines.join('\n')}\n`);
}
