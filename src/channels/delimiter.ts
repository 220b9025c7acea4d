import { usage } from '../domain/errors.ts';

const names: Readonly<Record<string, string>> = {
  tab: '\t',
  '\\t': '\t',
  comma: ',',
  semicolon: ';',
  pipe: '|',
};

/**
 * Returns the delimiter that a word means: one character, or `tab`, `comma`, `semicolon`, `pipe`; USAGE for any other
 * word.
 */
export function delimiterNamed(word: string): string {
  const delimiter = Object.hasOwn(names, word) ? names[word]! : word;
  if (/^[^"\r\n\uFEFF]$/.test(delimiter)) return delimiter;
  throw usage(
    `${JSON.stringify(word)} cannot be a delimiter`,
    'one character, or tab, comma, semicolon, pipe',
  );
}
