/**
 * Verifies snapshots: they must equal the folded journal, record by record. For a snapshot that was changed by hand, the
 * differences are reported.
 */
import { withArticle } from '../../domain/article.ts';
import { join } from 'node:path';
import { addition, type Change, idOf } from '../../domain/changes.ts';
import { differences } from '../../domain/difference.ts';
import { CrmError } from '../../domain/errors.ts';
import { isNamed, type Kind, type Kinds, numberOf } from '../../domain/kinds.ts';
import { type Json, type Rec, sameJson } from '../../domain/records.ts';
import { firstOf } from '../../domain/series.ts';
import { ofItsOwn, withShared } from '../../state/shared-values.ts';
import type { Finding } from '../site/finding.ts';
import type { Folded } from '../snapshot/folded.ts';
import { type Io, whyUnread } from '../disk/io.ts';
import type { RecordTexts } from '../snapshot/record-texts.ts';
import { Sha256 } from '../disk/sha256.ts';
import {
  areIntact,
  hasHead,
  type OpenSnapshot,
  openSnapshot,
  readBody,
  snapshotFile,
  type SnapshotHead,
  type SnapshotKind,
  snapshotPieces,
} from '../snapshot/snapshot.ts';

const NEWLINE = 10;

/** A snapshot that somebody changed, and the changes. */
export interface EditedSnapshot {
  readonly kind: SnapshotKind;
  /** From the workspace's directory. */
  readonly file: string;
  /** The changes that would turn the journal's records into these. */
  readonly changes: readonly Change[];
  /** In which line each record stands. */
  readonly lines: ReadonlyMap<string, number>;
  /** Lines that are not records. */
  readonly problems: readonly { readonly line: number; readonly message: string }[];
  /** The hash of the whole file, to tell whether it was changed again. */
  readonly digest: string;
}

/** The content of a snapshot, in memory. */
interface Content {
  readonly records: ReadonlyMap<string, Rec>;
  readonly lines: ReadonlyMap<string, number>;
  readonly problems: EditedSnapshot['problems'];
  readonly body: Buffer;
}

/** One snapshot as it was opened, even if the file is replaced meanwhile. */
export interface ReadSnapshot {
  readonly kind: SnapshotKind;
  readonly file: string;
  /** Undefined where the file has none. */
  readonly head: SnapshotHead | undefined;
  readonly isIntact: boolean;
  readonly opened: OpenSnapshot;
  /** Yields its lines, some at a time, each time in the same memory. */
  pieces(): Iterable<Buffer>;
  /** Reads all of it; a snapshot that says what the journal says is not held in memory. */
  content(): Content;
}

/** Reads a snapshot; undefined if there is none. A finding if it cannot be read or is of a newer format. */
export function readSnapshot(
  io: Io,
  dir: string,
  kinds: Kinds,
  kind: SnapshotKind,
): ReadSnapshot | Finding | undefined {
  const file = join('data', snapshotFile(kinds, kind));
  try {
    const opened = openSnapshot(io, dir, file);
    if (!opened) return undefined;
    const head = hasHead(opened) ? opened.head : undefined;
    const pieces = () => snapshotPieces(io, opened);
    let content: Content | undefined;
    const read = (): Content => {
      const body = readBody(io, opened);
      return { body, ...readLines(body, kinds, kind, head) };
    };
    return {
      kind,
      file,
      head,
      opened,
      pieces,
      isIntact: head !== undefined && areIntact(pieces(), head),
      content: () => (content ??= read()),
    };
  } catch (error) {
    if (error instanceof CrmError)
      return {
        severity: 'error',
        file,
        message: error.message.replace(`${join(dir, file)}: `, ''),
        ...(error.hint && { fix: error.hint }),
      };
    return { severity: 'error', file, message: whyUnread(error) };
  }
}

/** Returns the records of a body by id; reports each line that is not a record of the kind. */
type Lines = Omit<Content, 'body'>;

