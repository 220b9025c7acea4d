/** Saves a file of settings that a person edited, if the settings stay sound with it. */

import type { Config } from '../../domain/config.ts';
import { conflict } from '../../domain/errors.ts';
import type { Problem } from '../../store/yaml/yaml.ts';
import { EditProblems } from '../records/edit-record.ts';
import type { Writer } from '../core/writer.ts';
import { filesOf, writeSettings } from './settings.ts';
import { lacking } from './uses.ts';

/** Throws EditProblems with the lines of what is wrong, CONFLICT where the file is not `original` any more. */
export async function saveEditedFile(
  { draft, view }: Writer,
  path: string,
  original: string,
  edited: string,
): Promise<void> {
  const files = filesOf(draft);
  if (files.get(path) !== original) throw conflict(`${path} was changed meanwhile`, `crm history ${path}`);
  const { checkFiles } = await import('../core/check-files.ts');
  const { config, problems } = await checkFiles(new Map([...files, [path, edited]]), draft.config.kinds);
  const wrong = config ? [...problems, ...newlyBroken(draft.config, config, path)] : problems;
  if (wrong.length > 0) throw new EditProblems(wrong.map(problem => inFile(problem, path)));
  const lacks = lacking(draft, config!);
  if (lacks !== undefined) throw new EditProblems([{ line: 1, message: `what is taken out ${lacks}` }]);
  await writeSettings(draft, view.viewer, path, edited);
}

/** Returns the problems of the rule or template in the file, and of others that were sound until now. */
function newlyBroken(before: Config, after: Config, path: string): readonly Problem[] {
  const problemsOf = ({ broken, brokenTemplates }: Config) =>
    [...broken, ...brokenTemplates].flatMap(({ problems }) => problems);
  const known = new Set(problemsOf(before).map(({ file }) => file));
  return problemsOf(after).filter(({ file }) => file === path || !known.has(file));
}

/** Places a problem above its line of the file; a problem of another file at the top. */
const inFile = ({ file, line, message, hint }: Problem, path: string) => ({
  line: file === path ? line : 1,
  message: file === path ? message : `${file}:${line}: ${message}`,
  ...(hint !== undefined && { hint }),
});
