/** Splits a streamed mbox into its mails, holding at most one of them in memory. */
import { LARGEST_MAIL } from './parsed-mail.ts';

/** A mail as bytes; without bytes if it is larger than LARGEST_MAIL. */
export interface RawMail {
  /** Its source, to name it in messages: a file, or a file and the mail's number in it. */
  readonly name: string;
  readonly bytes?: Uint8Array;
}

const LF = 10;
const CR = 13;
const FROM = Buffer.from('From ');
/** The most bytes of a `From ` line: a longer line does not begin a mail. */
const LONGEST_FROM = 1024;

/** Whether a file is an mbox, by the line that it begins with. */
export const isMbox = (head: Uint8Array): boolean => startsWith(head, FROM);

/**
 * Returns the mails of an mbox. A line `From ` after an empty one begins a mail; `>From ` of its text is unquoted as
 * mboxrd does it, by one `>`, which is right for mboxo too.
 */
export async function* mailsInMbox(chunks: AsyncIterable<Uint8Array>, name: string): AsyncGenerator<RawMail> {
  const mail = new Growing();
  let count = 0;
  let isAfterBlank = true;
  const taken = (): RawMail => ({
    name: `${name} (mail ${count})`,
    ...(mail.size <= LARGEST_MAIL && { bytes: mail.bytes() }),
  });
  for await (const lines of linesOf(chunks))
    for (const line of lines) {
      if (isAfterBlank && isFromLine(line)) {
        if (count > 0) yield taken();
        count++;
        mail.clear();
      } else if (count > 0) mail.append(unquoted(line));
      isAfterBlank = line.length <= 2 && (line[0] === LF || (line[0] === CR && line[1] === LF));
    }
  if (count > 0) yield taken();
}

/** Collects bytes; beyond the size of the largest mail it only counts them. */
class Growing {
  #buffer = Buffer.alloc(1 << 16);
  size = 0;

  append(bytes: Uint8Array): void {
    const end = this.size + bytes.length;
    if (end <= LARGEST_MAIL) {
      if (end > this.#buffer.length) {
        const larger = Buffer.alloc(Math.max(end, 2 * this.#buffer.length));
        this.#buffer.copy(larger, 0, 0, this.size);
        this.#buffer = larger;
      }
      this.#buffer.set(bytes, this.size);
    }
    this.size = end;
  }

  clear(): void {
    this.size = 0;
  }

  bytes(): Uint8Array {
    return Uint8Array.prototype.slice.call(this.#buffer, 0, this.size);
  }
}

/** `From jane@example.com Mon Sep 14 08:00:00 2026`: the time tells it from a sentence that begins with "From". */
const isFromLine = (line: Uint8Array): boolean =>
  startsWith(line, FROM) &&
  line.length <= LONGEST_FROM &&
  /^From .*\d{1,2}:\d\d/.test(Buffer.from(line).toString('latin1'));

function unquoted(line: Uint8Array): Uint8Array {
  let at = 0;
  while (line[at] === 0x3e) at++;
  return at > 0 && startsWith(line.subarray(at, at + FROM.length), FROM) ? line.subarray(1) : line;
}

const startsWith = (bytes: Uint8Array, start: Uint8Array): boolean =>
  bytes.length >= start.length && start.every((byte, i) => bytes[i] === byte);

/** Yields the lines of a stream with their ends, chunk by chunk. A line longer than any mail comes in pieces. */
async function* linesOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array[]> {
  const begun = new Growing();
  for await (const chunk of chunks) {
    const lines: Uint8Array[] = [];
    let from = 0;
    for (let at = chunk.indexOf(LF); at >= 0; at = chunk.indexOf(LF, from)) {
      const end = chunk.subarray(from, at + 1);
      if (begun.size === 0) lines.push(end);
      else {
        begun.append(end);
        lines.push(begun.bytes());
        begun.clear();
      }
      from = at + 1;
    }
    begun.append(chunk.subarray(from));
    if (begun.size > LARGEST_MAIL / 2) {
      lines.push(begun.bytes());
      begun.clear();
    }
    yield lines;
  }
  if (begun.size > 0) yield [begun.bytes()];
}
