import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeStream } from '../../src/channels/decode.ts';
import { runs } from '../effort.ts';

async function* inChunks(bytes: Uint8Array, size: number) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function decode(bytes: Uint8Array, { size = 1, encoding }: { size?: number; encoding?: string } = {}) {
  let text = '';
  for await (const piece of decodeStream(inChunks(bytes, size), encoding, 'deals.csv')) text += piece;
  return text;
}

const utf8 = (text: string) => new TextEncoder().encode(text);
const utf16be = (text: string) => Buffer.from(text, 'utf16le').swap16();

describe('encodings', () => {
  const text = 'Zoë, € 1 200\r\n東京 😀\u0000';

  test.each([
    ['UTF-8', utf8(text)],
    ['UTF-8 with a mark', utf8(`\uFEFF${text}`)],
    ['UTF-16 LE with a mark', Buffer.from(`\uFEFF${text}`, 'utf16le')],
    ['UTF-16 BE with a mark', utf16be(`\uFEFF${text}`)],
  ])('%s is read in chunks of any size', async (_, bytes) => {
    for (const size of [1, 2, 3, 5, 7, 1000]) expect(await decode(bytes, { size })).toBe(text);
  });

  test('only the first mark is taken off', async () => {
    expect(await decode(utf8('\uFEFF\uFEFFa'))).toBe('\uFEFFa');
  });

  test('an encoding is taken by its label, euro sign included', async () => {
    const bytes = Uint8Array.of(0x80, 0x20, 0xeb, 0x93);
    for (const size of [1, 100]) expect(await decode(bytes, { size, encoding: 'windows-1252' })).toBe('€ ë“');
    expect(await decode(Buffer.from('ab', 'utf16le'), { encoding: 'utf-16le' })).toBe('ab');
  });

  test('a mark says more than the given encoding', async () => {
    expect(await decode(utf8('\uFEFFé'), { encoding: 'windows-1252' })).toBe('é');
  });

  test('an unknown label is a usage error that names it, before anything is read', async () => {
    await expect(decode(utf8('a'), { encoding: 'klingon' })).rejects.toMatchObject({
      kind: 'USAGE',
      message: 'unknown encoding "klingon"',
    });
  });

  test('nothing is text', async () => {
    expect(await decode(new Uint8Array(0))).toBe('');
    expect(await decode(utf8('\uFEFF'))).toBe('');
    expect(await decode(utf8('a'))).toBe('a');
  });
});

describe('invalid bytes', () => {
  const bytes = (...parts: (string | number[])[]) =>
    Buffer.concat(parts.map(part => (typeof part === 'string' ? utf8(part) : Uint8Array.from(part))));
  const lone = (unit: number) => Buffer.from(new Uint16Array([unit]).buffer);

  test.each([
    ['a Latin letter', 2, bytes('name\nZo', [0xeb], ' B\nx\n')],
    ['a character that is cut off by a line end', 1, bytes('a', [0xe2, 0x82], '\nb\n')],
    ['a character that is cut off by the end', 3, bytes('a\r\nb\r\n', [0xf0, 0x9f, 0x98])],
    ['a surrogate', 3, bytes('a\nb\nc', [0xed, 0xa0, 0x80], '\n')],
    ['a line end in too many bytes', 2, bytes('a\n', [0xc0, 0x8a], '\n')],
    ['lone carriage returns', 3, bytes('a\rb\r', [0xff], '\rc')],
    ['behind characters of three bytes', 2, bytes('東京\n東京', [0xff], '\n')],
  ])('%s', async (_, line, data) => {
    for (const size of [1, 2, 3, 4, 7, 1000])
      await expect(decode(data, { size }), `in chunks of ${size}`).rejects.toMatchObject({
        kind: 'FAILED',
        message: `deals.csv:${line}: bytes that are not valid UTF-8`,
        hint: expect.stringContaining('--encoding'),
      });
  });

  test.each([
    [
      'half a pair',
      Buffer.concat([Buffer.from('\uFEFFa😀\nb', 'utf16le'), lone(0xdc00), Buffer.from('\n', 'utf16le')]),
    ],
    ['half a character at the end', Buffer.concat([Buffer.from('\uFEFFa\nb', 'utf16le'), Uint8Array.of(10)])],
  ])('UTF-16: %s', async (_, data) => {
    for (const size of [1, 2, 3, 4, 5, 1000])
      await expect(decode(data, { size }), `in chunks of ${size}`).rejects.toMatchObject({
        message: 'deals.csv:2: bytes that are not valid UTF-16LE',
      });
  });

  test('a replacement character that is in the file is text', async () => {
    expect(await decode(utf8('a\uFFFDb'))).toBe('a\uFFFDb');
  });

  test('the line does not depend on the chunks', async () => {
    const part = fc.oneof(
      fc.constantFrom('\n', '\r', '\r\n', 'a', 'é', '€', '😀').map(utf8),
      fc.uint8Array({ maxLength: 2 }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(part), fc.integer({ min: 1, max: 6 }), async (parts, size) => {
        const data = Buffer.concat(parts);
        const outcome = (at: number) => decode(data, { size: at }).catch((error: Error) => error.message);
        expect(await outcome(size)).toBe(await outcome(1000));
      }),
      { numRuns: runs(150) },
    );
  });
});
