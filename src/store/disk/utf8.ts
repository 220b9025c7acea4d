/** Files that people write as text and back, byte for byte, whatever their encoding (`domain/bad-bytes.ts`). */
import { isUtf8 } from 'node:buffer';

/** The first byte that a character of two, three or four bytes may begin with. */
const LEAD = [0xc2, 0xe0, 0xf0];

/** Decodes UTF-8; each byte that is not part of it becomes a lone surrogate. */
export function decodeFile(bytes: Buffer): string {
  if (isUtf8(bytes)) return bytes.toString();
  let text = '';
  let from = 0;
  for (let at = 0; at < bytes.length; ) {
    const size = 1 + LEAD.filter(lead => bytes[at]! >= lead).length;
    if (bytes[at]! < 0x80 || (at + size <= bytes.length && isUtf8(bytes.subarray(at, at + size)))) at += size;
    else {
      text += bytes.toString('utf8', from, at) + String.fromCharCode(0xdc00 + bytes[at]!);
      from = ++at;
    }
  }
  return text + bytes.toString('utf8', from);
}

/** Encodes a text as UTF-8, with the bytes that its lone surrogates stand for. */
export function encodeFile(text: string): Buffer | string {
  if (!/[\uDC80-\uDCFF]/u.test(text)) return text;
  return Buffer.concat(
    text
      .split(/([\uDC80-\uDCFF])/u)
      .map((part, i) => (i % 2 === 1 ? Buffer.from([part.charCodeAt(0) & 0xff]) : Buffer.from(part))),
  );
}
