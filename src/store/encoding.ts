/**
 * A transaction as bytes: its changes, one JSON line each, then the commit line. The hash covers all lines above
 * and the commit line without the hash; each commit line names the hash of the one before. What a purge has left of
 * a transaction keeps the hash that it had, for the chain; its content has the one that the purge names.
 */
import { isErasure, wrongChange, wrongHead } from '../kinds/change-shape.ts';
import {
  type AddChange,
  asStored,
  type Change,
  type Erasure,
  type Head,
  type Line,
  type Transaction,
} from '../domain/changes.ts';
import { invalid } from '../domain/errors.ts';
import type { Kinds } from '../domain/kinds.ts';
import { Sha256 } from './sha256.ts';

/** Without a salt where a purge took it away, so that what is gone cannot be guessed by its hash. */
export type Unhashed = Head & { readonly prev: string; readonly salt?: string };

type Body = Pick<Transaction, 'changes' | 'erases'>;

/** The `prev` of the first transaction. */
export const GENESIS = '';

/**
 * Calls `write` with the lines of a transaction; returns the hash of its content, which its commit line declares
 * unless that must stay what it was, `declared`.
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
  /** Lines that lie side by side in memory. */
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
export function wholeHead(text: string, lines: Sha256): (Unhashed & { readonly hash: string }) | undefined {
  const value = parseLine(text);
  if (!value || !('seq' in value) || wrongHead({ ...value }) !== undefined) return undefined;
  const head = value as unknown as Unhashed & { readonly hash: string };
  return lines.update(JSON.stringify(headLine(head))).digest() === head.hash ? head : undefined;
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

/** Reads the transactions in `bytes`, which came from `name`; INVALID where one is not what its hash says. */
export function* decode(kinds: Kinds, bytes: Buffer, name: string, erasures: ErasuresOf): Generator<Decoded> {
  for (const found of scan(kinds, bytes, erasures)) {
    if ('damage' in found) throw invalid(`${name}:${found.line}: ${found.damage}`, 'crm doctor');
    yield found.tx;
  }
}

/** A transaction and at which byte it begins; or what is damaged, and where. */
export type Scanned =
  | { readonly tx: Decoded; readonly at: number }
  | { readonly damage: string; readonly line: number };

/** Reads on after damage: what follows it may be whole. */
export function* scan(kinds: Kinds, bytes: Buffer, erasures: ErasuresOf): Generator<Scanned> {
  let changes: Change[] = [];
  let erases: Erasure[] = [];
  let begin = 0;
  let line = 0;
  // Whether something of the transaction at hand was said to be damaged already.
  let said = false;
  // What is in the transaction at hand that crm does not write: whoever made the journal gave it a right hash.
  let foreign: { readonly damage: string; readonly line: number } | undefined;
  for (let start = 0; start < bytes.length; ) {
    const newline = bytes.indexOf(10, start);
    const end = newline < 0 ? bytes.length : newline;
    line++;
    const value = parseLine(bytes.toString('utf8', start, end));
    if (!value) {
      yield { damage: 'not a JSON object; the journal is damaged', line };
      // It may have been a commit line: then the next transaction begins behind it.
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

/** What the purge of that number erases, from the bytes that have it; undefined where they do not, or it is damaged. */
export function erasuresIn(
  kinds: Kinds,
  bytes: Buffer,
  purge: number,
  erasures: ErasuresOf,
): readonly Erasure[] | undefined {
  // Those beside it may be without what this purge erased: only what erased from it matters, and that came later.
  const later: ErasuresOf = other => (other > purge ? erasures(other) : undefined);
  for (const found of scan(kinds, bytes, later))
    if ('tx' in found && found.tx.seq === purge) return found.tx.erases ?? [];
  return undefined;
}

/** Whether a content is what a purge says is left of the transaction. A purge comes after what it erases from. */
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
