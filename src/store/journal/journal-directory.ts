/**
 * The files of a journal: the transactions that exist, and the file of each.
 *
 *     pack-000001.jsonl   1 to 256
 *     pack-000002.jsonl   257 to 512
 *     00000512.jsonl      covered by a pack: what a killed packer left
 *     00000513.jsonl      loose: appended since
 *     00000514.jsonl      the tip
 *     ../offline/00000515.jsonl   laid over it: made offline, and shared later
 *     ../parted/00000513.jsonl    in its place: while a sync puts the transactions of others beneath them
 *
 * While `parted` is there, readers see the journal up to where it parts, with `parted` on top of it: the state before
 * the sync. Only the sync itself looks beneath it. A number belongs to the pack that covers it, even if a loose file has that number. Others append and pack while a
 * reader lists and reads, so an apparent gap is looked at again before it counts as damage.
 */
import { dirname, join } from 'node:path';
import { invalid } from '../../domain/errors.ts';
import { lastCommitLine } from '../lines/commit-line.ts';
import { GENESIS } from '../lines/encoding.ts';
import { codeOf, ifThere, type Io, readWhole, requireOwnDirectory } from '../disk/io.ts';
import { ATTEMPTS } from '../lines/packed-meanwhile.ts';
import { sealedIn } from './sealed.ts';

/** The number of transactions in a pack. */
export const PACK_SIZE = 256;

export const looseName = (seq: number) => `${String(seq).padStart(8, '0')}.jsonl`;
export const packName = (pack: number) => `pack-${String(pack).padStart(6, '0')}.jsonl`;
/** Returns the pack that contains, or will contain, a transaction: pack 1 has 1 to 256. */
export const packOf = (seq: number) => Math.ceil(seq / PACK_SIZE);

export interface Listing {
  /** Numbers of loose files after the last pack, ascending. */
  readonly loose: readonly number[];
  /** Numbers of loose files that a pack covers. */
  readonly covered: readonly number[];
  readonly packs: number;
  /** The last transaction that is read from the journal itself. Those after it wait to be shared. */
  readonly shared: number;
  readonly tip: number;
  /** The directory of those that wait, from that of the journal. */
  readonly over: Over;
}

/** The directory of transactions that were made offline, from that of the journal. */
const OFFLINE = '../offline';
/** The directory of transactions that a sync has set aside. */
const PARTED = '../parted';
type Over = typeof OFFLINE | typeof PARTED;

/** Returns whether a pack has a transaction. */
export const isPacked = (seq: number, { packs, shared }: Pick<Listing, 'packs' | 'shared'>): boolean =>
  seq <= shared && packOf(seq) <= packs;

/** Returns the name of the file that has a transaction. */
export function nameOf(seq: number, listing: Pick<Listing, 'packs' | 'shared' | 'over'>): string {
  if (seq > listing.shared) return `${listing.over}/${looseName(seq)}`;
  return isPacked(seq, listing) ? packName(packOf(seq)) : looseName(seq);
}

/** Returns the transactions that are read from the file that has `seq`: from `first` on, and below `next`. */
export function stretchOf(
  seq: number,
  listing: Pick<Listing, 'packs' | 'shared'>,
): { readonly first: number; readonly next: number } {
  if (!isPacked(seq, listing)) return { first: seq, next: seq + 1 };
  const last = packOf(seq) * PACK_SIZE;
  return { first: last - PACK_SIZE + 1, next: Math.min(last, listing.shared) + 1 };
}

/**
 * The transactions that are seen: all as readers see them; those beneath the ones that a sync has set aside, for that sync;
 * or those that are shared alone.
 */
export type Sees = 'all' | 'beneath' | 'shared';

const LOOSE = /^\d{8,}\.jsonl$/;

/** Returns the numbers that names of packs have, ascending. */
export const packsIn = (names: readonly string[]): number[] =>
  names
    .filter(name => /^pack-\d{6,}\.jsonl$/.test(name))
    .map(name => Number.parseInt(name.slice(5), 10))
    .sort((a, b) => a - b);

/** Returns the numbers that names of single transactions have, ascending. */
export const numbersOf = (names: readonly string[]): number[] =>
  names
    .filter(name => LOOSE.test(name))
    .map(name => Number.parseInt(name, 10))
    .sort((a, b) => a - b);

export class JournalDirectory {
  readonly #io: Io;
  readonly dir: string;
  /** Covered loose files that were looked at already. */
  readonly #harmless = new Set<number>();

  readonly #sees: Sees;

  constructor(io: Io, dir: string, sees: Sees = 'all') {
    this.#io = io;
    this.dir = dir;
    this.#sees = sees;
  }

