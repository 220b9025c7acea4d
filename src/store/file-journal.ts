/**
 * The journal as files: a transaction is a file that appears (put-if-absent), and 256 of them, once they are old,
 * are one pack. A number belongs to the pack that covers it, whatever loose file has that name.
 */
import { join } from 'node:path';
import { invalid } from '../domain/errors.ts';
import { putIfAbsent, removeQuietly, syncDirectory, type Temporary } from './durable.ts';
import { decode, encode, GENESIS } from './encoding.ts';
import { codeOf, type Io, readIfThere } from './io.ts';
import type { Commit, Journal, Stored, Tip } from './journal.ts';

export const PACK_SIZE = 256;

const looseName = (seq: number) => `${String(seq).padStart(8, '0')}.jsonl`;
const packName = (pack: number) => `pack-${String(pack).padStart(6, '0')}.jsonl`;
/** The pack that has, or will have, a transaction: pack 1 has 1 to 256. */
const packOf = (seq: number) => Math.ceil(seq / PACK_SIZE);

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

  constructor(io: Io, dir: string, temporary: Temporary, salt: () => string) {
    this.#io = io;
    this.dir = dir;
    this.#temporary = temporary;
    this.#salt = salt;
  }

  /** A gap may be a writer or a packer at work between two reads of the directory; damage is what stays. */
  #list(): Listing {
    for (let attempt = 1; ; attempt++) {
      const listing = this.#listOnce();
      const first = listing.packs * PACK_SIZE + 1;
      const gap = listing.loose.findIndex((seq, i) => seq !== first + i);
      if (gap < 0) return listing;
      if (attempt === 3) {
        const missing = first + gap;
        throw invalid(
          `${join(this.dir, looseName(missing))} is missing, though later transactions are there; the last good one is ${missing - 1}`,
          'crm doctor',
        );
      }
    }
  }

  #listOnce(): Listing {
    let packs = 0;
    const seqs: number[] = [];
    for (const name of this.#names()) {
      const match = /^(?:(\d{8,})|pack-(\d{6,}))\.jsonl$/.exec(name);
      if (match?.[1]) seqs.push(Number(match[1]));
      else if (match?.[2]) packs = Math.max(packs, Number(match[2]));
    }
    const loose = seqs.filter(seq => seq > packs * PACK_SIZE).sort((a, b) => a - b);
    const covered = seqs.filter(seq => seq <= packs * PACK_SIZE);
    return { loose, covered, packs, tip: loose.at(-1) ?? packs * PACK_SIZE };
  }

  #names(): string[] {
    try {
      return this.#io.readdirSync(this.dir) as string[];
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return [];
      throw error;
    }
  }

  async tip(): Promise<Tip> {
    const { tip } = this.#list();
    if (tip === 0) return { seq: 0, hash: GENESIS };
    const last = (await this.read(tip - 1, tip))[0]!;
    return { seq: tip, hash: last.hash };
  }

  async read(after: number, to?: number): Promise<Stored[]> {
    for (let attempt = 1; ; attempt++) {
      try {
        return this.#read(after, to);
      } catch (error) {
        // A packer removed a loose file between our listing and our reading: it is in the pack now.
        if (codeOf(error) !== 'ENOENT' || attempt === 3) throw error;
      }
    }
  }

  #read(after: number, to?: number): Stored[] {
    const { packs, tip } = this.#list();
    const last = Math.min(to ?? tip, tip);
    const found: Stored[] = [];
    for (let seq = after + 1; seq <= last; ) {
      const packed = packOf(seq) <= packs;
      const name = packed ? packName(packOf(seq)) : looseName(seq);
      const path = join(this.dir, name);
      const all = [...decode(this.#io.readFileSync(path) as Buffer, path)];
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

  async append(after: Tip, commit: Commit): Promise<Tip | undefined> {
    const seq = after.seq + 1;
    const { changes, ...head } = commit;
    const salt = this.#salt();
    let hash = '';
    const ours = putIfAbsent(
      this.#io,
      join(this.dir, looseName(seq)),
      this.#temporary,
      sink => {
        hash = encode({ ...head, seq, prev: after.hash, salt }, changes, chunk => sink.write(chunk));
      },
      // A writer that slept while others committed this number, packed it and removed the loose file, links a
      // name that is free again: the pack says that it lost.
      () => this.#io.existsSync(join(this.dir, packName(packOf(seq)))),
    );
    return ours ? { seq, hash } : undefined;
  }

  async findRequest(request: string): Promise<number | undefined> {
    const wanted = `"request":${JSON.stringify(request)}`;
    const { packs, loose } = this.#list();
    const files = [
      ...loose.map(seq => looseName(seq)).reverse(),
      ...Array.from({ length: packs }, (_, i) => packName(packs - i)),
    ];
    for (const name of files) {
      const path = join(this.dir, name);
      const bytes = this.#io.readFileSync(path) as Buffer;
      if (!bytes.includes(wanted)) continue;
      for (const tx of decode(bytes, path)) if (tx.request === request) return tx.seq;
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
            sink.write(this.#io.readFileSync(join(this.dir, looseName(first + i))) as Buffer);
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
    const byPack = new Map<number, number[]>();
    for (const each of covered) byPack.set(packOf(each), [...(byPack.get(packOf(each)) ?? []), each]);
    for (const [pack, seqs] of byPack) {
      const packed = this.#io.readFileSync(join(this.dir, packName(pack))) as Buffer;
      for (const each of seqs) this.#removeCovered(join(this.dir, looseName(each)), packed);
    }
  }

  /** What equals the pack, or was never acknowledged, may go; anything else is a second history, and stays to be seen. */
  #removeCovered(path: string, packed: Buffer): void {
    const bytes = readIfThere(this.#io, path);
    if (!bytes) return;
    if (packed.includes(bytes) || this.#io.statSync(path).nlink > 1) removeQuietly(this.#io, path);
  }
}
