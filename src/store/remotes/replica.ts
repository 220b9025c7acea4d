/**
 * The replica of a remote: a local journal that has all of the shared one, or is about to. It decides where a transaction
 * goes: to the remote first (online), or to the transactions that wait in `data/offline/` (offline).
 *
 *     data/journal/   ... 56 57         shared: the remote has them, with the same bytes
 *     data/offline/             58 59   made offline; readers lay them over the journal
 *     data/parted/              58 59   the same when the remote has another 58: put on top of it again (`parted.ts`)
 */
import { dirname, join } from 'node:path';
import { conflict, CrmError, failed, invalid } from '../../domain/errors.ts';
import { type Kind, numberOf } from '../../domain/kinds.ts';
import type { Leased } from '../../state/state.ts';
import { makeDirectory, putIfAbsent, removeQuietly, replaceFile, syncDirectory } from '../disk/durable.ts';
import { GENESIS } from '../lines/encoding.ts';
import type { FileJournal } from '../journal/file-journal.ts';
import { codeOf, isThere, namesIn, readIfThere } from '../disk/io.ts';
import type { Commit, Stored, Tip } from '../journal/journal.ts';
import { readSealed } from '../journal/journal-bytes.ts';
import { JournalDirectory, looseName } from '../journal/journal-directory.ts';
import { putAll } from '../journal/journal-files.ts';
import { seal, type Sealed, tipOf } from '../journal/sealed.ts';
import type { Site } from '../site/site.ts';
import { appendSurely } from './append-surely.ts';
import { ConflictList } from './conflict-list.ts';
import { addressOf } from './index.ts';
import type { RemoteKind } from './kind.ts';
import { type Block, type Known, KnownRemotes } from './known.ts';
import { MadeHere } from './made-here.ts';
import { Parted } from './parted.ts';
import { verified } from './verified-sealed.ts';
import type { Remote } from './remote.ts';

/** How often a redaction is repeated because somebody shares at the same time. */
const REDACTIONS = 20;

/** The most bytes that are read of the file with the time of a replica. */
const LARGEST_INSTANT = 64;

/** Directories of the user's alone. */
const PRIVATE = 0o700;

/** How many transactions are asked for at once. */
const PAGE = 512;

/** Transactions of others that the remote has and the replica does not: as bytes, and verified. */
export interface Incoming {
  readonly sealed: readonly Sealed[];
  readonly transactions: readonly Stored[];
}

export class Replica {
  readonly known: Known;
  readonly kind: RemoteKind;
  readonly state: KnownRemotes;
  /** Whether the present command reaches the remote; otherwise its changes wait. */
  isOnline: boolean;
  readonly #site: Site;
  readonly #journal: FileJournal;
  readonly #url: URL;
  #remote: Promise<Remote> | undefined;

  private constructor(site: Site, journal: FileJournal, state: KnownRemotes, known: Known) {
    this.#site = site;
    this.#journal = journal;
    this.state = state;
    this.known = known;
    const { kind, url } = addressOf(known.url, site.dir);
    this.kind = kind;
    this.#url = url;
    this.isOnline = !known.offline;
  }

  /** Returns the replica in the workspace of a store; undefined if this machine knows no remote of it. */
  static async of(site: Site, journal: FileJournal): Promise<Replica | undefined> {
    const state = new KnownRemotes(site.options, site.dir);
    const known = state.get();
    if (!known) return undefined;
    const { seq } = await journal.tip();
    if (seq > 0 && (await journal.read(0, 1))[0]!.hash !== known.workspace)
      throw failed(
        `this machine knows a remote of another workspace that was in ${site.dir}`,
        'crm remote rm forgets it',
      );
    return new Replica(site, journal, state, known);
  }

