/**
 * The store of one workspace, as steps that return values: `open` the state as of the journal's tip, take the `lock`,
 * `append` a transaction, `settle` the snapshots. The journal is the truth; everything else here can be made again
 * from it. The store calls nothing of the app, except in `past`: `app/core/commit.ts` decides in which order to open,
 * decide and append.
 */
import type { Kinds } from '../domain/kinds.ts';
import { dirname, join } from 'node:path';
import { idOf, isPurge } from '../domain/changes.ts';
import type { Config } from '../domain/config.ts';
import { failed, invalid } from '../domain/errors.ts';
import { isFileId } from '../domain/file-ids.ts';
import type { Backwards } from '../state/backwards.ts';
import type { DealHistory } from '../state/deal-history.ts';
import type { FormerDeals } from '../state/former-deals.ts';
import type { State } from '../state/state.ts';
import { cachedValue, cacheValue } from './columns/cache.ts';
import type { Since } from './past/changes-since.ts';
import { type CacheDirectory, removeOldCaches } from './caches/cache-directory.ts';
import { settle, writeCheckpoint } from './checkpoint/checkpoint.ts';
import { makeDirectory, replaceFile, syncDirectory } from './disk/durable.ts';
import { FileJournal } from './journal/file-journal.ts';
import { codeOf, isLink, requireOwnDirectory } from './disk/io.ts';
import type { Commit, Journal, Tip } from './journal/journal.ts';
import type { HistoryPlace } from './past/kept-history.ts';
import type { JournalLines } from './journal/journal-lines.ts';
import { type Lock, takeLock } from './disk/lock.ts';
import { networkOf } from './disk/network-fs.ts';
import { openStore } from './open.ts';
import type { Opened } from './checkpoint/opened.ts';
import { PendingFiles } from './journal/pending.ts';
import { erase, type Erasing, isPurgeUnfinished, requireErasable } from './purge.ts';
import type { Replica } from './remotes/replica.ts';
import { explained, Site, type StoreOptions } from './site/site.ts';
import { stateDirectory } from './machine/state-directory.ts';
import { encodeFile } from './disk/utf8.ts';
import { readUserFiles, surveyUserFiles, type UserFiles } from './site/workspace.ts';

/** Written once, by `crm init`, and nobody's settings. */
const IGNORED = '.gitignore';

const noRemote = (dir: string) =>
  failed(
    `${dir} has changes that wait for a remote, and this machine knows none`,
    'crm remote add URL; or crm remote rm, which makes them a part of this workspace',
  );

export class Store {
  readonly dir: string;
  readonly caches: CacheDirectory;
  /** The files that the present commit, or an interrupted one, writes afterwards. */
  readonly pending: PendingFiles;
  readonly #site: Site;
  readonly #journal: FileJournal;
  #replica: Replica | undefined;

