import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fold, slug } from '../../src/domain/fold.ts';
import { anyText } from '../texts.ts';

test.each([
  ['Office CHAIRS', 'office chairs'],
  ['Ünal', 'unal'],
  ['Zoë Société', 'zoe societe'],
  ['Zoe\u0308', 'zoe'],
  ['Łódź', 'lodz'],
  ['Straße', 'strasse'],
  ['STRAẞE', 'strasse'],
  ['Ærø Œuvre', 'aero oeuvre'],
  ['Đorđe, Þór', 'dorde, thor'],
  ['İstanbul Iğdır', 'istanbul igdir'],
  ['ΟΔΟΣ', 'οδοσ'],
  ['Чай', 'чаи'],
  ['東京', '東京'],
  ['', ''],
])('%s is %s to a search', (text, folded) => {
  expect(fold(text)).toBe(folded);
});

const anyName = fc.oneof(fc.string({ unit: 'grapheme' }), anyText());

test('folding twice is folding once', () => {
  fc.assert(
    fc.property(anyName, text => {
      expect(fold(fold(text))).toBe(fold(text));
    }),
  );
});

test('does not care how accents are encoded', () => {
  fc.assert(
    fc.property(anyName, text => {
      expect(fold(text.normalize('NFC'))).toBe(fold(text.normalize('NFD')));
    }),
  );
});

test('of a text and a part of it, the folded part is still in the folded text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), (a, b) => {
      expect(fold(`${a} ${b}`)).toContain(fold(b));
    }),
  );
});

test.each([
  ['Rep 1 – Ünal', 'rep-1-unal'],
  ['To contact', 'to-contact'],
  ['  --Q3/2026--  ', 'q3-2026'],
  ['Weiß & Søn', 'weiss-son'],
  ['東京', ''],
  ['', ''],
])('the id of %j is %j', (name, id) => {
  expect(slug(name)).toBe(id);
});

test('an id is words of lower-case ASCII, and its own id', () => {
  fc.assert(
    fc.property(anyName, name => {
      expect(slug(name)).toMatch(/^(?:[a-z0-9]+(?:-[a-z0-9]+)*)?$/);
      expect(slug(slug(name))).toBe(slug(name));
    }),
  );
});
