/** YAML with line numbers: every problem is said as `file:line: what is wrong`, and edits keep comments and order. */
import { type Document, isCollection, isMap, isScalar, LineCounter, parseDocument, visit } from 'yaml';
import { diffOfLines } from '../domain/line-diff.ts';
import { whyNotNamed } from '../domain/names.ts';

export interface Problem {
  readonly file: string;
  readonly line: number;
  readonly message: string;
  readonly hint?: string;
}

export interface YamlFile {
  readonly file: string;
  readonly document: Document.Parsed;
  /** The plain value; undefined where the file has problems. */
  readonly value: unknown;
  readonly problems: readonly Problem[];
  /** The line of the node at a path, or of the nearest one above it that exists. */
  lineOf(path: readonly PropertyKey[]): number;
}

export function parseYaml(file: string, text: string): YamlFile {
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    // Checked below: the parser compares each key with every other one of its map.
    uniqueKeys: false,
    strict: true,
    prettyErrors: false,
  });
  const problems: Problem[] = [...document.errors, ...document.warnings].map(error => ({
    file,
    line: lines.linePos(error.pos[0]).line,
    message: error.message.replace(/\s+/g, ' '),
  }));
  visit(document, {
    Map(_, { items }) {
      const seen = new Set<unknown>();
      for (const { key } of items) {
        if (!isScalar(key)) continue;
        if (seen.has(key.value)) {
          const line = lines.linePos(key.range?.[0] ?? 0).line;
          problems.push({ file, line, message: 'Map keys must be unique' });
        }
        seen.add(key.value);
      }
    },
    Pair(_, { key }) {
      if (isScalar(key)) {
        const message = whyNotNamed('a key', key.value);
        const line = lines.linePos(key.range?.[0] ?? 0).line;
        if (message !== undefined) problems.push({ file, line, message, hint: 'choose another name' });
      }
      if (!isCollection(key)) return;
      const line = lines.linePos(key.range?.[0] ?? 0).line;
      problems.push({
        file,
        line,
        message: 'a map or list cannot be a key',
        hint: 'text with {{ }} needs quotes',
      });
    },
  });
  let value: unknown;
  if (problems.length === 0)
    try {
      value = document.toJS({ maxAliasCount: 100 });
    } catch (error) {
      problems.push({ file, line: 1, message: error instanceof Error ? error.message : String(error) });
    }
  const lineOf = (path: readonly PropertyKey[]): number => {
    for (let depth = path.length; depth >= 0; depth--) {
      const keys = path.slice(0, depth);
      const key = keys.at(-1);
      // The line of a key, rather than of what stands below it.
      const parent: unknown = depth > 0 ? document.getIn(keys.slice(0, -1), true) : undefined;
      const pair = isMap(parent)
        ? parent.items.find(item => isScalar(item.key) && String(item.key.value) === String(key))
        : undefined;
      const node: unknown = pair?.key ?? document.getIn(keys, true);
      const range = (node as { range?: [number, number, number] } | undefined)?.range;
      if (range) return lines.linePos(range[0]).line;
    }
    return 1;
  };
  return { file, document, value, problems, lineOf };
}

/** Changes the text of a YAML file in place; comments and order stay, and so does every line that says the same. */
export function editYaml(text: string, edit: (document: Document.Parsed) => void): string {
  // A file of another system has its line ends throughout, and keeps them.
  if (text.includes('\r\n') && !/(^|[^\r])\n/.test(text))
    return editYaml(text.replaceAll('\r\n', '\n'), edit).replaceAll('\n', '\r\n');
  const document = parseDocument(text);
  const print = () => document.toString({ lineWidth: 0, flowCollectionPadding: true }).split('\n');
  const asPrinted = print();
  edit(document);
  const edited = print();
  // The printer has its own taste in spaces and blank lines: what it did not change for another reason stays as written.
  const written = text.split('\n');
  const plain = (lines: readonly string[]) => lines.map(line => line.replace(/\s+/g, ''));
  const writtenAs = new Map<number, string>();
  for (const { op, old, new: at } of diffOfLines(plain(asPrinted), plain(written)))
    if (op === ' ') writtenAs.set(old, written[at]!);
  const merged = diffOfLines(asPrinted, edited)
    .filter(line => line.op !== '-')
    .flatMap(line => {
      if (line.op === '+') return [edited[line.new]!];
      return writtenAs.get(line.old) ?? (asPrinted[line.old] === '' ? [] : [asPrinted[line.old]!]);
    })
    .join('\n');
  return saysTheSame(merged, document) ? merged : edited.join('\n');
}

/** Whether a text is YAML of the same content: with another indentation, lines of two texts do not go together. */
function saysTheSame(text: string, document: Document.Parsed): boolean {
  const read = parseDocument(text);
  return read.errors.length === 0 && JSON.stringify(read.toJS()) === JSON.stringify(document.toJS());
}
