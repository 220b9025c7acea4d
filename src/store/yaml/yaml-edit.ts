/**
 * Edits the text of a YAML file: a change of its value is applied to its text, and checked by reading the text again.
 */
import { type Document, isMap, isSeq, type Node, type YAMLMap, type YAMLSeq } from 'yaml';
import { refusesEdit } from '../../domain/bad-bytes.ts';
import { failed, invalid } from '../../domain/errors.ts';
import { parseForEdit } from './yaml.ts';
import { change } from './yaml-change.ts';
import { type Patch, type TextEdit, Unchangeable } from './yaml-patch.ts';
import { entriesOf, type Entry, isFlow, Lines } from './yaml-source.ts';
import { readNode, sameValue, type Source, YamlTree, type YamlValue } from './yaml-tree.ts';

/** The origins of the maps and lists of all trees, so that restored parts are written as they were. */
const sources = new WeakMap<object, Source>();

/** Reads a YAML text as a tree that can be changed; INVALID with file and line where it is broken. */
export function readTree(file: string, text: string): YamlTree {
  return new YamlTree(read(file, text).value);
}

interface Read {
  readonly document: Document.Parsed;
  readonly lines: Lines;
  readonly value: YamlValue;
  readonly values: ReadonlyMap<Node, YamlValue>;
}

function read(file: string, text: string): Read {
  const refused = refusesEdit(file, text);
  if (refused) throw refused;
  const { document, problems } = parseForEdit(file, text);
  const [problem] = problems;
  if (problem) throw invalid(`${problem.file}:${problem.line}: ${problem.message}`, problem.hint);
  const lines = new Lines(text);
  const values = new Map<Node, YamlValue>();
  const entries = new Map<YAMLMap | YAMLSeq, Map<Node | null, Entry>>();
  const entryOf = (around: YAMLMap | YAMLSeq, node: Node) => {
    if (!entries.has(around)) entries.set(around, new Map(entriesOf(around)?.map(each => [each.node, each])));
    return entries.get(around)!.get(node);
  };
  const value = readNode(document, document.contents, (node, of, around) => {
    values.set(node, of);
    if (typeof of !== 'object' || of === null) return;
    const entry = around && entryOf(around, node);
    sources.set(of, { lines, node, ...(entry && { entry }), ...(around && { around }) });
  });
  return { document, lines, value, values };
}

/**
 * Returns the text of a YAML file with an edit made to its value. Lines that the edit does not concern stay byte for
 * byte. Throws INVALID if the file is broken, and FAILED, with the line, if the text cannot express the change, such
 * as when an alias would change too.
 */
export function editYaml(file: string, text: string, edit: (tree: YamlTree) => void): string {
  const now = read(file, text);
  const tree = new YamlTree(now.value);
  edit(tree);
  // The tree has the values of the nodes themselves: as they were, they are read once more.
  const { document, lines } = now;
  const before = new Map<Node, YamlValue>();
  readNode(document, document.contents, (node, value) => before.set(node, value));
  const style = stylesOf(document, lines);
  let first: number | undefined;
  for (const attempt of attempts) {
    const version = document.directives?.yaml.version === '1.1' ? '1.1' : '1.2';
    const patch: Patch = {
      document,
      lines,
      before,
      after: now.values,
      sources,
      blocks: tree.blocks,
      edits: [],
      ...style,
      asWritten: attempt.asWritten,
      withBlanks: attempt.withBlanks,
      print: { version, quoted: attempt.quoted },
    };
    try {
      change(patch, document.contents as Node | null, tree.root);
    } catch (error) {
      if (!(error instanceof Unchangeable)) throw error;
      throw refusal(file, text, error.offset, error.message);
    }
    if (patch.edits.length === 0) return text;
    first ??= Math.min(...patch.edits.map(({ from }) => from));
    const edited = apply(text, patch.edits);
    if (edited !== undefined && says(edited, tree.root)) return edited;
  }
  throw refusal(
    file,
    text,
    first!,
    'an anchor or the way this is written would change something else with it',
  );
}

/**
 * The ways to write an edit, the most readable first; the first one that reads back as the requested value is taken.
 */
const attempts = [
  { asWritten: true, withBlanks: false, quoted: false },
  { asWritten: false, withBlanks: false, quoted: false },
  { asWritten: true, withBlanks: true, quoted: false },
  { asWritten: false, withBlanks: true, quoted: true },
];

function refusal(file: string, text: string, offset: number, why: string) {
  const line = text.slice(0, offset).split('\n').length;
  return failed(`${file}:${line}: ${why}`, `change that line in ${file} by hand`);
}

/** The text with all edits made, in the order in which they stand; undefined if one puts something into what another removes. */
function apply(text: string, edits: readonly TextEdit[]): string | undefined {
  const sorted = edits
    .map((edit, i) => ({ ...edit, i }))
    .sort((a, b) => a.from - b.from || Number(a.to > a.from) - Number(b.to > b.from) || a.i - b.i);
  let done = 0;
  let edited = '';
  for (const { from, to, text: gets } of sorted) {
    // Two removals may both take the blanks between them.
    if (from < done && gets !== '') return undefined;
    edited += text.slice(done, Math.max(done, from)) + gets;
    done = Math.max(done, to);
  }
  return edited + text.slice(done);
}

/** Whether a text is sound YAML of a value. */
function says(text: string, value: YamlValue): boolean {
  const { document, problems } = parseForEdit('', text);
  if (problems.length > 0) return false;
  return sameValue(
    readNode(document, document.contents, () => {}),
    value,
  );
}

/** How far the maps and the lists of a document are indented below their keys: as the first that is; else by two. */
function stylesOf(document: Document.Parsed, lines: Lines): Pick<Patch, 'step' | 'listStep'> {
  let step: number | undefined;
  let listStep: number | undefined;
  const look = (node: YAMLMap | YAMLSeq): void => {
    if (isFlow(node)) return;
    for (const entry of entriesOf(node) ?? []) {
      const below = entry.node;
      if (!(isMap(below) || isSeq(below)) || isFlow(below) || !entry.value) continue;
      if (entry.key !== undefined && lines.startsLine(entry.value.start)) {
        const deeper = lines.column(entry.value.start) - lines.column(entry.start);
        if (isMap(below) && deeper > 0) step ??= deeper;
        if (isSeq(below) && deeper >= 0) listStep ??= deeper;
      }
      look(below);
    }
  };
  const { contents } = document;
  if (isMap(contents) || isSeq(contents)) look(contents);
  return { step: step ?? 2, listStep: listStep ?? step ?? 2 };
}
