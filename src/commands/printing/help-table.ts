/** What help shows in two columns: names beside what they mean. */

/** Returns the flags of an option as people read them: `--limit N`. */
export const flagsOf = (flags: string): string => flags.replace(/<(.*)>/, '$1');

/** How many cells the names of a table take at most; what is beside a longer one begins further right. */
const NAMES = 44;

/** Returns rows of names and their meanings as lines, and an empty line below them. */
export function helpTable(rows: readonly (readonly [string, string])[]): string {
  const width = Math.min(NAMES, Math.max(...rows.map(([name]) => name.length)));
  return `${rows.map(([name, text]) => `  ${name.padEnd(width)}  ${text}`.trimEnd()).join('\n')}\n`;
}
