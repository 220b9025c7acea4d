/**
 * Finds the transactions that change some records, in the bytes of the journal and without parsing the lines of
 * others.
 */
import { tagged } from './encoding.ts';
import type { Kinds } from '../domain/kinds.ts';
import type { Change, Head } from '../domain/changes.ts';
import { invalid } from '../domain/errors.ts';
import { isObject, type Json } from '../domain/records.ts';
import { wrongChange, wrongHead } from '../kinds/change-shape.ts';

/** A transaction with only the changes of the requested records. */
export type Mention = Pick<Head, 'seq' | 'at' | 'by' | 'via' | 'undoes'> & {
  readonly changes: readonly Change[];
};

const ID = '"id":"';
const QUOTE = 34;
const NEWLINE = 10;
/** The beginning of a commit line, and of no line of a change. */
const HEAD = '\n{"seq":';

/**
 * Returns the transactions in a file of the journal that change records of these ids, the newest first. A line is read
 * where `"id":"D12"` stands in it, since a text that contains these characters has its quotes escaped. Hashes are not
 * checked: `crm history` and doctor do that. Throws INVALID where a line that is read is damaged.
 */
export function mentionsIn(kinds: Kinds, bytes: Buffer, name: string, ids: ReadonlySet<string>): Mention[] {
  const [only] = ids;
  const needle = ids.size === 1 ? `${ID}${only}"` : ID;
  const found: { head: Omit<Mention, 'changes'>; changes: Change[] }[] = [];
  let headEnd = 0;
  // Ids are ASCII. Node looks for a text ten times as fast if it is told that no character has several bytes.
  for (let at = bytes.indexOf(needle, 0, 'latin1'); at >= 0; ) {
    const close = bytes.indexOf(QUOTE, at + ID.length);
    let next = close;
    if (ids.size === 1 || ids.has(bytes.toString('latin1', at + ID.length, close))) {
      const end = bytes.indexOf(NEWLINE, at);
      const start = bytes.lastIndexOf(NEWLINE, at) + 1;
      const line = lineAt(bytes, start, end, name) as unknown as Change;
      const isHead = 'seq' in line;
      if (!isHead && ids.has('add' in line ? line.add.id : line.id)) {
        const wrong = wrongChange(kinds, line);
        if (wrong !== undefined) throw invalid(`${name}: ${wrong}`, 'crm doctor');
        if (end >= headEnd) {
          const from = bytes.indexOf(HEAD, end) + 1;
          if (from === 0) throw invalid(`${name}: a commit line is missing`, 'crm doctor');
          headEnd = bytes.indexOf(NEWLINE, from);
          const head = lineAt(bytes, from, headEnd, name);
          const wrongly = wrongHead({ ...head });
          if (wrongly !== undefined) throw invalid(`${name}: the commit line: ${wrongly}`, 'crm doctor');
          found.push({ head: head as unknown as Omit<Mention, 'changes'>, changes: [] });
        }
        found.at(-1)!.changes.push(tagged(kinds, line));
        next = end;
      }
    }
    if (next < 0) break;
    at = bytes.indexOf(needle, next, 'latin1');
  }
  return found.reverse().map(({ head: { seq, at, by, via, undoes }, changes }) => ({
    seq,
    at,
    by,
    via,
    ...(undoes !== undefined && { undoes }),
    changes,
  }));
}

function lineAt(bytes: Buffer, start: number, end: number, name: string): object {
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8', start, end < 0 ? bytes.length : end));
    if (isObject(value as Json)) return value as object;
  } catch {
    // Said below.
  }
  throw invalid(`${name}: not a JSON object; the journal is damaged`, 'crm doctor');
}
