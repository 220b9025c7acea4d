/**
 * A transaction as bytes: its changes, one JSON line each, then the commit line. The hash covers all lines above and
 * the commit line without the hash; each commit line names the hash of the one before. A transaction from which a
 * purge erased keeps its hash, for the chain; the hash of the remaining content is in the purge.
 */
import { isErasure, wrongChange, wrongHead } from '../../kinds/change-shape.ts';
import {
  type AddChange,
  asStored,
  type Change,
  type Erasure,
  type Head,
  type Line,
  type Transaction,
} from '../../domain/changes.ts';
import { invalid } from '../../domain/errors.ts';
import type { Kinds } from '../../domain/kinds.ts';
import { LazyAddition } from './lazy-addition.ts';
import { Sha256 } from '../disk/sha256.ts';

/** Has no salt after a purge, so that erased content cannot be guessed by its hash. */
export type Unhashed = Head & { readonly prev: string; readonly salt?: string };

type Body = Pick<Transaction, 'changes' | 'erases'>;

/** The `prev` of the first transaction. */
export const GENESIS = '';

/**
 * Calls `write` with the lines of a transaction; returns the hash of its content. The commit line declares that hash,
 * or the earlier hash `declared`, which must stay.
 */
export function encode(
  head: Unhashed,
  { changes, erases = [] }: Body,
  write: (chunk: Buffer) => void,
  declared?: string,
): string {
  const digest = new Sha256();
  const put = (bytes: Buffer) => {
    digest.update(bytes);
    write(bytes);
  };
  let chunk = '';
  /** Lines that are consecutive in memory. */
  let lines: Pick<Line, 'bytes' | 'start' | 'end'> | undefined;
  const flush = () => {
    if (lines) put(lines.bytes.subarray(lines.start, lines.end));
    if (chunk !== '') put(Buffer.from(chunk));
    lines = undefined;
    chunk = '';
  };
  for (const { seq, now } of erases) chunk += `${JSON.stringify({ kind: 'purge', seq, now })}\n`;
  for (const change of changes) {
    const { line } = change as AddChange;
    if (line) {
      const { bytes, start, end } = line;
      if (lines?.bytes !== bytes || lines.end !== start) flush();
      lines = { bytes, start: lines?.start ?? start, end };
      continue;
    }
    if (lines) flush();
    chunk += `${JSON.stringify(asStored(change))}\n`;
    if (chunk.length > 1 << 18) flush();
  }
  flush();
  const hash = digest.update(JSON.stringify(headLine(head))).digest();
  write(Buffer.from(`${JSON.stringify(headLine(head, declared ?? hash))}\n`));
  return hash;
}

/** The commit line's object, always with its keys in this order. */
function headLine(head: Unhashed, hash?: string) {
  const { seq, prev, request, asked, at, by, via, salt, trigger, undoes, purged } = head;
  return {
    seq,
    prev,
    ...(hash !== undefined && { hash }),
    request,
    ...(asked !== undefined && { asked }),
    at,
    by,
    via,
    salt,
    ...(trigger === false && { trigger }),
    ...(undoes !== undefined && { undoes }),
    ...(purged !== undefined && { purged }),
  };
}

/** Returns the commit line in a text, if the digested lines before it have the hash that it declares. */
export function wholeHead(text: string, lines: Sha256): Hashed | undefined {
  const head = headIn(text);
  return head && lines.update(JSON.stringify(headLine(head))).digest() === head.hash ? head : undefined;
}

type Hashed = Unhashed & { readonly hash: string };

/** Returns the commit line in a text, without checking its hash; undefined for another line. */
export function headIn(text: string): Hashed | undefined {
  const value = parseLine(text);
  if (!value || !('seq' in value) || wrongHead({ ...value }) !== undefined) return undefined;
  return value as unknown as Hashed;
}

/** Returns the change on a line of a transaction; undefined for an erasure. INVALID for any other line. */
export function changeIn(kinds: Kinds, line: string, seq: number): Change | undefined {
  const value = parseLine(line) as Change | undefined;
  if (value && 'kind' in value && (value.kind as string) === 'purge') return undefined;
  const wrong = value ? wrongChange(kinds, value) : 'not a JSON object';
  if (wrong !== undefined) throw invalid(`a line of transaction ${seq}: ${wrong}`, 'crm doctor');
  return tagged(kinds, value!);
}

export type Decoded = Transaction & { readonly salt?: string; readonly size: number };

/** Returns what a transaction erases; undefined if there is no such transaction, or it is damaged. */
export type ErasuresOf = (purge: number) => readonly Erasure[] | undefined;

/**
 * Reads the transactions in `bytes`, which came from `name`; INVALID if one does not match its hash. With `isLazy`, additions
 * are parsed when somebody asks for their records.
 */
