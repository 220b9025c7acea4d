/**
 * The journal as files: a transaction is a file that appears (put-if-absent), and 256 of them, once they are old,
 * are one pack. A number belongs to the pack that covers it, whatever loose file has that name.
 */
import { dirname, join } from 'node:path';
import type { Erasure, Transaction } from '../domain/changes.ts';
import { invalid } from '../domain/errors.ts';
import type { Kinds } from '../domain/kinds.ts';
import { putIfAbsent, removeQuietly, replaceFile, syncDirectory, type Temporary } from './durable.ts';
import { decode, encode, erasuresIn, GENESIS } from './encoding.ts';
import { codeOf, ifThere, type Io, openRegular, readWhole, requireOwnDirectory } from './io.ts';
import {
  type Commit,
  encodeLeft,
  type Journal,
  requireErasure,
  type Stored,
  type Tailed,
  type Tip,
} from './journal.ts';
import { readRange } from './snapshot.ts';
import type { Kept, TailFile } from './tail-file.ts';
import { signatureOf } from './verified.ts';

export const PACK_SIZE = 256;
/** A commit line is shorter than this, in bytes. */
const COMMIT_LINE = 8192;

/**
 * So many files of the tail a commit looks at, all where there are no more, and in turns where there are: to ask the
 * system for 256 is a fourteenth of the time that a command takes.
 */
const LOOKED_AT = 32;

/** So often a reader looks again before it takes for damage what may be somebody at work. */
const ATTEMPTS = 3;

export const looseName = (seq: number) => `${String(seq).padStart(8, '0')}.jsonl`;
export const packName = (pack: number) => `pack-${String(pack).padStart(6, '0')}.jsonl`;
/** The pack that has, or will have, a transaction: pack 1 has 1 to 256. */
export const packOf = (seq: number) => Math.ceil(seq / PACK_SIZE);

interface Listing {
  /** Numbers of loose files after the last pack, ascending. */
  readonly loose: readonly number[];
  /** Numbers of loose files that a pack covers. */
  readonly covered: readonly number[];
  readonly packs: number;
  readonly tip: number;
}

export class FileJournal implements Journal {
  readonly #io: Io;
  readonly dir: string;
  readonly #temporary: Temporary;
  readonly #salt: () => string;
  readonly #kinds: Kinds;
  /** Covered loose files that were looked at already. */
  readonly #harmless = new Set<number>();
  /** What purges erase, of those that were asked for. */
  readonly #erasures = new Map<number, readonly Erasure[]>();

  constructor(io: Io, dir: string, temporary: Temporary, salt: () => string, kinds: Kinds) {
    this.#io = io;
    this.dir = dir;
    this.#temporary = temporary;
    this.#salt = salt;
    this.#kinds = kinds;
  }

