/**
 * Finds transactions in the files of a journal, from the newest back: those of some records, and that of a request. The packs
 * in which none of them can be are skipped (`pack-filters.ts`), so that a search takes no longer after years.
 */
import { join } from 'node:path';
import { CrmError } from '../../domain/errors.ts';
import type { Kinds } from '../../domain/kinds.ts';
import { decode, type ErasuresOf } from '../lines/encoding.ts';
import { type Io, readWhole } from '../disk/io.ts';
import { isAbout, type Stored } from './journal.ts';
import {
  isPacked,
  type JournalDirectory,
  type Listing,
  nameOf,
  PACK_SIZE,
  packOf,
  stretchOf,
} from './journal-directory.ts';
import { LineWindow } from '../lines/line-window.ts';
import { isPlain, mayMention, type Mention, mentionsIn } from './mentions.ts';
import { type FilterPlace, type MayHave, packsWith } from './pack-filters.ts';
import { againWhilePacked } from '../lines/packed-meanwhile.ts';

/**
 * The packs that are read before filters are asked: most searches find what they look for in the last ones, and to make the
 * filters of a long journal takes a second.
 */
const WITHOUT_FILTERS = 16;
/** With more ids than this, a search is about much of the journal. */
const MOST_KEYS = 64;

/** Where filters are kept. */
export type KeptFilters = Pick<FilterPlace, 'caches' | 'temporary' | 'version'>;

/** How the journal reads: the erasures of a purge, and transactions, verified. */
interface Reads {
  readonly erasures: ErasuresOf;
  read(after: number, to: number): Promise<Stored[]>;
}

export class JournalSearch {
  readonly #io: Io;
  readonly #files: JournalDirectory;
  readonly #kinds: Kinds;
  readonly #reads: Reads;
  readonly #kept: KeptFilters | undefined;

  /** Without `kept`, every file is read. */
  constructor(io: Io, files: JournalDirectory, kinds: Kinds, reads: Reads, kept: KeptFilters | undefined) {
    this.#io = io;
    this.#files = files;
    this.#kinds = kinds;
    this.#reads = reads;
    this.#kept = kept;
  }

  /** See `Journal.mentions`. */
  async *mentions(ids: ReadonlySet<string>): AsyncGenerator<Mention> {
    const find = (window: LineWindow, path: string) => mentionsIn(this.#kinds, window.pieces(), path, ids);
    // A pack that was made meanwhile also has transactions that were read already.
    for (const { found, seq } of this.#back(ids, find)) for (const tx of found) if (tx.seq <= seq) yield tx;
  }

  /** See `Journal.about`. */
  async *about(ids: ReadonlySet<string>): AsyncGenerator<Stored> {
    const find = (window: LineWindow, path: string) => this.#aboutIn(window, path, ids);
    for (const { found, seq, first, last } of this.#back(ids, find)) {
      const isAsNamed = found?.every(tx => tx.seq >= first && tx.seq <= last);
      // Reading the whole file throws the error with its line.
      const all = found && isAsNamed ? found : await this.#reads.read(first - 1, seq);
      yield* all.filter(tx => tx.seq <= seq && isAbout(tx, ids)).reverse();
    }
  }

  /** Returns the transactions of a file that may be about some records, verified; undefined if one is damaged. */
  #aboutIn(window: LineWindow, path: string, ids: ReadonlySet<string>): Stored[] | undefined {
    const found: Stored[] = [];
    try {
      for (const { begin, end } of window.transactionsWith(lines => mayMention(ids, lines)))
        found.push(...decode(this.#kinds, window.bytes(begin, end), path, this.#reads.erasures));
    } catch (error) {
      if (error instanceof CrmError) return undefined;
      throw error;
    }
    return found;
  }

  /** Returns the number of the transaction that has this request id, if any. */
  findRequest(request: string): number | undefined {
    const wanted = `"request":${JSON.stringify(request)}`;
    const find = (_: LineWindow, path: string) => {
      const bytes = readWhole(this.#io, path);
      if (!bytes.includes(wanted)) return undefined;
      for (const tx of decode(this.#kinds, bytes, path, this.#reads.erasures))
        if (tx.request === request) return tx.seq;
      return undefined;
    };
    for (const { found } of this.#back(new Set([request]), find)) if (found !== undefined) return found;
    return undefined;
  }

  /**
   * Calls `find` with each file that may have one of the keys, which is open in the window, the newest first. Yields what it
   * returned, and the transactions of the file, `first` to `last`: `seq` is the last one that was not read before.
   */
  *#back<T>(keys: ReadonlySet<string>, find: (window: LineWindow, path: string) => T) {
    const window = new LineWindow(this.#io);
    let listing = this.#files.list();
    let mayHave: MayHave | undefined;
    let packs = 0;
    for (let seq = listing.tip; seq > 0; ) {
      if (isPacked(seq, listing) && ++packs > WITHOUT_FILTERS) mayHave ??= this.#filtered(keys, listing);
      if (mayHave && isPacked(seq, listing) && !mayHave(packOf(seq))) {
        seq = stretchOf(seq, listing).first - 1;
        continue;
      }
      const of = againWhilePacked(() => {
        const { first } = stretchOf(seq, listing);
        const last = isPacked(seq, listing) ? first + PACK_SIZE - 1 : first;
        const path = join(this.#files.dir, nameOf(seq, listing));
        try {
          window.open(path);
          return { found: find(window, path), first, last };
        } catch (error) {
          listing = this.#files.list();
          throw error;
        } finally {
          window.close();
        }
      });
      yield { ...of, seq };
      seq = of.first - 1;
    }
  }

  #filtered(keys: ReadonlySet<string>, { packs }: Listing): MayHave {
    const all = [...keys];
    if (!this.#kept || all.length > MOST_KEYS || !all.every(isPlain)) return () => true;
    return packsWith({ ...this.#kept, io: this.#io, dir: this.#files.dir }, all, packs);
  }
}
