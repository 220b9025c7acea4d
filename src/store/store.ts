/**
 * The store of one workspace: opens the state as of the journal's tip, appends transactions, and keeps snapshots,
 * projections and packs behind them. The journal is the truth; all else here can be made again from it.
 */
import { dirname, join } from 'node:path';
import { idOf, isPurge, isRestored, kindOf, type Transaction } from '../domain/changes.ts';
import type { Config } from '../domain/config.ts';
import { CrmError, failed, invalid } from '../domain/errors.ts';
import { isFileId } from '../domain/file-ids.ts';
import { isNamed, type Kind, type Kinds, type NamedKind, namedKindNames } from '../domain/kinds.ts';
import type { Rec } from '../domain/records.ts';
import { reasonOf } from '../domain/system-errors.ts';
import { columnsOf } from '../kinds/fields.ts';
import type { ColumnData } from '../state/columns/column.ts';
import type { DealHistory } from '../state/deal-history.ts';
import { dumpColumn } from '../state/columns/index.ts';
import { MemorySource, type Source } from '../state/source.ts';
import { type Base, State, type Trashed } from '../state/state.ts';
import { CacheDirectory, type CacheSurroundings, removeOldCaches } from './cache-directory.ts';
import { ColumnsFile, ENDS, NUMBERS, writeColumns } from './columns-file.ts';
import { makeDirectory, removeQuietly, replaceFile, syncDirectory, type Temporary } from './durable.ts';
import { GENESIS } from './encoding.ts';
import { FileJournal } from './file-journal.ts';
import { codeOf, ifThere, type Io, isLink, NotOurs, readWhole, requireOwnDirectory } from './io.ts';
import { type Commit, type Tailed, type Tip, without } from './journal.ts';
import { deadTemporaries, deadTemporariesIn, temporaryOf } from './leftovers.ts';
import { withLock } from './lock.ts';
import { networkOf } from './network-fs.ts';
import { type Owner, thisOwner } from './owner.ts';
import { PendingFiles } from './pending.ts';
import { parseBody, ProjectedSource, projectionOf } from './records-file.ts';
import {
  FORMAT,
  isIntact,
  type OpenSnapshot,
  openSnapshot,
  readBody,
  snapshotFile,
  type SnapshotKind,
  writeSnapshot,
} from './snapshot.ts';
import { TailFile } from './tail-file.ts';
import { readCache, writeCache } from './text-cache.ts';
import { encodeFile } from './utf8.ts';
import { signatureOf, Verified, VERIFIED_FILE } from './verified.ts';
import { readUserFiles, surveyUserFiles, type UserFiles } from './workspace.ts';

/** A checkpoint is due when so much of the journal lies after the last one. */
const TAIL_TRANSACTIONS = 256;
const TAIL_BYTES = 256 * 1024;
/** A snapshot below this size is written at every commit, so that what one greps is current. */
const SMALL = 256 * 1024;
/** So many records have a projection, whatever their size. */
const MANY = SMALL / 128;
/** What then keeps a commit from being saved is the disk, and not the place of a file. */
const ofTheDisk = new Set(['ENOSPC', 'EDQUOT', 'EROFS', 'EIO', 'EACCES', 'EPERM']);
/** Lines are written in pieces of at most this size, in bytes, unless one is longer. */
const CHUNK = 256 * 1024;
/** Lines are copied so many at a time: more have no room in a piece, or seldom. */
const LINES = 1024;

/** Returns all that has a snapshot. */
export const snapshotKinds = ({ names }: Kinds): readonly SnapshotKind[] => [
  ...names,
  ...namedKindNames,
  'trash',
];

/** Written once, by `crm init`, and nobody's settings. */
const IGNORED = '.gitignore';

/** data/checkpoint.json: each kind's snapshot of transaction `current[kind]` is still true as of `seq`. */
export interface Checkpoint {
  readonly format: number;
  readonly seq: number;
  readonly hash: string;
  /** When that transaction was made. */
  readonly at?: string;
  readonly current: { readonly [kind in SnapshotKind]?: number };
}

