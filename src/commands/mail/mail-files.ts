/** Reads mails from a message, an mbox, a Maildir or standard input, holding one mail at a time. */
import { createReadStream, lstatSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Incoming } from '../../app/inbound/ingest.ts';
import { isMbox, mailsInMbox, type RawMail } from '../../channels/mail-in/mbox.ts';
import { isMail, LARGEST_MAIL } from '../../channels/mail-in/parsed-mail.ts';
import { parseMail } from '../../channels/mail-in/parse.ts';
import { usage } from '../../domain/errors.ts';
import { codeOf } from '../../store/disk/io.ts';
import type { Context } from '../line/context.ts';
import { unreadable } from '../line/named-file.ts';

/** The directories of a Maildir with mails: unseen ones, and the others. */
const inMaildir = ['new', 'cur'] as const;

/** Yields the mails of files and directories, parsed. */
export async function* mailsIn(context: Context, sources: readonly string[]): AsyncGenerator<Incoming> {
  for (const source of sources)
    for await (const { name, bytes } of rawMails(context, source))
      yield bytes ? await mailOf(name, bytes) : { name, error: `it is larger than ${LARGEST_MAIL >> 20} MB` };
}

async function mailOf(name: string, bytes: Uint8Array): Promise<Incoming> {
  const mail = await parseMail(bytes);
  if (isMail(mail)) return { mail };
  return { name, error: 'it is not an e-mail: it has no sender, recipient, subject or date' };
}

async function* rawMails(context: Context, source: string): AsyncGenerator<RawMail> {
  if (source === '-') {
    const stdin = context.streams.stdin as AsyncIterable<Uint8Array>;
    return yield* mailsInStream(stdin, 'standard input');
  }
  const path = resolve(context.deps.cwd, source);
  try {
    if (statSync(path).isDirectory()) yield* mailsInDirectory(path, source);
    else yield* mailsInStream(createReadStream(path, { highWaterMark: 1 << 18 }), source);
  } catch (error) {
    throw unreadable(error, source);
  }
}

/** A stream is an mbox if it begins like one, else it is one message. */
async function* mailsInStream(chunks: AsyncIterable<Uint8Array>, name: string): AsyncGenerator<RawMail> {
  const parts: Uint8Array[] = [];
  let size = 0;
  const iterator = chunks[Symbol.asyncIterator]();
  const rest: AsyncIterable<Uint8Array> = { [Symbol.asyncIterator]: () => iterator };
  for await (const chunk of untilKnown(rest, 5)) {
    if (parts.length === 0 && isMbox(chunk)) return yield* mailsInMbox(before(chunk, rest), name);
    size += chunk.length;
    if (size <= LARGEST_MAIL) parts.push(Buffer.from(chunk));
  }
  if (size > 0) yield { name, ...(size <= LARGEST_MAIL && { bytes: Buffer.concat(parts) }) };
}

/** Yields the same bytes, with at least a given number in the first chunk. */
async function* untilKnown(chunks: AsyncIterable<Uint8Array>, least: number): AsyncGenerator<Uint8Array> {
  let head: Uint8Array | undefined = Buffer.alloc(0);
  for await (const chunk of chunks) {
    const whole: Uint8Array = head ? Buffer.concat([head, asBytes(chunk)]) : asBytes(chunk);
    if (head && whole.length < least) head = whole;
    else {
      head = undefined;
      yield whole;
    }
  }
  if (head && head.length > 0) yield head;
}

const asBytes = (chunk: Uint8Array | string): Uint8Array =>
  typeof chunk === 'string' ? Buffer.from(chunk) : chunk;

async function* before(first: Uint8Array, rest: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield first;
  for await (const chunk of rest) yield asBytes(chunk);
}

/** Yields the mails of a Maildir in order of delivery (their names begin with the time), or else the `.eml` files of a directory. */
async function* mailsInDirectory(path: string, name: string): AsyncGenerator<RawMail> {
  const folders = [];
  for (const folder of inMaildir) if (isDirectory(join(path, folder))) folders.push(folder);
  const isMaildir = folders.length > 0;
  const files: (readonly [name: string, folder: string])[] = [];
  for (const folder of isMaildir ? folders : ['.'])
    for (const file of readdirSync(join(path, folder)))
      if (isMaildir ? !file.startsWith('.') : /\.eml$/i.test(file)) files.push([file, folder]);
  if (files.length === 0 && !isMaildir)
    throw usage(
      `${name} has neither new nor cur of a Maildir, nor .eml files`,
      'name a message, an mbox or a Maildir',
    );
  files.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  for (const [file, folder] of files) {
    const raw = readOne(join(path, folder, file), join(name, folder, file));
    if (raw) yield raw;
  }
}

const isDirectory = (path: string): boolean => {
  try {
    return lstatSync(path).isDirectory();
  } catch {
    return false;
  }
};

/**
 * Reads a file; undefined if it is not a regular one, or a mail program has moved it meanwhile: then it is read next time.
 * Synchronous, because with ten thousand small files a thread for each call costs more than the reading.
 */
function readOne(path: string, name: string): RawMail | undefined {
  try {
    const found = lstatSync(path);
    if (!found.isFile()) return undefined;
    return found.size > LARGEST_MAIL ? { name } : { name, bytes: readFileSync(path) };
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw unreadable(error, name);
  }
}