  constructor(options: StoreOptions) {
    const site = new Site(options);
    const { io, data, hidden, temporary } = site;
    this.#site = site;
    this.dir = site.dir;
    this.caches = site.caches;
    this.#journal = new FileJournal(
      io,
      join(data, 'journal'),
      temporary,
      options.salt,
      options.kinds,
      options.sees,
      { caches: site.caches, version: options.version },
    );
    this.pending = new PendingFiles(io, hidden, temporary, {
      read: path => this.userFiles().get(path) ?? null,
      write: (path, text) => this.writeUserFile(path, text),
    });
  }

  /** The kinds of record that the program knows. */
  get kinds(): Kinds {
    return this.#site.options.kinds;
  }

  /** The journal, for readers of the history. */
  get journal(): Journal {
    return this.#journal;
  }

  /** The directory of the journal's files. */
  get journalPath(): string {
    return this.#journal.dir;
  }

  /** Returns the store of the shared transactions alone. */
  async sharedAlone(): Promise<Store> {
    const shared = new Store({ ...this.#site.options, sees: 'shared' });
    const [ours, its] = [await this.replica(), await shared.replica()];
    if (ours && its) its.isOnline = ours.isOnline;
    return shared;
  }

  /** Whether transactions wait to be shared. */
  isWaiting(): boolean {
    return this.#journal.isWaiting();
  }

  /** Whether a sync has set transactions aside, which readers see in the place of what it does. */
  isParted(): boolean {
    return this.#site.options.sees === undefined && this.#journal.files.isParted();
  }

  /** Returns YAML files and templates by path, as they are on disk. */
  userFiles(): Map<string, string> {
    return readUserFiles(this.#site.io, this.dir);
  }

  /** Returns the same, and which of them cannot be read. */
  surveyUserFiles(): UserFiles {
    return surveyUserFiles(this.#site.io, this.dir);
  }

  /** Returns the value that `keep` stored under this name for this key; undefined if it has to be made again. */
  kept<T extends object>(name: string, key: string): T | undefined {
    return cachedValue(this.#site, name, key);
  }

  /** Keeps a value that follows from `key` alone among the caches. */
  keep(name: string, key: string, value: object): void {
    cacheValue(this.#site, name, key, value);
  }

  /** Opens the snapshots under the tip, and the tail. Reads no record until somebody asks. */
  async open(config: Config): Promise<Opened> {
    const opened = await openStore(this.#site, this.#journal, config);
    const leased = this.#replica?.leased;
    return leased ? { ...opened, base: { ...opened.base, leased } } : opened;
  }

  /** Returns whether nobody has committed since a store was opened. */
  isAtTip({ tip }: Opened): boolean {
    return this.#journal.isTip(tip);
  }

  /**
   * Calls `use` with the past of all deals as of the opened state. This step takes a function, because damage to the
   * kept past shows only while it is read, block by block, and the reader must then begin again with a past that was
   * folded anew.
   */
  async past<T>({ tip, tail }: Opened, use: (history: DealHistory) => T): Promise<T> {
    const { withHistory } = await import('./past/kept-history.ts');
    return withHistory(await this.#pastPlace(), { tip, tail }, use);
  }

  /** Returns the past of all deals as it was known when a transaction was the last one. */
  async pastAsKnownAt(tip: Tip): Promise<DealHistory> {
    const { foldedTo } = await import('./past/kept-history.ts');
    return foldedTo(await this.#pastPlace(), tip);
  }

  async #pastPlace(): Promise<HistoryPlace> {
    const { io, caches, temporary, options } = this.#site;
    const { version, kinds } = options;
    return { io, caches, version, temporary, kinds, journal: this.#journal, lines: await this.#lines() };
  }

  /** Returns the changes since a time, when `deals` were the deals, without those that the past of deals has. */
  async changesSince({ tip }: Opened, time: Since, deals: FormerDeals): Promise<Backwards> {
    const { ChangesSince } = await import('./past/changes-since.ts');
    const taker = new ChangesSince(this.kinds, time, deals);
    await (await this.#lines()).readBackwards(tip.seq, taker);
    return taker.result();
  }

  async #lines(): Promise<JournalLines> {
    const { JournalLines } = await import('./journal/journal-lines.ts');
    const { io, options } = this.#site;
    return new JournalLines(io, this.journalPath, this.#journal, options.sees);
  }

  /** Throws INVALID if a part of the journal that was read from the cache is damaged by now. */
  async requireAsRead({ tail, signatures }: Opened): Promise<void> {
    await this.#journal.requireAsRead({ transactions: tail, signatures });
  }

  /** Throws FAILED if the workspace is, or would be, on a network file system, unless that was allowed. */
  requireLocal(path = this.dir): void {
    const { io, options } = this.#site;
    const network = options.allowNetworkFs ? undefined : networkOf(io, path);
    if (network !== undefined)
      throw failed(
        `${this.dir} is on a network file system (${network}), which may lose what is written; nothing was saved`,
        'move the workspace to a local disk, or take the risk with --allow-network-fs; reading works as ever',
      );
  }

  /** Waits until this process is alone among the writers of this workspace; CONFLICT names the holder after the timeout. */
  async lock(): Promise<Lock> {
    this.requireLocal();
    const { io, hidden, owner, temporary, options } = this.#site;
    try {
      this.#makeHidden();
      removeOldCaches(io, hidden, options);
      const { lockTimeout: timeout, random } = options;
      return await takeLock({ io, dir: hidden, owner, temporary, timeout, random });
    } catch (error) {
      throw this.explained(error);
    }
  }

  #makeHidden(): void {
    const { io, hidden } = this.#site;
    if (isLink(io, hidden)) requireOwnDirectory(io, hidden);
    try {
      io.mkdirSync(hidden, { recursive: true });
    } catch (error) {
      if (codeOf(error) !== 'EEXIST' && codeOf(error) !== 'ENOTDIR') throw error;
      throw failed(
        `${hidden} is a file where crm has a directory, for its lock; nothing was saved`,
        'move it elsewhere',
      );
    }
  }

  /** Returns the last transaction that is shared, or need not be. */
  async shared(): Promise<Tip> {
    return this.#journal.shared();
  }

  /** Returns the replica in this workspace; undefined if this machine knows no remote of it. */
  async replica(): Promise<Replica | undefined> {
    const { io, options } = this.#site;
    const state = stateDirectory(io, options.env);
    if (state === undefined || !io.existsSync(join(state, 'remotes.json'))) return undefined;
    const { Replica } = await import('./remotes/replica.ts');
    return (this.#replica ??= await Replica.of(this.#site, this.#journal));
  }

  /**
   * Appends after `tip`, in a replica to its destination; a returned transaction is durable. Returns undefined if
   * somebody was first.
   */
  async append(tip: Tip, commit: Commit): Promise<Tip | undefined> {
    try {
      const replica = await this.replica();
      if (replica) return await replica.append(tip, commit);
      if (this.#journal.isWaiting()) throw noRemote(this.dir);
      makeDirectory(this.#site.io, this.journalPath);
      return await this.#journal.append(tip, commit);
    } catch (error) {
      throw this.explained(error);
    }
  }

  /** Returns the error to throw after a write failed: for a full or read-only disk, one that says what this means. */
  explained(error: unknown): unknown {
    return explained(this.dir, error);
  }

  /** Puts a file that people write in its place, or removes it. */
  writeUserFile(path: string, text: string | null): void {
    // The last line of defence: no journal and no note can make crm write or remove anything else.
    if (!isFileId(path) && path !== IGNORED) throw invalid(`${path} is not a file of a workspace`);
    const { io, temporary } = this.#site;
    const full = join(this.dir, path);
    requireOwnDirectory(io, dirname(full));
    if (text === null) {
      io.unlinkSync(full);
      syncDirectory(io, join(full, '..'));
      return;
    }
    makeDirectory(io, join(full, '..'));
    replaceFile(io, full, temporary, sink => sink.write(encodeFile(text)));
  }

  /** After a commit of `bytes` bytes: brings all snapshots up to date, or the small ones (`checkpoint/checkpoint.ts`). */
  settle(opened: Opened, state: State, tip: Tip, bytes: number): void {
    settle(this.#site, this.#journal, opened, state, tip, bytes);
  }

  /** Folds the journal up to `tip`, whose state is given, into the snapshots. */
  checkpoint(opened: Opened, state: State, tip: Tip): void {
    writeCheckpoint(this.#site, this.#journal, opened, state, tip);
  }

  /** Returns whether a file may still have erased content. */
  isPurgeUnfinished(opened: Opened): boolean {
    return isPurgeUnfinished(opened);
  }

  /** Throws FAILED if a purge would leave erased content behind. */
  requireErasable(opened: Opened): void {
    requireErasable(this.#site, opened);
  }

  /** Removes erased content from every file (`store/purge.ts`). Needs the lock. */
  async erase(opened: Opened, state: State, tip: Tip, purges: readonly Erasing[]): Promise<void> {
    const replica = await this.replica();
    const ids = new Set(purges.flatMap(({ changes }) => changes.filter(isPurge).map(idOf)));
    // First: what a kill cuts short here is done again, as long as something is left to erase.
    await replica?.withdraw(ids);
    await erase(this.#site, this.#journal, opened, state, tip, purges);
    replica?.parted.clean();
    replica?.conflicts.remove(({ id }) => ids.has(id));
    // An offline replica took in the purge of another one, which has told the remote.
    if (replica?.isOnline) await replica.redact(purges.map(({ seq }) => seq));
  }
}
