/** Makes a workspace. */
import { dirname, join } from 'node:path';
import { failed, usage } from '../../domain/errors.ts';
import { isCurrency } from '../../domain/money.ts';
import { suggestion } from '../../domain/nearest.ts';
import { isZone } from '../../domain/zone.ts';
import { makeDirectory } from '../../store/disk/durable.ts';
import type { Io } from '../../store/disk/io.ts';
import { Store } from '../../store/store.ts';
import { userFolders } from '../../store/site/workspace.ts';
import { commit } from '../core/commit.ts';
import { readyWorkspaces } from './index.ts';
import { Workspace, type World } from '../core/workspace.ts';

export interface InitOptions {
  /** Absolute. */
  readonly dir: string;
  readonly template: string;
  readonly name: string;
  readonly currency: string;
  readonly timezone: string;
}

/** Writes a workspace into a directory that is empty or new; FAILED if it has something in it. */
export async function initWorkspace(
  world: World,
  { dir, template, ...options }: InitOptions,
): Promise<string[]> {
  const make = Object.hasOwn(readyWorkspaces, template) ? readyWorkspaces[template] : undefined;
  if (!make)
    throw usage(
      `unknown template ${JSON.stringify(template)}`,
      suggestion(template, Object.keys(readyWorkspaces), 'templates'),
    );
  if (!isCurrency(options.currency))
    throw usage(
      `${JSON.stringify(options.currency)} is not a currency`,
      'an ISO 4217 code such as EUR or USD',
    );
  if (!isZone(options.timezone))
    throw usage(
      `${JSON.stringify(options.timezone)} is not a time zone`,
      'an IANA name such as Europe/Amsterdam',
    );
  const { io } = world;
  if (io.existsSync(join(dir, 'crm.yaml')))
    throw failed(`${dir} is a workspace already`, 'nothing was changed');
  const nearest = nearestThere(io, dir);
  if (!io.statSync(nearest).isDirectory())
    throw failed(`${nearest} is a file, and not a directory`, 'crm init NEW-DIRECTORY');
  const there =
    nearest === dir ? (io.readdirSync(dir) as string[]).filter(name => !name.startsWith('.git')) : [];
  if (there.length > 0)
    throw failed(`${dir} is not empty: it has ${there.slice(0, 3).join(', ')}`, 'crm init NEW-DIRECTORY');
  const files = make(options);
  if (world.dryRun) return Object.keys(files);
  const store = new Store({ ...world, dir });
  store.requireLocal(nearest);
  // Even folders without files, so that a rule or a template can be written there at once.
  for (const folder of [join('data', 'journal'), ...userFolders]) makeDirectory(io, join(dir, folder));
  // crm.yaml last: until it is there, this is not a workspace.
  for (const [path, text] of Object.entries(files).reverse()) store.writeUserFile(path, text);
  const workspace = await Workspace.open(world, dir);
  await commit(workspace, { via: 'init', takeIn: true }, () => undefined);
  return Object.keys(files);
}

/** The directory, or the nearest one above it that is there already. */
function nearestThere(io: Io, dir: string): string {
  return io.existsSync(dir) || dirname(dir) === dir ? dir : nearestThere(io, dirname(dir));
}
