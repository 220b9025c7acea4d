import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Key, KeyDecoder } from '../../../src/ui/full-screen/decode-keys.ts';
import { anyText } from '../../texts.ts';

const ESC = '\u001b';

/** The keys of bytes that come in pieces, and nothing after them. */
function decoded(...pieces: readonly (string | Uint8Array)[]): Key[] {
  const decoder = new KeyDecoder();
  return [...pieces.flatMap(piece => decoder.push(Buffer.from(piece))), ...decoder.flush()];
}

const names = (...pieces: readonly (string | Uint8Array)[]) => decoded(...pieces).map(key => key.name);

/** What terminals send, and the keys that it is. */
const table: readonly (readonly [sent: string, keys: readonly string[]])[] = [
  ['hjkl', ['h', 'j', 'k', 'l']],
  ['HL?/:', ['H', 'L', '?', '/', ':']],
  ['é日👩‍💻', ['é', '日', '👩', '\u200d', '💻']],
  [`${ESC}[A${ESC}[B${ESC}[C${ESC}[D`, ['up', 'down', 'right', 'left']],
  [`${ESC}OA${ESC}OB${ESC}OC${ESC}OD`, ['up', 'down', 'right', 'left']],
  [
    `${ESC}[H${ESC}[F${ESC}[1~${ESC}[4~${ESC}[7~${ESC}[8~${ESC}OH`,
    ['home', 'end', 'home', 'end', 'home', 'end', 'home'],
  ],
  [`${ESC}[5~${ESC}[6~${ESC}[3~${ESC}[2~`, ['page-up', 'page-down', 'delete', 'insert']],
  [
    `${ESC}[1;5C${ESC}[1;2A${ESC}[1;3D${ESC}[3;6~`,
    ['ctrl-right', 'shift-up', 'alt-left', 'ctrl-shift-delete'],
  ],
  [`${ESC}[Z\t`, ['shift-tab', 'tab']],
  ['\r\n', ['enter', 'enter']],
  ['\u007f\b', ['backspace', 'backspace']],
  ['\u0003\u001a\u0012\u000c', ['ctrl-c', 'ctrl-z', 'ctrl-r', 'ctrl-l']],
  ['\u0000\u001f', ['ctrl-space', 'ctrl-_']],
  [ESC, ['esc']],
  [ESC + ESC, ['esc', 'esc']],
  [`${ESC}${ESC}[A`, ['esc', 'up']],
  [`${ESC}b${ESC}\u007f`, ['alt-b', 'alt-backspace']],
  [`${ESC}é`, ['alt-é']],
  [`${ESC}O`, ['alt-O']],
  [`${ESC}[`, ['alt-[']],
  [`${ESC}[[A`, []],
  [`${ESC}OPx${ESC}[15~`, ['f1', 'x', 'f5']],
  [`${ESC}[200~two\r\nlines${ESC}[Ax${ESC}[201~q`, ['paste', 'q']],
  // What nobody asked for is swallowed, and what follows is not.
  [`${ESC}[?1;2cq`, ['q']],
  [`${ESC}[99;99Xq`, ['q']],
  [`${ESC}[12\nq`, ['enter', 'q']],
  [`${ESC}[M abq`, ['q']],
  ['\u0085q', ['q']],
];

describe('keys', () => {
  test.each(table)('%j are %j', (sent, keys) => {
    expect(names(sent)).toEqual(keys);
  });

  test('that are pasted are one text, whatever is in it', () => {
    expect(decoded(`${ESC}[200~two\r\nlines${ESC}[Ax${ESC}[201~`)).toEqual([
      { name: 'paste', text: `two\nlines${ESC}[Ax` },
    ]);
  });

  test('of a paste without an end come when nothing more does', () => {
    expect(decoded(`${ESC}[200~abc${ESC}[20`)).toEqual([{ name: 'paste', text: `abc${ESC}[20` }]);
  });

  test('of a mouse say where it is; only presses of the left button and the wheel count', () => {
    expect(decoded(`${ESC}[<0;9;4M${ESC}[<0;9;4m${ESC}[<2;9;4M${ESC}[<64;1;1M${ESC}[<65;200;90M`)).toEqual([
      { name: 'mouse', x: 8, y: 3 },
      { name: 'wheel-up', x: 0, y: 0 },
      { name: 'wheel-down', x: 199, y: 89 },
    ]);
  });

  test('an ESC waits for what may follow it', () => {
    const decoder = new KeyDecoder();
    expect(decoder.push(Buffer.from(ESC))).toEqual([]);
    expect(decoder.isWaiting).toBe(true);
    expect(decoder.push(Buffer.from('[A'))).toEqual([{ name: 'up' }]);
    expect(decoder.isWaiting).toBe(false);
  });

  test('bytes that are not UTF-8 give no keys, and do not harm the next key', () => {
    expect(
      names(
        Uint8Array.of(0xff, 0x71, 0xc3, 0x71, 0xe2, 0x82, 0x71, 0x80, 0xf9, 0x71, 0xed, 0xa0, 0x80, 0x71),
      ),
    ).toEqual(['q', 'q', 'q', 'q', 'q']);
  });

  test('are the same, however the bytes are cut', () => {
    const piece = fc.oneof(
      fc.constantFrom(...table.map(([sent]) => sent)),
      fc.constantFrom(
        `${ESC}[<0;9;4M`,
        `${ESC}[200~`,
        `${ESC}[201~`,
        ESC,
        `${ESC}[`,
        '[',
        'O',
        'M',
        '~',
        ';5',
      ),
      anyText({ maxLength: 4 }),
    );
    const bytes = fc.oneof(
      fc.array(piece, { maxLength: 8 }).map(pieces => Buffer.from(pieces.join(''))),
      fc.uint8Array({ maxLength: 12 }).map(each => Buffer.from(each)),
    );
    fc.assert(
      fc.property(bytes, fc.array(fc.nat(), { maxLength: 12 }), (all, cuts) => {
        const at = [...new Set(cuts.map(each => each % (all.length + 1)))].sort((a, b) => a - b);
        const pieces = [0, ...at].map((from, i) => all.subarray(from, at[i] ?? all.length));
        expect(decoded(...pieces)).toEqual(decoded(all));
      }),
      { numRuns: 120 },
    );
  });
});
