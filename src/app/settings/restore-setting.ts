/**
 * Bringing back what was taken out of the settings, as it was when it was last there: the history has every text that
 * their files had. A pipeline, a rule or a template is a whole file; a stage, a view and the like an item in one.
 */
import { type Document, isMap, isScalar, isSeq, type Pair, type YAMLMap } from 'yaml';
import { type CrmError, conflict } from '../../domain/errors.ts';
import type { Journal } from '../../store/journal.ts';
import { backwards } from '../history/history.ts';
import { hasAccess, mayChangeSettings } from '../viewer.ts';
import type { Writer } from '../writer.ts';
import { pathOf, pipelineIn } from './pipelines.ts';
import { editSettings, filesOf, writeSettings } from './settings.ts';
import { inBlock, listAt } from './yaml-edit.ts';

/** Brings a file back; nothing where it is there. Throws `never` where it never was. */
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

/** Brings back what stood in crm.yaml at a path, such as `views`, `hot`. The rest is as with a file. */
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
 * The same of a stage, in its pipeline; transitions stay as they are. CONFLICT where several pipelines had it, and none
 * is named.
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
  const found: { pipeline: string; place: Place; old: Document.Parsed }[] = [];
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

type Item = Pair | YAMLMap;

const idOf = (item: Item): string => {
  const id: unknown = isMap(item) ? item.get('id') : item.key;
  return String(isScalar(id) ? id.value : id);
};

/** The items of the map or list, as far as they have an id. */
function itemsOf(document: Document.Parsed, above: readonly string[]): readonly Item[] {
  const node: unknown = document.getIn(above, true);
  if (isMap(node)) return node.items;
  return isSeq(node) ? node.items.filter(isMap) : [];
}

async function isThere({ draft }: Writer, { file, above, id }: Place): Promise<boolean> {
  const { parseYaml } = await import('../../store/yaml.ts');
  const { document } = parseYaml(file, filesOf(draft).get(file) ?? '');
  return itemsOf(document, above).some(item => idOf(item) === id);
}

/** The last text of the file that had it. */
async function lastWith(journal: Journal, { file, above, id }: Place): Promise<Document.Parsed | undefined> {
  const { parseYaml } = await import('../../store/yaml.ts');
  for await (const text of textsOf(journal, file)) {
    const { document } = parseYaml(file, text);
    if (itemsOf(document, above).some(item => idOf(item) === id)) return document;
  }
  return undefined;
}

/** Every text that a file had, the last one first. */
async function* textsOf(journal: Journal, path: string): AsyncGenerator<string> {
  let last: unknown;
  for await (const { changes } of backwards(journal))
    for (const change of changes.toReversed())
      if ('set' in change && change.kind === 'file' && change.id === path)
        for (const text of change.set.text?.toReversed() ?? [])
          if (typeof text === 'string' && text !== last) yield (last = text) as string;
}

/** Puts it behind the item that it stood behind, or the next before that which is there. */
async function putBack(
  { draft, view }: Writer,
  { file, above, id }: Place,
  old: Document.Parsed,
): Promise<void> {
  const before = itemsOf(old, above);
  const at = before.findIndex(item => idOf(item) === id);
  await editSettings(draft, view.viewer, file, document => {
    const isList = isSeq(old.getIn(above, true));
    const items: unknown[] = (isList ? listAt(document, above) : inBlock(document, above)).items;
    const now = items as Item[];
    const behind = before
      .slice(0, at)
      .reverse()
      .map(item => now.findIndex(each => idOf(each) === idOf(item)))
      .find(index => index >= 0);
    items.splice((behind ?? -1) + 1, 0, before[at]);
  });
}
