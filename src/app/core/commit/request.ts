/**
 * Request ids: a command that is repeated with the same id gives the first answer again, and does nothing. The id is
 * bound to the acting user and the command line, so it cannot be mistaken for another command's.
 */
import type { Transaction } from '../../../domain/changes.ts';
import { conflict } from '../../../domain/errors.ts';
import { stateOf } from '../../../store/checkpoint/opened.ts';
import { Sha256 } from '../../../store/disk/sha256.ts';
import { View } from '../view.ts';
import { seesAll } from '../viewer.ts';
import type { Workspace } from '../workspace.ts';
import type { CommitOptions, Committed } from './options.ts';

/** Returns the transaction that carried out this request before, if its id was given. */
export async function carriedOut({ store, world }: Workspace): Promise<number | undefined> {
  return world.request.given && !world.dryRun ? store.journal.findRequest(world.request.id) : undefined;
}

/** Returns what a request id is bound to: the acting user and the command line. */
export function bindingOf({ world, viewer }: Workspace): string | undefined {
  const { id, asked, commandLine } = world.request;
  if (asked !== undefined || commandLine === undefined) return asked;
  return new Sha256().update(JSON.stringify([id, viewer.user, commandLine])).digest();
}

/**
 * Returns the first answer to a repeated request: its changes, as far as the viewer may see them now. CONFLICT if the
 * id belongs to another user's request, or to another command.
 */
export async function repeat<T>(
  workspace: Workspace,
  options: CommitOptions,
  seq: number,
): Promise<Committed<T>> {
  const { store, viewer, world, clock } = workspace;
  const [tx] = await store.journal.read(seq - 1, seq);
  if (world.request.given && tx!.purged !== undefined)
    throw conflict(
      `request id ${JSON.stringify(world.request.id)} was used for a command whose records have been erased since`,
      'crm can no longer tell whether this is the same command; nothing was done',
    );
  if (!isSameRequest(workspace, options, tx!))
    throw conflict(
      `request id ${JSON.stringify(world.request.id)} was used for another command`,
      'each command needs a request id of its own; the same id repeats the same command of the same user',
    );
  const state = stateOf(await workspace.open(), workspace.config);
  if (seesAll(viewer)) return { tx: seq, result: undefined, changes: tx!.changes, state };
  const { seenChange } = await import('../seen-changes.ts');
  const view = new View(state, viewer, clock);
  return { tx: seq, result: undefined, changes: tx!.changes.flatMap(c => seenChange(view, c) ?? []), state };
}

/** Transactions that were made before ids were bound only say who acted and which command it was. */
function isSameRequest(workspace: Workspace, { by, via }: CommitOptions, tx: Transaction): boolean {
  if (tx.asked !== undefined) return tx.asked === bindingOf(workspace);
  return tx.by === (by ?? workspace.viewer.user) && tx.via === via;
}
