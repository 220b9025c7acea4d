/**
 * The files of a journal: the transactions that exist, and the file of each.
 *
 *     pack-000001.jsonl   1 to 256
 *     pack-000002.jsonl   257 to 512
 *     00000512.jsonl      covered by a pack: what a killed packer left
 *     00000513.jsonl      loose: appended since
 *     00000514.jsonl      the tip
 *     ../offline/00000515.jsonl   laid over it: made offline, and shared later
 *
 * A number belongs to the pack that covers it, even if a loose file has that number. Others append and pack while a
 * reader lists and reads, so an apparent gap is looked at again before it counts as damage.
 */
import { dirname, join } from 'node:path';
import { invalid } from '../domain/errors.ts';
import { lastCommitLine } from './commit-line.ts';
import { GENESIS } from './encoding.ts';
import { codeOf, ifThere, type Io, readWhole, requireOwnDirectory } from './io.ts';
import { ATTEMPTS } from './packed-meanwhile.ts';

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
  /** The last transaction of the journal itself. Those after it were made offline, and wait to be shared. */
  readonly shared: number;
  readonly tip: number;
}

/** The directory of transactions that were made offline, from that of the journal. */
const OFFLINE = '../offline';

/** Returns the name of the file that has a transaction. */
export function nameOf(seq: number, { packs, shared }: Pick<Listing, 'packs' | 'shared'>): string {
  if (seq > shared) return `${OFFLINE}/${looseName(seq)}`;
  return packOf(seq) <= packs ? packName(packOf(seq)) : looseName(seq);
}

const LOOSE = /^\d{8,}\.jsonl$/;

export class JournalDirectory {
  readonly #io: Io;
  readonly dir: string;
  /** Covered loose files that were looked at already. */
  readonly #harmless = new Set<number>();

  constructor(io: Io, dir: string) {
    this.#io = io;
    this.dir = dir;
  }

  /**
   * Returns the transactions that exist. A gap may be a writer or a packer at work between two reads of the
   * directory; a gap that stays is damage.
   */
  list(): Listing {
    for (let attempt = 1; ; attempt++) {
      const { packs, seqs } = this.#numbers();
      const missingPack = packs.findIndex((pack, i) => pack !== i + 1);
      const first = packs.length * PACK_SIZE + 1;
      const loose = seqs.filter(seq => seq >= first);
      const missingLoose = loose.findIndex((seq, i) => seq !== first + i);
      if (missingPack < 0 && missingLoose < 0) {
        const shared = first - 1 + loose.length;
        const waiting = this.#waitingAfter(shared, packs.length);
        if (waiting !== undefined) {
          const covered = seqs.filter(seq => seq < first);
          this.#checkCovered(covered);
          return { loose, covered, packs: packs.length, shared, tip: shared + waiting };
        }
      }
      if (attempt < ATTEMPTS) continue;
      if (missingPack < 0 && missingLoose < 0)
        throw invalid(
          `${join(this.dir, OFFLINE)} has transactions that do not continue the journal`,
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

  /**
   * Returns the number of offline transactions that continue the journal, which ends at `shared`. Undefined if some
   * do not continue it: another process may be sharing them. Those that the journal has already are left over from
   * sharing.
   */
  #waitingAfter(shared: number, packs: number): number | undefined {
    const dir = join(this.dir, OFFLINE);
    if (!this.#io.existsSync(dir)) return 0;
    requireOwnDirectory(this.#io, dir);
    const seqs = (ifThere(() => this.#io.readdirSync(dir) as string[]) ?? [])
      .filter(name => LOOSE.test(name))
      .map(name => Number.parseInt(name, 10))
      .filter(seq => seq > shared)
      .sort((a, b) => a - b);
    if (seqs.length === 0) return 0;
    if (seqs.some((seq, i) => seq !== shared + 1 + i)) return undefined;
    try {
      const first = lastCommitLine(this.#io, join(dir, looseName(shared + 1)));
      const before =
        shared === 0
          ? GENESIS
          : lastCommitLine(this.#io, join(this.dir, nameOf(shared, { packs, shared })))?.hash;
      return first?.prev === before ? seqs.length : undefined;
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') throw error;
      return undefined;
    }
  }

  /** Whether there may be transactions that were made offline. */
  mayWait(): boolean {
    return this.#io.existsSync(join(this.dir, OFFLINE));
  }

  /** The numbers that files of the directory have, ascending. */
  #numbers(): { packs: number[]; seqs: number[] } {
    const packs: number[] = [];
    const seqs: number[] = [];
    for (const name of this.#names())
      if (LOOSE.test(name)) seqs.push(Number.parseInt(name, 10));
      else if (/^pack-\d{6,}\.jsonl$/.test(name)) packs.push(Number.parseInt(name.slice(5), 10));
    const ascending = (a: number, b: number) => a - b;
    return { packs: packs.sort(ascending), seqs: seqs.sort(ascending) };
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
