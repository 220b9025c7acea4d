/** Writes a workspace anew from its verified journal and its files, for an export of all, and to save the good part. */
import { relative } from 'node:path';
import type { Change } from '../../domain/changes.ts';
import type { Config } from '../../domain/config.ts';
import { formatInstant } from '../../domain/dates.ts';
import { failed } from '../../domain/errors.ts';
import { zone } from '../../domain/zone.ts';
import { copyAttached } from '../../store/disk/attached-file.ts';
import { copySnapshots } from '../../store/verify/copy-snapshots.ts';
import { CutPurges } from '../../store/verify/cut-purges.ts';
import { temporaryOf } from '../../store/site/leftovers.ts';
import { thisOwner } from '../../store/disk/owner.ts';
import { salvageJournal } from '../../store/verify/salvage.ts';
import { stateOf } from '../../store/checkpoint/opened.ts';
import { Store } from '../../store/store.ts';
import type { Verified } from '../../store/verify/verify.ts';
import { finishPurges } from '../core/commit/interrupted.ts';
import { underLock } from '../core/under-lock.ts';
import type { World } from '../core/workspace.ts';
import type { Examination } from './examination.ts';

/** Returns a store that does not warn of problems that the findings list. */
export const quietStore = (world: World, dir: string): Store => new Store({ ...world, dir, warn: () => {} });

/** Whether a directory is another one or below it. */
export const isWithin = (dir: string, path: string): boolean => !/^\.\.([/\\]|$)/.test(relative(dir, path));

/**
 * Writes the good part into a new directory: the transactions up to the last good one, one more for what snapshots
 * have beyond it, the YAML and the templates; returns the paths of these files. FAILED if the directory is not empty
 * or is inside the workspace; `example` is a command line that would work.
 */
export async function copyWorkspace(
  world: World,
  { dir, verified, config }: Examination,
  to: string,
  example: string,
): Promise<string[]> {
  const { io } = world;
  if (isWithin(dir, to)) throw failed(`${to} is inside the workspace, which stays as it is`, example);
  if (io.existsSync(to) && !io.statSync(to).isDirectory())
    throw failed(`${to} is a file, and not a directory`, example);
  if (io.existsSync(to) && (io.readdirSync(to) as string[]).length > 0)
    throw failed(`${to} is not empty`, example);
  const files = [...quietStore(world, dir).surveyUserFiles().files];
  const paths = files.map(([path]) => path);
  if (world.dryRun) return paths;
  const store = quietStore(world, to);
  const temporary = temporaryOf(thisOwner(io, world.pid, world.host), world.random);
  const { pieces, good } = verified.journal;
  const cut = new CutPurges(verified.journal, world.kinds);
  salvageJournal(io, dir, pieces, store.journalPath, temporary, cut.rewrite);
  const { beyond } = verified;
  if (cut.erases.length === 0 && beyond.length === 0) copySnapshots(io, dir, to, temporary, verified);
  if (cut.erases.length > 0 || beyond.length > 0)
    await store.append(good, {
      request: world.request.id,
      at: formatInstant(world.now({ zone: zone('UTC') })),
      by: world.user.name,
      via: 'doctor',
      trigger: false,
      changes: [...beyond, ...(beyond.length > 0 ? sweptUpTo(verified, good.seq + 1) : [])],
      ...(cut.erases.length > 0 && { erases: cut.erases }),
    });
  copyAttached(io, dir, to, temporary);
  // crm.yaml last: until it is there, this is not a workspace.
  const last = (path: string) => Number(path === 'crm.yaml');
  for (const [path, text] of files.sort(([a], [b]) => last(a) - last(b))) store.writeUserFile(path, text);
  if (config) await underLock(store, () => fold(store, config));
  return paths;
}

/** The changes that the last sweep saw may be lost, but its own are not: the next sweep looks at later changes. */
function sweptUpTo({ folded }: Verified, seq: number): Change[] {
  return [...folded.of('cursor').values()].map(cursor => ({
    kind: 'cursor',
    id: cursor.id,
    set: { seq: [cursor.seq ?? null, seq] },
  }));
}

/** Makes all snapshots that are missing or outdated from the journal. Needs the lock. */
export async function fold(store: Store, config: Config): Promise<void> {
  const opened = await store.open(config);
  if (store.isPurgeUnfinished(opened)) await finishPurges(store, opened, config);
  else store.checkpoint(opened, stateOf(opened, config), opened.tip);
}
