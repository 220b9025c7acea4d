/**
 * Turns what an edit changed in the value of a YAML document into edits of its text. Only the lines of the changed
 * entries are touched, and the flow collection around them: all others stay byte for byte.
 */
import { type CST, isAlias, isMap, isSeq, type Node, type YAMLMap, type YAMLSeq } from 'yaml';
import { diffOfLines } from '../../domain/line-diff.ts';
import { emptyBlock, insertInBlock, putInEmpty, removeFromBlock, replaceInBlock } from './yaml-block.ts';
import { changeFlow } from './yaml-flow.ts';
import { type Added, type Changes, type Patch, Unchangeable } from './yaml-patch.ts';
import { printValue, type Style } from './yaml-print.ts';
import { entriesOf, type Entry, isFlow } from './yaml-source.ts';
import { isList, isMapping, sameValue, type YamlMap, type YamlValue } from './yaml-tree.ts';

/** Edits the text so that the node has another value. `entry` is the one that holds it; undefined at the root. */
export function change(
  patch: Patch,
  node: Node | null,
  value: YamlValue,
  entry?: Entry,
  inFlow = false,
): void {
  const before = node === null ? null : (patch.before.get(node) ?? null);
  if (sameValue(before, value)) return;
  if (isAlias(node) && (isMapping(value) || isList(value))) {
    const target = node.resolve(patch.document);
    // If the anchored value becomes the same, the alias is right already.
    if (target && sameValue(patch.after.get(target), value)) return;
    throw new Unchangeable(
      entry?.start ?? 0,
      `*${node.source} stands for what is written elsewhere, and a change here would be one there`,
    );
  }
  if (isMap(node) && isMapping(value) && isMapping(before))
    changeCollection(patch, node, changesOfMap(patch, node, value), value, entry, inFlow);
  else if (isSeq(node) && isList(value) && isList(before))
    changeCollection(patch, node, changesOfList(patch, node, value), value, entry, inFlow);
  else replace(patch, node, value, entry, inFlow);
}

function changeCollection(
  patch: Patch,
  node: YAMLMap | YAMLSeq,
  changes: Changes,
  value: YamlMap | YamlValue[],
  entry: Entry | undefined,
  inFlow: boolean,
): void {
  if (changes.added.size === 0 && changes.stays.every(stays => stays)) return;
  const entries = placed(patch, node);
  const isEmptied = !changes.stays.includes(true) && changes.added.size === 0;
  if (isFlow(node)) {
    const canBeBlock = entries.length === 0 && !inFlow && !hasComment(node.srcToken as CST.FlowCollection);
    if (canBeBlock && putInEmpty(patch, entry, node, value)) return;
    changeFlow(patch, node, entries, changes);
    return;
  }
  if (isEmptied) emptyBlock(patch, entry, entries, isMap(node) ? '{}' : '[]');
  else {
    removeFromBlock(patch, entries, changes, entry === undefined);
    insertInBlock(patch, entries, changes);
  }
}

const hasComment = (token: CST.FlowCollection): boolean =>
  [...token.items.flatMap(({ start }) => start), ...token.end.slice(0, 1)].some(
    ({ type }) => type === 'comment',
  );

/** The entries of a collection, or UNCHANGEABLE. */
function placed({ lines }: Patch, node: YAMLMap | YAMLSeq): Entry[] {
  const entries = entriesOf(node);
  if (entries && (entries.length > 0 || node.srcToken)) return entries;
  throw new Unchangeable(
    node.range?.[0] ?? lines.text.length,
    'is written in a way that only you can change',
  );
}

function changesOfMap(patch: Patch, node: YAMLMap, value: YamlMap): Changes {
  const entries = placed(patch, node);
  const last = new Map(entries.map(({ key }, i) => [key!, i]));
  for (const [key, i] of last)
    if (value.has(key)) change(patch, entries[i]!.node, value.get(key)!, entries[i], isFlow(node));
  const added = new Map<number, Added[]>();
  let after = -1;
  for (const [key, each] of value) {
    const at = last.get(key);
    if (at !== undefined) after = at;
    else append(added, after, { key, value: each });
  }
  return { stays: entries.map(({ key }) => value.has(key!)), added };
}

function changesOfList(patch: Patch, node: YAMLSeq, value: readonly YamlValue[]): Changes {
  const entries = placed(patch, node);
  const indexOf = new Map(entries.map((each, i) => [each.node, i]));
  const sourceOf = (each: YamlValue) =>
    typeof each === 'object' && each !== null
      ? indexOf.get(patch.sources.get(each)?.node ?? null)
      : undefined;
  const claimed = new Set(value.map(sourceOf));
  const plain = (each: YamlValue | undefined) =>
    JSON.stringify(each, (_, v) =>
      v instanceof Map ? { map: [...v] } : typeof v === 'bigint' ? `${v}n` : v,
    );
  const old = entries.map(({ node: each }, i) =>
    claimed.has(i) ? `#${i}` : `=${plain(each ? patch.before.get(each) : null)}`,
  );
  const wanted = value.map(each => {
    const source = sourceOf(each);
    return source === undefined ? `=${plain(each)}` : `#${source}`;
  });
  const stays = entries.map(() => false);
  const added = new Map<number, Added[]>();
  let after = -1;
  const difference = diffOfLines(old, wanted);
  // An entry that only moves is inserted as it was written.
  const gone = difference.filter(({ op }) => op === '-').map(line => line.old);
  for (const line of difference)
    if (line.op === ' ') {
      after = line.old;
      stays[after] = true;
      change(patch, entries[after]!.node, value[line.new]!, entries[after], isFlow(node));
    } else if (line.op === '+') {
      const from = gone.findIndex(i => old[i] === wanted[line.new]);
      const moved = from < 0 ? undefined : entries[gone.splice(from, 1)[0]!];
      const source = moved?.node
        ? { lines: patch.lines, node: moved.node, entry: moved, around: node }
        : undefined;
      append(added, after, { key: undefined, value: value[line.new]!, ...(source && { source }) });
    }
  return { stays, added };
}

function append(added: Map<number, Added[]>, after: number, one: Added): void {
  const there = added.get(after);
  if (there) there.push(one);
  else added.set(after, [one]);
}

/** Puts another value in the place of one of another kind, or of a single one. */
function replace(
  patch: Patch,
  node: Node | null,
  value: YamlValue,
  entry: Entry | undefined,
  inFlow: boolean,
): void {
  const isBlock = typeof value === 'object' && value !== null && patch.blocks.has(value);
  const isNull = (node === null ? null : patch.before.get(node)) === null;
  if (isBlock && isNull && !inFlow && !isAlias(node) && putInEmpty(patch, entry, node, value)) return;
  const style = (node as { type?: string } | null)?.type;
  const keeps = style === 'QUOTE_SINGLE' || style === 'QUOTE_DOUBLE' ? (style as Style) : undefined;
  const text = printValue(value, inFlow, patch.print, keeps);
  if (!entry) throw new Unchangeable(node?.range?.[0] ?? 0, 'is not a map');
  replaceInBlock(patch, entry, text);
}
