/** A workspace written anew from its verified journal and its files: for an export of all, and to save what is good. */
import { relative } from 'node:path';
import type { Change } from '../../domain/changes.ts';
import type { Config } from '../../domain/config.ts';
import { formatInstant } from '../../domain/dates.ts';
import { failed } from '../../domain/errors.ts';
import { zone } from '../../domain/zone.ts';
import { copyAttached } from '../../store/attached-file.ts';
import { CutPurges } from '../../store/cut-purges.ts';
import { temporaryOf } from '../../store/leftovers.ts';
import { thisOwner } from '../../store/owner.ts';
import { salvageJournal } from '../../store/salvage.ts';
import { stateOf } from '../../store/opened.ts';
import { Store } from '../../store/store.ts';
import type { Verified } from '../../store/verify.ts';
import { finishPurges } from '../core/commit/interrupted.ts';
import { underLock } from '../core/under-lock.ts';
import type { World } from '../core/workspace.ts';
import type { Examination } from './examination.ts';

/** A store that does not warn of what findings say. */
export const quietStore = (world: World, dir: string): Store => new Store({ ...world, dir, warn: () => {} });

/** Whether a directory is another one or below it. */
export const isWithin = (dir: string, path: string): boolean => !/^\.\.([/\\]|$)/.test(relative(dir, path));

/**
 * Writes all that is good into a new directory: the transactions up to the last good one, what snapshots say beyond it
 * as one more, the YAML and the templates; returns the paths of those. FAILED where there is something in it already, or where it is inside the workspace;
 * `example` is a command line that would do.
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

/** What the last sweep saw may be lost, and what it did is not: the next one looks at what comes after. */
function sweptUpTo({ folded }: Verified, seq: number): Change[] {
  return [...folded.of('cursor').values()].map(cursor => ({
    kind: 'cursor',
    id: cursor.id,
    set: { seq: [cursor.seq ?? null, seq] },
  }));
}

/** Under the lock: makes all snapshots that are missing or behind from the journal. */
export async function fold(store: Store, config: Config): Promise<void> {
  const opened = await store.open(config);
  if (store.isPurgeUnfinished(opened)) await finishPurges(store, opened, config);
  else store.checkpoint(opened, stateOf(opened, config), opened.tip);
}
