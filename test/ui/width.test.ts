import { describe, expect, test } from 'vitest';
import { displayWidth, filled, hung, shorten, wrapped } from '../../src/ui/width.ts';

// Measured by the cursor in a terminal.
test.each([
  ['', 0],
  ['Łódź — “€5”…', 12],
  ['Acme™ ©', 7],
  ['漢字とカナ', 10],
  ['한국어', 6],
  ['한국어'.normalize('NFD'), 6],
  ['ｆｕｌｌ', 8],
  ['e\u0301te\u0301', 3],
  ['हिन्दी', 5],
  ['น้ำ', 2],
  ['שָׁלוֹם', 4],
  ['👨‍👩‍👧‍👦', 2],
  ['🇳🇱 office', 9],
  ['❤ ☎ ✔', 5],
  ['👋🏽 🏴‍☠️ 1️⃣', 8],
  ['ｱ ア', 4],
  ['a\u200bb\u0007', 2],
])('displayWidth(%j) is %i', (text, width) => expect(displayWidth(text)).toBe(width));

describe('shorten', () => {
  test.each([
    ['exactly', 7, 'exactly'],
    ['one more', 7, 'one mo…'],
    ['no space left', 4, 'no…'],
    ['漢字漢字', 7, '漢字漢…'],
    ['漢字漢字', 6, '漢字…'],
    ['e\u0301e\u0301e\u0301e\u0301', 3, 'e\u0301e\u0301…'],
    ['a👨‍👩‍👧‍👦b👨‍👩‍👧‍👦', 4, 'a👨‍👩‍👧‍👦…'],
    ['a👨‍👩‍👧‍👦b👨‍👩‍👧‍👦', 3, 'a…'],
    ['text', 1, '…'],
    ['text', 0, ''],
    ['close 2026-11-24', 14, 'close…'],
    ['close 2026-11-24', 12, 'close…'],
    ['close 2026-11-24, late', 18, 'close 2026-11-24,…'],
    ['order 12026-11-24', 14, 'order 12026-1…'],
  ])('%j in %i cells is %j', (text, width, short) => expect(shorten(text, width)).toBe(short));
});

test.each([
  ['', 5, ['']],
  ['one two three', 7, ['one two', 'three']],
  ['unbreakable', 4, ['unbreakable']],
  ['漢字 漢字', 5, ['漢字', '漢字']],
  ['a   b', 3, ['a', 'b']],
])('%j on lines of %i cells', (text, width, lines) => expect(wrapped(text, width)).toEqual(lines));

test.each([
  ['one two three', 7, ['one two', 'three']],
  ['unbreakable', 4, ['unbr', 'eaka', 'ble']],
  ['漢字漢字', 5, ['漢字', '漢字']],
  ['a👨‍👩‍👧‍👦b', 1, ['a', '👨‍👩‍👧‍👦', 'b']],
])('%j fills lines of %i cells', (text, width, lines) => expect(filled(text, width)).toEqual(lines));

test.each([
  ['one two', 10, ['one two']],
  ['  one two three', 9, ['  one two', '      three']],
  ['\u001bk3[32mone\u001bk3[39m two', 7, ['\u001bk3[32mone\u001bk3[39m two']],
])('%j hangs on lines of %i cells', (text, width, lines) => expect(hung(text, width)).toEqual(lines));
