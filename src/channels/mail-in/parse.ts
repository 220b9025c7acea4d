/**
 * Reads the bytes of a mail with postal-mime. Its input is bounded first, since anybody can write a mail: a message of
 * 25 MB can have 25 million lines, or a million parts. Of a mail that cannot be read, the headers are kept; nothing in a
 * mail makes this throw.
 */
import type { Address, Email } from 'postal-mime';
import { readAddress } from '../../domain/email.ts';
import { type Headers, isAutomatic } from './automatic.ts';
import { deliveryReportIn, messageIdsIn, type Part } from './delivery-report.ts';
import { asMailWithText, newHtml } from './html-text.ts';
import { cutToBytes, newText } from './new-text.ts';
import type { MailFile, ParsedMail, Party } from './parsed-mail.ts';
import { readUnsubscribeToken } from './unsubscribe-token.ts';
import { createHash } from 'node:crypto';

/** The most bytes of a message that is read without bounding it first: it cannot cost much. */
const SMALL = 256 << 10;
/** The most lines that are read: 25 MB of base64 have 350,000. */
const MOST_LINES = 400_000;
/** The most lines that are text, which costs more than base64: the text that is kept has far fewer. */
const MOST_TEXT_LINES = 20_000;
/** A line that is shorter than this number of bytes, or has a blank within them, is text. */
const BASE64 = 40;
/** The most lines that may be boundaries of parts. */
const MOST_BORDERS = 5_000;
/** The most bytes of headers, of all parts together. */
const MOST_HEADERS = 1 << 20;
/** The deepest nesting of parts. */
const MOST_NESTING = 100;
/** The most recipients, earlier mails and files that are kept of one mail. */
const MOST_PARTIES = 100;
const MOST_EARLIER = 50;
const MOST_FILES = 100;
/** The most bytes of a subject and of names. */
const MOST_SUBJECT = 1000;
const MOST_NAME = 250;

const LF = 10;
const CR = 13;
const DASH = 45;
const BLANK = 32;

/** Returns a mail as data. */
export async function parseMail(bytes: Uint8Array): Promise<ParsedMail> {
  const plain = withoutCarriageReturns(bytes);
  const bounded = withinBounds(plain);
  const hash = createHash('sha256').update(plain).digest('base64url');
  const read = await readBytes(utf8Headers(bounded.bytes), bounded.damage);
  return parsed(read.email, read.text, hash, read.damage);
}

interface Read {
  readonly email: Email;
  readonly text: string;
  readonly damage?: string | undefined;
}

async function readBytes(bytes: Uint8Array, damage: string | undefined): Promise<Read> {
  const { default: PostalMime } = await import('postal-mime');
  const parse = (raw: Uint8Array | string) =>
    PostalMime.parse(raw, {
      forceRfc822Attachments: true,
      maxNestingDepth: MOST_NESTING,
      maxHeadersSize: MOST_HEADERS,
    });
  try {
    const email = await parse(bytes);
    if (email.text !== undefined || email.html === undefined)
      return { email, text: email.text ?? '', damage };
    return { email, text: (await parse(asMailWithText(newHtml(email.html)))).text ?? '', damage };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    try {
      return { email: await parse(headersOf(bytes)), text: '', damage: why };
    } catch {
      return { email: { headers: [], headerLines: [], attachments: [] }, text: '', damage: why };
    }
  }
}

/** Returns the headers of a mail up to a limit, without its body. */
function headersOf(bytes: Uint8Array): Uint8Array {
  const head = bytes.subarray(0, MOST_HEADERS / 4);
  const text = Buffer.from(head).toString('latin1').split('\n\n')[0]!;
  // Without a content type, postal-mime looks for no parts.
  return Buffer.from(`${text.replace(/^content-[^\n]*(\n[ \t][^\n]*)*\n?/gim, '')}\n\n`, 'latin1');
}

function parsed(email: Email, whole: string, hash: string, damage: string | undefined): ParsedMail {
  const headers: Headers = new Map([...email.headers].reverse().map(({ key, value }) => [key, value]));
  const from = partiesOf(email.from ? [email.from] : [])[0];
  const { text, isCut } = newText(whole);
  const parts = email.attachments.flatMap(({ mimeType, content }): Part[] =>
    typeof content === 'string' ? [] : [{ mimeType, content: new Uint8Array(content) }],
  );
  const report = deliveryReportIn(parts);
  const subject = oneLineOf(email.subject ?? '', MOST_SUBJECT);
  const messageId = messageIdsIn(email.messageId ?? '')[0];
  const references = messageIdsIn(email.references ?? '').reverse();
  const sentAt = sentAtOf(headers, email.headers);
  const token = readUnsubscribeToken(subject, [...(email.to ?? []), ...(email.cc ?? [])].map(addressOf));
  const files = filesOf(email);
  const known = {
    ...(from && { from }),
    to: partiesOf(email.to ?? []),
    cc: partiesOf(email.cc ?? []),
    subject,
    ...(sentAt !== undefined && { sentAt }),
    ...(messageId !== undefined && { messageId }),
    earlier: [...new Set([...messageIdsIn(email.inReplyTo ?? ''), ...references])].slice(0, MOST_EARLIER),
  };
  return {
    ...known,
    isAutomatic: report !== undefined || isAutomatic(headers, from?.email),
    ...(report && { report }),
    ...(token !== undefined && { unsubscribeToken: token }),
    text,
    files,
    hash,
    digest: createHash('sha256')
      .update(JSON.stringify([known, text, files]))
      .digest('base64url'),
    ...((damage ?? isCut) && { damage: damage ?? 'only the beginning of its text is kept' }),
  };
}

