/**
 * Verifies the journal like `git fsck`: every file, every hash, every link of the chain. FileJournal stops at the
 * first damage; this reads on, and reports each damage, its place, and the last good transaction.
 */
import { dirname, join } from 'node:path';
import type { Erasure } from '../../domain/changes.ts';
import type { Kinds } from '../../domain/kinds.ts';
import { type Decoded, erasuresIn, type ErasuresOf, GENESIS, scan } from '../lines/encoding.ts';
import { looseName, nameOf, PACK_SIZE, packName, packOf } from '../journal/journal-directory.ts';
import type { Finding } from '../site/finding.ts';
import { codeOf, ifThere, type Io, NotOurs, readWhole, requireOwnDirectory, whyUnread } from '../disk/io.ts';
import type { Stored, Tip } from '../journal/journal.ts';
import { type Streamed, StreamedFile } from '../lines/streamed-file.ts';

const JOURNAL = join('data', 'journal');

/** Where a good transaction lies. */
export interface Piece {
  readonly seq: number;
  /** From the workspace's directory. */
  readonly file: string;
  readonly at: number;
  readonly size: number;
  /** The purge that rewrote it. */
  readonly purged?: number;
}

export interface VerifiedJournal {
  readonly findings: readonly Finding[];
  /** All transactions up to here are whole and follow each other. */
  readonly good: Tip;
  /** The highest number that a file has, good or not. */
  readonly last: number;
  /** Those up to `good`, in order. */
  readonly pieces: readonly Piece[];
  readonly packs: number;
  /** The erasures of purges, also of those beyond `good`. */
  readonly erasuresOf: ErasuresOf;
}

/** The expected content of one file. */
interface Unit {
  readonly name: string;
  readonly first: number;
  readonly count: number;
}

/** A transaction to fold: in one that is larger than memory should be, the changes are read one after the other. */
export type Folding = Stored | Streamed;

/** Calls `each` with the good transactions in order; reads and reports everything, and throws no error of its own. */
export function verifyJournal(
  io: Io,
  dir: string,
  kinds: Kinds,
  each: (tx: Folding) => void,
): VerifiedJournal {
  const { names, error } = namesIn(io, join(dir, JOURNAL));
  const listing = sortOut(names);
  const erasuresOf = erasuresFrom(io, dir, kinds, listing);
  const chain = new Chain(io, dir, kinds, erasuresOf, each, listing.others.length > 0);
  if (error) chain.findings.push({ severity: 'error', file: JOURNAL, message: error });
  chain.findings.push(...listing.findings);
  for (const unit of [...listing.units, ...waitingUnits(io, dir, listing)]) chain.takeUnit(unit);
  const { findings, good, pieces, hashes, expected } = chain;
  findings.push(...verifyCovered(io, dir, listing));
  for (const name of listing.others) findings.push(verifyOther(io, dir, kinds, name, hashes));
  const packs = listing.units.filter(({ count }) => count === PACK_SIZE).length;
  return { findings, good, last: Math.max(expected - 1, good.seq), pieces, packs, erasuresOf };
}

/**
 * The chain of transactions as it is taken in, file by file. Transactions after the first damage are examined as
 * well, so that all damage is reported at once, but they no longer count as good: they may depend on missing ones.
 */
class Chain {
  readonly findings: Finding[] = [];
  readonly pieces: Piece[] = [];
  /** The hashes of all transactions that could be read, good or not, if there are other files to compare with them. */
  readonly hashes = new Map<number, string>();
  good: Tip = { seq: 0, hash: GENESIS };
  /** The number that comes next. */
  expected = 1;
  readonly #io: Io;
  readonly #dir: string;
  readonly #kinds: Kinds;
  readonly #erasuresOf: ErasuresOf;
  readonly #each: (tx: Folding) => void;
  readonly #keepsHashes: boolean;
  #isWhole = true;
  /** The hash of the transaction before, where it is known. */
  #before: string | undefined = GENESIS;

