/** Examines everything that the store keeps, and reports the faults; changes nothing, and no fault stops it. */
import { basename, join } from 'node:path';
import { addition, type Change } from '../../domain/changes.ts';
import type { Config } from '../../domain/config.ts';
import type { Kinds } from '../../domain/kinds.ts';
import type { Trashed } from '../../state/state.ts';
import type { CacheDirectory } from '../caches/cache-directory.ts';
import type { Finding } from '../site/finding.ts';
import { Folded } from '../snapshot/folded.ts';
import { type Io, namesIn, NotOurs, readIfThere, requireOwnDirectory, whyUnread } from '../disk/io.ts';
import { findLeftovers } from '../site/leftovers.ts';
import type { Owner } from '../disk/owner.ts';
import { ATTEMPTS, ChangedMeanwhile } from '../lines/packed-meanwhile.ts';
import type { PendingFiles } from '../journal/pending.ts';
import { isCheckpoint } from '../checkpoint/checkpoint-file.ts';
import type { Checkpoint } from '../checkpoint/opened.ts';
import { FORMAT, snapshotFile, type SnapshotKind, snapshotKinds } from '../snapshot/snapshot.ts';
import { keptIn } from '../journal/tail-file.ts';
import { knownKinds, VERIFIED_FILE } from '../caches/verified.ts';
import { type VerifiedJournal, verifyJournal } from './verify-journal.ts';
import { Purges } from './verify-purges.ts';
import {
  compareSnapshot,
  difference,
  type EditedSnapshot,
  isProjected,
  type ReadSnapshot,
  readSnapshot,
  some,
} from './verify-snapshots.ts';
import { verifyProjection } from './verify-projection.ts';

export interface StoreAtHand {
  readonly io: Io;
  readonly dir: string;
  readonly kinds: Kinds;
  /** Of crm itself. */
  readonly version: string;
  /** The examining process. */
  readonly owner: Owner;
  readonly pending: PendingFiles;
  readonly caches: CacheDirectory;
}

export interface Verified {
  readonly findings: readonly Finding[];
  readonly journal: VerifiedJournal;
  /** The state of the good part of the journal. */
  readonly folded: Folded;
  readonly edited: readonly EditedSnapshot[];
  /** The records that snapshots by crm have beyond the good part of the journal, as changes. */
  readonly beyond: readonly Change[];
  /** Whether something could not be read, as what a newer crm wrote: then nothing may be repaired. */
  readonly isUnread: boolean;
}

/** `config` is undefined if the settings are broken: then projections are not examined. */
export function verifyStore(store: StoreAtHand, config: Config | undefined): Verified {
  for (let attempt = 1; ; attempt++) {
    const before = names(store);
    try {
      const verified = look(store, config);
      if (attempt === ATTEMPTS || verified.journal.findings.length === 0 || names(store) === before)
        return verified;
    } catch (error) {
      if (!(error instanceof ChangedMeanwhile) || attempt === ATTEMPTS) throw error;
    }
  }
}

function names({ io, dir }: StoreAtHand): string {
  try {
    return namesIn(io, join(dir, 'data', 'journal'))
      .sort()
      .join();
  } catch {
    return '';
  }
}

function look(store: StoreAtHand, config: Config | undefined): Verified {
  const { io, dir, kinds, owner, pending } = store;
  const elsewhere = dataElsewhere(io, dir);
  if (!elsewhere) return new Look(store, config).verified();
  const folded = new Folded(kinds);
  const journal = { good: folded.tip, last: 0, pieces: [], packs: 0, erasuresOf: () => undefined };
  return {
    findings: [elsewhere, ...findLeftovers(io, dir, owner, pending)],
    journal: { ...journal, findings: [elsewhere] },
    folded,
    edited: [],
    beyond: [],
    isUnread: true,
  };
}

/**
 * One look. The journal is folded from its first transaction on, and each snapshot is compared with the fold when it has
 * come to the transaction that the snapshot is of:
 *
 *     transactions   1 ... 180 ........ 240 ..... 250
 *                          |            |         the end: what says no transaction, or one that is not there
 *                          tasks        deals, checkpoint
 */
