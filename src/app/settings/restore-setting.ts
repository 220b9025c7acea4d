/**
 * Restores removed settings as they were last: the history has every text of their files. A pipeline, a rule or a
 * template is a whole file; a stage, a view and the like are items in a file.
 */
import { basename } from 'node:path';
import { conflict, CrmError } from '../../domain/errors.ts';
import { backwards, type Journal } from '../../store/journal/journal.ts';
import type { YamlTree } from '../../store/yaml/yaml-tree.ts';
import { hasAccess, mayChangeSettings } from '../core/viewer.ts';
import type { Writer } from '../core/writer.ts';
import { pathOf, pipelineIn } from '../core/pipelines.ts';
import { editSettings, filesOf, writeSettings } from './settings.ts';

/** Restores a file; does nothing if it exists. Throws `never` if it never existed. */
export async function restoreFile(
  { draft, view }: Writer,
  journal: Journal,
  path: string,
  never: CrmError,
): Promise<void> {
  mayChangeSettings(view.viewer);
  if (filesOf(draft).has(path)) return;
  for await (const text of textsOf(journal, path)) return writeSettings(draft, view.viewer, path, text);
  throw never;
}

/** Restores the file of a pipeline, by its id or by the name that it had when it was removed. */
export async function restorePipeline(
  writer: Writer,
  journal: Journal,
  name: string,
  never: CrmError,
): Promise<void> {
  const { draft, view, config } = writer;
  mayChangeSettings(view.viewer);
  const isNamed = (other: unknown) => String(other).toLowerCase() === name.toLowerCase();
  const path = `pipelines/${name}.yaml`;
  const removed = filesOf(draft).has(path) ? undefined : await removedPipelines(writer, journal);
  if (!removed || removed.has(path)) return restoreFile(writer, journal, path, never);
  if (config.pipelines.some(pipeline => isNamed(pipeline.name))) return;
  const found = [...removed].filter(([, tree]) => isNamed(tree.get(['name']))).map(([each]) => each);
  if (found.length > 1)
    throw conflict(
      `several pipelines had the name ${JSON.stringify(name)}`,
      `use an id: ${found.map(each => basename(each, '.yaml')).join(', ')}`,
    );
  await restoreFile(writer, journal, found[0] ?? path, never);
}

/** Returns the last sound text of each removed pipeline's file, by its path. */
async function removedPipelines({ draft }: Writer, journal: Journal): Promise<Map<string, YamlTree>> {
  const { readTree } = await import('../../store/yaml/yaml-edit.ts');
  const files = filesOf(draft);
  const trees = new Map<string, YamlTree>();
  for await (const [path, text] of allTextsOf(journal, id => /^pipelines\/[^/]+\.yaml$/.test(id))) {
    if (trees.has(path) || files.has(path)) continue;
    const tree = treeOf(() => readTree(path, text));
    if (tree) trees.set(path, tree);
  }
  return trees;
}

/** Restores an entry of crm.yaml by its path, such as `views`, `hot`; otherwise like `restoreFile`. */
export async function restoreEntry(
  writer: Writer,
  journal: Journal,
  path: readonly string[],
  never: CrmError,
): Promise<void> {
  mayChangeSettings(writer.view.viewer);
  const place = { file: 'crm.yaml', above: path.slice(0, -1), id: path.at(-1)! };
  if (await isThere(writer, place)) return;
  const old = await lastWith(journal, place);
  if (!old) throw never;
  await putBack(writer, place, old);
}

/**
 * Restores a stage in its pipeline; transitions stay as they are. CONFLICT if several pipelines had the stage and
 * none is named.
 */
export async function restoreStage(
  writer: Writer,
  journal: Journal,
  id: string,
  pipelineName: string | undefined,
  never: CrmError,
): Promise<void> {
  const { config, view } = writer;
  mayChangeSettings(view.viewer);
  const pipelines =
    pipelineName === undefined
      ? config.pipelines.filter(pipeline => hasAccess(pipeline, view.viewer))
      : [pipelineIn(config, view.viewer, pipelineName)];
  let there = false;
  const found: { pipeline: string; place: Place; old: YamlTree }[] = [];
  for (const pipeline of pipelines) {
    const place = { file: pathOf(pipeline), above: ['stages'], id };
    if (await isThere(writer, place)) there = true;
    else {
      const old = await lastWith(journal, place);
      if (old) found.push({ pipeline: pipeline.id, place, old });
    }
  }
  const [first, ...others] = found;
  if (first && others.length > 0)
    throw conflict(
      `the stage ${id} was in ${found.map(({ pipeline }) => pipeline).join(' and ')}`,
      `--pipeline ${first.pipeline}`,
    );
  if (first) await putBack(writer, first.place, first.old);
  else if (!there) throw never;
}

/** An item of a map or a list in a file: by its key, or by its `id`. */
interface Place {
  readonly file: string;
  /** The path of the map or list. */
  readonly above: readonly string[];
  readonly id: string;
}

/** Returns the keys of a map, or the ids of a list's items, undefined for an item without one. */
function idsIn(tree: YamlTree, above: readonly string[]): (string | undefined)[] {
  const there = tree.get(above);
  if (there instanceof Map) return [...there.keys()];
  if (!Array.isArray(there)) return [];
  return there.map((_, i) => tree.get([...above, i, 'id'])).map(id => (id === undefined ? id : String(id)));
}

async function isThere({ draft }: Writer, { file, above, id }: Place): Promise<boolean> {
  const { readTree } = await import('../../store/yaml/yaml-edit.ts');
  return idsIn(readTree(file, filesOf(draft).get(file) ?? ''), above).includes(id);
}

/** Returns the last sound text of the file with the item. */
async function lastWith(journal: Journal, { file, above, id }: Place): Promise<YamlTree | undefined> {
  const { readTree } = await import('../../store/yaml/yaml-edit.ts');
  for await (const text of textsOf(journal, file)) {
    const tree = treeOf(() => readTree(file, text));
    if (tree && idsIn(tree, above).includes(id)) return tree;
  }
  return undefined;
}

/** Returns a tree; undefined if the text is broken. */
function treeOf(read: () => YamlTree): YamlTree | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof CrmError && error.kind === 'INVALID') return undefined;
    throw error;
  }
}

/** Yields every text that a file had, the last one first. */
async function* textsOf(journal: Journal, path: string): AsyncGenerator<string> {
  let last: unknown;
  for await (const [, text] of allTextsOf(journal, id => id === path)) if (text !== last) yield (last = text);
}

/** Yields the texts of files, each with its path, the last ones first; a text that stayed comes again. */
async function* allTextsOf(
  journal: Journal,
  isAsked: (path: string) => boolean,
): AsyncGenerator<[path: string, text: string]> {
  for await (const { changes } of backwards(journal))
    for (const change of changes.toReversed())
      if ('set' in change && change.kind === 'file' && isAsked(change.id))
        for (const text of change.set.text?.toReversed() ?? [])
          if (typeof text === 'string') yield [change.id, text];
}

/** Inserts the item after the one that it followed, or after the nearest earlier one that still exists. */
async function putBack({ draft, view }: Writer, { file, above, id }: Place, old: YamlTree): Promise<void> {
  const before = idsIn(old, above);
  const at = before.indexOf(id);
  await editSettings(draft, view.viewer, file, tree => {
    const now = idsIn(tree, above);
    const after = before
      .slice(0, at)
      .reverse()
      .map(each => (each === undefined ? -1 : now.indexOf(each)))
      .find(index => index >= 0);
    tree.insertFrom(old, above, at, (after ?? -1) + 1);
  });
}
