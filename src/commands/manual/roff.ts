/** Text as man(7) source: every line is what it says, none is a command of roff. */

/** Returns a text as it stands in running text; line breaks become spaces. */
export const inline = (text: string): string => escaped(text.replace(/\s*\n\s*/g, ' '));

/** Returns lines that keep their breaks and spaces, in a block without filling. */
export const block = (text: string): string =>
  [
    '.nf',
    ...text
      .replace(/\n+$/, '')
      .split('\n')
      .map(line => guarded(escaped(line.trimEnd()))),
    '.fi',
  ].join('\n');

export const heading = (text: string): string => `.SH ${quoted(text.toUpperCase())}`;

export const part = (text: string): string => `.SS ${quoted(text)}`;

/** A term, in bold, with what it means behind or below it. */
export const term = (name: string, meaning: string): string =>
  `.TP\n\\fB${inline(name)}\\fR\n${guarded(inline(meaning))}`;

export const paragraph = (text: string): string => `.PP\n${guarded(inline(text))}`;

/** The head of a page: its name, its section, the day it was made on (`YYYY-MM-DD`), the program with its version. */
export const title = (name: string, section: number, day: string, program: string): string =>
  `.TH ${quoted(name.toUpperCase())} ${section} "${day}" ${quoted(program)} "crm manual"`;

/** A hyphen that people copy is a minus; what roff takes for itself is written out. */
const escaped = (text: string): string =>
  text
    .replace(/\\/g, '\\e')
    .replace(/-/g, '\\-')
    .replace(/[^\0-~]/gu, char => `\\[u${char.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}]`);

/** A line that begins with a full stop or an apostrophe would be a command. */
const guarded = (line: string): string => (/^[.']/.test(line) ? `\\&${line}` : line);

const quoted = (text: string): string => `"${escaped(text).replace(/"/g, '\\(dq')}"`;
