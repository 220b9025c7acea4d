/** Lays help out again for narrow terminals: its texts are written for about 100 cells. */
import { displayWidth, wrapped } from './width.ts';

/** The length of a full line of prose, in characters: the next line continues its sentence. */
const FULL = 85;
/** The least width of the text beside a name, in cells; with less room, the text goes below the name. */
const LEAST_BESIDE = 24;
/** How much further a text below its name is indented. */
const BELOW = 4;
/** A line that is indented by at least this many cells goes on in a column, and is not a command. */
const DEEP = 16;

/** A name with the text beside it. */
const besides = /^( *\S(?:.*?\S)??)( {2,})(\S.*)$/;
/** Text that people copy is never broken: if the terminal breaks it, copying gives the whole. */
const isCopied = (beside: string): boolean => /^(crm|cd|\$|#!) /.test(beside);

/**
 * Returns a text with each line in at most `width` cells: prose is filled again, and what is beside a name stays in its
 * column. Indented lines without a second column are commands or files, and stay as they are; so does all if
 * `width` is Infinity.
 */
export function fitted(text: string, width: number): string {
  const lines = text.split('\n');
  if (!lines.some(line => displayWidth(line) > width)) return text;
  const out: string[] = [];
  for (let i = 0; i < lines.length; i++) {
    let line = lines[i]!;
    if (line !== '' && !line.startsWith(' ')) {
      while (lines[i]!.length >= FULL && /^\S/.test(lines[i + 1] ?? '')) line += ` ${lines[++i]}`;
      out.push(...hanging('', line, line.startsWith('usage: ') ? BELOW : 0, width));
      continue;
    }
    const indent = line.search(/\S/);
    if (indent >= DEEP && indent + LEAST_BESIDE <= width) {
      out.push(...hanging(' '.repeat(indent), line.trim(), indent, width));
      continue;
    }
    const [, name, gap, beside] = besides.exec(line) ?? [];
    if (name === undefined || isCopied(beside!)) {
      out.push(line);
      continue;
    }
    const column = name.length + gap!.length;
    const comment = beside!.startsWith('# ') ? '# ' : '';
    let meaning = beside!;
    for (let next: string | undefined; (next = continued(lines[i + 1], column)) !== undefined; i++)
      meaning += ` ${comment === '' ? next : next.replace(/^# /, '')}`;
    if (displayWidth(name) + gap!.length + LEAST_BESIDE <= width)
      out.push(...hanging(name + gap, meaning, column, width, comment));
    else {
      const below = indent + BELOW;
      out.push(name, ...hanging(' '.repeat(below), meaning, below, width, comment));
    }
  }
  return out.join('\n');
}

/** Returns the text of a line that goes on in a column; undefined for any other line. */
function continued(line: string | undefined, column: number): string | undefined {
  if (line === undefined || line.length <= column || line.search(/\S/) !== column) return undefined;
  return line.slice(column);
}

/** Returns a text on lines, the first after `before`, the others indented and each with the sign of a comment. */
function hanging(before: string, text: string, indent: number, width: number, comment = ''): string[] {
  const lines = wrapped(text, Math.max(1, width - indent - comment.length));
  return lines.map((line, i) => (i === 0 ? before : ' '.repeat(indent) + comment) + line);
}