export function* decode(
  kinds: Kinds,
  bytes: Buffer,
  name: string,
  erasures: ErasuresOf,
  isLazy = false,
): Generator<Decoded> {
  for (const found of scan(kinds, bytes, erasures, isLazy ? name : undefined)) {
    if ('damage' in found) throw invalid(`${name}:${found.line}: ${found.damage}`, 'crm doctor');
    yield found.tx;
  }
}

/** A transaction and the byte at which it begins; or damage, and its place. */
export type Scanned =
  | { readonly tx: Decoded; readonly at: number }
  | { readonly damage: string; readonly line: number };

/** Reads on after damage, because later transactions may be whole. `lazyIn` names the bytes, if additions wait to be parsed. */
export function* scan(
  kinds: Kinds,
  bytes: Buffer,
  erasures: ErasuresOf,
  lazyIn?: string,
): Generator<Scanned> {
  let changes: Change[] = [];
  let erases: Erasure[] = [];
  let begin = 0;
  let line = 0;
  // Whether damage of the current transaction was reported already.
  let said = false;
  // A fault of the current transaction that its hash does not show: the maker of the journal gave it a right hash.
  let foreign: { readonly damage: string; readonly line: number } | undefined;
  for (let start = 0; start < bytes.length; ) {
    const newline = bytes.indexOf(10, start);
    const end = newline < 0 ? bytes.length : newline;
    line++;
    const lazy =
      lazyIn === undefined ? undefined : LazyAddition.at(kinds, { bytes, start, end, name: lazyIn, line });
    const value = lazy ?? parseLine(bytes.toString('utf8', start, end));
    if (lazy) changes.push(lazy);
    else if (!value) {
      yield { damage: 'not a JSON object; the journal is damaged', line };
      // It may have been a commit line: then the next transaction begins after it.
      [changes, erases, begin, said, foreign] = [[], [], end + 1, true, undefined];
    } else if (!('seq' in value)) {
      const wrong = wrongChange(kinds, value);
      if (wrong !== undefined) foreign ??= { damage: wrong, line };
      else changes.push(tagged(kinds, value as Change));
    } else if ('kind' in value && value.kind === 'purge') {
      const { seq, now } = value as unknown as Erasure;
      if (!isErasure({ seq, now })) foreign ??= { damage: 'a purge that does not say what it erases', line };
      erases.push({ seq, now });
    } else {
      const head = value as unknown as Unhashed & { hash: string };
      const hash = new Sha256()
        .update(bytes.subarray(begin, start))
        .update(JSON.stringify(headLine(head)))
        .digest();
      if (newline >= 0 && (hash === head.hash || isLeft(head, hash, erasures))) {
        const wrong = wrongHead({ ...head });
        if (wrong !== undefined) foreign ??= { damage: `the commit line: ${wrong}`, line };
        yield foreign ?? {
          tx: { ...head, changes, ...(erases.length > 0 && { erases }), size: end + 1 - begin },
          at: begin,
        };
      } else if (!said)
        yield {
          damage: `transaction ${head.seq} is damaged: its content does not have the hash it declares`,
          line,
        };
      [changes, erases, begin, said, foreign] = [[], [], end + 1, false, undefined];
    }
    start = end + 1;
  }
  if (begin < bytes.length && !said) yield { damage: 'the last transaction has no commit line', line };
}

/** Returns a change as it is in memory: an addition with the kind and id of its record. */
export function tagged(kinds: Kinds, change: Change): Change {
  if (!('add' in change)) return change;
  const { id } = change.add;
  return Object.assign(change, { kind: kinds.kindOf(id), id });
}

/**
 * Returns what the purge of that number erases, from the bytes that contain it; undefined if they do not, or it is
 * damaged.
 */
export function erasuresIn(
  kinds: Kinds,
  bytes: Buffer,
  purge: number,
  erasures: ErasuresOf,
): readonly Erasure[] | undefined {
  // Transactions beside it may be without the erased content. Only later purges, which erased from it, matter.
  const later: ErasuresOf = other => (other > purge ? erasures(other) : undefined);
  for (const found of scan(kinds, bytes, later))
    if ('tx' in found && found.tx.seq === purge) return found.tx.erases ?? [];
  return undefined;
}

/**
 * Whether a content is what, by a purge, remains of the transaction. A purge comes after the transactions from which
 * it erases.
 */
function isLeft({ seq, purged }: Unhashed, hash: string, erasures: ErasuresOf): boolean {
  if (typeof purged !== 'number' || !(purged > seq)) return false;
  return erasures(purged)?.some(erasure => erasure.seq === seq && erasure.now === hash) ?? false;
}

function parseLine(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
