import { Draft } from '../../state/draft.ts';
import type { Workspace } from '../core/workspace.ts';
import { assignee } from '../records/assign.ts';
import { isAdmin } from '../core/viewer.ts';
import { Writer } from '../core/writer.ts';
import { type Guess, guessMapping } from './guess.ts';
import { targetOf } from './import.ts';
import type { Table } from './table.ts';
import type { ImportKind, Target } from './target.ts';

/** The number of rows looked at. */
const SAMPLE = 50_000;

export interface GuessedTable extends Guess {
  readonly target: Target;
  /** The rows that were looked at. */
  readonly sample: readonly (readonly string[])[];
}

/** Guesses the mapping of a table from its header and its first rows. */
export async function guessTable(
  workspace: Workspace,
  table: Table,
  kind: ImportKind,
): Promise<GuessedTable> {
  const view = await workspace.view();
  const writer = new Writer(new Draft(view.state, view.clock), view.viewer, assignee);
  const sample: (readonly string[])[] = [];
  let isShort = false;
  for await (const batch of table.rows()) {
    for (const { error, blank, source, cells } of batch) {
      if (blank) continue;
      const endsEarly = error !== undefined && source === undefined && cells.length < table.header.length;
      isShort ||= endsEarly;
      if (error === undefined || endsEarly) sample.push(cells);
    }
    if (sample.length >= SAMPLE) break;
  }
  const target = await targetOf(writer, kind);
  const context = writer.context(writer.view.config.pipelines[0]?.currency ?? writer.config.currency);
  const { header } = table;
  const maySet = isAdmin(view.viewer);
  const guess = guessMapping(kind, target, { header, cells: sample, maySet }, context);
  const mapping = isShort ? { ...guess.mapping, pad: true } : guess.mapping;
  return { ...guess, mapping, target, sample };
}