  /** The transactions that a sync has set aside. */
  get parted(): Parted {
    return new Parted(this.#site);
  }

  /** The changes that syncs refused and nobody has settled yet. */
  get conflicts(): ConflictList {
    return new ConflictList(this.#site);
  }

  /** Which transactions were made on this machine. */
  get made(): MadeHere {
    const { io, temporary } = this.#site;
    return new MadeHere(io, this.state.own(this.known), temporary);
  }

  /** The numbers that this replica may use for a kind. */
  readonly leased = (kind: Kind): Leased | undefined => {
    const blocks = this.known.ids?.[kind];
    return blocks && { blocks, isAll: !this.isOnline };
  };

  /**
   * Takes the numbers of records that are in no table any more, nor in the trash, out of the leased blocks, so that no new
   * record gets one: people may have noted them, and the history has them. Numbers of a block are given in order.
   */
  async withdraw(ids: Iterable<string>): Promise<void> {
    const { kinds } = this.#site.options;
    const last = new Map<Kind, number>();
    for (const id of ids) {
      const kind = kinds.kindOf(id);
      last.set(kind, Math.max(last.get(kind) ?? 0, numberOf(id)));
    }
    if (last.size === 0) return;
    await this.state.update(known => {
      const ids = (known.ids ??= {});
      for (const [kind, blocks] of Object.entries(ids))
        ids[kind] = blocks.flatMap(([first, end]): Block[] => {
          const given = last.get(kind) ?? 0;
          const next = given >= first && given <= end ? given + 1 : first;
          return next <= end ? [[next, end]] : [];
        });
      this.known.ids = ids;
    });
  }

  /** The address, for people. */
  get shown(): string {
    return this.#url.href;
  }

  /** Returns the remote, opened once. */
  remote(): Promise<Remote> {
    return (this.#remote ??= openRemote(this.#site, this.known, this.state));
  }

  /** Has other machines wait with their appends, if the remote can do that; returns what ends it. */
  async turn(): Promise<(() => Promise<void>) | undefined> {
    return (await this.remote()).turn?.();
  }

  /** When the replica had all that was shared, as an instant; undefined if never. */
  get asOf(): string | undefined {
    return readIfThere(this.#site.io, this.#asOfPath, LARGEST_INSTANT)?.toString().trim();
  }

  /** Notes that it has all that was shared at an instant. It is not forced to the disk, and may be left out. */
  noteAsOf(instant: string): void {
    const { io, temporary } = this.#site;
    try {
      makeDirectory(io, dirname(this.#asOfPath), PRIVATE);
      replaceFile(io, this.#asOfPath, temporary, sink => sink.write(`${instant}\n`), false);
    } catch (error) {
      if (codeOf(error) === undefined) throw error;
    }
  }

  get #asOfPath(): string {
    return join(this.state.own(this.known), 'as-of');
  }

  /** Closes the remote, if it was opened. */
  async close(): Promise<void> {
    const remote = await this.#remote?.catch(() => undefined);
    this.#remote = undefined;
    await remote?.close();
  }

  /**
   * Appends after `tip`; a returned transaction is durable at its destination. Undefined if somebody was first, here
   * or on another machine: their transactions must be taken in.
   */
  async append(tip: Tip, commit: Commit): Promise<Tip | undefined> {
    const made = seal(tip, commit, this.#site.options.salt());
    this.made.note(commit);
    if (!this.isOnline) return this.#putAside(made) ? tipOf(made) : undefined;
    if (!(await appendSurely(await this.remote(), tip, [made]))) return undefined;
    this.#journal.put(made);
    return tipOf(made);
  }

  #putAside({ seq, bytes }: Sealed): boolean {
    const { io, temporary } = this.#site;
    makeDirectory(io, this.#offline);
    return putIfAbsent(io, join(this.#offline, looseName(seq)), temporary, sink => sink.write(bytes));
  }

  /** The last transaction that the replica knows to be shared. */
  shared(): Promise<Tip> {
    return this.#journal.shared();
  }

  /** The transactions that wait, in order: made offline, or set aside by a sync that was cut short. */
  waiting(): Sealed[] {
    const { shared, tip } = this.#journal.files.list();
    return readSealed(this.#site.io, this.#journal.files, shared, tip - shared);
  }

  /**
   * Returns what others appended since, verified: its hashes, and that it continues the replica. Throws INVALID if the remote
   * has another history, or less than it had.
   */
  async incoming(): Promise<Incoming> {
    const here = await this.#journal.shared();
    const there = await (await this.remote()).tip();
    if (there.seq === here.seq && there.hash === here.hash) return { sealed: [], transactions: [] };
    if (there.seq < here.seq) throw await this.#behind(here, there);
    return this.incomingAfter(here, there);
  }

  /** Returns what the remote has after a transaction that both have, up to another one, verified in the same way. */
  async incomingAfter(here: Tip, there: Tip): Promise<Incoming> {
    const remote = await this.remote();
    const sealed: Sealed[] = [];
    for (let after = Math.max(0, here.seq - 1); after < there.seq; ) {
      const page = await remote.read(after, PAGE);
      if (page.length === 0) break;
      sealed.push(...page);
      after = page.at(-1)!.seq;
    }
    const last = here.seq > 0 ? sealed.shift() : undefined;
    if (here.seq > 0 && last?.hash !== here.hash) throw this.#forked(here.seq);
    const transactions = verified(this.#site, this.shown, here, sealed);
    if (transactions.some(tx => tx.erases)) await this.#requireErasedAlone(remote, here, sealed);
    return { sealed, transactions };
  }

  /**
   * Throws INVALID if what the remote has of before differs in more than what purges name: a purge replaces transactions there,
   * and over git the whole history, which could hide another replacement.
   */
  async #requireErasedAlone(remote: Remote, here: Tip, fresh: readonly Sealed[]): Promise<void> {
    const known: Sealed[] = [];
    while (known.length < here.seq) {
      const page = await remote.read(known.length, Math.min(PAGE, here.seq - known.length));
      if (page.length === 0) break;
      known.push(...page);
    }
    const ours = readSealed(this.#site.io, this.#journal.files, 0, here.seq);
    const other = ours.find(({ hash }, i) => known[i]?.hash !== hash);
    if (other) throw this.#forked(other.seq);
    verified(this.#site, this.shown, { seq: 0, hash: GENESIS }, [...known, ...fresh]);
  }

  async #behind(here: Tip, there: Tip): Promise<Error> {
    const [same] = there.seq > 0 ? await this.#journal.read(there.seq - 1, there.seq) : [];
    if (there.seq > 0 && same!.hash !== there.hash) return this.#forked(there.seq);
    return invalid(
      `${this.shown} ends at transaction ${there.seq}, and had ${here.seq}: it was rolled back; nothing was taken in`,
      'crm remote repair puts back what this replica still has',
    );
  }

  #forked = (seq: number) =>
    invalid(
      `${this.shown} has another transaction ${seq} than this replica: its history was replaced; nothing was taken in`,
      'crm remote repair shows both sides',
    );

  /** Puts the transactions that others appended into the journal, durably. Needs the lock. */
  put({ sealed }: Incoming): void {
    const { io, temporary } = this.#site;
    makeDirectory(io, this.#journal.dir);
    putAll(io, new JournalDirectory(io, this.#journal.dir, 'beneath'), temporary, sealed);
  }

  /** Makes the waiting transactions, which are shared now, a part of the journal. Needs the lock. */
  settle(shared: readonly Sealed[]): void {
    const { io } = this.#site;
    this.put({ sealed: shared, transactions: [] });
    for (const { seq } of [...shared].reverse()) removeQuietly(io, join(this.#offline, looseName(seq)));
    this.#removeIfEmpty(this.#offline);
  }

  /**
   * Erases from the remote what these purges erased here. Repeating it changes nothing. If it fails, the rest is
   * noted on this machine, and the next sync does it.
   */
  async redact(purges: readonly number[]): Promise<void> {
    const first = Math.min(...purges);
    try {
      const remote = await this.remote();
      const seqs = new Set<number>();
      for (const purge of purges)
        for (const { seq } of (await this.#journal.read(purge - 1, purge))[0]?.erases ?? []) seqs.add(seq);
      const left = [...seqs]
        .sort((a, b) => a - b)
        .flatMap(seq => readSealed(this.#site.io, this.#journal.files, seq - 1, 1));
      for (let attempt = 1; left.length > 0; attempt++) {
        if ((await remote.redact(await remote.tip(), left)) === 'redacted') break;
        if (attempt === REDACTIONS)
          throw failed(`others share to ${this.shown} all the time`, 'crm sync again');
      }
      if (this.known.purge !== undefined) await this.#note(undefined);
    } catch (error) {
      await this.#note(Math.min(first, this.known.purge ?? first));
      throw new CrmError(
        'FAILED',
        `erased here, but ${this.shown} still has it: ${(error as Error).message}`,
        'crm sync goes on with it',
        error,
      );
    }
  }

  async #note(purge: number | undefined): Promise<void> {
    this.known.purge = purge;
    await this.state.update(known => {
      known.purge = purge;
    });
  }

  /** Goes on with a purge that the remote may not have yet. */
  async finishPurge(): Promise<void> {
    const { purge } = this.known;
    if (purge === undefined) return;
    const after = await this.#journal.read(purge - 1);
    await this.redact(after.filter(tx => tx.erases).map(({ seq }) => seq));
  }

  /** Makes the waiting transactions a part of the journal, when no remote is known any more. Needs the lock. */
  adopt(): void {
    if (this.parted.isThere())
      throw conflict(
        'a sync was cut short, and what it had set aside is not back yet',
        'crm sync, then crm remote rm',
      );
    this.settle(this.waiting());
  }

  /** The same as transactions. */
  async waitingTransactions(): Promise<Stored[]> {
    const { shared, tip } = this.#journal.files.list();
    return this.#journal.read(shared, tip);
  }

  /**
   * Removes all waiting transactions, the last first, so that a kill leaves a valid chain. Those that were set aside come
   * last: they are what readers see, with what a sync has put back of them left out. Needs the lock.
   */
  drop(): void {
    this.#empty(this.#offline);
    this.parted.forget();
  }

  #empty(dir: string): void {
    const { io } = this.#site;
    for (const name of namesIn(io, dir).sort().reverse()) io.unlinkSync(join(dir, name));
    this.#removeIfEmpty(dir);
  }

  #removeIfEmpty(dir: string): void {
    const { io } = this.#site;
    if (!isThere(io, dir) || namesIn(io, dir).some(name => !name.startsWith('.tmp-'))) return;
    for (const name of namesIn(io, dir)) removeQuietly(io, join(dir, name));
    io.rmdirSync(dir);
    syncDirectory(io, dirname(dir));
  }

  get #offline(): string {
    return join(this.#site.data, 'offline');
  }
}

/** Opens the remote that is known of a workspace. */
export async function openRemote(
  { options }: { readonly options: Site['options'] },
  known: Known,
  state: KnownRemotes,
): Promise<Remote> {
  const { kind, url } = addressOf(known.url, '/');
  const { io, env, pid, host, random, lockTimeout } = options;
  const mayAsk = options.mayAsk?.() === true;
  return kind.open(url, {
    io,
    env,
    pid,
    host,
    random,
    lockTimeout,
    mayAsk,
    own: state.own(known),
    options: known.options,
  });
}
