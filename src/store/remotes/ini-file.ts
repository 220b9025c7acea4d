/** Files with sections of names and values, which PostgreSQL and AWS keep their settings in; a missing file is an empty one. */
import { codeOf, type Io, readWhole } from '../disk/io.ts';

type Section = Readonly<Record<string, string | undefined>>;

/** Returns the section of that name; undefined if the file does not have it. */
export function sectionOf(io: Io, file: string, name: string): Section | undefined {
  const sections = new Map<string, Record<string, string>>();
  let section: Record<string, string> = {};
  for (const line of (textOf(io, file) ?? '').split(/\r?\n/)) {
    const head = /^\s*\[\s*(.*?)\s*\]/.exec(line);
    if (head) sections.set(head[1]!, (section = Object.create(null) as Record<string, string>));
    const pair = /^\s*([a-z_]+)\s*=\s*(.*?)\s*$/.exec(line);
    if (pair) section[pair[1]!] = pair[2]!;
  }
  return sections.get(name);
}

/** Returns the text of a file; undefined if there is no such file. */
export function textOf(io: Io, file: string): string | undefined {
  try {
    return readWhole(io, file).toString('utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return undefined;
    throw error;
  }
}
