/**
 * `data/parted/`: transactions of this machine that are set aside while those of others are put beneath them. As long as the
 * directory is there, readers see the state from before (`journal-directory.ts`), and nothing but the sync writes.
 *
 *     waiting                              data/offline/ becomes data/parted/: one rename
 *     in the journal (the remote forked)   copies in data/parted.new/ become data/parted/: one rename;
 *                                          then they leave the journal, which a sync finishes if that was cut short
 *     all are on top again                 data/parted/ becomes data/parted.old/, which is removed: one rename
 */
import { basename, join } from 'node:path';
import type { Kinds } from '../../domain/kinds.ts';
import { readCheckpoint } from '../checkpoint/checkpoint-file.ts';
import { lastCommitLine } from '../lines/commit-line.ts';
import { putIfAbsent, syncDirectory, writeNew } from '../disk/durable.ts';
import { decode } from '../lines/encoding.ts';
import { ifThere, type Io, isThere, namesIn, readWhole, requireOwnDirectory } from '../disk/io.ts';
import type { Stored } from '../journal/journal.ts';
import {
  JournalDirectory,
  looseName,
  numbersOf,
  PACK_SIZE,
  packName,
  packsIn,
} from '../journal/journal-directory.ts';
import { readSealed } from '../journal/journal-bytes.ts';
import { type Sealed, sealedIn } from '../journal/sealed.ts';
import type { Site } from '../site/site.ts';
import { isIntact, openSnapshot, readBody, snapshotFile, snapshotKinds } from '../snapshot/snapshot.ts';
import { removeTree } from './remove-tree.ts';

/** The transactions that are set aside: the numbers of their files, and the hashes that these declare. */
type Aside = ReadonlyMap<number, string | undefined>;

export class Parted {
  readonly #io: Io;
  readonly #kinds: Kinds;
  readonly #site: Pick<Site, 'temporary'>;
  readonly #data: string;

  constructor({ io, options, temporary, data }: Pick<Site, 'io' | 'options' | 'temporary' | 'data'>) {
    this.#io = io;
    this.#kinds = options.kinds;
    this.#site = { temporary };
    this.#data = data;
  }

  /** Whether there are any: when a sync begins, an earlier one was cut short. */
  isThere(): boolean {
    return this.#numbers().length > 0;
  }

