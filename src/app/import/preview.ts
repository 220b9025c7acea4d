import type { Config } from '../../domain/config.ts';
import { Draft } from '../../state/draft.ts';
import { workspaceId } from '../core/origin.ts';
import { View } from '../core/view.ts';
import type { Workspace } from '../core/workspace.ts';
import { assignee } from '../records/assign.ts';
import { Writer } from '../core/writer.ts';
import { type ImportOptions, importRows } from './import.ts';
import { untilTaken } from './refusals.ts';
import type { ImportResult, RowDone } from './outcome.ts';
import type { Table } from './table.ts';
import type { ImportKind } from './target.ts';
import type { Mapping } from './mapping.ts';

export interface Preview {
  readonly result: ImportResult;
  readonly rows: readonly RowDone[];
  /** The state that the import would leave. */
  readonly view: View;
  /** The settings with the stages and users that the rows would make. */
  readonly config: Config;
}

/** Returns what the first rows of a table would become. Writes nothing. */
export async function previewRows(
  workspace: Workspace,
  table: Table,
  kind: ImportKind,
  mapping: Mapping,
  count: number,
): Promise<Preview> {
  const first: Table = {
    header: table.header,
    guarded: table.guarded,
    async *rows() {
      for await (const batch of table.rows()) {
        yield batch.slice(0, count);
        return;
      }
    },
  };
  return untilTaken(async refusals => {
    const { state, clock, viewer } = await workspace.view();
    const draft = new Draft(state, clock);
    const rows: RowDone[] = [];
    const options: ImportOptions = {
      kind,
      mapping,
      skipInvalid: true,
      workspace: await workspaceId(workspace.store),
      trigger: false,
      onRow: row => rows.push(row),
    };
    const result = await importRows(new Writer(draft, viewer, assignee), first, options, refusals);
    return { result, rows, view: new View(draft.state, viewer, clock), config: draft.config };
  });
}
