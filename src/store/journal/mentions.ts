/**
 * Finds the transactions that change some records, in the bytes of the journal and without parsing the lines of
 * others.
 */
import { tagged } from '../lines/encoding.ts';
import type { Kinds } from '../../domain/kinds.ts';
import { type Change, type Head, idOf } from '../../domain/changes.ts';
import { invalid } from '../../domain/errors.ts';
import { isObject, type Json } from '../../domain/records.ts';
import { nextCommit } from '../lines/line-window.ts';
import { wrongChange, wrongHead } from '../../kinds/change-shape.ts';

/** A transaction with only the changes of the requested records. */
export type Mention = Pick<Head, 'seq' | 'at' | 'by' | 'via' | 'undoes'> & {
  readonly changes: readonly Change[];
};

const ID = '"id":"';
const PLAIN = /^[ !#-[\]-~]*$/;
/** Whether JSON writes an id in one way only. */
export const isPlain = (id: string): boolean => PLAIN.test(id);

const QUOTE = 34;
const NEWLINE = 10;

/**
 * Returns the transactions in a file of the journal that change records of these ids, the newest first. `pieces` are its
 * whole lines, some at a time. A line is read where `"id":"D12"` stands in it, since a text that contains these characters
 * has its quotes escaped. Hashes are not checked: `crm history` and doctor do that. Throws INVALID where a line that is
 * read is damaged.
 */
export function mentionsIn(
  kinds: Kinds,
  pieces: Iterable<Buffer>,
  name: string,
  ids: ReadonlySet<string>,
): Mention[] {
  const found: Mention[] = [];
  /** Changes whose commit line has not come yet. */
  let changes: Change[] = [];
  const commitAt = (lines: Buffer, at: number) => {
    found.push({ ...headAt(lines, at, name), changes });
    changes = [];
  };
  for (const lines of pieces) {
    let commit = changes.length > 0 ? nextCommit(lines, 0) : lines.length;
    for (const { start, end } of linesWith(ids, lines)) {
      if (start > commit) {
        commitAt(lines, commit);
        commit = lines.length;
      }
      const change = changeAt(kinds, lines, start, end, name);
      if (!change || !ids.has(idOf(change))) continue;
      if (changes.length === 0) commit = nextCommit(lines, end);
      changes.push(change);
    }
    if (commit < lines.length) commitAt(lines, commit);
  }
  if (changes.length > 0) throw invalid(`${name}: a commit line is missing`, 'crm doctor');
  return found.reverse();
}

/** Whether whole lines of a journal may change one of the records; if not, they certainly do not. */
export function mayMention(ids: ReadonlySet<string>, lines: Buffer): boolean {
  // Paths of files may have letters that are not ASCII, which JSON writes in more than one way.
  if (![...ids].every(isPlain)) return true;
  return linesWith(ids, lines).next().done !== true;
}

/** Yields where the lines that may change one of the records begin and end, each line once. */
function* linesWith(
  ids: ReadonlySet<string>,
  lines: Buffer,
): Generator<{ readonly start: number; readonly end: number }> {
  const [only] = ids;
  const needle = ids.size === 1 ? `${ID}${only}"` : ID;
  // Ids are ASCII. Node looks for a text ten times as fast if it is told that no character has several bytes.
  const next = (from: number) => lines.indexOf(needle, from, 'latin1');
  for (let at = next(0); at >= 0; ) {
    const close = lines.indexOf(QUOTE, at + ID.length);
    const isOfOne = ids.size === 1 || ids.has(lines.toString('latin1', at + ID.length, close));
    const end = isOfOne ? endOf(lines, at) : close;
    if (isOfOne) yield { start: lines.lastIndexOf(NEWLINE, at) + 1, end };
    if (end < 0) return;
    at = next(end);
  }
}

/** Where the line of a position ends; the end of the lines where the last one is cut. */
function endOf(lines: Buffer, at: number): number {
  const end = lines.indexOf(NEWLINE, at);
  return end < 0 ? lines.length : end;
}

/** Returns the change of a line; undefined for a commit line. */
function changeAt(kinds: Kinds, lines: Buffer, start: number, end: number, name: string): Change | undefined {
  const line = lineAt(lines, start, end, name);
  if ('seq' in line) return undefined;
  const wrong = wrongChange(kinds, line as Change);
  if (wrong !== undefined) throw invalid(`${name}: ${wrong}`, 'crm doctor');
  return tagged(kinds, line as Change);
}

/** Returns the data of a commit line, which begins at a position. */
function headAt(lines: Buffer, at: number, name: string): Omit<Mention, 'changes'> {
  const head = lineAt(lines, at, endOf(lines, at), name);
  const wrong = wrongHead({ ...head });
  if (wrong !== undefined) throw invalid(`${name}: the commit line: ${wrong}`, 'crm doctor');
  const { seq, at: time, by, via, undoes } = head as Omit<Mention, 'changes'>;
  return { seq, at: time, by, via, ...(undoes !== undefined && { undoes }) };
}

function lineAt(bytes: Buffer, start: number, end: number, name: string): object {
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8', start, end));
    if (isObject(value as Json)) return value as object;
  } catch {
    // Said below.
  }
  throw invalid(`${name}: not a JSON object; the journal is damaged`, 'crm doctor');
}