  constructor(
    io: Io,
    dir: string,
    kinds: Kinds,
    erasuresOf: ErasuresOf,
    each: (tx: Folding) => void,
    keepsHashes: boolean,
  ) {
    this.#io = io;
    this.#keepsHashes = keepsHashes;
    this.#dir = dir;
    this.#kinds = kinds;
    this.#erasuresOf = erasuresOf;
    this.#each = each;
  }

  /** Takes in the transactions of the next file. */
  takeUnit(unit: Unit): void {
    if (unit.first > this.expected) this.#sayMissing(unit.first);
    this.expected = unit.first;
    if (this.#takeStreamed(unit)) return;
    const bytes = readUnit(this.#io, this.#dir, unit, this.#damage);
    const conflict = bytes && conflictIn(bytes);
    if (conflict !== undefined) this.#damage(unit.name, 'has both sides of a git merge', conflict, ONE_SIDE);
    const found = bytes && conflict === undefined ? this.#takeAll(bytes, unit) : 0;
    if (bytes && this.#isWhole && found !== unit.count)
      this.#damage(unit.name, `has ${found} transactions instead of ${unit.count}`);
    if (found !== unit.count) this.#before = undefined;
    this.expected = unit.first + unit.count;
  }

  #sayMissing(next: number): void {
    const from = this.expected;
    const to = next - 1;
    const isPack = from % PACK_SIZE === 1 && next - from >= PACK_SIZE;
    this.#damage(
      isPack ? packName(packOf(from)) : looseName(from),
      from === to ? `transaction ${from} is missing` : `transactions ${from} to ${to} are missing`,
    );
    this.#before = undefined;
  }

  /** Takes in a large file without having it in memory; returns whether it is one, and nothing about it is unusual. */
  #takeStreamed(unit: Unit): boolean {
    const file = StreamedFile.open(this.#io, join(this.#dir, JOURNAL, unit.name), this.#kinds);
    if (!file) return false;
    try {
      const found = file.transactions();
      if (found?.length !== unit.count || found.some(({ tx }, i) => tx.seq !== unit.first + i)) return false;
      for (const { tx, at } of found) {
        this.#take(tx, unit, at);
        this.expected++;
      }
      return true;
    } finally {
      file.close();
    }
  }

  /** Takes in what a file has; returns how many transactions could be read. */
  #takeAll(bytes: Buffer, unit: Unit): number {
    let found = 0;
    for (const each of scan(this.#kinds, bytes, this.#erasuresOf)) {
      if ('damage' in each) {
        this.#damage(unit.name, each.damage, each.line);
        // A commit line that was damaged takes its number with it; what comes after it says its own.
        this.#before = undefined;
        continue;
      }
      const { seq } = each.tx;
      if (this.#before === undefined && seq > this.expected && seq < unit.first + unit.count)
        this.expected = seq;
      this.#take(each.tx, unit, each.at);
      this.expected++;
      found++;
    }
    return found;
  }

  #take(tx: Decoded | Streamed, unit: Unit, at: number): void {
    if (tx.seq !== this.expected) {
      this.#before = undefined;
      this.#damage(unit.name, `has transaction ${tx.seq} in the place of ${this.expected}`);
      return;
    }
    if (this.#before !== undefined && tx.prev !== this.#before)
      this.#damage(
        unit.name,
        `transaction ${tx.seq} does not follow ${tx.seq - 1}: two histories were mixed`,
        undefined,
        ONE_SIDE,
      );
    this.#before = tx.hash;
    if (this.#keepsHashes) this.hashes.set(tx.seq, tx.hash);
    if (!this.#isWhole) return;
    this.good = { seq: tx.seq, hash: tx.hash };
    const piece = { seq: tx.seq, file: join(JOURNAL, unit.name), at, size: tx.size };
    this.pieces.push(tx.purged === undefined ? piece : { ...piece, purged: tx.purged });
    this.#each(tx);
  }

  readonly #damage = (name: string, message: string, line?: number, fix?: string): void => {
    const { seq } = this.good;
    this.#isWhole = false;
    this.findings.push({
      severity: 'error',
      file: join(JOURNAL, name),
      ...(line !== undefined && { line }),
      message: `${message}; ${seq === 0 ? 'there is no good one before it' : `the last good one is ${seq}`}`,
      fix:
        fix ??
        `put the file back from a backup; otherwise crm doctor --salvage DIR writes ${seq === 0 ? 'what is good' : `all up to transaction ${seq}, and what snapshots know beyond it,`} into a new workspace`,
    });
  };
}

/** The hint for two histories in one journal. */
const ONE_SIDE =
  'leave one side here, have the other one in a directory of its own, and crm doctor --replay DIR puts what it did on top. With git: git merge --abort; git worktree add DIR BRANCH; crm doctor --replay DIR; commit; git merge -s ours BRANCH';

/** Returns the line of git's conflict marker in a file; undefined if there is none. */
function conflictIn(bytes: Buffer): number | undefined {
  const begins = bytes.subarray(0, 8).toString() === '<<<<<<< ';
  const at = begins ? 0 : bytes.indexOf('\n<<<<<<< ');
  return at < 0
    ? undefined
    : bytes
        .subarray(0, begins ? 0 : at + 1)
        .toString()
        .split('\n').length;
}

function namesIn(io: Io, dir: string): { names: string[]; error?: string } {
  try {
    for (const each of [dirname(dir), dir]) requireOwnDirectory(io, each);
    return { names: (ifThere(() => io.readdirSync(dir) as string[]) ?? []).sort() };
  } catch (error) {
    return { names: [], error: whyUnread(error) };
  }
}

function readUnit(io: Io, dir: string, { name }: Unit, damage: (name: string, message: string) => void) {
  try {
    return readWhole(io, join(dir, JOURNAL, name));
  } catch (error) {
    damage(name, whyUnread(error));
    return undefined;
  }
}

/** What purges erase, whatever else in their files is damaged. */
function erasuresFrom(io: Io, dir: string, kinds: Kinds, { units }: Sorted): ErasuresOf {
  const known = new Map<number, readonly Erasure[] | undefined>();
  const erasuresOf: ErasuresOf = purge => {
    const unit = units.find(({ first, count }) => first <= purge && purge < first + count);
    if (!unit || known.has(purge)) return known.get(purge);
    const bytes = readUnit(io, dir, unit, () => {});
    known.set(purge, bytes && erasuresIn(kinds, bytes, purge, erasuresOf));
    return known.get(purge);
  };
  return erasuresOf;
}

interface Sorted {
  /** What each file should hold, in order. */
  readonly units: readonly Unit[];
  /** Numbers of loose files that a pack covers. */
  readonly covered: readonly number[];
  /** Names that no file of the journal has. */
  readonly others: readonly string[];
  readonly findings: readonly Finding[];
}

/** The files of transactions that were made offline, after the journal's own. */
function waitingUnits(io: Io, dir: string, { units }: Sorted): Unit[] {
  const last = units.at(-1);
  const shared = last ? last.first + last.count - 1 : 0;
  return namesIn(io, join(dir, 'data', 'offline'))
    .names.filter(name => /^\d{8,}\.jsonl$/.test(name))
    .map(name => Number.parseInt(name, 10))
    .filter(seq => seq > shared)
    .sort((a, b) => a - b)
    .map(seq => ({ name: nameOf(seq, { packs: 0, shared, over: '../offline' }), first: seq, count: 1 }));
}

/** Reads the names in the journal's directory. */
function sortOut(names: readonly string[]): Sorted {
  const findings: Finding[] = [];
  const others: string[] = [];
  const packs: number[] = [];
  const seqs: number[] = [];
  for (const name of names) {
    const match = /^(?:(\d{8,})|pack-(\d{6,}))\.jsonl$/.exec(name);
    const number = Number(match?.[1] ?? match?.[2]);
    const file = join(JOURNAL, name);
    if (!match || number === 0) {
      if (!name.startsWith('.tmp-')) others.push(name);
      continue;
    }
    const proper = match[1] ? looseName(number) : packName(number);
    if (name !== proper)
      findings.push({
        severity: 'error',
        file,
        message: `claims the number of ${proper}: no two files may have the same one`,
        fix: 'move it out of the journal',
      });
    else if (match[1]) seqs.push(number);
    else packs.push(number);
  }
  packs.sort((a, b) => a - b);
  seqs.sort((a, b) => a - b);
  const behindPacks = (packs.at(-1) ?? 0) * PACK_SIZE;
  const units: Unit[] = [
    ...packs.map(pack => ({ name: packName(pack), first: (pack - 1) * PACK_SIZE + 1, count: PACK_SIZE })),
    ...seqs.filter(seq => seq > behindPacks).map(seq => ({ name: looseName(seq), first: seq, count: 1 })),
  ];
  return { units, covered: seqs.filter(seq => packs.includes(packOf(seq))), others, findings };
}

/**
 * A file that is ignored. But a copy that a synchronising program made of a second history (`00000057 (conflicted
 * copy).jsonl`) is reported.
 */
function verifyOther(
  io: Io,
  dir: string,
  kinds: Kinds,
  name: string,
  hashes: ReadonlyMap<number, string>,
): Finding {
  const file = join(JOURNAL, name);
  const found: Decoded[] = [];
  try {
    const bytes = readWhole(io, join(dir, file));
    for (const each of scan(kinds, bytes, () => undefined)) if ('tx' in each) found.push(each.tx);
  } catch (error) {
    if (codeOf(error) === undefined && !(error instanceof NotOurs)) throw error;
  }
  const [first] = found;
  const ignored: Finding = {
    severity: 'note',
    file,
    message: `is ${first ? `a copy of transaction ${first.seq}` : 'no file of the journal'}, and is ignored`,
    fix: 'move it elsewhere',
  };
  if (!first || found.every(tx => hashes.get(tx.seq) === tx.hash)) return ignored;
  return {
    severity: 'warning',
    file,
    message: `is another transaction ${first.seq}, by ${first.by} (${first.via}): it was made elsewhere, and is ignored`,
    fix: 'move it, and all that came after it there, into a directory of its own: crm doctor --replay DIR puts them on top',
  };
}

/** Checks each loose file that a pack covers, like FileJournal (see there). */
function verifyCovered(io: Io, dir: string, { covered, units }: Sorted): Finding[] {
  let packed: { readonly pack: number; readonly bytes: Buffer | undefined } | undefined;
  return covered.flatMap((seq): Finding | [] => {
    const file = join(JOURNAL, looseName(seq));
    const pack = packOf(seq);
    try {
      if (packed?.pack !== pack) {
        const unit = units.find(({ name }) => name === packName(pack))!;
        packed = { pack, bytes: readUnit(io, dir, unit, () => {}) };
      }
      // Then that is said of the pack.
      if (!packed.bytes) return [];
      const isNever = io.lstatSync(join(dir, file)).nlink > 1;
      if (isNever || packed.bytes.includes(readWhole(io, join(dir, file))))
        return {
          severity: 'note',
          file,
          message: `was left by a process that was killed; ${packName(pack)} has that transaction`,
          fix: 'crm doctor --fix removes it, and so does the next checkpoint',
          repair: 'remove',
        };
    } catch (error) {
      return { severity: 'error', file, message: whyUnread(error) };
    }
    return {
      severity: 'error',
      file,
      message: `is another transaction ${seq} than the one in ${packName(pack)}: two histories were mixed`,
      fix: ONE_SIDE,
    };
  });
}