class Look {
  readonly #store: StoreAtHand;
  readonly #config: Config | undefined;
  readonly #findings: Finding[] = [];
  readonly #edited: EditedSnapshot[] = [];
  readonly #folded: Folded;
  readonly #snapshots: ReadSnapshot[] = [];
  /** The comparisons at the end of the journal, of snapshots without a true transaction. */
  readonly #late: Set<ReadSnapshot>;
  /** The comparisons when the fold has reached a transaction. */
  readonly #stops = new Map<number, (() => void)[]>();
  readonly #checkpoint: Checkpoint | Finding | undefined;
  readonly #kept: ReturnType<typeof keptIn>;
  readonly #isUnread: boolean;
  /** The differences, with their records: a purge that was cut short may explain them. */
  readonly #compared: { readonly finding: Finding; readonly ids: readonly string[]; readonly seq: number }[] =
    [];

  /**
   * Reads everything but the journal. Files that are made from the journal are read first, so that the journal
   * contains their transactions.
   */
  constructor(store: StoreAtHand, config: Config | undefined) {
    const { io, dir, kinds, caches } = store;
    this.#folded = new Folded(kinds);
    this.#store = store;
    this.#config = config;
    this.#checkpoint = readCheckpoint(io, dir);
    this.#kept = keptIn(io, caches);
    for (const kind of snapshotKinds(kinds)) {
      const read = readSnapshot(io, dir, kinds, kind);
      if (read && 'severity' in read) this.#findings.push(read);
      else if (read) this.#snapshots.push(read);
    }
    if (this.#checkpoint && 'severity' in this.#checkpoint) this.#findings.push(this.#checkpoint);
    this.#isUnread = this.#findings.some(finding => !finding.repair);
    this.#late = new Set(this.#snapshots.filter(snapshot => !snapshot.head));
  }

  /** Reads the journal, compares everything else with it, and reports what does not fit. */
  verified(): Verified {
    const { io, dir, kinds, owner, pending, caches } = this.#store;
    for (const snapshot of this.#snapshots) this.#stopForSnapshot(snapshot);
    this.#stopForCheckpoint();
    const purges = new Purges();
    const journal = this.#fold(purges);
    if (journal.last === 0)
      this.#findings.push(emptiness(io, kinds, caches, this.#snapshots.length > 0 || this.#isUnread));
    const isSound = !journal.findings.some(f => f.severity === 'error');
    const beyond = this.#lookBeyond(isSound);
    for (const snapshot of this.#late) this.#compare(snapshot);
    if (isSound) this.#checkCheckpointBeyond();
    // A purge that was cut short leaves snapshots of before it that say more than the journal does.
    for (const { finding, ids, seq } of this.#compared)
      if (!purges.areErased(ids, seq)) this.#findings.push(finding);
    this.#findings.push(
      ...purges.findings(journal.packs, this.#snapshots),
      ...purges.stale(this.#kept, caches.path),
    );
    for (const { opened } of this.#snapshots) io.closeSync(opened.fd);
    this.#findings.push(...findLeftovers(io, dir, owner, pending));
    const findings = [...journal.findings, ...this.#findings];
    return {
      ...{ findings, journal, folded: this.#folded, edited: this.#edited, beyond },
      isUnread: this.#isUnread,
    };
  }

  #stopAt(seq: number, work: () => void): void {
    this.#stops.set(seq, [...(this.#stops.get(seq) ?? []), work]);
  }

  #stopForSnapshot(snapshot: ReadSnapshot): void {
    const { head, file } = snapshot;
    if (!head) return;
    this.#stopAt(head.seq, () => {
      if (head.hash === this.#folded.tip.hash) this.#compare(snapshot);
      else if (!snapshot.isIntact) this.#late.add(snapshot);
      else this.#findings.push(ofAnother(file, head.seq));
    });
  }

  #stopForCheckpoint(): void {
    const checkpoint = this.#checkpoint;
    if (!checkpoint || !('current' in checkpoint)) return;
    this.#stopAt(checkpoint.seq, () => {
      const problem =
        checkpoint.hash === this.#folded.tip.hash
          ? behind(this.#store.kinds, checkpoint, this.#folded, this.#snapshots)
          : ofAnother('data/checkpoint.json', checkpoint.seq);
      if (problem) this.#findings.push(problem);
    });
  }

  #fold(purges: Purges): VerifiedJournal {
    const { io, dir, kinds } = this.#store;
    const stop = (seq: number) => {
      for (const work of this.#stops.get(seq) ?? []) work();
      this.#stops.delete(seq);
    };
    stop(0);
    return verifyJournal(io, dir, kinds, tx => {
      purges.take(tx);
      for (const message of this.#folded.apply(tx))
        this.#findings.push({
          severity: 'error',
          file: 'data/journal',
          message: `transaction ${tx.seq} ${message}`,
        });
      stop(tx.seq);
    });
  }

  /** Compares a snapshot with the fold as it is now, and its projection with it. */
  #compare(snapshot: ReadSnapshot): void {
    const { io, caches, version } = this.#store;
    const { finding, ids, edited } = compareSnapshot(snapshot, this.#folded);
    const seq = snapshot.head?.seq ?? Number.POSITIVE_INFINITY;
    if (finding) this.#compared.push({ finding, ids, seq });
    if (edited) this.#edited.push(edited);
    if (!this.#config || !snapshot.isIntact || !isProjected(snapshot.kind)) return;
    const ofProjection = verifyProjection(io, caches.path, version, snapshot, this.#config);
    if (ofProjection) this.#findings.push(ofProjection);
  }

  /** Reports snapshots of transactions that the fold did not reach; returns the records that they have beyond it. */
  #lookBeyond(isSound: boolean): Change[] {
    const beyond: Change[] = [];
    const uncompared: ReadSnapshot[] = [];
    for (const snapshot of this.#snapshots) {
      if (!snapshot.head || !this.#stops.has(snapshot.head.seq)) continue;
      if (snapshot.isIntact) beyond.push(...changesBeyond(this.#store.kinds, snapshot, this.#folded));
      if (!isSound) uncompared.push(snapshot);
      else if (snapshot.isIntact) this.#findings.push(ahead(snapshot, this.#folded));
      else this.#late.add(snapshot);
    }
    if (uncompared.length > 0) this.#findings.push(notCompared(uncompared, this.#folded));
    return beyond;
  }

  #checkCheckpointBeyond(): void {
    const checkpoint = this.#checkpoint;
    if (!checkpoint || !('current' in checkpoint) || !this.#stops.has(checkpoint.seq)) return;
    this.#findings.push({
      severity: 'error',
      file: 'data/checkpoint.json',
      message: `is of transaction ${checkpoint.seq}, and the journal ends at ${this.#folded.tip.seq}`,
      fix: 'if the journal is right, crm doctor --fix makes it again; otherwise put back the newer journal',
      repair: 'rebuild',
    });
  }
}

/** Reports whether an empty journal ever had a transaction, if anything shows that. */
function emptiness(io: Io, kinds: Kinds, caches: CacheDirectory, isSomethingLeft: boolean): Finding {
  const { path } = caches;
  const lost = isSomethingLeft || !caches.isOfThis() ? [] : knownKinds(io, path);
  if (lost.length === 0 || path === undefined)
    return {
      severity: 'note',
      file: 'data/journal',
      message: 'has no transaction: nothing was done here yet, or data/ was lost',
    };
  return {
    severity: 'error',
    file: join(path, VERIFIED_FILE),
    message: `knows of ${lost.map(kind => snapshotFile(kinds, kind as SnapshotKind)).join(', ')}, and data/ has no transaction: data/ was lost`,
    fix: 'put data/ back from a backup, or from git; where it is meant to be empty, crm doctor --fix forgets what was there',
    repair: 'remove',
  };
}

/** Reports that the records are not in the workspace: the target of a link is not examined. */
function dataElsewhere(io: Io, dir: string): Finding | undefined {
  for (const file of ['data', join('data', 'journal')])
    try {
      requireOwnDirectory(io, join(dir, file));
    } catch (error) {
      if (!(error instanceof NotOurs) || !error.isLink) continue;
      return { severity: 'error', file, message: error.reason, fix: error.hint! };
    }
  return undefined;
}

function readCheckpoint(io: Io, dir: string): Checkpoint | Finding | undefined {
  const file = join('data', 'checkpoint.json');
  const broken = (message: string): Finding => ({
    severity: 'error',
    file,
    message,
    fix: 'crm doctor --fix makes it again from the journal',
    repair: 'rebuild',
  });
  try {
    const bytes = readIfThere(io, join(dir, file));
    if (!bytes) return undefined;
    const value: unknown = JSON.parse(bytes.toString());
    if (!isCheckpoint(value)) return broken('is not a checkpoint');
    if (value.format > FORMAT)
      return {
        severity: 'error',
        file,
        message: `written in format ${value.format} by a newer crm; this one knows ${FORMAT}`,
        fix: 'upgrade crm; nothing was changed',
      };
    return value;
  } catch (error) {
    if (error instanceof SyntaxError) return broken('is not JSON');
    const fix = 'move it elsewhere, or let it be read; it is made again from the journal';
    return { severity: 'error', file, message: whyUnread(error), fix };
  }
}

const ofAnother = (file: string, seq: number): Finding => ({
  severity: 'error',
  file,
  message: `is of transaction ${seq}, and the journal has another one of that number`,
  fix: 'if the journal is right, crm doctor --fix makes the file again from it; otherwise put back the other journal',
  repair: 'rebuild',
});

/** A checkpoint says which snapshots were still true then: none of those may have been changed before. */
function behind(
  kinds: Kinds,
  { seq, current }: Checkpoint,
  folded: Folded,
  snapshots: readonly ReadSnapshot[],
): Finding | undefined {
  const wrong = snapshotKinds(kinds).find(kind => {
    const snapshot = snapshots.find(s => s.kind === kind);
    const kept = current[kind];
    return kept !== undefined && kept === (snapshot?.head?.seq ?? 0) && folded.changed(kind) > kept;
  });
  if (wrong === undefined) return undefined;
  return {
    severity: 'error',
    file: 'data/checkpoint.json',
    message: `says that nothing was changed in data/${wrong} up to transaction ${seq}, but ${folded.changed(wrong)} did`,
    fix: 'crm doctor --fix makes it again from the journal',
    repair: 'rebuild',
  };
}

/**
 * Returns the records that a snapshot has beyond the journal. Files count by their texts; the trash by what it still
 * has.
 */
function changesBeyond(kinds: Kinds, snapshot: ReadSnapshot, folded: Folded): readonly Change[] {
  const { kind } = snapshot;
  if (isProjected(kind)) return difference(snapshot, folded).changes ?? [];
  if (kind !== 'trash') return [];
  return [...(snapshot.content().records as ReadonlyMap<string, unknown>).values()].flatMap(
    (trashed): Change[] => {
      const { id, record } = trashed as Trashed;
      const itsKind = kinds.kindOf(id);
      const isKnown = folded.of('trash').has(id) || folded.of(itsKind).has(id);
      return isKnown ? [] : [addition(itsKind, record), { kind: itsKind, id, rm: record }];
    },
  );
}

function ahead(snapshot: ReadSnapshot, folded: Folded): Finding {
  const { ids, changes } = difference(snapshot, folded);
  const more = ids.length === 0 ? 'and says the same' : `and says otherwise of ${some(ids)}`;
  return {
    severity: 'error',
    file: snapshot.file,
    message: `is of transaction ${snapshot.head!.seq}, and the journal ends at ${folded.tip.seq}, ${more}`,
    ...(changes && { changes }),
    fix: 'put back the newer journal, if there is one; otherwise crm doctor --salvage DIR writes a workspace with what both say, and crm doctor --fix makes the file again from the journal, without what it says otherwise',
    repair: 'rebuild',
  };
}

const notCompared = (snapshots: readonly ReadSnapshot[], folded: Folded): Finding => ({
  severity: 'note',
  file: 'data',
  message: `${snapshots.map(({ file }) => basename(file)).join(', ')} could not be compared with the journal, which is good up to ${folded.tip.seq} only`,
});
