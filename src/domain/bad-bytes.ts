/**
 * Bytes of a file that are not UTF-8, kept in its text: the byte 0xE9 is the lone surrogate U+DCE9, which no valid
 * UTF-8 has. So the bytes of a file can always be restored from its text.
 */
import { type CrmError, invalid } from './errors.ts';

const badByte = /[\uDC80-\uDCFF]/u;

/** Returns the first such byte: its line, from 1, and its value. Undefined if all of the text is UTF-8. */
export function badByteIn(text: string): { readonly line: number; readonly byte: number } | undefined {
  const at = text.search(badByte);
  if (at < 0) return undefined;
  return { line: text.slice(0, at).split('\n').length, byte: text.charCodeAt(at) & 0xff };
}

/** Says which byte of a text is not UTF-8, for an error at its line; undefined if all of the text is UTF-8. */
export function notUtf8(text: string): { line: number; message: string; hint: string } | undefined {
  const found = badByteIn(text);
  if (!found) return undefined;
  const byte = `0x${found.byte.toString(16).toUpperCase()}`;
  return {
    line: found.line,
    message: `the byte ${byte} is not UTF-8, and would be lost`,
    hint: 'save the file as UTF-8, for example with iconv -f latin1 -t utf-8',
  };
}

/** Returns the error for an edit of a file with such bytes; undefined if all of it is UTF-8. */
export function refusesEdit(file: string, text: string): CrmError | undefined {
  const found = notUtf8(text);
  return found && invalid(`${file}:${found.line}: ${found.message}`, found.hint);
}
