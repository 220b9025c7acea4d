/** Renames a setting: its entry or file, and every place that names it, in one transaction. */
import { testedIn } from '../../../domain/automation.ts';
import type { Writer } from '../../core/writer.ts';
import { filesOf, writeUnlessNamed } from '../settings.ts';
import { renamedFiles } from './in-files.ts';
import type { Renaming } from './renaming.ts';

export interface Rename {
  /** Its name in messages: `the view hot`. */
  readonly what: string;
  /** The path of its entry in crm.yaml, or its file. */
  readonly at: readonly string[] | string;
  /** The new key of the entry, or the new file. */
  readonly to: string;
  readonly renaming: Renaming;
}

/**
 * The files in which a name was changed, and those that have the word in places whose meaning only a person can tell.
 */
export interface RenamedIn {
  readonly files: readonly string[];
  readonly unsure: readonly string[];
}

/**
 * Renames something in all files of the settings. FAILED with the places that still name it, if only a person can
 * change some.
 */
export async function renameSetting(writer: Writer, { what, at, to, renaming }: Rename): Promise<RenamedIn> {
  const { draft, view, config } = writer;
  const { editYaml } = await import('../../../store/yaml/yaml-edit.ts');
  const files = filesOf(draft);
  const texts = new Map<string, string | null>(await renamedFiles(files, config, renaming));
  const changed = [...texts.keys()];
  if (typeof at === 'string') {
    texts.set(to, texts.get(at) ?? files.get(at)!);
    texts.set(at, null);
  } else {
    const main = texts.get('crm.yaml') ?? files.get('crm.yaml')!;
    texts.set(
      'crm.yaml',
      editYaml('crm.yaml', main, tree => tree.rename(at, to)),
    );
  }
  for (const path of texts.keys()) draft.requireUtf8(path);
  await writeUnlessNamed(draft, view.viewer, what, texts);
  const old = typeof at === 'string' ? /([^/]+)\.\w+$/.exec(at)![1]! : at.at(-1)!;
  const named = new RegExp(`(?<![\\w-])${old}(?![\\w-])`);
  return {
    files: changed.map(path => (path === at ? to : path)),
    unsure: [...files].flatMap(([path, before]) => {
      const text = texts.get(path) ?? before;
      if (testedIn(path) !== undefined) return named.test(text) ? [path] : [];
      const isCode = renaming.liquid && path.endsWith('.md') && path !== at;
      return isCode && [...text.matchAll(liquidCode)].some(([code]) => named.test(code)) ? [path] : [];
    }),
  };
}

/** The parts of a text that Liquid reads: outputs and tags. */
export const liquidCode = /\{\{[\s\S]*?\}\}|\{%[\s\S]*?%\}/g;
