/** `crm clone`: a workspace made from all that a remote has, which is then a replica of it. */
import { join } from 'node:path';
import { noSettings } from '../../domain/config.ts';
import { failed, notFound } from '../../domain/errors.ts';
import { makeDirectory } from '../../store/disk/durable.ts';
import { GENESIS } from '../../store/lines/encoding.ts';
import { JournalDirectory } from '../../store/journal/journal-directory.ts';
import { putAll } from '../../store/journal/journal-files.ts';
import { namesIn } from '../../store/disk/io.ts';
import { temporaryOf } from '../../store/site/leftovers.ts';
import { continued, type Opened, stateOf } from '../../store/checkpoint/opened.ts';
import { thisOwner } from '../../store/disk/owner.ts';
import { addressOf } from '../../store/remotes/index.ts';
import { type Known, KnownRemotes } from '../../store/remotes/known.ts';
import type { Remote } from '../../store/remotes/remote.ts';
import { saying } from '../../store/remotes/remote.ts';
import { removeTree } from '../../store/remotes/remove-tree.ts';
import { openRemote } from '../../store/remotes/replica.ts';
import { verified } from '../../store/remotes/verified-sealed.ts';
import type { Sealed } from '../../store/journal/sealed.ts';
import type { Store } from '../../store/store.ts';
import { userFolders } from '../../store/site/workspace.ts';
import { fold, quietStore } from '../care/copy-workspace.ts';
import { underLock } from '../core/under-lock.ts';
import { Workspace, type World } from '../core/workspace.ts';
import { gitignore } from '../ready-workspaces/base.ts';
import { type RemoteOptions, requireKnown } from './add-remote.ts';
import { leaseIfAllowed } from './lease.ts';
import { openShared } from './shared-workspace.ts';

/** How many transactions are asked for at once. */
const PAGE = 1024;

export interface Cloned {
  readonly dir: string;
  readonly url: string;
  readonly transactions: number;
  readonly offline: boolean;
  /** Why no numbers were leased, where the user may only read: nothing can be added offline. */
  readonly unleased: string | undefined;
}

/** Makes a replica in `dir`, an absolute path that is empty or new. Nothing is left of it, here or in the state directory, if it fails. */
export async function cloneRemote(
  world: World,
  text: string,
  dir: string,
  options: RemoteOptions,
): Promise<Cloned> {
  const address = addressOf(text, world.cwd);
  requireKnown(address, options);
  const { io } = world;
  if (io.existsSync(dir) && (!io.statSync(dir).isDirectory() || (io.readdirSync(dir) as string[]).length > 0))
    throw failed(`${dir} is not empty`, `crm clone ${text} NEW-DIRECTORY`);
  const known: Known = {
    url: address.url.href,
    options: { ...options },
    workspace: '',
    replica: world.salt().slice(-12),
    offline: !address.kind.isOnline,
  };
  const store = quietStore(world, dir);
  store.requireLocal(io.existsSync(dir) ? dir : join(dir, '..'));
  const isNew = !io.existsSync(dir);
  makeDirectory(io, dir);
  const state = new KnownRemotes(world, dir);
  // Of another workspace, which was there before.
  if (state.get()) await state.remove();
  try {
    const transactions = await makeReplica(world, store, state, known);
    const unleased = await lease(world, dir);
    return { dir, url: known.url, transactions, offline: known.offline, unleased };
  } catch (error) {
    for (const name of namesIn(io, dir)) removeTree(io, join(dir, name));
    state.forget(known);
    if (state.get()) await state.remove();
    if (isNew) io.rmdirSync(dir);
    throw saying(error, 'nothing was made');
  }
}

/** Writes all that the remote has into an empty directory, and notes the remote; returns how many transactions that are. */
async function makeReplica(world: World, store: Store, state: KnownRemotes, known: Known): Promise<number> {
  const { io } = world;
  const { dir } = store;
  let remote: Remote | undefined;
  try {
    remote = await openRemote({ options: { ...world, dir } }, known, state);
    const sealed = await readAll(remote);
    if (sealed.length === 0)
      throw notFound(
        `${known.url} has no workspace yet`,
        'crm remote add URL, in the workspace that is to be shared',
      );
    const start = { seq: 0, hash: GENESIS };
    const transactions = verified({ options: world }, known.url, start, sealed);
    known.workspace = sealed[0]!.hash;
    for (const folder of [join('data', 'journal'), ...userFolders]) makeDirectory(io, join(dir, folder));
    const temporary = temporaryOf(thisOwner(io, world.pid, world.host), world.random);
    const empty = await store.open(noSettings(world.kinds));
    putAll(io, new JournalDirectory(io, store.journalPath), temporary, sealed);
    await state.set(known);
    const opened = continued(empty, transactions);
    writeFiles(store, opened);
    const workspace = await Workspace.open(world, dir);
    await underLock(workspace.store, () => foldCloned(workspace, opened));
    return sealed.length;
  } finally {
    await remote?.close();
  }
}

async function readAll(remote: Remote): Promise<Sealed[]> {
  const { seq } = await remote.tip();
  const sealed: Sealed[] = [];
  while (sealed.length < seq) {
    const page = await remote.read(sealed.length, PAGE);
    if (page.length === 0) break;
    sealed.push(...page);
  }
  return sealed;
}

/** Writes the files that people write, as the journal has them; crm.yaml last: until it is there, this is not a workspace. */
function writeFiles(store: Store, opened: Opened): void {
  const files = [...stateOf(opened, noSettings(store.kinds)).named('file').values()];
  const last = ({ id }: { id: string }) => Number(id === 'crm.yaml');
  for (const { id, text } of files.sort((a, b) => last(a) - last(b)))
    if (typeof text === 'string' && text !== '') store.writeUserFile(id, text);
  store.writeUserFile('.gitignore', gitignore);
}

/** Makes all snapshots: from memory, because all was verified just now, unless a purge has to be finished. Needs the lock. */
async function foldCloned({ store, config }: Workspace, opened: Opened): Promise<void> {
  if (opened.misfit !== undefined || opened.tail.some(tx => tx.erases)) return fold(store, config);
  store.checkpoint(opened, stateOf(opened, config), opened.tip);
}

async function lease(world: World, dir: string): Promise<string | undefined> {
  const { workspace, replica } = await openShared({ ...world, offline: false }, dir);
  try {
    return await leaseIfAllowed(workspace, replica);
  } finally {
    await replica.close();
  }
}
