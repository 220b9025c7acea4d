/**
 * Escapes text from data, so that it can neither steer the terminal nor look like something else: control characters,
 * bidirectional controls, invisible line ends and halves of characters are shown as escapes.
 */

// C0 but tab and line end, DEL, C1, bidirectional controls, line and paragraph separator.
const controls = '\\0-\\x08\\x0b-\\x1f\\x7f-\\x9f\\u061c\\u200e\\u200f\\u2028-\\u202e\\u2066-\\u2069';
const control = new RegExp(`[${controls}]`);
const everyControl = new RegExp(control.source, 'g');
// With the u flag, \ud800-\udfff are lone halves.
const unsafe = new RegExp(`[\\t\\n${controls}\\ud800-\\udfff]`, 'gu');
const unsafeOrBackslash = new RegExp(`[\\t\\n\\\\${controls}\\ud800-\\udfff]`, 'gu');
// Recognises most safe texts, several times faster: it takes any half of a character for a lone one.
const suspicious = new RegExp(`[\\t\\n\\\\${controls}\\ud800-\\udfff]`);
// JSON.stringify has escaped C0 and lone halves already.
const unsafeInJson = /[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

const short: Record<string, string> = { '\n': '\\n', '\t': '\\t', '\\': '\\\\' };

function escaped(char: string): string {
  const code = char.charCodeAt(0);
  return short[char] ?? (code <= 0xff ? `\\x${code.toString(16).padStart(2, '0')}` : unicodeEscape(char));
}

const unicodeEscape = (char: string) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** The text as a person may see it on a terminal, always one line: `\n`, `\t`, `\x1b`, `\u202e`. */
export const printable = (text: string): string =>
  suspicious.test(text) ? text.replace(unsafe, escaped) : text;

/** The text as a TSV cell, reversible: as `printable`, and a backslash is `\\`. */
export const tsvCell = (text: string): string =>
  suspicious.test(text) ? text.replace(unsafeOrBackslash, escaped) : text;

/**
 * Output in which every control character but line ends and tabs is an escape. `mark` stands for the ESC of our own
 * sequences, and becomes one.
 */
export function controlsEscaped(text: string, mark: string): string {
  if (!control.test(text)) return text;
  return text
    .split(mark)
    .map(part => part.replace(everyControl, escaped))
    .join('\u001b');
}

/** Whether the text has anything that `printable` would escape. */
export const needsEscape = (text: string): boolean => text.search(unsafe) !== -1;

/**
 * A JSON value as exact JSON, in which C1, DEL, bidirectional controls and line separators are `\uNNNN`, so
 * that it is safe on a terminal too.
 */
export const jsonText = (value: unknown, indent?: number): string =>
  escapeQuoted(JSON.stringify(value, null, indent));

/** JSON or YAML text in which unsafe characters stand within double quotes only: each becomes `\uNNNN`. */
export const escapeQuoted = (text: string): string => text.replace(unsafeInJson, unicodeEscape);

/** The text of `jsonText` in pieces: a list in an object may be longer than any one string, 512 MB. */
export function* jsonPieces(value: unknown, indent?: number): Generator<string> {
  const lists = typeof value === 'object' && value !== null && !Array.isArray(value);
  if (!lists || !Object.values(value).some(each => Array.isArray(each) && each.length > 0)) {
    yield jsonText(value, indent);
    return;
  }
  const [line, colon] = indent === undefined ? ['', ':'] : [`\n${' '.repeat(indent)}`, ': '];
  const [inner, last] = indent === undefined ? ['', ''] : [`\n${' '.repeat(2 * indent)}`, '\n'];
  const deeper = (text: string, by: string) => (indent === undefined ? text : text.replaceAll('\n', by));
  let before = '{';
  for (const [key, each] of Object.entries(value)) {
    if (each === undefined) continue;
    yield `${before}${line}${jsonText(key)}${colon}`;
    before = ',';
    if (!Array.isArray(each) || each.length === 0) yield deeper(jsonText(each, indent), line);
    else {
      let separator = '[';
      for (const item of each) {
        yield `${separator}${inner}${deeper(jsonText(item ?? null, indent), inner)}`;
        separator = ',';
      }
      yield `${line}]`;
    }
  }
  yield `${last}}`;
}
