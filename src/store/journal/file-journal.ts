/**
 * The journal as files: a transaction is a file that appears (put-if-absent), and 256 of them, once they are old, are
 * one pack (`journal-directory.ts` draws it). A file that has its name is whole and durable:
 *
 *     append:  write a temporary file -> fsync -> link to the next number -> fsync the directory -> look for a pack
 *     pack:    write a temporary file -> fsync -> link to the pack's name -> fsync the directory -> remove loose files
 *
 * EEXIST at the link means that somebody was first. A writer that slept meanwhile may find the number free again
 * because it was packed, so it looks for the pack before it reports the commit as saved.
 */
import { join } from 'node:path';
import type { Erasure } from '../../domain/changes.ts';
import { invalid } from '../../domain/errors.ts';
import type { Kinds } from '../../domain/kinds.ts';
import { lastCommitLine } from '../lines/commit-line.ts';
import { replaceFile, type Sink, syncDirectory, type Temporary } from '../disk/durable.ts';
import { decode, erasuresIn, GENESIS } from '../lines/encoding.ts';
import { codeOf, ifThere, type Io, readWhole } from '../disk/io.ts';
import {
  type Commit,
  encodeCommit,
  encodeLeft,
  type Journal,
  requireErasure,
  type Stored,
  type Tailed,
  type Tip,
  without,
} from './journal.ts';
import {
  isPacked,
  JournalDirectory,
  type Listing,
  looseName,
  nameOf,
  PACK_SIZE,
  packName,
  packOf,
  type Sees,
  stretchOf,
} from './journal-directory.ts';
import { packLoose, putTransaction } from './journal-files.ts';
import { JournalSearch, type KeptFilters } from './journal-search.ts';
import type { Mention } from './mentions.ts';
import { againWhilePacked } from '../lines/packed-meanwhile.ts';
import type { Sealed } from './sealed.ts';
import type { Kept, TailFile } from './tail-file.ts';
import { signatureOf } from '../caches/verified.ts';

/**
 * The number of files of the tail that a commit checks; a longer tail is checked in turns. Asking the system about
 * 256 files takes a fourteenth of a command's time.
 */
const LOOKED_AT = 32;

export class FileJournal implements Journal {
  readonly #io: Io;
  readonly dir: string;
  readonly #temporary: Temporary;
  readonly #salt: () => string;
  readonly #kinds: Kinds;
  readonly #files: JournalDirectory;
  /** The erasures of purges that were read so far. */
  readonly #erasures = new Map<number, readonly Erasure[]>();

  readonly #search: JournalSearch;

  constructor(
    io: Io,
    dir: string,
    temporary: Temporary,
    salt: () => string,
    kinds: Kinds,
    sees?: Sees,
    kept?: Omit<KeptFilters, 'temporary'>,
  ) {
    this.#io = io;
    this.dir = dir;
    this.#temporary = temporary;
    this.#salt = salt;
    this.#kinds = kinds;
    this.#files = new JournalDirectory(io, dir, sees);
    const read = (after: number, to: number) => this.read(after, to);
    this.#search = new JournalSearch(
      io,
      this.#files,
      kinds,
      { erasures: this.#erasuresOf, read },
      kept && { ...kept, temporary },
    );
  }