  /**
   * Returns the transactions that exist. A gap may be a writer or a packer at work between two reads of the
   * directory; a gap that stays is damage.
   */
  list(): Listing {
    for (let attempt = 1; ; attempt++) {
      // Before the journal: what leaves these directories is in the journal, or in the other one, by then.
      const over = this.#over();
      const { packs, seqs } = this.#numbers();
      const fork = over?.dir === PARTED ? over.seqs[0]! - 1 : Number.POSITIVE_INFINITY;
      const missingPack = packs.findIndex((pack, i) => pack !== i + 1 && i * PACK_SIZE < fork);
      const whole = packs.filter(pack => (pack - 1) * PACK_SIZE < fork).length;
      const first = whole * PACK_SIZE + 1;
      const loose = seqs.filter(seq => seq >= first && seq <= fork);
      const missingLoose = loose.findIndex((seq, i) => seq !== first + i);
      if (missingPack < 0 && missingLoose < 0) {
        const end = first - 1 + loose.length;
        const laid = this.#lay(over, whole, Math.min(end, fork));
        if (laid !== undefined) {
          const covered = seqs.filter(seq => seq < first && seq <= fork);
          this.#checkCovered(covered);
          return { loose, covered, packs: whole, ...laid };
        }
      }
      if (attempt < ATTEMPTS) continue;
      if (missingPack < 0 && missingLoose < 0)
        throw invalid(
          `${join(this.dir, over!.dir)} has transactions that do not continue the journal`,
          'put back the journal that belongs here; or move them elsewhere, and crm doctor --replay DIR puts them on top',
        );
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

  /** Returns the directory that is laid over the journal, and the numbers in it; undefined if there is none. */
  #over(): { readonly dir: Over; readonly seqs: readonly number[] } | undefined {
    if (this.#sees === 'shared') return undefined;
    for (;;) {
      const offline = this.#seqsIn(OFFLINE);
      const parted = this.#sees === 'beneath' ? [] : this.#seqsIn(PARTED);
      if (parted.length > 0) return { dir: PARTED, seqs: parted };
      if (offline.length > 0) return { dir: OFFLINE, seqs: offline };
      // A sync may have begun before the first look, and ended before the second one.
      if (this.#sees === 'beneath' || this.#seqsIn(OFFLINE).length === 0) return undefined;
    }
  }

  #seqsIn(over: Over): number[] {
    const dir = join(this.dir, over);
    if (!this.#io.existsSync(dir)) return [];
    requireOwnDirectory(this.#io, dir);
    return numbersOf(ifThere(() => this.#io.readdirSync(dir) as string[]) ?? []);
  }

  /**
   * Returns where the journal ends for readers, and what is laid over it. Undefined if that does not continue the journal:
   * another process may be sharing it. Transactions in `offline` that the journal has already are left over from sharing.
   */
  #lay(
    over: { readonly dir: Over; readonly seqs: readonly number[] } | undefined,
    packs: number,
    shared: number,
  ): Pick<Listing, 'shared' | 'tip' | 'over'> | undefined {
    const dir = over?.dir ?? OFFLINE;
    const seqs = over?.seqs.filter(seq => seq > shared) ?? [];
    if (seqs.length === 0) return { shared, tip: shared, over: dir };
    if (seqs.some((seq, i) => seq !== shared + 1 + i)) return undefined;
    try {
      const first = lastCommitLine(this.#io, join(this.dir, dir, looseName(shared + 1)));
      const before = shared === 0 ? GENESIS : this.#hashAt(shared, packs);
      return first?.prev === before ? { shared, tip: shared + seqs.length, over: dir } : undefined;
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') throw error;
      return undefined;
    }
  }

  /** Returns the hash that a transaction of the journal declares. */
  #hashAt(seq: number, packs: number): string | undefined {
    const listing = { packs, shared: seq, over: OFFLINE } as const;
    const path = join(this.dir, nameOf(seq, listing));
    if (!isPacked(seq, listing) || seq % PACK_SIZE === 0) return lastCommitLine(this.#io, path)?.hash;
    for (const each of sealedIn(readWhole(this.#io, path), path)) if (each.seq === seq) return each.hash;
    return undefined;
  }

  /** Whether there may be transactions that wait: made offline, or set aside by a sync. */
  mayWait(): boolean {
    if (this.#sees === 'shared') return false;
    return this.#io.existsSync(join(this.dir, OFFLINE)) || this.isParted();
  }

  /** Whether a sync has set transactions aside. */
  isParted(): boolean {
    return this.#seqsIn(PARTED).length > 0;
  }

  /** The numbers that files of the directory have, ascending. */
  #numbers(): { packs: number[]; seqs: number[] } {
    const names = this.#names();
    return { packs: packsIn(names), seqs: numbersOf(names) };
  }

  /**
   * A loose file that a pack covers was left by a killed packer, and equals the pack's transaction; or by a killed
   * writer before it was acknowledged, and still shares its inode with a temporary file. Anything else is a second
   * history.
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

  /** Returns whether a file of this name is there. */
  has(name: string): boolean {
    return this.#io.existsSync(join(this.dir, name));
  }
}
