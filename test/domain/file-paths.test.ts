import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fileNameFrom, imagePath, imagesIn, isFilePath, numberedName } from '../../src/domain/file-paths.ts';

describe('a path below files/', () => {
  test.each(['files/a', 'files/a/b.pdf', 'files/.hidden', 'files/...', `files/${'é'.repeat(127)}x`])(
    '%j is one',
    path => expect(isFilePath(path)).toBe(true),
  );

  test.each([
    '',
    'files',
    'files/',
    '/files/a',
    'data/a',
    'files//a',
    'files/a/',
    'files/.',
    'files/./a',
    'files/..',
    'files/../crm.yaml',
    'files/a\\b',
    'files/a\nb',
    'files/a\u007f',
    'files/a\u009f',
    `files/${'é'.repeat(128)}`,
  ])('%j is not', path => expect(isFilePath(path)).toBe(false));
});

test('an image is a file of the workspace, in a text or as a part of a mail', () => {
  expect(imagePath('files/logo.png')).toBe('files/logo.png');
  expect(imagePath('cid:files/logo.png')).toBe('files/logo.png');
  for (const other of ['https://acme.example/logo.png', 'cid:logo.png', 'xcid:files/logo.png'])
    expect(imagePath(other)).toBeUndefined();
});

test('images of a Markdown text are found once each, whatever is said beside the target', () => {
  const text = [
    '![](files/a.png) ![A logo](  files/b.png "Title") ![c](<files/c.png>)',
    '![again](files/a.png) [a link](files/d.pdf) ![out](https://x.example/e.png) !(files/f.png)',
    '![x] (files/g.png) ![in]( files/h.png)',
  ].join('\n');
  expect(imagesIn(text)).toEqual(['files/a.png', 'files/b.png', 'files/c.png', 'files/h.png']);
});

describe('the name of a file that people attach', () => {
  test.each([
    ['offer.pdf', 'offer.pdf'],
    [' offer 2026.pdf ', 'offer 2026.pdf'],
    ['a/b\\c', 'a_b_c'],
    ['a\u0000b\u009fc\u202ed', 'a_b_c_d'],
    ['.bashrc', '_bashrc'],
    ['a.b', 'a.b'],
    ['', 'file'],
    ['  ', 'file'],
    ['.', 'file'],
    ['..', 'file'],
    ['...', '_..'],
    ['e\u0301', 'é'],
  ])('%j becomes %j', (name, kept) => expect(fileNameFrom(name)).toBe(kept));

  test.each([
    [`${'a'.repeat(300)}.pdf`, `${'a'.repeat(231)}.pdf`],
    [`${'a'.repeat(231)}.pdf`, `${'a'.repeat(231)}.pdf`],
    [`${'é'.repeat(200)}.txt`, `${'é'.repeat(115)}.txt`],
    [`${'a'.repeat(300)}.${'b'.repeat(17)}`, 'a'.repeat(235)],
    [`${'a'.repeat(300)}.${'b'.repeat(16)}`, `${'a'.repeat(218)}.${'b'.repeat(16)}`],
    ['a'.repeat(300), 'a'.repeat(235)],
  ])('is shortened before its extension (%#)', (name, kept) => expect(fileNameFrom(name)).toBe(kept));

  const letter = fc.constantFrom('a', 'é', '.', '/', '\\', ' ', '\u202e', '\u0000', '😀', '\ud800');
  const text = fc.array(letter, { maxLength: 300, size: 'max' }).map(letters => letters.join(''));

  test('makes a path, also with a number, of any text (property)', () => {
    fc.assert(
      fc.property(text, fc.integer({ min: 1, max: 99 }), (text, n) => {
        expect(isFilePath(`files/${numberedName(fileNameFrom(text), n)}`)).toBe(true);
      }),
    );
  });
});

test.each([
  ['offer.pdf', 1, 'offer.pdf'],
  ['offer.pdf', 2, 'offer (2).pdf'],
  ['offer', 3, 'offer (3)'],
  ['offer.tar.gz', 2, 'offer.tar (2).gz'],
  ['.bashrc', 2, '.bashrc (2)'],
  ['offer.', 2, 'offer. (2)'],
  [`offer.${'x'.repeat(17)}`, 2, `offer.${'x'.repeat(17)} (2)`],
  ['two\nlines.pdf', 2, 'two\nlines (2).pdf'],
])('%j with the number %d is %j', (name, n, numbered) => expect(numberedName(name, n)).toBe(numbered));