const addressOf = ({ address = '' }: Address): string => address;

/** Groups are their members. What is not an address is left out. */
const partiesOf = (addresses: readonly Address[]): Party[] =>
  addresses
    .flatMap(each => each.group ?? [each])
    .slice(0, MOST_PARTIES)
    .flatMap(({ address, name }): Party[] => {
      const email = readAddress(address)?.email;
      if (email === undefined || email.length > MOST_NAME) return [];
      const said = oneLineOf(name, MOST_NAME);
      return said === '' || said === email ? [{ email }] : [{ email, name: said }];
    });

/** Without control characters, and with one blank where there are several. */
const oneLineOf = (text: string, most: number): string =>
  cutToBytes(
    text
      .slice(0, most)
      .replace(/[\p{Cc}\u2028\u2029\s]+/gu, ' ')
      .trim(),
    most,
  );

const filesOf = ({ attachments }: Email): MailFile[] =>
  attachments
    .filter(({ related, filename }) => related !== true || filename !== null)
    .slice(0, MOST_FILES)
    .map(({ filename, mimeType, content }) => ({
      name: oneLineOf(filename ?? '', MOST_NAME) || oneLineOf(mimeType, MOST_NAME) || 'unnamed',
      size: typeof content === 'string' ? content.length : content.byteLength,
    }));

/** Returns when a mail was sent, by its Date header, or else by the newest Received header. */
function sentAtOf(headers: Headers, all: Email['headers']): number | undefined {
  const received = all
    .find(({ key }) => key === 'received')
    ?.value.split(';')
    .at(-1);
  for (const text of [headers.get('date'), received]) {
    const at = Date.parse((text ?? '').slice(0, 100).replace(/\([^)]*\)/g, ''));
    if (Number.isFinite(at) && at > 0) return at;
  }
  return undefined;
}

/** Makes line ends LF: the same mail in an mbox, a Maildir and over IMAP has different ones. */
function withoutCarriageReturns(bytes: Uint8Array): Uint8Array {
  if (!bytes.includes(CR)) return bytes;
  const plain = Buffer.alloc(bytes.length);
  let size = 0;
  for (let at = 0; at < bytes.length; at++)
    if (bytes[at] !== CR || bytes[at + 1] !== LF) plain[size++] = bytes[at]!;
  return plain.subarray(0, size);
}

/** Cuts a mail before it has too many lines or parts. */
function withinBounds(bytes: Uint8Array): { bytes: Uint8Array; damage?: string } {
  if (bytes.length <= SMALL) return { bytes };
  let lines = 0;
  let texts = 0;
  let borders = 0;
  for (let from = 0, at = bytes.indexOf(LF); at >= 0; from = at + 1, at = bytes.indexOf(LF, from)) {
    lines++;
    if (isText(bytes, from, at)) texts++;
    if (bytes[from] === DASH && bytes[from + 1] === DASH) borders++;
    if (lines > MOST_LINES || texts > MOST_TEXT_LINES || borders > MOST_BORDERS)
      return { bytes: bytes.subarray(0, at), damage: 'it has too many lines or parts to read all of it' };
  }
  return { bytes };
}

function isText(bytes: Uint8Array, from: number, end: number): boolean {
  if (end - from < BASE64) return true;
  for (let at = from; at < from + BASE64; at++) if (bytes[at] === BLANK) return true;
  return false;
}

/** Decodes headers: old programs write them in a local charset, so bytes that are not UTF-8 are read as windows-1252. */
function utf8Headers(bytes: Uint8Array): Uint8Array {
  const end = Math.min(endOfHeaders(bytes), MOST_HEADERS);
  const head = bytes.subarray(0, end);
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(head);
    return bytes;
  } catch {
    return Buffer.concat([Buffer.from(new TextDecoder('windows-1252').decode(head)), bytes.subarray(end)]);
  }
}

function endOfHeaders(bytes: Uint8Array): number {
  for (let at = bytes.indexOf(LF); at >= 0; at = bytes.indexOf(LF, at + 1))
    if (bytes[at + 1] === LF) return at;
  return bytes.length;
}