  /** A gap may be a writer or a packer at work between two reads of the directory; damage is what stays. */
  #list(): Listing {
    for (let attempt = 1; ; attempt++) {
      const { packs, seqs } = this.#numbers();
      const missingPack = packs.findIndex((pack, i) => pack !== i + 1);
      const first = packs.length * PACK_SIZE + 1;
      const loose = seqs.filter(seq => seq >= first);
      const missingLoose = loose.findIndex((seq, i) => seq !== first + i);
      if (missingPack < 0 && missingLoose < 0) {
        const covered = seqs.filter(seq => seq < first);
        this.#checkCovered(covered);
        return { loose, covered, packs: packs.length, tip: first - 1 + loose.length };
      }
      if (attempt < ATTEMPTS) continue;
      const [name, last] =
        missingPack >= 0
          ? [packName(missingPack + 1), missingPack * PACK_SIZE]
          : [looseName(first + missingLoose), first + missingLoose - 1];
      throw invalid(
        `${join(this.dir, name)} is missing, though later transactions are there; the last good one is ${last}`,
        'crm doctor',
      );
    }
  }

  /** The numbers that files of the directory have, ascending. */
  #numbers(): { packs: number[]; seqs: number[] } {
    const packs: number[] = [];
    const seqs: number[] = [];
    for (const name of this.#names())
      if (/^\d{8,}\.jsonl$/.test(name)) seqs.push(Number.parseInt(name, 10));
      else if (/^pack-\d{6,}\.jsonl$/.test(name)) packs.push(Number.parseInt(name.slice(5), 10));
    const ascending = (a: number, b: number) => a - b;
    return { packs: packs.sort(ascending), seqs: seqs.sort(ascending) };
  }

  /**
   * A loose file that a pack covers is what a killed packer left, and equals the pack's; or what a killed writer
   * left before it was acknowledged, and still shares its inode with a temporary. Anything else is a second history.
   */
  #checkCovered(covered: readonly number[]): void {
    let packed: { readonly pack: number; readonly bytes: Buffer } | undefined;
    for (const seq of covered) {
      if (this.#harmless.has(seq)) continue;
      const path = join(this.dir, looseName(seq));
      const pack = packOf(seq);
      try {
        if (this.#io.lstatSync(path).nlink === 1) {
          const bytes = readWhole(this.#io, path);
          if (packed?.pack !== pack)
            packed = { pack, bytes: readWhole(this.#io, join(this.dir, packName(pack))) };
          if (!packed.bytes.includes(bytes))
            throw invalid(
              `${path} is another transaction than the one in ${packName(pack)}: two histories were mixed`,
              'crm doctor',
            );
        }
      } catch (error) {
        // The packer is at work, and has removed it.
        if (codeOf(error) !== 'ENOENT') throw error;
      }
      this.#harmless.add(seq);
    }
  }

  #names(): string[] {
    for (const dir of [dirname(this.dir), this.dir]) requireOwnDirectory(this.#io, dir);
    return ifThere(() => this.#io.readdirSync(this.dir) as string[]) ?? [];
  }

  async tip(): Promise<Tip> {
    const { tip } = this.#list();
    if (tip === 0) return { seq: 0, hash: GENESIS };
    return { seq: tip, hash: this.#hashOf(tip) ?? (await this.read(tip - 1, tip))[0]!.hash };
  }

  /**
   * The hash that the last line of a file declares for the transaction: an import of a million rows is not read for
   * it. Undefined where that line is not its commit line; reading the whole then says what is wrong.
   */
  #hashOf(seq: number): string | undefined {
    const packed = packOf(seq) <= this.#list().packs;
    const path = join(this.dir, packed ? packName(packOf(seq)) : looseName(seq));
    let fd: number;
    try {
      fd = openRegular(this.#io, path);
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return undefined;
      throw error;
    }
    try {
      const { size } = this.#io.fstatSync(fd);
      const end = readRange(this.#io, fd, Math.max(0, size - COMMIT_LINE), size).toString();
      const line = JSON.parse(end.slice(end.lastIndexOf('\n', end.length - 2) + 1)) as {
        seq?: unknown;
        hash?: unknown;
      };
      return line.seq === seq && typeof line.hash === 'string' ? line.hash : undefined;
    } catch {
      return undefined;
    } finally {
      this.#io.closeSync(fd);
    }
  }

  async read(after: number, to?: number): Promise<Stored[]> {
    return againWhilePacked(() => this.#read(after, to));
  }

  /** As `read`, to the tip; what `cache` has comes from there, and what it should have goes there. */
  async readTail(after: number, cache: TailFile): Promise<Kept> {
    return againWhilePacked(() => {
      const listing = this.#list();
      const { tip } = listing;
      const signature = this.#signatures(listing);
      const kept = cache.read(after, signature);
      const known = kept.transactions.length;
      const fresh = tip - after - known;
      if (fresh === 0) return kept;
      // Asked before the files are read, so that they are not of later ones.
      const signatures = known > 0 ? [kept.signatures] : [];
      for (let seq = after + known + 1; seq <= tip; seq++) signatures.push(signature(seq));
      const transactions = this.#read(after + known, tip, [...kept.transactions]);
      const all = { transactions, signatures: signatures.join('\n') };
      if (signatures.at(-1) !== '') cache.keep(all, fresh, () => this.isTip(tip));
      return all;
    });
  }

  /** Throws INVALID where a file of the tail is damaged that was whole when it was read; of a long one, not at once. */
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
          // Packed meanwhile; or it is missing, which the list says.
          signature = this.#signatures(this.#list());
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

  /** Whether nobody has made a transaction after this one. */
  isTip(seq: number): boolean {
    return !this.#exists(looseName(seq + 1)) && !this.#exists(packName(packOf(seq + 1)));
  }

  /** What tells the loose file of a transaction from any other; '' of one that a pack has, or nobody. */
  #signatures({ packs, tip }: Listing): (seq: number) => string {
    return seq => (packOf(seq) > packs && seq <= tip ? this.#signatureOf(seq) : '');
  }

  /** Asked for each transaction of the tail by who writes, and `join` takes as long as the system. */
  readonly #signatureOf = (seq: number): string =>
    signatureOf(this.#io.lstatSync(`${this.dir}/${looseName(seq)}`)).text;

  #exists(name: string): boolean {
    return this.#io.existsSync(join(this.dir, name));
  }

  /** Adds the transactions after `after` to those that are `found` already. */
  #read<T extends Tailed>(after: number, to?: number, found: (Stored | T)[] = []): (Stored | T)[] {
    const { packs, tip } = this.#list();
    const last = Math.min(to ?? tip, tip);
    for (let seq = after + 1; seq <= last; ) {
      const packed = packOf(seq) <= packs;
      const name = packed ? packName(packOf(seq)) : looseName(seq);
      const path = join(this.dir, name);
      const all = [...decode(this.#kinds, readWhole(this.#io, path), path, this.#erasuresOf)];
      const first = packed ? (packOf(seq) - 1) * PACK_SIZE + 1 : seq;
      if (all.length !== (packed ? PACK_SIZE : 1) || all.some((tx, i) => tx.seq !== first + i))
        throw invalid(`${path}: does not hold the transactions that its name says`, 'crm doctor');
      for (const tx of all) {
        if (tx.seq < seq || tx.seq > last) continue;
        const before = found.at(-1);
        if (before && before.hash !== tx.prev)
          throw invalid(
            `${path}: transaction ${tx.seq} does not follow ${before.seq}: two histories were mixed`,
            'crm doctor',
          );
        found.push(tx);
      }
      seq = first + all.length;
    }
    return found;
  }

  /** A purge may be behind what is read, and have been redacted itself by a later one. */
  readonly #erasuresOf = (purge: number): readonly Erasure[] | undefined => {
    let erasures = this.#erasures.get(purge);
    const { packs, tip } = this.#list();
    if (erasures || purge > tip) return erasures;
    const name = packOf(purge) <= packs ? packName(packOf(purge)) : looseName(purge);
    const bytes = readWhole(this.#io, join(this.dir, name));
    erasures = erasuresIn(this.#kinds, bytes, purge, this.#erasuresOf);
    if (erasures) this.#erasures.set(purge, erasures);
    return erasures;
  };

  async append(after: Tip, commit: Commit): Promise<Tip | undefined> {
    const seq = after.seq + 1;
    const { changes, erases, ...head } = commit;
    const body = { changes, ...(erases && { erases }) };
    const salt = this.#salt();
    let hash = '';
    const ours = putIfAbsent(
      this.#io,
      join(this.dir, looseName(seq)),
      this.#temporary,
      sink => {
        hash = encode({ ...head, seq, prev: after.hash, salt }, body, chunk => sink.write(chunk));
      },
      { lost: () => this.#isPackedWithout(seq, hash) },
    );
    return ours ? { seq, hash } : undefined;
  }

  /**
   * A writer that slept while others committed its number, packed it and removed the loose file, links a name that
   * is free again: the pack says that it lost. Where it slept after the link, the pack has its own transaction.
   */
  #isPackedWithout(seq: number, hash: string): boolean {
    const path = join(this.dir, packName(packOf(seq)));
    return this.#io.existsSync(path) && !readWhole(this.#io, path).includes(`"hash":"${hash}"`);
  }

  /**
   * To be called under the lock, when all groups that are complete are packed: a packer that is slow cannot then make
   * a pack of what was there before. Each file is written once, whatever is erased from it.
   */
  async redact(purge: number, leave: (tx: Stored) => Transaction): Promise<void> {
    const { packs } = this.#list();
    const erasures = this.#erasuresOf(purge) ?? [];
    const files = new Map<string, Set<number>>();
    for (const { seq } of erasures) {
      const name = packOf(seq) <= packs ? packName(packOf(seq)) : looseName(seq);
      files.set(name, (files.get(name) ?? new Set()).add(seq));
    }
    for (const [name, seqs] of [...files].reverse()) {
      // A loose file that a killed packer left would be another transaction than the pack's.
      const left = [...seqs].map(looseName).filter(loose => loose !== name && this.#exists(loose));
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
        const { lines, now } = encodeLeft(leave(tx));
        requireErasure(erasures, { seq, now });
        chunks.push(...lines);
        isDone = false;
      }
      if (!isDone) replaceFile(this.#io, path, this.#temporary, sink => chunks.forEach(sink.write));
    }
  }

  async findRequest(request: string): Promise<number | undefined> {
    return againWhilePacked(() => this.#findRequest(request));
  }

  #findRequest(request: string): number | undefined {
    const wanted = `"request":${JSON.stringify(request)}`;
    const { packs, loose } = this.#list();
    const files = [
      ...loose.map(seq => looseName(seq)).reverse(),
      ...Array.from({ length: packs }, (_, i) => packName(packs - i)),
    ];
    for (const name of files) {
      const path = join(this.dir, name);
      const bytes = readWhole(this.#io, path);
      if (!bytes.includes(wanted)) continue;
      for (const tx of decode(this.#kinds, bytes, path, this.#erasuresOf))
        if (tx.request === request) return tx.seq;
    }
    return undefined;
  }

  /**
   * Concatenates every complete group of 256 loose transactions up to `seq` into its pack, and removes the loose
   * files once the pack is durable; also the loose files that a pack covered already.
   */
  pack(seq: number): void {
    for (let pack = this.#list().packs + 1; pack * PACK_SIZE <= seq; pack++) {
      const first = (pack - 1) * PACK_SIZE + 1;
      try {
        putIfAbsent(this.#io, join(this.dir, packName(pack)), this.#temporary, sink => {
          for (let i = 0; i < PACK_SIZE; i++)
            sink.write(readWhole(this.#io, join(this.dir, looseName(first + i))));
        });
      } catch (error) {
        // Another process packs, and is further: the rest is its work.
        if (codeOf(error) !== 'ENOENT') throw error;
        return;
      }
    }
    // Where another process made the pack, its name may not be durable yet.
    syncDirectory(this.#io, this.dir);
    const { covered } = this.#list();
    for (const each of covered) removeQuietly(this.#io, join(this.dir, looseName(each)));
    // Before temporaries go: a loose file that outlived the one which it shares would be a second history.
    if (covered.length > 0) syncDirectory(this.#io, this.dir);
  }
}

/** A packer may remove a loose file between our listing and our reading: the next listing has its pack. */
function againWhilePacked<T>(work: () => T): T {
  for (let attempt = 1; ; attempt++) {
    try {
      return work();
    } catch (error) {
      if (codeOf(error) !== 'ENOENT' || attempt === ATTEMPTS) throw error;
    }
  }
}
