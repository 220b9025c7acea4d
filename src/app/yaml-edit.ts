import { type Document, isMap, isSeq, YAMLMap, YAMLSeq } from 'yaml';

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
