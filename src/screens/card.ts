/** The parts below the fields of a deal, contact or account: its people, tasks, deals, and timeline, newest first. */
import type { TimelineEntry } from '../app/history/timeline.ts';
import { humanInstant } from '../app/reading/said.ts';
import { surroundings } from '../app/reading/surroundings.ts';
import { type Related, relationsOf } from '../app/records/relations.ts';
import type { View } from '../app/core/view.ts';
import type { Kind } from '../domain/kinds.ts';
import { definitionOf } from '../kinds/define.ts';
import { printable } from '../ui/escape.ts';
import type { Paint } from '../ui/paint.ts';
import { displayWidth, filled, shorten } from '../ui/width.ts';
import { recordLines } from './record-lines.ts';
import { relationLines } from './relation-lines.ts';
import type { Terminal } from './terminal.ts';

/** How many records of each kind are shown. */
const SHOWN = 5;
/** How many lines the text of one entry of the timeline may take. */
const LINES = 4;
/** How many cells a name takes at most. */
const NAME = 16;
/** Below this width, in cells, entries have a day and no time. */
const NARROW = 80;

/** The parts of a card beside the fields of its record. */
export interface Card {
  readonly kind: Kind;
  readonly row: number;
  /** Newest first. */
  readonly timeline: readonly TimelineEntry[];
  /** How many entries are shown; of more, a line says where they are. */
  readonly most: number;
}

/** How a contact is related to others; nothing of other kinds. */
function relationsIn(view: View, kind: Kind, row: number): ReadonlyMap<string, readonly Related[]> {
  const id = view.state.table(kind).id(row);
  const isPerson = definitionOf(view.kinds, kind).contacts === 'itself';
  const its = isPerson ? relationsOf(view, id) : [];
  return new Map(its.length > 0 ? [[id, its]] : []);
}

/** Draws the parts of a card one below the other; a part without anything takes no room. */
export async function drawCard(terminal: Terminal, view: View, card: Card): Promise<void> {
  const { kind, row } = card;
  const found = surroundings(view, kind, row);
  const width = terminal.streams.stdout.columns;
  const paint = await terminal.paint();
  const drawn = { width, paint, most: SHOWN };
  const parts = [
    recordLines(view, 'contact', 'contact', found.contacts, drawn),
    relationLines(relationsIn(view, kind, row), drawn),
    recordLines(view, 'task', 'open task', found.tasks, drawn),
    recordLines(view, 'deal', 'deal', found.deals, drawn),
    timelineLines(view, { ...card, id: view.state.table(kind).id(row) }, width, paint),
  ];
  for (const lines of parts) if (lines.length > 0) await terminal.print(`\n${lines.join('')}`);
}

/** Returns the timeline of a record as lines, each entry with its time and person; wrapped at words. */
export function timelineLines(
  view: View,
  { id, timeline, most }: Pick<Card, 'timeline' | 'most'> & { readonly id: string },
  width: number,
  paint: Paint,
): string[] {
  if (timeline.length === 0) return [];
  const entries = timeline.slice(0, most);
  const time = (entry: TimelineEntry) => {
    const text = humanInstant(view, new Date(entry.at).toISOString());
    return entry.hasTime && width >= NARROW ? text : text.slice(0, 10);
  };
  const names = entries.map(({ by }) => shorten(printable(by), NAME));
  const timeWidth = Math.max(...entries.map(entry => time(entry).length));
  const nameWidth = Math.max(...names.map(displayWidth));
  const left = indent + timeWidth + gap + (nameWidth > 0 ? nameWidth + gap : 0);
  const lines = entries.flatMap((entry, i) => {
    const about = entry.about === id ? '' : ` (${entry.about})`;
    const what = printable(`${entry.what}${about}`);
    const texts = textLines(what, entry.text, Math.max(LEAST_TEXT, width - left));
    return texts.map((text, line) => {
      if (line > 0) return `${' '.repeat(left)}${text}\n`;
      const name = nameWidth > 0 ? `${names[i]}${' '.repeat(nameWidth - displayWidth(names[i]!) + gap)}` : '';
      const when = time(entry).padEnd(timeWidth + gap);
      return `${' '.repeat(indent)}${paint.dim(when)}${name}${paint.bold(what)}${text.slice(what.length)}`
        .trimEnd()
        .concat('\n');
    });
  });
  const older = `older: crm history ${id} --all, or --limit ${2 * Math.max(1, most)}`;
  return [
    `${paint.bold('timeline')}\n`,
    ...lines,
    ...(timeline.length > most ? [`${' '.repeat(indent)}${paint.dim(older)}\n`] : []),
  ];
}

const indent = 2;
const gap = 2;
/** A text is wrapped to no fewer cells than this, however narrow the terminal is. */
const LEAST_TEXT = 16;

/** `what: text` on as many lines as it needs, within reason; the lines of a text stay apart. */
function textLines(what: string, text: string, width: number): string[] {
  const [first = '', ...others] = text.trimEnd().split(/\r\n|[\r\n]/);
  const lines = [
    ...filled(first === '' ? what : `${what}: ${printable(first)}`, width),
    ...others.filter(line => line.trim() !== '').flatMap(line => filled(printable(line), width)),
  ];
  if (lines.length <= LINES) return lines;
  return [...lines.slice(0, LINES - 1), shorten(`${lines[LINES - 1]}${' '.repeat(width)}`, width)];
}
