import { type Document, isMap, isNode, isSeq, YAMLMap, YAMLSeq } from 'yaml';

/** The map at a path, made where there is none; an empty `{}` becomes a block, one entry per line. */
export function inBlock(document: Document.Parsed, path: readonly string[]): YAMLMap {
  const node: unknown = document.getIn(path, true);
  if (isMap(node)) {
    if (node.items.length === 0) node.flow = false;
    return node;
  }
  const map = new YAMLMap();
  document.setIn(path, map);
  return map;
}

/** The list at a path, made where there is none; an empty `[]` becomes a block, one item per line. */
export function listAt(document: Document.Parsed, path: readonly string[]): YAMLSeq {
  const node: unknown = document.getIn(path, true);
  if (isSeq(node)) {
    if (node.items.length === 0) node.flow = false;
    return node;
  }
  const list = new YAMLSeq();
  document.setIn(path, list);
  return list;
}

/** Takes out what is at a path; a map that is left without entries is `{}`. */
export function takeAt(document: Document.Parsed, path: readonly string[]): void {
  document.deleteIn(path);
  const above: unknown = document.getIn(path.slice(0, -1), true);
  if (isMap(above) && above.items.length === 0) above.flow = true;
}

/** Puts a value at a path below a map or document; a comment behind the old one stays. Lists are written on one line. */
export function putAt(
  document: Document,
  below: Document | YAMLMap,
  path: readonly string[],
  value: string | number | boolean | readonly string[],
): void {
  // A plain value takes the place of another one in the same node.
  if (!Array.isArray(value)) {
    below.setIn(path, value);
    return;
  }
  const list = document.createNode(value, { flow: true });
  const old: unknown = below.getIn(path, true);
  if (isNode(old)) list.comment = old.comment ?? null;
  below.setIn(path, list);
}
