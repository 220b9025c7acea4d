/** Changing the workspace's YAML: comments and order stay, and nothing is written that would not be valid. */
import type { Document } from 'yaml';
import type { Draft } from '../domain/draft.ts';
import { usage } from '../domain/errors.ts';
import { mayChangeSettings, type Viewer } from './viewer.ts';
import { problemsError } from './workspace.ts';

/** Edits a YAML file in a draft, and checks the settings that come of it. */
export async function editSettings(
  draft: Draft,
  viewer: Viewer,
  path: string,
  edit: (document: Document.Parsed) => void,
  when: 'before' | 'after' = 'before',
): Promise<void> {
  const { editYaml } = await import('../store/yaml.ts');
  const text = draft.state.named('file').get(path)?.text;
  if (typeof text !== 'string') throw usage(`there is no ${path}`);
  await writeSettings(draft, viewer, path, editYaml(text, edit), when);
}

/** Writes a file of settings in a draft; INVALID with file and line where the settings would not be valid. */
export async function writeSettings(
  draft: Draft,
  viewer: Viewer,
  path: string,
  text: string | null,
  when: 'before' | 'after' = text === null ? 'after' : 'before',
): Promise<void> {
  mayChangeSettings(viewer);
  draft.edit(path, text, when);
  const { checkConfig } = await import('./check-config.ts');
  const { config, problems } = checkConfig(filesOf(draft));
  if (!config || problems.length > 0) throw problemsError(problems);
  draft.config = config;
}

/** YAML files and templates by path, as the draft has them, in order of their bytes. */
export function filesOf(draft: Draft): Map<string, string> {
  const files = [...draft.state.named('file').values()].flatMap(f =>
    typeof f.text === 'string' ? [[f.id, f.text] as const] : [],
  );
  return new Map(files.sort(([a], [b]) => (a < b ? -1 : 1)));
}
