/**
 * Letters that a reader of another language takes for plain letters, and that Unicode does not decompose. The final
 * sigma is here because lower-casing makes it depend on what follows.
 */
const LETTERS: Record<string, string> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ĳ: 'ij',
  þ: 'th',
  ø: 'o',
  đ: 'd',
  ð: 'd',
  ħ: 'h',
  ı: 'i',
  ł: 'l',
  ŋ: 'n',
  ŧ: 't',
  ſ: 's',
  ς: 'σ',
};

const UNDECOMPOSED = new RegExp(`[${Object.keys(LETTERS).join('')}]`, 'g');
const ASCII = /^[\x00-\x7f]*$/;
/** Whether each character is one byte. */
const isAscii = (text: string): boolean => ASCII.test(text);

/**
 * Returns the text as search sees it: without case and accents ("Łódź" and "LODZ" are both "lodz"). The same on every
 * machine, whatever its locale.
 */
export function fold(text: string): string {
  // The same text is often folded several times in a row: once for each key and column by which a record is found.
  if (text !== lastText) [lastText, lastFolded] = [text, folded(text)];
  return lastFolded;
}

let lastText = '';
let lastFolded = '';

function folded(text: string): string {
  if (isAscii(text)) return text.toLowerCase();
  return text
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(UNDECOMPOSED, letter => LETTERS[letter]!);
}

/**
 * Returns the id made of a name: lower-case ASCII words joined with hyphens ("Rep 1 – Ünal" is "rep-1-unal"). Empty
 * if the name has no Latin letter or digit.
 */
export function slug(name: string): string {
  return fold(name)
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
}