function readLines(body: Buffer, kinds: Kinds, kind: SnapshotKind, head: SnapshotHead | undefined): Lines {
  const records = new Map<string, Rec>();
  const lines = new Map<string, number>();
  const problems: { line: number; message: string }[] = [];
  let line = head ? 1 : 0;
  for (let at = 0; at < body.length; ) {
    const newline = body.indexOf(10, at);
    const end = newline < 0 ? body.length : newline;
    const text = body.toString('utf8', at, end);
    at = end + 1;
    line++;
    if (text.trim() === '') continue;
    const record = recordIn(text, kinds, kind, head);
    if (typeof record === 'string') problems.push({ line, message: record });
    else if (records.has(record.id))
      problems.push({
        line,
        message: `is ${record.id} again, which is in line ${lines.get(record.id)} already`,
      });
    else {
      records.set(record.id, record);
      lines.set(record.id, line);
    }
  }
  return { records, lines, problems };
}

/** Returns the record on a line, or why it is not a record. */
function recordIn(text: string, kinds: Kinds, kind: SnapshotKind, head?: SnapshotHead): Rec | string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return 'is not JSON';
  }
  if (typeof value !== 'object' || value === null || !('id' in value) || typeof value.id !== 'string')
    return 'has no id';
  if (kind !== 'trash' && !isNamed(kind) && kinds.parseId(value.id)?.kind !== kind)
    return `${JSON.stringify(value.id)} is not ${withArticle(kind)} ID`;
  // Taken for a hand's work, it would empty these fields of all records.
  if (!head && isProjected(kind) && !('createdAt' in value)) return 'lacks values that the first line had';
  return head?.shared ? withShared(value as Rec, head.shared) : (value as Rec);
}

/** Finds the differences of a snapshot from the journal folded up to the snapshot's transaction, and their records. */
export function compareSnapshot(
  snapshot: ReadSnapshot,
  folded: Folded,
): { readonly finding?: Finding; readonly edited?: EditedSnapshot; readonly ids: readonly string[] } {
  const { kind, file, head } = snapshot;
  const { ids, changes } = difference(snapshot, folded);
  const said = { file, ...(changes && { changes }) };
  if (snapshot.isIntact) return { ids, ...ofIntact(snapshot, folded, ids, said) };
  const { body, lines, ...content } = snapshot.content();
  // Of a file without a head, the first line is what was one.
  const problems = content.problems.filter(({ line }) => head || line > 1);
  if (isCutShort(snapshot, folded) || (ids.length === 0 && problems.length === 0))
    return {
      ids,
      finding: {
        file,
        severity: 'warning',
        message: head
          ? 'is not as it was written, though what is left of it says what the journal says; it is not used'
          : 'has lost its first line, which says of what it is a snapshot; it is not used',
        fix: 'crm doctor --fix makes it again from the journal',
        repair: 'rebuild',
      },
    };
  const [first] = problems;
  return {
    ids,
    finding: {
      ...said,
      severity: 'warning',
      ...(first && { line: first.line }),
      message: first
        ? `was changed by hand, or is damaged, and is not used: line ${first.line} ${first.message}`
        : `was changed by hand, and is not used: ${some(ids)} differ${ids.length === 1 ? 's' : ''} from the journal`,
      fix: `${first ? 'with the line corrected, ' : ''}crm doctor --adopt takes in what is different; if the file is deleted, it is made again from the journal`,
    },
    edited: {
      kind,
      file,
      changes: changes ?? [],
      lines,
      problems: kind === 'trash' ? [{ line: 1, message: 'the trash cannot be changed by hand' }] : problems,
      digest: digestOf(snapshot.opened, body),
    },
  };
}

/** Finds what is wrong with a snapshot that is as crm wrote it. */
function ofIntact(
  { kind, head }: ReadSnapshot,
  folded: Folded,
  ids: readonly string[],
  said: Pick<Finding, 'file' | 'changes'>,
): { readonly finding?: Finding } {
  const next = kind === 'trash' || isNamed(kind) || head!.next >= folded.next(kind);
  if (ids.length === 0 && next) return {};
  return {
    finding: {
      ...said,
      severity: 'error',
      message: next
        ? `does not say what the journal says up to transaction ${head!.seq}: ${some(ids)} differ${ids.length === 1 ? 's' : ''}`
        : `would give ids that were given already: the next is ${folded.next(kind as Kind)}, not ${head!.next}`,
      fix: 'the journal is the truth: crm doctor --fix makes the file again from it',
      repair: 'rebuild',
    },
  };
}

