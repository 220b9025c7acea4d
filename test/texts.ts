/** Texts for properties. */
import fc from 'fast-check';

/** Code points below the surrogates, which are no characters of their own, and how many surrogates there are. */
const [BELOW, SURROGATES] = [0xd800, 0x800];

/** Any character: a number per code point, so that no map of them is needed to tell whether a text can be made of them. */
const character = fc.integer({ min: 0, max: 0x10ffff - SURROGATES }).map(
  nth => String.fromCodePoint(nth < BELOW ? nth : nth + SURROGATES),
  text => {
    const point = typeof text === 'string' ? text.codePointAt(0) : undefined;
    if (point === undefined || String.fromCodePoint(point) !== text) throw new Error('not a character');
    return point < BELOW ? point : point - SURROGATES;
  },
);

/**
 * Any text without half characters: what `fc.string({ unit: 'binary' })` gives. That keeps a map of all 1.1 million
 * characters, which takes a worker half a second and 100 MB for the rest of its time.
 */
export const anyText = (lengths: { readonly minLength?: number; readonly maxLength?: number } = {}) =>
  fc.string({ ...lengths, unit: character });
