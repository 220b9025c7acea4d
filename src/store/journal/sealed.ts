/**
 * A transaction as the bytes in the journal, with its place by the commit line: the form that travels between
 * journals. Taking bytes apart does not verify them; `decode` does.
 */
import { invalid } from '../../domain/errors.ts';
import { type Commit, encodeCommit, type Tip } from './journal.ts';

export interface Sealed {
  readonly seq: number;
  /** The hash of the transaction before; empty for the first. */
  readonly prev: string;
  /** The hash that the commit line declares. */
  readonly hash: string;
  /** The id of the request that made it. */
  readonly request: string;
  /** All its lines, the commit line last, with their line ends. */
  readonly bytes: Buffer;
}

/** Makes the transaction that a commit after `after` is; `salt` is 128 random bits, base64url. */
export function seal(after: Tip, commit: Commit, salt: string): Sealed {
  const chunks: Buffer[] = [];
  const hash = encodeCommit(after, commit, salt, chunk => chunks.push(Buffer.from(chunk)));
  const { request } = commit;
  return { seq: after.seq + 1, prev: after.hash, hash, request, bytes: Buffer.concat(chunks) };
}

/** Commit lines are written with this at their beginning, and no other line is. */
const COMMIT = Buffer.from('{"seq":');
const LINE_END = 10;

/** Splits bytes into their transactions, in order. INVALID, with `from`, if they are anything else. */
export function* sealedIn(bytes: Buffer, from: string): Generator<Sealed> {
  let begin = 0;
  for (let start = 0; start < bytes.length; ) {
    const newline = bytes.indexOf(LINE_END, start);
    if (newline < 0) throw notJournal(from);
    if (bytes.subarray(start, start + COMMIT.length).equals(COMMIT)) {
      const head = headIn(bytes.toString('utf8', start, newline));
      if (!head) throw notJournal(from);
      yield { ...head, bytes: bytes.subarray(begin, newline + 1) };
      begin = newline + 1;
    }
    start = newline + 1;
  }
  if (begin < bytes.length) throw notJournal(from);
}

/** Returns the single transaction in some bytes. INVALID, with `from`, if they are anything else. */
export function sealedOne(bytes: Buffer, from: string): Sealed {
  const [first, ...more] = sealedIn(bytes, from);
  if (!first || more.length > 0) throw notJournal(from);
  return first;
}

/** Returns the tip of a journal that ends with this transaction. */
export const tipOf = ({ seq, hash }: Sealed): Tip => ({ seq, hash });

const notJournal = (from: string) =>
  invalid(`${from}: is not what a journal has`, 'nothing of it was taken in; crm remote show');

function headIn(line: string): Omit<Sealed, 'bytes'> | undefined {
  try {
    const { seq, prev, hash, request } = JSON.parse(line) as Partial<Record<keyof Sealed, unknown>>;
    if (!Number.isSafeInteger(seq)) return undefined;
    if (typeof prev !== 'string' || typeof hash !== 'string' || typeof request !== 'string') return undefined;
    return { seq: seq as number, prev, hash, request };
  } catch {
    return undefined;
  }
}