  async tip(): Promise<Tip> {
    const { tip } = this.#files.list();
    if (tip === 0) return { seq: 0, hash: GENESIS };
    return { seq: tip, hash: this.#hashOf(tip) ?? (await this.read(tip - 1, tip))[0]!.hash };
  }

  /** The hash that the file of a transaction declares at its end; undefined if that is not its commit line. */
  #hashOf(seq: number): string | undefined {
    const path = join(this.dir, nameOf(seq, this.#files.list()));
    const line = ifThere(() => lastCommitLine(this.#io, path));
    return line?.seq === seq ? line.hash : undefined;
  }

  /** Returns the last transaction that is in the journal itself, and not waiting to be shared. */
  async shared(): Promise<Tip> {
    const { shared } = this.#files.list();
    if (shared === 0) return { seq: 0, hash: GENESIS };
    return { seq: shared, hash: (await this.read(shared - 1, shared))[0]!.hash };
  }

  /** Whether transactions that were made offline wait to be shared. */
  isWaiting(): boolean {
    if (!this.#files.mayWait()) return false;
    const { shared, tip } = this.#files.list();
    return tip > shared || this.#files.isParted();
  }

  /** The directory as it is listed. */
  get files(): JournalDirectory {
    return this.#files;
  }

  async read(after: number, to?: number, isLazy = false): Promise<Stored[]> {
    return againWhilePacked(() => this.#read(after, to, [], isLazy));
  }

  /** Reads to the tip like `read`, takes transactions from `cache` if it has them, and adds the others to it. */
  async readTail(after: number, cache: TailFile): Promise<Kept> {
    return againWhilePacked(() => {
      const listing = this.#files.list();
      const { tip } = listing;
      const signature = this.#signatures(listing);
      const kept = cache.read(after, signature);
      const known = kept.transactions.length;
      const fresh = tip - after - known;
      if (fresh === 0) return kept;
      // Read before the files, so that the signatures are not of later files.
      const signatures = known > 0 ? [kept.signatures] : [];
      for (let seq = after + known + 1; seq <= tip; seq++) signatures.push(signature(seq));
      const transactions = this.#read(after + known, tip, [...kept.transactions]);
      const all = { transactions, signatures: signatures.join('\n') };
      if (signatures.at(-1) !== '') cache.keep(all, fresh, () => this.isTip(all.transactions.at(-1)!));
      return all;
    });
  }

  /**
   * Throws INVALID if a file of the tail was damaged after it was read; a long tail is checked over several commits.
   */
  async requireAsRead({ transactions, signatures }: Kept): Promise<void> {
    const before = signatures.split('\n');
    const turns = Math.ceil(transactions.length / LOOKED_AT);
    againWhilePacked(() => {
      let signature = this.#signatureOf;
      for (let i = transactions.length - 1; i >= 0; i -= turns) {
        const { seq, hash } = transactions[i]!;
        if (before[i] === '') continue;
        let now: string;
        try {
          now = signature(seq);
        } catch (error) {
          if (codeOf(error) !== 'ENOENT') throw error;
          // It was packed meanwhile; or it is missing, which the listing shows.
          signature = this.#signatures(this.#files.list());
          now = signature(seq);
        }
        if (now === '' || now === before[i]) continue;
        if (this.#read(seq - 1, seq)[0]!.hash !== hash)
          throw invalid(
            `${join(this.dir, looseName(seq))} is another transaction than the one that was there`,
            'crm doctor',
          );
      }
    });
  }

  /** Whether there is no transaction after this one. */
  isTip({ seq, hash }: Tip): boolean {
    if (!this.#files.mayWait())
      return !this.#files.has(looseName(seq + 1)) && !this.#files.has(packName(packOf(seq + 1)));
    // A number that was made offline may be another transaction by now.
    return this.#files.list().tip === seq && (seq === 0 || this.#hashOf(seq) === hash);
  }

  /** Returns the signature of a transaction's loose file; '' if a pack has the transaction, or no file does. */
  #signatures(listing: Listing): (seq: number) => string {
    const { shared, tip } = listing;
    return seq => {
      if (isPacked(seq, listing) || seq > tip) return '';
      return seq <= shared ? this.#signatureOf(seq) : this.#signatureAt(join(this.dir, nameOf(seq, listing)));
    };
  }

  /** A writer asks it for each transaction of the tail, and `join` takes as long as the system. */
  readonly #signatureOf = (seq: number): string => this.#signatureAt(`${this.dir}/${looseName(seq)}`);

  readonly #signatureAt = (path: string): string => signatureOf(this.#io.lstatSync(path)).text;

  mentions(ids: ReadonlySet<string>): AsyncGenerator<Mention> {
    return this.#search.mentions(ids);
  }

  about(ids: ReadonlySet<string>): AsyncGenerator<Stored> {
    return this.#search.about(ids);
  }

  /** Adds the transactions after `after` to those that are `found` already. */
  #read<T extends Tailed>(
    after: number,
    to?: number,
    found: (Stored | T)[] = [],
    isLazy = false,
  ): (Stored | T)[] {
    const listing = this.#files.list();
    const last = Math.min(to ?? listing.tip, listing.tip);
    for (let seq = after + 1; seq <= last; ) {
      const { first, next } = stretchOf(seq, listing);
      const path = join(this.dir, nameOf(seq, listing));
      const all = [...decode(this.#kinds, readWhole(this.#io, path), path, this.#erasuresOf, isLazy)];
      if (
        all.length !== (isPacked(seq, listing) ? PACK_SIZE : 1) ||
        all.some((tx, i) => tx.seq !== first + i)
      )
        throw invalid(`${path}: does not hold the transactions that its name says`, 'crm doctor');
      for (const tx of all) {
        if (tx.seq < seq || tx.seq > last || tx.seq >= next) continue;
        const before = found.at(-1);
        if (before && before.hash !== tx.prev)
          throw invalid(
            `${path}: transaction ${tx.seq} does not follow ${before.seq}: two histories were mixed`,
            'crm doctor',
          );
        found.push(tx);
      }
      seq = next;
    }
    return found;
  }

  /** The purge may come later than the transactions that are read, and a later purge may have erased from it. */
  readonly #erasuresOf = (purge: number): readonly Erasure[] | undefined => {
    let erasures = this.#erasures.get(purge);
    const listing = this.#files.list();
    if (erasures || purge > listing.tip) return erasures;
    const bytes = readWhole(this.#io, join(this.dir, nameOf(purge, listing)));
    erasures = erasuresIn(this.#kinds, bytes, purge, this.#erasuresOf);
    if (erasures) this.#erasures.set(purge, erasures);
    return erasures;
  };

  async append(after: Tip, commit: Commit): Promise<Tip | undefined> {
    const seq = after.seq + 1;
    const salt = this.#salt();
    let hash = '';
    const ours = this.#put(
      seq,
      sink => {
        hash = encodeCommit(after, commit, salt, chunk => sink.write(chunk));
      },
      () => hash,
    );
    return ours ? { seq, hash } : undefined;
  }

  /** Puts a transaction that was made before at its number: true if it is ours and durable, false if the number is taken. */
  put({ seq, hash, bytes }: Sealed): boolean {
    return this.#put(
      seq,
      sink => sink.write(bytes),
      () => hash,
    );
  }

  #put(seq: number, fill: (sink: Sink) => void, hash: () => string): boolean {
    return putTransaction(this.#io, this.dir, this.#temporary, seq, fill, hash);
  }

  /**
   * Must be called under the lock, after all complete groups were packed: a slow packer can then not make a pack of
   * the old files. Each file is written once, however much is erased from it.
   */
  async redact(purge: number, ids: ReadonlySet<string>): Promise<void> {
    const listing = this.#files.list();
    const erasures = this.#erasuresOf(purge) ?? [];
    const files = new Map<string, Set<number>>();
    for (const { seq } of erasures) {
      const name = nameOf(seq, listing);
      files.set(name, (files.get(name) ?? new Set()).add(seq));
    }
    for (const [name, seqs] of [...files].reverse()) {
      // A loose file that a killed packer left would differ from the transaction in the pack.
      const left = [...seqs].map(looseName).filter(loose => loose !== name && this.#files.has(loose));
      for (const loose of left) this.#io.unlinkSync(join(this.dir, loose));
      if (left.length > 0) syncDirectory(this.#io, this.dir);
      const path = join(this.dir, name);
      const bytes = readWhole(this.#io, path);
      const chunks: Buffer[] = [];
      let at = 0;
      let isDone = true;
      for (const tx of decode(this.#kinds, bytes, path, this.#erasuresOf)) {
        const { seq, size, purged = 0 } = tx;
        at += size;
        if (!seqs.has(seq) || purged >= purge) {
          chunks.push(bytes.subarray(at - size, at));
          continue;
        }
        const { lines, now } = encodeLeft(without(tx, ids, purge));
        requireErasure(erasures, { seq, now });
        chunks.push(...lines);
        isDone = false;
      }
      if (!isDone) replaceFile(this.#io, path, this.#temporary, sink => chunks.forEach(sink.write));
    }
  }

  async findRequest(request: string): Promise<number | undefined> {
    return this.#search.findRequest(request);
  }

  /** Packs the complete groups up to `seq` (`journal-files.ts`). */
  pack(seq: number): void {
    packLoose(this.#io, this.#files, this.#temporary, seq);
  }
}
