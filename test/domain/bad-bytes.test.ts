import { expect, test } from 'vitest';
import { badByteIn, notUtf8, refusesEdit } from '../../src/domain/bad-bytes.ts';

test.each(['', 'caf\u00e9', '\ud83d\ude00', '\ud800', '\udc7f'])('all of %j is UTF-8', text => {
  expect([badByteIn(text), notUtf8(text), refusesEdit('a.md', text)]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});

test.each([
  ['\udc80', 1, 0x80, '0x80'],
  ['one\ntwo\ncaf\udce9 \udcff', 3, 0xe9, '0xE9'],
  ['one\n\udcff', 2, 0xff, '0xFF'],
])('%j has a byte that is not', (text, line, byte, said) => {
  const message = `the byte ${said} is not UTF-8, and would be lost`;
  const hint = 'save the file as UTF-8, for example with iconv -f latin1 -t utf-8';
  expect(badByteIn(text)).toEqual({ line, byte });
  expect(notUtf8(text)).toEqual({ line, message, hint });
  expect(refusesEdit('a.md', text)).toMatchObject({
    kind: 'INVALID',
    message: `a.md:${line}: ${message}`,
    hint,
  });
});
