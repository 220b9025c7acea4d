/** `crm remote add`: a workspace becomes the replica of a remote, which gets all of its journal. */
import { conflict, failed, invalid, usage } from '../../domain/errors.ts';
import type { Tip } from '../../store/journal/journal.ts';
import { readSealed } from '../../store/journal/journal-bytes.ts';
import { JournalDirectory } from '../../store/journal/journal-directory.ts';
import { appendSurely } from '../../store/remotes/append-surely.ts';
import { type Address, addressOf } from '../../store/remotes/index.ts';
import { temporaryOf } from '../../store/site/leftovers.ts';
import { thisOwner } from '../../store/disk/owner.ts';
import { MadeHere } from '../../store/remotes/made-here.ts';
import { type Known, KnownRemotes } from '../../store/remotes/known.ts';
import type { Remote } from '../../store/remotes/remote.ts';
import { openRemote } from '../../store/remotes/replica.ts';
import { verified } from '../../store/remotes/verified-sealed.ts';
import { tipOf } from '../../store/journal/sealed.ts';
import { commit } from '../core/commit.ts';
import { Workspace, type World } from '../core/workspace.ts';
import { leaseNumbers } from './lease.ts';
import { mayShare, openShared } from './shared-workspace.ts';

/** How many transactions go in one append: 16 packs. */
const PAGE = 4096;

/** What is said of a remote beside its address. */
export interface RemoteOptions {
  readonly [name: string]: string;
}

export interface AddedRemote {
  readonly url: string;
  readonly offline: boolean;
  /** How many transactions it got. */
  readonly uploaded: number;
}

/**
 * Gives the remote what it does not have of the journal, and notes it on this machine. FAILED if it has the journal of another
 * workspace, INVALID if it has another history of this one.
 */
export async function addRemote(
  world: World,
  dir: string | undefined,
  text: string,
  options: RemoteOptions,
): Promise<AddedRemote> {
  const address = addressOf(text, world.cwd);
  requireKnown(address, options);
  const workspace = await Workspace.open(world, dir);
  mayShare(workspace);
  const { store } = workspace;
  const before = await store.replica();
  if (before) throw failed(`the workspace has a remote already: ${before.shown}`, 'crm remote rm forgets it');
  // What people wrote in files is a part of what is shared.
  if (!world.dryRun) await commit(workspace, { via: 'files', takeIn: true }, () => undefined);
  const tip = await store.journal.tip();
  if (tip.seq === 0) throw failed('an empty workspace has nothing to share');
  const known: Known = {
    url: address.url.href,
    options: { ...options },
    workspace: (await store.journal.read(0, 1))[0]!.hash,
    replica: world.salt().slice(-12),
    offline: !address.kind.isOnline,
  };
  const state = new KnownRemotes(world, store.dir);
  const remote = await openRemote({ options: { ...world, dir: store.dir } }, known, state);
  try {
    const from = await commonTip(remote, address, workspace, known.workspace);
    if (!world.dryRun) {
      await remote.probe?.();
      await upload(world, workspace, remote, address, from);
      await state.set(known);
      const temporary = temporaryOf(thisOwner(world.io, world.pid, world.host), world.random);
      new MadeHere(world.io, state.own(known), temporary).begin(tip.seq);
    }
    const uploaded = Math.max(0, tip.seq - from.seq);
    if (!world.dryRun) await lease(world, dir);
    return { url: known.url, offline: known.offline, uploaded };
  } finally {
    await remote.close();
  }
}

async function lease(world: World, dir: string | undefined): Promise<void> {
  const { workspace, replica } = await openShared({ ...world, offline: false }, dir);
  try {
    await leaseNumbers(workspace, replica);
  } finally {
    await replica.close();
  }
}

export function requireKnown({ kind }: Address, options: RemoteOptions): void {
  const unknown = Object.keys(options).find(name => !kind.options.includes(name));
  if (unknown !== undefined) throw usage(`a ${kind.name} has no --${unknown}`, kind.example);
}

/** Returns the last transaction that the remote and the journal have in common, which is the last one of one of them. */
async function commonTip(remote: Remote, { url }: Address, { store }: Workspace, id: string): Promise<Tip> {
  const there = await remote.tip();
  if (there.seq === 0) return there;
  const [first] = await remote.read(0, 1);
  if (first?.hash !== id)
    throw failed(
      `${url.href} has the journal of another workspace`,
      'another address; or crm clone, to work on that one',
    );
  const here = await store.journal.tip();
  const seq = Math.min(here.seq, there.seq);
  const [ours] = await store.journal.read(seq - 1, seq);
  const [theirs] = await remote.read(seq - 1, 1);
  if (ours!.hash !== theirs?.hash)
    throw invalid(
      `${url.href} has another transaction ${seq} than this workspace: two histories of it`,
      'crm clone it, and there crm doctor --replay THIS-DIRECTORY puts this side on top',
    );
  return { seq, hash: ours!.hash };
}

/** Appends the transactions after `from`, verified. */
async function upload(
  world: World,
  { store }: Workspace,
  remote: Remote,
  { url }: Address,
  from: Tip,
): Promise<void> {
  const files = new JournalDirectory(world.io, store.journalPath);
  for (let after = from; ; ) {
    const page = readSealed(world.io, files, after.seq, PAGE);
    if (page.length === 0) return;
    // A purge may be on a later page than what it left.
    const isPurged = page.some(({ bytes }) => bytes.includes('"purged":'));
    const all = isPurged ? readSealed(world.io, files, after.seq, Number.MAX_SAFE_INTEGER) : page;
    verified({ options: world }, store.dir, after, all);
    if (!(await appendSurely(remote, after, all)))
      throw conflict(
        `somebody else shares to ${url.href} at this moment; nothing was noted here`,
        'run the command again',
      );
    after = tipOf(all.at(-1)!);
  }
}
