/**
 * A transaction as bytes: its changes, one JSON line each, then the commit line. The hash covers all lines above
 * and the commit line without the hash; each commit line names the hash of the one before.
 */
import { createHash } from 'node:crypto';
import type { Change, Head, Transaction } from '../domain/changes.ts';
import { invalid } from '../domain/errors.ts';

export type Unhashed = Head & { readonly prev: string; readonly salt: string };

/** The `prev` of the first transaction. */
export const GENESIS = '';

/** Calls `write` with the lines of a transaction; returns its hash. */
export function encode(head: Unhashed, changes: Iterable<Change>, write: (chunk: string) => void): string {
  const digest = createHash('sha256');
  let chunk = '';
  const flush = () => {
    digest.update(chunk);
    write(chunk);
    chunk = '';
  };
  for (const change of changes) {
    chunk += `${JSON.stringify(change)}\n`;
    if (chunk.length > 1 << 18) flush();
  }
  flush();
  const hash = digest.update(JSON.stringify(headLine(head))).digest('base64url');
  write(`${JSON.stringify(headLine(head, hash))}\n`);
  return hash;
}

/** The commit line's object, always with its keys in this order. */
function headLine(head: Unhashed, hash?: string) {
  const { seq, prev, request, at, by, via, salt, trigger, undoes } = head;
  return {
    seq,
    prev,
    ...(hash !== undefined && { hash }),
    request,
    at,
    by,
    via,
    salt,
    ...(trigger === false && { trigger }),
    ...(undoes !== undefined && { undoes }),
  };
}

export type Decoded = Transaction & { readonly salt: string; readonly size: number };

/** Reads the transactions in `bytes`, which came from `name`; INVALID where one is not what its hash says. */
export function* decode(bytes: Buffer, name: string): Generator<Decoded> {
  for (const found of scan(bytes)) {
    if ('damage' in found) throw invalid(`${name}:${found.line}: ${found.damage}`, 'crm doctor');
    yield found.tx;
  }
}

/** A transaction and at which byte it begins; or what is damaged, and where. */
export type Scanned =
  | { readonly tx: Decoded; readonly at: number }
  | { readonly damage: string; readonly line: number };

/** Reads on after damage: what follows it may be whole. */
export function* scan(bytes: Buffer): Generator<Scanned> {
  let changes: Change[] = [];
  let begin = 0;
  let line = 0;
  // Whether something of the transaction at hand was said to be damaged already.
  let said = false;
  for (let start = 0; start < bytes.length; ) {
    const newline = bytes.indexOf(10, start);
    const end = newline < 0 ? bytes.length : newline;
    line++;
    const value = parseLine(bytes.toString('utf8', start, end));
    if (!value) {
      yield { damage: 'not a JSON object; the journal is damaged', line };
      // It may have been a commit line: then the next transaction begins behind it.
      [changes, begin, said] = [[], end + 1, true];
    } else if (!('seq' in value)) changes.push(value as Change);
    else {
      const head = value as unknown as Unhashed & { hash: string };
      const hash = createHash('sha256')
        .update(bytes.subarray(begin, start))
        .update(JSON.stringify(headLine(head)))
        .digest('base64url');
      if (hash === head.hash && newline >= 0)
        yield { tx: { ...head, changes, size: end + 1 - begin }, at: begin };
      else if (!said)
        yield {
          damage: `transaction ${head.seq} is damaged: its content does not have the hash it declares`,
          line,
        };
      [changes, begin, said] = [[], end + 1, false];
    }
    start = end + 1;
  }
  if (begin < bytes.length && !said) yield { damage: 'the last transaction has no commit line', line };
}

function parseLine(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
