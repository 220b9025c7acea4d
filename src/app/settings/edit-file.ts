/** A file of settings as a person edited it: saved only where the settings stay sound with it. */

import type { Config } from '../../domain/config.ts';
import { conflict } from '../../domain/errors.ts';
import type { Problem } from '../../store/yaml.ts';
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
  const { checkConfig } = await import('../core/check-config.ts');
  const { config, problems } = checkConfig(new Map([...files, [path, edited]]), draft.config.kinds);
  const wrong = config ? [...problems, ...newlyBroken(draft.config, config, path)] : problems;
  if (wrong.length > 0) throw new EditProblems(wrong.map(problem => inFile(problem, path)));
  const lacks = lacking(draft, config!);
  if (lacks !== undefined) throw new EditProblems([{ line: 1, message: `what is taken out ${lacks}` }]);
  await writeSettings(draft, view.viewer, path, edited);
}

/** What is wrong with the rule or template of the file itself, and with others that were sound until now. */
function newlyBroken(before: Config, after: Config, path: string): readonly Problem[] {
  const problemsOf = ({ broken, brokenTemplates }: Config) =>
    [...broken, ...brokenTemplates].flatMap(({ problems }) => problems);
  const known = new Set(problemsOf(before).map(({ file }) => file));
  return problemsOf(after).filter(({ file }) => file === path || !known.has(file));
}

/** A problem as it is said above a line of the file; what is elsewhere is said at its top. */
const inFile = ({ file, line, message, hint }: Problem, path: string) => ({
  line: file === path ? line : 1,
  message: file === path ? message : `${file}:${line}: ${message}`,
  ...(hint !== undefined && { hint }),
});