export interface StoreOptions extends CacheSurroundings {
  /** The kinds of record that the program knows. */
  readonly kinds: Kinds;
  readonly io: Io;
  readonly dir: string;
  /** Of crm itself: part of every cache key, since what another version computed is not trusted. */
  readonly version: string;
  readonly pid: number;
  readonly host: string;
  /** Milliseconds to wait for the lock. */
  readonly lockTimeout: number;
  readonly random: () => number;
  /** 128 random bits, base64url. */
  readonly salt: () => string;
  /** Write even where the workspace is on a network file system. */
  readonly allowNetworkFs?: boolean;
  /** Called with what the user should know, though the command goes on. */
  readonly warn: (message: string) => void;
}

/** What is needed of a purge to do what it says. */
export type Erasing = Pick<Transaction, 'seq' | 'changes'>;

/** The workspace as of one transaction: the journal's tip and what lies under it. */
export interface Opened {
  readonly tip: Tip;
  readonly base: Base;
  /** The transactions after the base, in order. */
  readonly tail: readonly Tailed[];
  /** Of the files that have them, as the journal says it (`requireAsRead`). */
  readonly signatures: string;
  readonly checkpoint: Checkpoint | undefined;
  /** What is of another journal, or of a newer one: it is left aside, and nothing is written until that is settled. */
  readonly misfit: string | undefined;
  readonly snapshots: ReadonlyMap<SnapshotKind, KindBase>;
}

/** What is known of one kind before the tail: a snapshot and the transaction up to which it is true, or nothing. */
interface KindBase {
  readonly snapshot: OpenSnapshot | undefined;
  readonly seq: number;
  /** The snapshot was changed by hand: it is neither read nor overwritten. */
  readonly edited: boolean;
}

export class Store {
  readonly dir: string;
  readonly caches: CacheDirectory;
  readonly journal: FileJournal;
  /** What the commit under way, or one that was interrupted, writes after it. */
  readonly pending: PendingFiles;
  readonly #io: Io;
  readonly #options: StoreOptions;
  readonly #data: string;
  readonly #hidden: string;
  readonly #tail: TailFile;
  readonly #temporary: Temporary;
  #thisOwner: Owner | undefined;

  constructor(options: StoreOptions) {
    const { io, dir } = options;
    this.#options = options;
    this.#io = io;
    this.dir = dir;
    this.#data = join(dir, 'data');
    this.#hidden = join(dir, '.crm');
    this.caches = new CacheDirectory(io, dir, options);
    let names: Temporary | undefined;
    this.#temporary = { name: () => (names ??= temporaryOf(this.#owner, options.random)).name() };
    this.#tail = new TailFile(io, this.caches, options.version, this.#temporary);
    this.journal = new FileJournal(
      io,
      join(this.#data, 'journal'),
      this.#temporary,
      options.salt,
      options.kinds,
    );
    this.pending = new PendingFiles(io, this.#hidden, this.#temporary, {
      read: path => this.userFiles().get(path) ?? null,
      write: (path, text) => this.writeUserFile(path, text),
    });
  }

  /** The kinds of record that the program knows. */
  get kinds(): Kinds {
    return this.#options.kinds;
  }

  /** This process; who only reads does not ask the system for it. */
  get #owner(): Owner {
    const { pid, host } = this.#options;
    return (this.#thisOwner ??= thisOwner(this.#io, pid, host));
  }

