/**
 * Exports and imports a whole workspace: `export all` writes a separate workspace, verified and complete as of one
 * transaction even if others write meanwhile; `import all` turns a workspace without records into the same one again.
 */
import { CrmError, failed, invalid, notFound, usage } from '../../domain/errors.ts';
import { copyAttached } from '../../store/disk/attached-file.ts';
import { copySnapshots } from '../../store/verify/copy-snapshots.ts';
import { temporaryOf } from '../../store/site/leftovers.ts';
import { thisOwner } from '../../store/disk/owner.ts';
import { replaceJournal } from '../../store/verify/replace-journal.ts';
import { type Opened, stateOf } from '../../store/checkpoint/opened.ts';
import { underLock } from '../core/under-lock.ts';
import { mayChangeSettings } from '../core/viewer.ts';
import { Workspace, type World } from '../core/workspace.ts';
import { copyWorkspace, fold, isWithin, quietStore } from './copy-workspace.ts';
import { examine, extent } from './doctor.ts';
import type { Examination } from './examination.ts';

/** How much there is. */
export interface Whole {
  readonly transactions: number;
  readonly records: number;
  /** The paths of the YAML files and templates. */
  readonly files: readonly string[];
}

/** Writes everything into a directory that is empty or new. FAILED for a user who may not see everything, and if the workspace is damaged. */
export async function exportAll(world: World, dir: string | undefined, to: string): Promise<Whole> {
  const { viewer } = await Workspace.open(world, dir, { orLastSound: true });
  if (viewer.role !== 'admin' && viewer.role !== 'manager')
    throw failed(
      `${viewer.user} is ${viewer.role} and does not see all`,
      'an admin or manager may: --as USER',
    );
  const found = await examine(world, dir);
  refuseDamaged(found);
  const files = await copyWorkspace(world, found, to, 'crm export all NEW-DIRECTORY');
  return { ...extent(found), files };
}

/**
 * Turns the workspace into the one in `from`: ids, YAML, history and enrolments included. USAGE if it has, or had,
 * records; calls `confirm` if it has a history of settings, which is lost.
 */
export async function importAll(
  world: World,
  dir: string | undefined,
  from: string,
  confirm: (transactions: number) => Promise<void>,
): Promise<Whole> {
  const workspace = await Workspace.open(world, dir, { orLastSound: true });
  const { store } = workspace;
  mayChangeSettings(workspace.viewer);
  const found = await examineExport(world, from);
  if (isWithin(store.dir, from) || isWithin(from, store.dir))
    throw usage(`${from} is this workspace, or one is in the other`, 'crm -C NEW-WORKSPACE import all DIR');
  const { config } = found;
  refuseDamaged(found);
  if (!config) {
    const [broken] = found.findings.filter(each => each.severity === 'error');
    throw invalid(`${from}: ${broken!.file}:${broken!.line ?? 1}: ${broken!.message}`, broken!.fix);
  }
  const before = await workspace.open();
  refuseRecords(workspace, before);
  // The first transaction is what crm init wrote.
  if (before.tip.seq > 1) await confirm(before.tip.seq);
  const files = quietStore(world, from).userFiles();
  const whole = { ...extent(found), files: [...files.keys()] };
  if (world.dryRun) return whole;
  await underLock(store, async () => {
    const now = await workspace.open();
    if (now.tip.hash !== before.tip.hash) refuseRecords(workspace, now);
    // If this is cut short, the workspace has no records and other settings, and the import can be repeated.
    for (const path of store.userFiles().keys()) if (!files.has(path)) store.writeUserFile(path, null);
    for (const [path, text] of files) store.writeUserFile(path, text);
    const temporary = temporaryOf(thisOwner(world.io, world.pid, world.host), world.random);
    copyAttached(world.io, from, store.dir, temporary);
    replaceJournal(world.io, from, found.verified.journal.pieces, store.dir, temporary, world.kinds);
    copySnapshots(world.io, from, store.dir, temporary, found.verified);
    await fold(store, config);
  });
  return whole;
}

async function examineExport(world: World, from: string): Promise<Examination> {
  try {
    return await examine(world, from);
  } catch (error) {
    if (!(error instanceof CrmError) || error.kind !== 'NOT_FOUND') throw error;
    throw notFound(`there is no exported workspace in ${from}`, 'what crm export all DIR wrote');
  }
}

/** Damage is left to `crm doctor`: it is neither copied nor counted as complete. */
function refuseDamaged({ dir, verified }: Examination): void {
  const damage = verified.journal.findings.find(finding => finding.severity === 'error');
  if (damage) throw invalid(`${dir}: ${damage.file}: ${damage.message}`, `crm -C ${dir} doctor`);
}

/** Ids are never used twice, so a workspace that had records does not count as one without. */
function refuseRecords(workspace: Workspace, opened: Opened): void {
  const state = stateOf(opened, workspace.config);
  const used = state.kinds.names.filter(kind => state.nextNumber(kind) > 1);
  if (used.length > 0)
    throw failed(
      `this workspace has, or had, records: ${used.map(kind => state.nextId(kind)).join(', ')} would be next`,
      'crm init NEW-DIRECTORY, and import all there',
    );
}
