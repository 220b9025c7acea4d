/** What the keys of the board do, in the order in which help shows them. */
import type { Action } from '../model.ts';
import { add } from './add.ts';
import { assign } from './assign.ts';
import { card, point } from './card.ts';
import { closed } from './closed.ts';
import { command } from './command.ts';
import { edit } from './edit.ts';
import { filter, unfilter } from './filter.ts';
import { help, interrupt, quit, redraw, suspend } from './leave.ts';
import { log } from './log.ts';
import { lose } from './lose.ts';
import { mouse } from './mouse.ts';
import { across, along, edges, ends, pages } from './move.ts';
import { moveCard } from './move-card.ts';
import { note } from './note.ts';
import { pipeline } from './pipeline.ts';
import { reopen } from './reopen.ts';
import { task } from './task.ts';
import { redo, undo } from './undo.ts';
import { win } from './win.ts';

/** The actions by what they are about. */
const actions: Readonly<Record<string, readonly Action[]>> = {
  'The selected card': [moveCard, card, win, lose, reopen, task, note, edit, assign],
  'Going about': [across, along, ends, pages, edges, pipeline, point],
  'What is shown': [filter, unfilter, closed, help, log, redraw],
  'All else': [add, undo, redo, command, mouse, suspend, quit, interrupt],
};

const byKey = new Map(
  Object.values(actions)
    .flat()
    .flatMap(action => action.keys.map(key => [key, action] as const)),
);

/** Returns what a key does; undefined for nothing. */
export const actionOf = (key: string): Action | undefined => byKey.get(key);

/** Returns the keys and what they do, as lines for people. */
export function keyLines(heading: (text: string) => string): string[] {
  const width = Math.max(...[...byKey.values()].map(({ shown }) => shown.length));
  return Object.entries(actions).flatMap(([title, all], i) => [
    ...(i > 0 ? [''] : []),
    heading(title),
    ...all.map(({ shown, summary }) => `  ${shown.padEnd(width)}  ${summary}`),
  ]);
}