  /** YAML files and templates by path, as they are on disk. */
  userFiles(): Map<string, string> {
    return readUserFiles(this.#io, this.dir);
  }

  /** The same, and what of them cannot be read. */
  surveyUserFiles(): UserFiles {
    return surveyUserFiles(this.#io, this.dir);
  }

  /** Returns a value that follows from `key` alone: from the caches, or made and put there. */
  async cached<T extends object>(name: string, key: string, make: () => Promise<T>): Promise<T> {
    const file = `${name}.json`;
    const known = readCache<{ key: string; value: T } | null>(this.#io, this.caches.path, file)?.value;
    if (known?.key === key && typeof known.value === 'object' && known.value) return known.value;
    const value = await make();
    this.#tryToCache(dir => writeCache(this.#io, dir, file, this.#temporary, { key, value }));
    return value;
  }

  #cacheVerified(verified: Verified): void {
    const news = verified.news();
    if (news) this.#tryToCache(dir => writeCache(this.#io, dir, VERIFIED_FILE, this.#temporary, news));
  }

  /** A cache that cannot be written (read-only disk, no permission) is a slower next start, and no more. */
  #tryToCache(write: (dir: string) => void): void {
    try {
      const dir = this.caches.make(this.#temporary);
      if (dir !== undefined) write(dir);
    } catch (error) {
      if (codeOf(error) === undefined && !(error instanceof NotOurs)) throw error;
    }
  }

  /** Opens what lies under the tip, and the tail. Nothing is read of the records until somebody asks. */
  async open(config: Config): Promise<Opened> {
    requireOwnDirectory(this.#io, this.#data);
    const checkpoint = this.#readCheckpoint();
    const verified = Verified.read(this.#io, this.caches.path);
    // Snapshots are opened before the journal is listed: what they hold is then at or below its tip.
    const snapshots = new Map<SnapshotKind, KindBase>();
    for (const kind of snapshotKinds(this.kinds))
      snapshots.set(kind, this.#openKind(kind, checkpoint, verified));
    this.#cacheVerified(verified);
    const first = Math.min(...[...snapshots.values()].map(s => s.seq));
    const { tail, signatures, tip } = await this.#tailAfter(first);
    const misfit = this.#misfit(snapshots, checkpoint, tail, tip) ?? this.#loss(snapshots, tip, verified);
    if (misfit !== undefined) return this.#openJournal(config, misfit);
    return {
      tip,
      tail,
      signatures,
      checkpoint,
      misfit,
      snapshots,
      base: this.#base(snapshots, first, config),
    };
  }

  /** The journal alone, which is the truth, where what should follow from it does not. */
  async #openJournal(config: Config, misfit: string): Promise<Opened> {
    this.#options.warn(`${misfit}; the journal is what counts, and crm doctor says how to go on`);
    const none: KindBase = { snapshot: undefined, seq: 0, edited: false };
    const snapshots = new Map(snapshotKinds(this.kinds).map(kind => [kind, none]));
    const { tail, signatures, tip } = await this.#tailAfter(0);
    return {
      tip,
      tail,
      signatures,
      checkpoint: undefined,
      misfit,
      snapshots,
      base: this.#base(snapshots, 0, config),
    };
  }

  /**
   * Calls `use` with the past of all deals as of what was opened. It is called a second time where what was kept of the
   * past turns out to be damaged.
   */
  async past<T>({ tip, tail }: Opened, use: (history: DealHistory) => T): Promise<T> {
    const { withHistory } = await import('./kept-history.ts');
    const { version } = this.#options;
    const { caches, journal } = this;
    const place = { io: this.#io, caches, version, temporary: this.#temporary, journal };
    return withHistory(place, { tip, tail }, use);
  }

  /** Throws INVALID where a part of the journal that was read from the cache is damaged by now. */
  async requireAsRead({ tail, signatures }: Opened): Promise<void> {
    await this.journal.requireAsRead({ transactions: tail, signatures });
  }

  /** The transactions after `seq`, and the last one: of the same moment, whoever commits meanwhile. */
  async #tailAfter(seq: number): Promise<Pick<Opened, 'tail' | 'signatures' | 'tip'>> {
    for (;;) {
      const { transactions: tail, signatures } = await this.journal.readTail(seq, this.#tail);
      const last = tail.at(-1);
      if (last) return { tail, signatures, tip: { seq: last.seq, hash: last.hash } };
      const tip = await this.journal.tip();
      if (tip.seq <= seq) return { tail, signatures, tip };
    }
  }

  #openKind(kind: SnapshotKind, checkpoint: Checkpoint | undefined, verified: Verified): KindBase {
    const snapshot = openSnapshot(this.#io, this.#data, snapshotFile(this.kinds, kind));
    const kept = checkpoint?.current[kind];
    if (!snapshot) return { snapshot, seq: kept === 0 ? checkpoint!.seq : 0, edited: false };
    const isTrue = () => isIntact(readBody(this.#io, snapshot), snapshot.head);
    if (!verified.holds(kind, snapshot.signature, isTrue)) {
      this.#options.warn(
        `${snapshot.path} was changed by hand, or is damaged; it is not used (crm doctor shows the difference)`,
      );
      return { snapshot: undefined, seq: 0, edited: true };
    }
    const seq = kept === snapshot.head.seq ? Math.max(checkpoint!.seq, kept) : snapshot.head.seq;
    return { snapshot, seq, edited: false };
  }

  /** What is not of this journal, or ahead of it, in words; undefined where all fits. */
  #misfit(
    snapshots: ReadonlyMap<SnapshotKind, KindBase>,
    checkpoint: Checkpoint | undefined,
    tail: readonly Tailed[],
    tip: Tip,
  ): string | undefined {
    const known = [...snapshots.values()].flatMap(s =>
      s.snapshot ? [{ ...s.snapshot.head, path: s.snapshot.path }] : [],
    );
    if (checkpoint) known.push({ ...checkpoint, path: join(this.#data, 'checkpoint.json') } as never);
    const hashes = new Map(tail.map(tx => [tx.seq, tx.hash]));
    if (tail[0]?.prev !== undefined) hashes.set(tail[0].seq - 1, tail[0].prev);
    hashes.set(tip.seq, tip.hash);
    for (const { seq, hash, path } of known) {
      const actual = seq === 0 ? GENESIS : hashes.get(seq);
      if (seq > tip.seq || (actual !== undefined && actual !== hash))
        return `${path} is of transaction ${seq}, and the journal ${seq > tip.seq ? `ends at ${tip.seq}` : 'has another one of that number'}`;
    }
    return undefined;
  }

  /** That all of data/ is gone, in words; undefined where it is not, or where nobody knows that there was any. */
  #loss(snapshots: ReadonlyMap<SnapshotKind, KindBase>, tip: Tip, verified: Verified): string | undefined {
    if (tip.seq > 0 || Object.keys(verified.known).length === 0) return undefined;
    if ([...snapshots.values()].some(({ snapshot, edited }) => snapshot ?? edited)) return undefined;
    if (!this.caches.isOfThis()) return undefined;
    return `${this.journal.dir} has no transaction, though there were records`;
  }

  #base(snapshots: ReadonlyMap<SnapshotKind, KindBase>, seq: number, config: Config): Base {
    const body = <T>(kind: SnapshotKind): T[] => {
      const { snapshot } = snapshots.get(kind)!;
      return snapshot ? parseBody<T>(readBody(this.#io, snapshot), snapshot.start).records : [];
    };
    return {
      seq,
      seqOf: kind => snapshots.get(kind)!.seq,
      source: kind => this.#source(kind, snapshots.get(kind)!.snapshot, config),
      named: kind => body<Rec>(kind),
      trash: () => body<Trashed>('trash'),
      next: kind => snapshots.get(kind)!.snapshot?.head.next ?? 1,
    };
  }

  #source(kind: Kind, snapshot: OpenSnapshot | undefined, config: Config): Source {
    if (!snapshot || snapshot.head.records === 0) return new MemorySource([]);
    if (snapshot.size < SMALL)
      return new MemorySource(parseBody<Rec>(readBody(this.#io, snapshot), snapshot.start).records);
    const specs = columnsOf(config, kind);
    const columns = ColumnsFile.open(
      this.#io,
      this.caches.path,
      columnsFile(this.kinds, kind),
      this.#options.version,
    );
    if (
      columns?.head.checksum === snapshot.head.checksum &&
      columns.head.rows === snapshot.head.records &&
      [...specs.values()].every(spec => columns.has(spec))
    )
      return new ProjectedSource(this.#io, config.kinds.of(kind), snapshot, columns, specs);
    const { records, ends } = parseBody<Rec>(readBody(this.#io, snapshot), snapshot.start);
    this.#writeColumns(kind, snapshot, records.length, projectionOf(records, ends, specs));
    return new MemorySource(records);
  }

  #writeColumns(
    kind: Kind,
    snapshot: OpenSnapshot,
    rows: number,
    columns: ReadonlyMap<string, ColumnData>,
  ): void {
    const meta = { version: this.#options.version, checksum: snapshot.head.checksum, rows };
    const name = columnsFile(this.kinds, kind);
    this.#tryToCache(dir => {
      writeColumns(this.#io, dir, this.#temporary, name, meta, columns);
      // What took its place meanwhile may be what a purge left, which looked for these columns before they were here.
      const inPlace = signatureOf(this.#io.statSync(snapshot.path));
      if (inPlace.text !== snapshot.signature.text) removeQuietly(this.#io, join(dir, name));
    });
  }

  #readCheckpoint(): Checkpoint | undefined {
    const path = join(this.#data, 'checkpoint.json');
    const bytes = ifThere(() => readWhole(this.#io, path));
    if (!bytes) return undefined;
    let checkpoint: unknown;
    try {
      checkpoint = JSON.parse(bytes.toString());
    } catch {
      throw invalid(`${path}: is not JSON`, 'crm doctor');
    }
    if (!isCheckpoint(checkpoint)) throw invalid(`${path}: is not a checkpoint`, 'crm doctor');
    if (checkpoint.format > FORMAT)
      throw invalid(
        `${path}: written in format ${checkpoint.format} by a newer crm; this one knows ${FORMAT}`,
        'upgrade crm; nothing was changed',
      );
    return checkpoint;
  }

  /** Throws FAILED where the workspace is, or would be, on a network file system, and that was not allowed. */
  requireLocal(path = this.dir): void {
    const network = this.#options.allowNetworkFs ? undefined : networkOf(this.#io, path);
    if (network !== undefined)
      throw failed(
        `${this.dir} is on a network file system (${network}), which may lose what is written; nothing was saved`,
        'move the workspace to a local disk, or take the risk with --allow-network-fs; reading works as ever',
      );
  }

  /** Runs `work` alone among the writers of this workspace. */
  async locked<T>(work: () => Promise<T>): Promise<T> {
    this.requireLocal();
    const { io, lockTimeout, random } = this.#options;
    return this.#explained(async () => {
      this.#makeHidden();
      removeOldCaches(io, this.#hidden, this.#options);
      return withLock(
        {
          io,
          dir: this.#hidden,
          owner: this.#owner,
          temporary: this.#temporary,
          timeout: lockTimeout,
          random,
        },
        work,
      );
    });
  }

  #makeHidden(): void {
    if (isLink(this.#io, this.#hidden)) requireOwnDirectory(this.#io, this.#hidden);
    try {
      this.#io.mkdirSync(this.#hidden, { recursive: true });
    } catch (error) {
      if (codeOf(error) !== 'EEXIST' && codeOf(error) !== 'ENOTDIR') throw error;
      throw failed(
        `${this.#hidden} is a file where crm has a directory, for its lock; nothing was saved`,
        'move it elsewhere',
      );
    }
  }

  /** Appends after `tip`; undefined when somebody was first. */
  async append(tip: Tip, commit: Commit): Promise<Tip | undefined> {
    return this.#explained(async () => {
      makeDirectory(this.#io, this.journal.dir);
      return this.journal.append(tip, commit);
    });
  }

  /** A full or read-only disk is said in a sentence, with what it means for the command. */
  async #explained<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      const code = codeOf(error);
      if (code === undefined || !ofTheDisk.has(code)) throw error;
      throw new CrmError(
        'FAILED',
        `${this.dir} cannot be written: ${reasonOf(code)}; nothing of this command was saved`,
        'reading works as ever; once that is mended, run the command again',
        error,
      );
    }
  }

  /** Puts a file that people write in its place, or removes it. */
  writeUserFile(path: string, text: string | null): void {
    // The last line of defence: whatever a journal or a note says, nothing else is written or removed.
    if (!isFileId(path) && path !== IGNORED) throw invalid(`${path} is not a file of a workspace`);
    const full = join(this.dir, path);
    requireOwnDirectory(this.#io, dirname(full));
    if (text === null) {
      this.#io.unlinkSync(full);
      syncDirectory(this.#io, join(full, '..'));
      return;
    }
    makeDirectory(this.#io, join(full, '..'));
    replaceFile(this.#io, full, this.#temporary, sink => sink.write(encodeFile(text)));
  }

  /**
   * After a commit: writes a checkpoint when the tail has become long, else the small snapshots that are behind.
   * `state` is as of `tip`. What fails here costs nothing but time: it was committed before.
   */
  settle(opened: Opened, state: State, tip: Tip, bytes: number): void {
    try {
      const since = opened.checkpoint?.seq ?? 0;
      const size = opened.tail.reduce((sum, tx) => sum + (tx.seq > since ? tx.size : 0), bytes);
      if (tip.seq - since >= TAIL_TRANSACTIONS || size >= TAIL_BYTES) this.checkpoint(opened, state, tip);
      else this.#writeSmall(opened, state, tip);
    } catch (error) {
      if (codeOf(error) === undefined) throw error;
      this.#options.warn(
        `saved, but the snapshots could not be brought up to date: ${(error as Error).message}`,
      );
    }
  }

  #writeSmall(opened: Opened, state: State, tip: Tip): void {
    for (const kind of changedKinds(opened, state)) {
      const { snapshot, edited } = opened.snapshots.get(kind)!;
      if (!edited && (snapshot?.size ?? 0) < SMALL) this.#writeSnapshot(kind, state, tip);
    }
  }

  /**
   * Whether a file may still have what a purge erased: the purge was cut short, or a slow process wrote a snapshot of
   * before it.
   */
  isPurgeUnfinished({ tail, checkpoint, snapshots }: Opened): boolean {
    const last = tail.findLast(tx => tx.erases)?.seq ?? 0;
    return (
      (checkpoint?.seq ?? 0) < last ||
      [...snapshots.values()].some(({ seq, edited }) => !edited && seq < last)
    );
  }

  /**
   * Throws FAILED where a purge would leave behind what it erases: a snapshot that was changed by hand is not
   * written over.
   */
  requireErasable({ snapshots }: Opened): void {
    for (const [kind, { edited }] of snapshots)
      if (edited)
        throw failed(
          `${join(this.#data, snapshotFile(this.kinds, kind))} was changed by hand, and may have what is to be erased; nothing was`,
          'crm doctor --adopt takes the changes in; or delete the file, which is made again from the journal',
        );
  }

  /**
   * Under the lock: takes what purges after the base erase out of every file. `state` is as of `tip`. Done again
   * after a crash, it does what is left to do.
   */
  async erase(opened: Opened, state: State, tip: Tip, purges: readonly Erasing[]): Promise<void> {
    try {
      // First of all, so that no process that is packing puts into a pack what was there before.
      this.journal.pack(tip.seq);
      for (const { seq, changes } of purges) {
        const ids = new Set(changes.filter(isPurge).map(idOf));
        await this.journal.redact(seq, tx => without(tx, ids, seq));
      }
      this.checkpoint(opened, state, tip, true);
    } catch (error) {
      if (codeOf(error) === undefined) throw error;
      throw new CrmError(
        'FAILED',
        `what transaction ${purges.at(-1)!.seq} erases could not be taken out of all files: ${(error as Error).message}`,
        'the next change goes on with it, and so does crm doctor --fix',
        error,
      );
    }
  }

  /**
   * Folds the journal up to `tip` into the snapshots, and packs what is old. At the end of a purge no projections are
   * made of columns in memory, which know words that no record has any more.
   */
  checkpoint(opened: Opened, state: State, tip: Tip, isPurge = false): void {
    const changed = changedKinds(opened, state);
    const current: { [kind in SnapshotKind]?: number } = {};
    for (const kind of snapshotKinds(this.kinds)) {
      const { snapshot, edited } = opened.snapshots.get(kind)!;
      if (edited) continue;
      if (changed.has(kind)) {
        this.#writeSnapshot(kind, state, tip, !isPurge);
        current[kind] = tip.seq;
      } else current[kind] = snapshot?.head.seq ?? 0;
    }
    // Caches go after what they are made of, and before the checkpoint, which says that all is done.
    if (isPurge) this.caches.clear();
    const at = state.log().at(-1)?.at ?? opened.checkpoint?.at;
    const checkpoint: Checkpoint = {
      format: FORMAT,
      seq: tip.seq,
      hash: tip.hash,
      ...(at && { at }),
      current,
    };
    replaceFile(this.#io, join(this.#data, 'checkpoint.json'), this.#temporary, sink =>
      sink.write(`${JSON.stringify(checkpoint)}\n`),
    );
    this.journal.pack(tip.seq);
    this.#removeTemporaries();
  }

  /** Whether a process that was faster after its commit has brought a snapshot further than `seq`. */
  #isBeyond(kind: SnapshotKind, seq: number): boolean {
    const there = openSnapshot(this.#io, this.#data, snapshotFile(this.kinds, kind));
    if (there) this.#io.closeSync(there.fd);
    return there !== undefined && there.head.seq > seq;
  }

  #writeSnapshot(kind: SnapshotKind, state: State, tip: Tip, isProjected = true): void {
    if (this.#isBeyond(kind, tip.seq)) return;
    const file = snapshotFile(this.kinds, kind);
    const meta = { seq: tip.seq, hash: tip.hash };
    if (isNamedOrTrash(kind)) {
      const all: readonly { id: string }[] =
        kind === 'trash' ? [...state.trash().values()] : [...state.named(kind).values()];
      const records = [...all].sort((a, b) => (a.id < b.id ? -1 : 1));
      const lines = records.map(record => `${JSON.stringify(record)}\n`);
      writeSnapshot(
        this.#io,
        this.#data,
        this.#temporary,
        file,
        { ...meta, next: 1, records: records.length },
        lines,
      );
      return;
    }
    const table = state.table(kind);
    const rows = table.liveRows();
    const isGapless = rows.length === table.rows && rows.every((row, i) => row === i);
    const ends = new Float64Array(rows.length);
    const specs = columnsOf(state.config, kind);
    // Columns that follow changes look at those that concern them; once the records are made, at all that differ.
    if (isProjected && rows.length > MANY) table.loadColumns();
    let end = 0;
    const lines = function* (): Generator<Buffer> {
      const chunk = Buffer.allocUnsafeSlow(CHUNK);
      const lineEnds = new Uint32Array(LINES);
      let filled = 0;
      // Rows without a gap go up to here; a stretch of them that nobody changed is copied as it is.
      let gapless = 0;
      for (let i = 0; i < rows.length; ) {
        if (CHUNK - filled < CHUNK / 4) {
          yield chunk.subarray(0, filled);
          filled = 0;
        }
        if (i >= gapless)
          for (gapless = i + 1; gapless < rows.length && rows[gapless] === rows[gapless - 1]! + 1; )
            gapless++;
        const copied = table.copyUnchanged(
          rows[i]!,
          rows[i]! + gapless - i,
          chunk.subarray(filled),
          lineEnds,
        );
        if (copied > 0) {
          for (let k = 0; k < copied; k++) ends[i + k] = end + lineEnds[k]!;
          end = ends[i + copied - 1]!;
          filled += lineEnds[copied - 1]!;
          i += copied;
          continue;
        }
        const record = table.record(rows[i]!);
        const text = `${JSON.stringify(record)}\n`;
        const size = Buffer.byteLength(text);
        if (size <= CHUNK - filled) filled += chunk.write(text, filled);
        else {
          yield chunk.subarray(0, filled);
          filled = 0;
          yield Buffer.from(text);
        }
        end += size;
        ends[i++] = end;
      }
      yield chunk.subarray(0, filled);
    };
    const next = state.nextNumber(kind);
    const head = writeSnapshot(
      this.#io,
      this.#data,
      this.#temporary,
      file,
      { ...meta, next, records: rows.length },
      lines(),
    );
    if (end < SMALL || !isProjected) return;
    const written = openSnapshot(this.#io, this.#data, file)!;
    // Another process may have put its own in place meanwhile: then the projection is its work.
    if (written.head.checksum === head.checksum) {
      const endsInFile = ends.map(at => at + written.start);
      const columns = new Map<string, ColumnData>([
        [NUMBERS, { type: 'number', values: Float64Array.from(rows, row => table.number(row)) }],
        [ENDS, { type: 'number', values: endsInFile }],
        ...[...specs.values()].map((spec): [string, ColumnData] => [
          spec.storedAs,
          dumpColumn(table.column(spec.key), rows, isGapless),
        ]),
      ]);
      this.#writeColumns(kind, written, rows.length, columns);
      const verified = Verified.read(this.#io, this.caches.path);
      verified.holds(kind, written.signature, () => true);
      this.#cacheVerified(verified);
    }
    this.#io.closeSync(written.fd);
  }

  #removeTemporaries(): void {
    for (const path of deadTemporaries(this.#io, this.dir, this.#owner))
      removeQuietly(this.#io, join(this.dir, path));
    const caches = this.caches.path;
    if (caches === undefined) return;
    for (const name of deadTemporariesIn(this.#io, caches, this.#owner))
      removeQuietly(this.#io, join(caches, name));
  }
}

/** The kinds whose snapshots are behind: some of the state's changes came after them. */
function changedKinds(opened: Opened, state: State): Set<SnapshotKind> {
  const changed = new Set<SnapshotKind>();
  const note = (kind: SnapshotKind, seq: number) => {
    if (seq > opened.snapshots.get(kind)!.seq) changed.add(kind);
  };
  for (const { change, seq } of state.log()) {
    note(kindOf(change), seq);
    if ('rm' in change || isRestored(change)) note('trash', seq);
  }
  return changed;
}

/** Whether a value has the shape of a checkpoint, of this format or a newer one. */
export function isCheckpoint(value: unknown): value is Checkpoint {
  const { format, seq, hash, current } = (value ?? {}) as Partial<Checkpoint>;
  return (
    typeof format === 'number' &&
    (format > FORMAT ||
      (Number.isInteger(seq) && typeof hash === 'string' && typeof current === 'object' && current !== null))
  );
}

const isNamedOrTrash = (kind: SnapshotKind): kind is NamedKind | 'trash' => kind === 'trash' || isNamed(kind);
export const columnsFile = (kinds: Kinds, kind: SnapshotKind) =>
  `${kind === 'trash' ? kind : kinds.pluralOf(kind)}.cols`;

/** The state that an opened store stands for: its base with the tail on top. */
export function stateOf(opened: Opened, config: Config): State {
  const state = new State(opened.base, config);
  for (const tx of opened.tail) applyTransaction(state, tx);
  return state;
}

export function applyTransaction(
  state: State,
  tx: Pick<Transaction, 'seq' | 'at' | 'changes' | 'trigger'>,
): void {
  for (const change of tx.changes) state.apply(change, tx.at, tx.seq, tx.trigger === false);
}