const isSame = (a: Rec | undefined, b: Rec | undefined): boolean => sameJson(a as Json, b as Json);

/** The ids of the records that differ, and as what changes where they are records and not the trash. */
export function difference(snapshot: ReadSnapshot, folded: Folded): { ids: string[]; changes?: Change[] } {
  const { kind } = snapshot;
  const known = folded.of(kind);
  if (isProjected(kind) && saysSame(snapshot, known)) return { ids: [], changes: [] };
  const { records } = snapshot.content();
  if (kind !== 'trash') {
    const changes = differences(kind, known, records).map(each => asTyped(each, snapshot.opened.head));
    return { ids: changes.map(idOf), changes };
  }
  const ids = new Set([...known.keys(), ...records.keys()]);
  return { ids: [...ids].filter(id => !isSame(known.get(id), records.get(id))) };
}

/** Returns a change as somebody typed it: a new line that leaves a field out asks for no value that others share. */
const asTyped = (change: Change, { shared }: SnapshotHead): Change =>
  shared && 'add' in change ? addition(change.kind, ofItsOwn(change.add, shared)) : change;

/**
 * Whether an intact snapshot has exactly these records, each once: read a line at a time, since this is so nearly always. Records
 * are in the order of their numbers.
 */
function saysSame(snapshot: ReadSnapshot, known: RecordTexts): boolean {
  if (!snapshot.isIntact) return false;
  let count = 0;
  let last = 0;
  for (const { record } of recordsIn(snapshot)) {
    const number = numberOf(record.id);
    if (number <= last || !isSame(record, known.get(record.id))) return false;
    last = number;
    count++;
  }
  return count === known.size;
}

/** Yields the records of an intact snapshot, and where the line of each ends in the file. */
export function* recordsIn({ pieces, opened }: ReadSnapshot): Generator<{ record: Rec; end: number }> {
  let begin = opened.start;
  const { shared } = opened.head;
  for (const piece of pieces()) {
    for (let at = 0; at < piece.length; ) {
      const newline = piece.indexOf(NEWLINE, at);
      const stop = newline < 0 ? piece.length : newline;
      const own = JSON.parse(piece.toString('utf8', at, stop)) as Rec;
      yield { record: shared ? withShared(own, shared) : own, end: begin + stop + 1 };
      at = stop + 1;
    }
    begin += piece.length;
  }
}

/**
 * Whether a file ends within a line, or in the zeros of a power cut, and is right up to there: then nobody changed
 * it, because hand edits leave whole lines.
 */
function isCutShort({ kind, content }: ReadSnapshot, folded: Folded): boolean {
  const { body, records, problems } = content();
  const isTorn = body.length === 0 || body.at(-1) !== 10 || body.includes(0);
  const known = folded.of(kind);
  return (
    isTorn && problems.length <= 1 && [...records].every(([id, record]) => isSame(record, known.get(id)))
  );
}

const digestOf = (opened: OpenSnapshot, body: Buffer): string =>
  new Sha256().update(JSON.stringify(opened.head)).update(body).digest();

/** Whether a snapshot is still the one that was read. */
export function isAsRead(io: Io, dir: string, edited: EditedSnapshot): boolean {
  const now = openSnapshot(io, dir, edited.file);
  if (!now) return false;
  try {
    return digestOf(now, readBody(io, now)) === edited.digest;
  } finally {
    io.closeSync(now.fd);
  }
}

/** `D1, D2 and 40 more` */
export function some(ids: readonly string[]): string {
  return firstOf(ids, 5);
}

/** A kind that has a projection. */
export const isProjected = (kind: SnapshotKind): kind is Kind => kind !== 'trash' && !isNamed(kind);
