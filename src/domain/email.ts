/** Reads e-mail addresses, wherever one comes in. */
import { usage } from './errors.ts';
import { once } from './memo.ts';

const LOCAL = String.raw`[^\s@<>,;:"()[\]\\]+`;

/** The form of an address that a mail server could accept; only the server knows whether the mailbox exists. */
function formWith(letters: string, marks: string): RegExp {
  const label = `[${letters}](?:[${letters}${marks}_-]*[${letters}])?`;
  return new RegExp(String.raw`^${LOCAL}@(?:${label}(?:\.${label})*|\[[0-9a-fA-F.:]+\])$`, 'u');
}

const IS_ASCII = /^[\x00-\x7f]*$/;
const asciiForm = once(() => formWith('A-Za-z0-9', ''));
/** The form of all addresses. Compiling its Unicode classes takes 3 ms, so it is used only for addresses that need them. */
const anyForm = once(() => formWith(String.raw`\p{L}\p{N}`, String.raw`\p{M}`));

const isAddress = (text: string): boolean =>
  text.includes('@') && (IS_ASCII.test(text) ? asciiForm() : anyForm()).test(text);

/** `Jane Roe <jane@example.com>` or `Jane Roe (jane@example.com)`. */
const WITH_NAME = /^(.*\S)\s*[<(]\s*([^\s<>()]+@[^\s<>()]+)\s*[>)]$/s;

/** A person as an address line names them. */
export interface Named {
  readonly name?: string;
  readonly email: string;
}

/**
 * Reads `jane@example.com`, `mailto:jane@example.com?subject=x`, `<jane@example.com>`, `jane@example.com.` or
 * `Jane Roe <jane@example.com>`; undefined if the text is not an address.
 */
export function readAddress(text: string): Named | undefined {
  const both = WITH_NAME.exec(text.trim());
  const email = bare(both ? both[2]! : text);
  if (!isAddress(email)) return undefined;
  const name = both?.[1]?.replace(/^(["'])(.*)\1$/s, '$2').trim();
  return name ? { name, email } : { email };
}

/** Takes off what mail programs and browsers put around an address, and the full stop of a sentence. */
const bare = (text: string): string =>
  text
    .trim()
    .replace(/^<(.*)>$/s, '$1')
    .trim()
    .replace(/^mailto:\s*([^?]*).*$/is, '$1')
    .replace(/\.+$/, '');

/** Returns the address that a text is, without what is around it; throws USAGE if it is not an address. */
export function parseEmail(text: string): string {
  const read = readAddress(text);
  if (!read) throw usage(`${JSON.stringify(text)} is not an e-mail address`, 'for example jane@example.com');
  return read.email;
}

/** Returns the addresses in a list with commas, semicolons, blanks or lines between them, each once. */
export function parseEmails(text: string): string[] {
  const parts = text
    .split(/[,;\n]|:::/)
    .map(part => part.trim())
    .filter(part => part !== '');
  const found = parts.flatMap(part => {
    const words = part.split(/\s+/);
    return words.length > 1 && words.every(word => readAddress(word)) ? words : part;
  });
  return eachOnce(found.map(parseEmail), sameEmail);
}

/** Whether two addresses are the same, without regard to case. */
export const sameEmail = (a: string, b: string): boolean =>
  a.normalize().toLowerCase() === b.normalize().toLowerCase();

/** Returns the items without repetitions. */
export function eachOnce<T>(items: readonly T[], same: (a: T, b: T) => boolean): T[] {
  const kept: T[] = [];
  for (const item of items) if (!kept.some(each => same(each, item))) kept.push(item);
  return kept;
}
