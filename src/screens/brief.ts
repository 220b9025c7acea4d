/** The brief for people: one screen, each part a short table; a part without anything takes no room. */
import type { Brief } from '../app/history/brief.ts';
import { nameOf } from '../app/reading/said.ts';
import type { View } from '../app/core/view.ts';
import { printable } from '../ui/escape.ts';
import { shorten } from '../ui/width.ts';
import { type Drawn, recordLines } from './record-lines.ts';
import { listed, relationLines } from './relation-lines.ts';
import { timelineLines } from './card.ts';
import type { Terminal } from './terminal.ts';

export async function drawBrief(terminal: Terminal, view: View, found: Brief, most: number): Promise<void> {
  const width = terminal.streams.stdout.isTTY ? terminal.streams.stdout.columns : Number.POSITIVE_INFINITY;
  const paint = await terminal.paint();
  const name = printable(nameOf(view, found.id));
  const at = found.account === null ? '' : `, ${printable(nameOf(view, found.account))} (${found.account})`;
  await terminal.print(`${paint.bold(shorten(`${name} (${found.id})${at}`, width))}\n`);
  const drawn = { width, paint, most };
  const parts = [
    recordLines(view, 'contact', 'contact', found.people, drawn),
    relationLines(found.relations, drawn),
    recordLines(
      view,
      'deal',
      areOpen(view, found.deals) ? 'open deal' : 'deal',
      found.deals,
      drawn,
      dealFields,
    ),
    recordLines(view, 'task', 'open task', found.promised, drawn),
    recordLines(view, 'activity', 'unanswered mail', found.unanswered, drawn),
    recordLines(view, 'invoice', 'invoice', found.invoices, drawn),
    timelineLines(view, { id: found.id, timeline: found.contacts, most }, width, paint),
    fileLines(found, drawn),
  ];
  for (const lines of parts) if (lines.length > 0) await terminal.print(`\n${lines.join('')}`);
}

/** What a line says of a deal. */
const dealFields = ['id', 'title', 'stage', 'value', 'expectedClose', 'nextAction'];

/** Whether all of them are open: the deal of a brief may be closed. */
const areOpen = (view: View, deals: readonly number[]): boolean =>
  deals.every(row => view.state.table('deal').record(row).status === 'open');

const fileLines = ({ files }: Brief, drawn: Drawn): string[] => listed('file', files, drawn);
