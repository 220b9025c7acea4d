/** A command line as words and back: what is shown could be typed in a shell as it is. */

/** Returns words as a line; what a shell would take apart stands in quotes. */
export const lineOfWords = (words: readonly string[]): string => words.map(quoted).join(' ');

function quoted(word: string): string {
  if (/^[\w@%+=:,./-]+$/.test(word)) return word;
  const [, option = '', value = word] = /^(--[\w-]+=)(.*)$/s.exec(word) ?? [];
  return `${option}'${value.replaceAll("'", "'\\''")}'`;
}

/** Takes a line apart at spaces; quotes and backslashes mean what they mean in a shell. Undefined where a quote is not closed. */
export function wordsOfLine(line: string): string[] | undefined {
  const words: string[] = [];
  const piece = /\s+|'([^']*)'|"((?:[^"\\]|\\.)*)"|\\(.)|([^\s'"\\]+)/gsy;
  let word: string | undefined;
  while (piece.lastIndex < line.length) {
    const found = piece.exec(line);
    if (!found) return undefined;
    const [all, single, double, escaped, plain] = found;
    if (/^\s/.test(all) && single === undefined && double === undefined && escaped === undefined) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else word = (word ?? '') + (single ?? double?.replace(/\\(["\\$`])/g, '$1') ?? escaped ?? plain ?? '');
  }
  return word === undefined ? words : [...words, word];
}
