import { isAscii } from 'node:buffer';
import { TextDecoder } from 'node:util';
import { CrmError, failed } from '../domain/errors.ts';

/**
 * Bytes to text, chunk by chunk. A byte order mark decides (UTF-8, UTF-16 LE or BE) and is removed. Without one, the
 * encoding is `encoding`, a label of the Encoding Standard such as `windows-1252`; otherwise UTF-16 if the bytes can
 * only be that; otherwise UTF-8. Nothing is replaced: invalid bytes throw FAILED with `name` and their line (from 1).
 * An unknown label is USAGE.
 */
export async function* decodeStream(
  chunks: AsyncIterable<Uint8Array>,
  encoding?: string,
  name = 'input',
): AsyncGenerator<string, void, undefined> {
  const given = encoding === undefined ? undefined : decoderOf(encoding).encoding;
  const encodingOf = (start: Uint8Array) =>
    encodingByMark(start) ?? given ?? encodingByZeros(start) ?? 'utf-8';
  let decode: ((bytes: Uint8Array, last?: boolean) => string) | undefined;
  let bytes: Uint8Array = new Uint8Array(0);
  for await (const chunk of chunks) {
    bytes = concat(bytes, chunk);
    if (decode === undefined && bytes.length < LOOKED_AT) continue;
    decode ??= strictDecoder(encodingOf(bytes), name);
    yield decode(bytes);
    bytes = new Uint8Array(0);
  }
  decode ??= strictDecoder(encodingOf(bytes), name);
  yield decode(bytes, true);
}

/** How many line ends (LF, CRLF or a lone CR) `text` has. */
export function lineEnds(text: string): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) count++;
  if (text.includes('\r')) count += text.match(/\r(?!\n)/g)?.length ?? 0;
  return count;
}

/** How many bytes at the beginning decide the encoding: the longest byte order mark has 3, and 4 letters of UTF-16 have 8. */
const LOOKED_AT = 8;

function encodingByMark(bytes: Uint8Array): string | undefined {
  const [a, b, c] = bytes;
  if (a === 0xef && b === 0xbb && c === 0xbf) return 'utf-8';
  if (a === 0xff && b === 0xfe) return 'utf-16le';
  if (a === 0xfe && b === 0xff) return 'utf-16be';
  return undefined;
}

/** Recognises UTF-16 without a mark, as some programs write it: every other byte of Latin letters is 0. */
function encodingByZeros(bytes: Uint8Array): string | undefined {
  if (bytes.length < LOOKED_AT) return undefined;
  const isZero = (parity: number) =>
    bytes.subarray(0, LOOKED_AT).every((byte, i) => (byte === 0) === (i % 2 === parity));
  return isZero(1) ? 'utf-16le' : isZero(0) ? 'utf-16be' : undefined;
}

function decoderOf(label: string): TextDecoder {
  try {
    return new TextDecoder(label, { fatal: true });
  } catch (cause) {
    const hint = 'for example: utf-8, utf-16le, windows-1252, iso-8859-15, shift_jis';
    throw new CrmError('USAGE', `unknown encoding ${JSON.stringify(label)}`, hint, cause);
  }
}

/** A streaming decoder that knows which line it is on. */
function strictDecoder(encoding: string, name: string): (bytes: Uint8Array, last?: boolean) => string {
  const decoder = decoderOf(encoding);
  let line = 1;
  let afterCr = false;
  let before: Uint8Array = new Uint8Array(0); // the last bytes of what came before: a character may be split there
  let length = 0;
  const pass = (text: string) => {
    line += lineEnds(text);
    if (afterCr && text.startsWith('\n')) line--; // a CRLF in two pieces
    if (text !== '') afterCr = text.endsWith('\r');
  };
  return (bytes, last = false) => {
    try {
      // Most text is ASCII, of which nothing is held back, except at the beginning, where there may be a mark.
      const isPlain = encoding === 'utf-8' && before.at(-1)! < 0x80 && isAscii(bytes);
      // Always streaming: without it Node 20 takes windows-1252 for ISO-8859-1, which has no euro sign.
      let text = isPlain ? latin1(bytes) : decoder.decode(bytes, { stream: true });
      if (last) text += decoder.decode();
      pass(text);
      before = concat(before, bytes.subarray(-longestSplit)).slice(-longestSplit);
      length += bytes.length;
      return text;
    } catch {
      pass(validStart(encoding, concat(splitCharacter(encoding, before, length), bytes)));
      const what = `bytes that are not valid ${encoding.toUpperCase()}`;
      throw failed(`${name}:${line}: ${what}`, 'name the encoding, for example --encoding windows-1252');
    }
  };
}

const latin1 = ({ buffer, byteOffset, length }: Uint8Array): string =>
  Buffer.from(buffer, byteOffset, length).toString('latin1');

/** No encoding that TextDecoder knows has longer characters than four bytes. */
const longestSplit = 3;

/** Returns the end of `before` that the decoder still holds back, the beginning of a character. */
function splitCharacter(encoding: string, before: Uint8Array, length: number): Uint8Array {
  for (let size = before.length; size > 0; size--) {
    if (encoding.startsWith('utf-16') && size % 2 !== length % 2) continue;
    const end = before.subarray(-size);
    if (tryDecode(encoding, end) === '') return end;
  }
  return new Uint8Array(0);
}

/** Returns the text of the longest valid beginning of `bytes`, found by halving. */
function validStart(encoding: string, bytes: Uint8Array): string {
  let text = '';
  let valid = 0;
  let beyond = bytes.length + 1;
  while (beyond - valid > 1) {
    const middle = (valid + beyond) >>> 1;
    const tried = tryDecode(encoding, bytes.subarray(0, middle));
    if (tried === undefined) beyond = middle;
    else {
      valid = middle;
      text = tried;
    }
  }
  return text;
}

function tryDecode(encoding: string, bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder(encoding, { fatal: true, ignoreBOM: true }).decode(bytes, { stream: true });
  } catch {
    return undefined;
  }
}

function concat(a: Uint8Array, b: Uint8Array): Uint8Array {
  if (a.length === 0) return b;
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}