  /** Returns the transactions, in order. */
  transactions(): Stored[] {
    return this.#numbers().flatMap(seq => {
      const path = join(this.#path, looseName(seq));
      return [...decode(this.#kinds, readWhole(this.#io, path), path, () => undefined)];
    });
  }

  /** Sets the waiting transactions aside: those after the last one of the journal. Needs the lock. */
  takeWaiting(shared: number): void {
    const left = numbersOf(namesIn(this.#io, this.#offline)).filter(seq => seq <= shared);
    for (const seq of left) this.#io.unlinkSync(join(this.#offline, looseName(seq)));
    this.#io.renameSync(this.#offline, this.#path);
    syncDirectory(this.#io, this.#data);
  }

  /**
   * Sets all transactions after `fork` aside, those of the journal and those that wait. The journal then ends at `fork`.
   * Needs the lock.
   */
  takeFrom(fork: number): void {
    const files = new JournalDirectory(this.#io, this.#journal);
    const all = readSealed(this.#io, files, fork, Number.MAX_SAFE_INTEGER);
    const made = `${this.#path}.new`;
    removeTree(this.#io, made);
    this.#io.mkdirSync(made);
    for (const { seq, bytes } of all)
      writeNew(this.#io, join(made, looseName(seq)), sink => sink.write(bytes), true);
    syncDirectory(this.#io, made);
    this.#io.renameSync(made, this.#path);
    syncDirectory(this.#io, this.#data);
    this.finishTaking();
  }

  /**
   * Takes the transactions that were set aside out of the journal and out of those that wait, if they are still there too.
   * Needs the lock.
   */
  finishTaking(): void {
    const aside: Aside = new Map(this.#numbers().map(seq => [seq, this.#hashIn(this.#path, seq)]));
    const [first] = aside.keys();
    if (first === undefined) return;
    const isAside = (dir: string) => (seq: number) =>
      aside.has(seq) && this.#hashIn(dir, seq) === aside.get(seq);
    const waiting = numbersOf(namesIn(this.#io, this.#offline)).filter(isAside(this.#offline));
    const names = namesIn(this.#io, this.#journal);
    const loose = numbersOf(names).filter(isAside(this.#journal));
    const packs = packsIn(names)
      .filter(pack => pack * PACK_SIZE >= first)
      .map(pack => ({ pack, sealed: this.#sealedIn(pack) }))
      .filter(({ sealed }) => sealed.some(({ seq, hash }) => aside.get(seq) === hash));
    if (waiting.length + loose.length + packs.length === 0) return;
    this.#dropSnapshots(first - 1);
    for (const seq of waiting.reverse()) this.#io.unlinkSync(join(this.#offline, looseName(seq)));
    for (const seq of loose.reverse()) this.#io.unlinkSync(join(this.#journal, looseName(seq)));
    for (const { pack, sealed } of packs.reverse()) {
      for (const { seq, bytes } of sealed)
        if (seq < first)
          putIfAbsent(this.#io, join(this.#journal, looseName(seq)), this.#site.temporary, sink =>
            sink.write(bytes),
          );
      this.#io.unlinkSync(join(this.#journal, packName(pack)));
    }
    for (const dir of [this.#offline, this.#journal])
      if (isThere(this.#io, dir)) syncDirectory(this.#io, dir);
  }

  /** Removes the snapshots that have transactions after `seq`; they are made again from the journal. */
  #dropSnapshots(seq: number): void {
    const checkpoint = readCheckpoint(this.#io, this.#data);
    const later = checkpoint && checkpoint.seq > seq ? ['checkpoint.json'] : [];
    for (const kind of snapshotKinds(this.#kinds)) {
      const snapshot = openSnapshot(this.#io, this.#data, snapshotFile(this.#kinds, kind));
      if (!snapshot) continue;
      // One that was edited by hand is not used, and stays for its owner.
      const isLater = snapshot.head.seq > seq && isIntact(readBody(this.#io, snapshot), snapshot.head);
      if (isLater) later.push(basename(snapshot.path));
      this.#io.closeSync(snapshot.fd);
    }
    for (const name of later) this.#io.unlinkSync(join(this.#data, name));
    if (later.length > 0) syncDirectory(this.#io, this.#data);
  }

  /** Removes the transactions, after all are on top again. Readers see the new state from one moment to the next. Needs the lock. */
  forget(): void {
    const old = `${this.#path}.old`;
    removeTree(this.#io, old);
    if (!isThere(this.#io, this.#path)) return;
    this.#io.renameSync(this.#path, old);
    syncDirectory(this.#io, this.#data);
    removeTree(this.#io, old);
  }

  /** Removes what a process that was killed left of setting aside or forgetting. Needs the lock. */
  clean(): void {
    for (const left of ['new', 'old']) removeTree(this.#io, `${this.#path}.${left}`);
  }

  #numbers(): number[] {
    requireOwnDirectory(this.#io, this.#path);
    return numbersOf(namesIn(this.#io, this.#path));
  }

  /** Returns the hash that the file of a transaction declares, if it is there. */
  #hashIn(dir: string, seq: number): string | undefined {
    return ifThere(() => lastCommitLine(this.#io, join(dir, looseName(seq))))?.hash;
  }

  #sealedIn(pack: number): Sealed[] {
    const path = join(this.#journal, packName(pack));
    return [...sealedIn(readWhole(this.#io, path), path)];
  }

  get #journal(): string {
    return join(this.#data, 'journal');
  }

  get #offline(): string {
    return join(this.#data, 'offline');
  }

  get #path(): string {
    return join(this.#data, 'parted');
  }
}
