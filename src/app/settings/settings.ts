/** Changes the workspace's YAML: comments and order stay, and nothing invalid is written. */
import { removedBetween } from './uses.ts';
import { mayChangeSettings, type Viewer } from '../core/viewer.ts';
import { problemsError } from '../core/workspace.ts';
import type { Config } from '../../domain/config.ts';
import { CrmError, failed, usage } from '../../domain/errors.ts';
import { LARGEST_FILE } from '../../domain/file-ids.ts';
import { slug } from '../../domain/fold.ts';
import { diffOfLines } from '../../domain/line-diff.ts';
import { requireName } from '../../domain/names.ts';
import type { Draft, FileEdit } from '../../state/draft.ts';
import type { YamlTree } from '../../store/yaml/yaml-tree.ts';

/** Edits a YAML file in a draft. USAGE if the settings would become invalid, because the command asked for that. */
export async function editSettings(
  draft: Draft,
  viewer: Viewer,
  path: string,
  edit: (tree: YamlTree) => void,
  when?: FileEdit['when'],
): Promise<void> {
  const { editYaml } = await import('../../store/yaml/yaml-edit.ts');
  draft.requireUtf8(path);
  const text = draft.state.named('file').get(path)?.text;
  if (typeof text !== 'string') throw usage(`there is no ${path}`);
  try {
    await writeSettings(draft, viewer, path, editYaml(path, text, edit), when);
  } catch (error) {
    if (!(error instanceof CrmError) || error.kind !== 'INVALID') throw error;
    throw usage(`that would not be valid: ${error.message}`, error.hint);
  }
}

/** Returns the id of something new: as given, otherwise made of its name. */
export function newId(name: string, given: string | undefined): string {
  const id = given ?? slug(name);
  requireName('anything', id);
  if (id !== '' && slug(id) === id) return id;
  throw usage(
    given === undefined
      ? `no id can be made of the name ${JSON.stringify(name)}`
      : `${JSON.stringify(given)} is not an id`,
    `lower-case ASCII words with hyphens: --id ${slug(id) || 'my-id'}`,
  );
}

/** Writes a file of settings in a draft; INVALID with file and line if the settings would become invalid. */
export async function writeSettings(
  draft: Draft,
  viewer: Viewer,
  path: string,
  text: string | null,
  when?: FileEdit['when'],
): Promise<void> {
  await writeFiles(draft, viewer, new Map([[path, text]]), when);
}

/** Texts of files by path; null for one that is not there. */
export type FileTexts = ReadonlyMap<string, string | null>;

/** Writes several files of settings, which are valid together. */
export async function writeFiles(
  draft: Draft,
  viewer: Viewer,
  texts: FileTexts,
  when?: FileEdit['when'],
): Promise<void> {
  mayChangeSettings(viewer);
  for (const [path, text] of texts)
    if (text !== null && Buffer.byteLength(text) > LARGEST_FILE)
      throw usage(
        `${path} would have more than ${LARGEST_FILE} bytes, which crm does not read`,
        'make it smaller',
      );
  const config = await settingsWith(draft, texts);
  // Removals are written only after no record needs the removed parts.
  for (const [path, text] of texts)
    draft.edit(path, text, when ?? (removedBetween(draft.config, config).length > 0 ? 'after' : 'before'));
  draft.config = config;
}

/** Returns the settings with other texts of files; INVALID if these would be invalid. */
export async function settingsWith(draft: Draft, texts: FileTexts): Promise<Config> {
  const { checkFiles } = await import('../core/check-files.ts');
  const { config, problems } = await checkFiles(filesWith(draft, texts), draft.config.kinds);
  if (!config || problems.length > 0) throw problemsError(problems);
  return config;
}

/**
 * Removes something from a file of settings, or the whole file if `edit` is null; the file is written after the
 * commit. FAILED with the places that still name the thing, which `what` names in the message.
 */
export async function takeOut(
  draft: Draft,
  viewer: Viewer,
  path: string,
  what: string,
  edit: ((tree: YamlTree) => void) | null,
): Promise<void> {
  mayChangeSettings(viewer);
  const { editYaml } = await import('../../store/yaml/yaml-edit.ts');
  const after = edit && editYaml(path, filesOf(draft).get(path)!, edit);
  await writeUnlessNamed(draft, viewer, what, new Map([[path, after]]));
}

/**
 * Writes files of settings, from which something is removed, after the commit. FAILED with the places that name the
 * removed thing, in the present files, if a setting, a rule or a template would be broken by that. `what` names the
 * thing in the message.
 */
export async function writeUnlessNamed(
  draft: Draft,
  viewer: Viewer,
  what: string,
  texts: FileTexts,
): Promise<void> {
  mayChangeSettings(viewer);
  const { checkFiles } = await import('../core/check-files.ts');
  const broken = new Set(draft.config.broken.map(rule => rule.id));
  const brokenTemplates = new Set(draft.config.brokenTemplates.map(template => template.id));
  const { config, problems } = await checkFiles(filesWith(draft, texts), draft.config.kinds);
  const all = [
    ...problems,
    ...(config?.broken ?? []).flatMap(rule => (broken.has(rule.id) ? [] : rule.problems)),
    ...(config?.brokenTemplates ?? []).flatMap(each => (brokenTemplates.has(each.id) ? [] : each.problems)),
  ];
  if (all.length > 0) {
    const before = filesOf(draft);
    const places = all.map(({ file, line }) => {
      const [old, now] = [before.get(file), texts.get(file)];
      return `${file}:${old === undefined || typeof now !== 'string' ? line : lineBefore(old, now, line)}`;
    });
    throw failed(`${what} is still used at ${[...new Set(places)].join(', ')}`, 'change that first');
  }
  for (const [path, text] of texts) draft.edit(path, text, 'after');
  draft.config = config!;
}

/** Returns where a line of a text stood before it was edited; both from 1. */
function lineBefore(before: string, after: string, line: number): number {
  const kept = diffOfLines(before.split('\n'), after.split('\n')).filter(each => each.op !== '-');
  return (kept[line - 1]?.old ?? 0) + 1;
}

/** YAML files and templates by path, as the draft has them, in order of their bytes. */
export function filesOf(draft: Draft): Map<string, string> {
  return filesWith(draft);
}

/** Returns the files of a draft, with other texts of some of them. */
function filesWith(draft: Draft, texts: FileTexts = new Map()): Map<string, string> {
  const files = [...draft.state.named('file').values()].map(file => [file.id, file.text] as const);
  return new Map(
    [...new Map<string, unknown>([...files, ...texts])]
      .filter((file): file is [string, string] => typeof file[1] === 'string')
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}
