/** YAML with line numbers: every problem is reported as `file:line: what is wrong`. */
import {
  type Document,
  isCollection,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Pair,
  parseDocument,
  visit,
  type YAMLMap,
} from 'yaml';
import { isRounded } from '../../domain/decimal.ts';
import { recentBy } from '../../domain/memo.ts';
import { whyNotNamed } from '../../domain/names.ts';

export interface Problem {
  readonly file: string;
  readonly line: number;
  readonly message: string;
  readonly hint?: string;
}

export interface YamlFile {
  readonly file: string;
  readonly document: Document.Parsed;
  /** The plain value; undefined if the file has problems. */
  readonly value: unknown;
  readonly problems: readonly Problem[];
  /** The line of the node at a path, or of the nearest one above it that exists. */
  lineOf(path: readonly PropertyKey[]): number;
}

/** A node as the parser gives it: it knows where it stands. */
type Placed = { readonly range?: readonly [number, number, number] } | null | undefined;

const severalDocuments = {
  message: 'a file has one document, and a second one begins here',
  hint: 'take out the line --- and what follows, or keep it in a file of its own',
};

/** The problem of aliases that expand to far more than their text ("a billion laughs"). */
const explosive = {
  message: 'aliases (*name) stand for aliases, and all together for too much',
  hint: 'write out what they stand for',
};

/** The problem of nesting at which the parser gives up. */
const tooDeep = {
  message: 'lists and maps are nested too deep',
  hint: 'a hundred levels work; more need another way to write it',
};

/** The most files that are remembered: when one file of the settings has changed, all of them are checked again. */
const MOST_REMEMBERED = 64;

/** The most UTF-16 units of a file that is remembered: its document takes many times as much. */
const LONGEST_REMEMBERED = 1 << 16;

const recentFile = recentBy(MOST_REMEMBERED, (_: string, file: string, text: string) => {
  const made = read(file, text, false);
  freeze(made.value);
  return made;
});

/**
 * Reads a file of YAML with the line of each problem; nothing is thrown. The result may be shared with other calls, so
 * nobody may change its document.
 */
export function parseYaml(file: string, text: string): YamlFile {
  return text.length > LONGEST_REMEMBERED
    ? read(file, text, false)
    : recentFile(`${file.length} ${file}${text}`, file, text);
}

/** Freezes a value and everything in it. */
function freeze(value: unknown): void {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return;
  Object.freeze(value);
  Object.values(value).forEach(freeze);
}

/** Reads the same for an edit: numbers as YAML says, and where each token stands. */
export function parseForEdit(
  file: string,
  text: string,
): Pick<YamlFile, 'problems'> & { document: Document.Parsed } {
  return read(file, text, true);
}

function read(file: string, text: string, isForEdit: boolean): YamlFile {
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    // Checked by `problemsOf`: the parser compares each key with every other one of its map.
    uniqueKeys: false,
    strict: true,
    prettyErrors: false,
    keepSourceTokens: isForEdit,
  });
  const problems = problemsOf(document, file, lines);
  if (!isForEdit) keepDigits(document);
  let value: unknown;
  if (problems.length === 0)
    try {
      value = document.toJS({ maxAliasCount: 100 });
    } catch (error) {
      problems.push({ file, line: 1, ...whyNoValue(error as Error) });
    }
  return { file, document, value, problems, lineOf: linesIn(document, lines) };
}

/** Makes a number that a double would round its text: `externalId: 109876543210987654`. */
function keepDigits(document: Document.Parsed): void {
  visit(document, {
    Scalar(_, node) {
      const { value, source } = node;
      if (typeof value === 'number' && source !== undefined && isRounded(source)) node.value = source;
    },
  });
}

/** Says why a document has no value. */
function whyNoValue(error: Error): Pick<Problem, 'message' | 'hint'> {
  if (error instanceof RangeError) return tooDeep;
  return error.message.startsWith('Excessive alias') ? explosive : { message: error.message };
}

/** Returns the problems in a document. */
function problemsOf(document: Document.Parsed, file: string, lines: LineCounter): Problem[] {
  const problems: Problem[] = [...document.errors, ...document.warnings].map(error => ({
    file,
    line: lines.linePos(error.pos[0]).line,
    ...(error.code === 'MULTIPLE_DOCS'
      ? severalDocuments
      : error.code === 'RESOURCE_EXHAUSTION'
        ? tooDeep
        : { message: error.message.replace(/\s+/g, ' ') }),
  }));
  const say = (key: Placed, message: string, hint?: string) => {
    const { line } = lines.linePos(key?.range?.[0] ?? 0);
    problems.push({ file, line, message, ...(hint !== undefined && { hint }) });
  };
  visit(document, {
    Map(_, { items }) {
      const seen = new Set<unknown>();
      for (const { key } of items) {
        if (!isScalar(key)) continue;
        if (seen.has(key.value)) say(key as Placed, 'Map keys must be unique');
        seen.add(key.value);
      }
    },
    Pair(_, { key }) {
      if (isScalar(key)) {
        const message = whyNotNamed('a key', key.value);
        if (message !== undefined) say(key as Placed, message, 'choose another name');
      }
      if (isCollection(key))
        say(key as Placed, 'a map or list cannot be a key', 'text with {{ }} needs quotes');
    },
  });
  return problems;
}

/** Returns the line of the node at a path of a document, or of the nearest one above it that exists. */
function linesIn(document: Document.Parsed, lines: LineCounter): YamlFile['lineOf'] {
  const keysOf = new WeakMap<YAMLMap, ReadonlyMap<string, Pair>>();
  /** The pairs of a map by key, the first of each: found once, since each of very many problems asks for its line. */
  const pairsOf = (map: YAMLMap): ReadonlyMap<string, Pair> => {
    let pairs = keysOf.get(map);
    if (!pairs) {
      const found = new Map<string, Pair>();
      for (const pair of map.items)
        if (isScalar(pair.key) && !found.has(String(pair.key.value))) found.set(String(pair.key.value), pair);
      keysOf.set(map, (pairs = found));
    }
    return pairs;
  };
  return path => {
    let node: unknown = document.contents;
    let at = (node as Placed)?.range?.[0];
    for (const key of path) {
      const pair = isMap(node) ? pairsOf(node).get(String(key)) : undefined;
      node = pair ? pair.value : isSeq(node) ? node.get(key, true) : undefined;
      // The line of a key, rather than of what stands below it.
      at = ((pair?.key ?? node) as Placed)?.range?.[0] ?? at;
      if (!isCollection(node)) break;
    }
    return at === undefined ? 1 : lines.linePos(at).line;
  };
}
