import { Draft } from '../../state/draft.ts';
import type { Workspace } from '../core/workspace.ts';
import { assignee } from '../records/assign.ts';
import { Writer } from '../core/writer.ts';
import { type Guess, guessMapping } from './guess.ts';
import { targetOf } from './import.ts';
import type { Table } from './table.ts';
import type { ImportKind, Target } from './target.ts';

/** So many rows are looked at. */
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
  for await (const batch of table.rows()) {
    for (const row of batch) if (row.error === undefined) sample.push(row.cells);
    if (sample.length >= SAMPLE) break;
  }
  const target = await targetOf(writer, kind);
  const context = writer.context(writer.view.config.pipelines[0]?.currency ?? writer.config.currency);
  return { ...guessMapping(kind, target, table.header, sample, context), target, sample };
}
