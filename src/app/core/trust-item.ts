/**
 * An item that a person must trust before a workspace may use it: a server, a secret, a program. A workspace may come from
 * somebody else, and its settings name all of these.
 */
import { join, relative, resolve } from 'node:path';
import type { Json } from '../../domain/records.ts';
import { codeOf, type Io, readWhole } from '../../store/disk/io.ts';
import { Sha256 } from '../../store/disk/sha256.ts';

export interface TrustItem {
  /** What it is, in a word or two, for the first column of a table: `mail server`, `secret`, `command`. */
  readonly kind: string;
  /** All that a person has to know to trust the item, on one line: `smtp.example.com:587 (starttls)`. */
  readonly what: string;
  /** Exactly what is trusted, as data: any difference makes another item, for which crm asks again. */
  readonly exactly: Json;
  /** The command that the item runs: the bytes of each workspace file that it names are trusted with it. */
  readonly argv?: readonly string[];
}

/** The most bytes of a file that an argv names. */
const LARGEST = 64 << 20;

/** Returns the hash that identifies an item: of its data, and of the files that its command names. */
export function hashOf({ kind, exactly, argv = [] }: TrustItem, io: Io, dir: string): string {
  const hash = new Sha256().update(JSON.stringify([kind, sorted(exactly), argv]));
  for (const path of filesNamedIn(argv, io, dir)) {
    const bytes = readWhole(io, path, LARGEST);
    hash.update(JSON.stringify([relative(dir, path), bytes.length])).update(bytes);
  }
  return hash.digest();
}

/** Returns the same data with sorted keys, so that the order of keys in the settings makes no difference. */
function sorted(value: Json): Json {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, each]) => [key, sorted(each as Json)] as const);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/**
 * Returns the files of a workspace that an argv names, by their real paths: the program itself, an argument, or the text
 * after the `=` of an argument. Directories are left out: the files in them are not trusted with the item.
 */
function filesNamedIn(argv: readonly string[], io: Io, dir: string): string[] {
  const root = String(io.realpathSync(dir));
  const found = new Set<string>();
  for (const word of argv.flatMap(each => [each, each.slice(each.indexOf('=') + 1)])) {
    const path = resolve(root, word);
    // A link in the workspace counts wherever it leads: its target is what would be used.
    if (word === '' || !path.startsWith(join(root, '/'))) continue;
    const real = realFile(io, path);
    if (real !== undefined) found.add(real);
  }
  return [...found];
}

function realFile(io: Io, path: string): string | undefined {
  try {
    const real = String(io.realpathSync(path));
    return io.lstatSync(real).isFile() ? real : undefined;
  } catch (error) {
    if (codeOf(error) === undefined) throw error;
    return undefined;
  }
}
