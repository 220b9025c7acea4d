/** Testing rules: the cases beside each, checked and run. */
import { testedIn } from '../../../domain/automation.ts';
import type { Config } from '../../../domain/config.ts';
import { notFound } from '../../../domain/errors.ts';
import { suggestion } from '../../../domain/nearest.ts';
import type { Problem } from '../../../store/yaml/yaml.ts';
import { problemsError } from '../../core/workspace.ts';
import { automationNamed } from '../automation-named.ts';
import { loadLanguages } from '../languages.ts';
import type { Case } from './cases.ts';
import { readCases } from './read-cases.ts';
import { runCase, type Wrong } from './run-case.ts';

export interface TestedCase {
  readonly automation: string;
  readonly case: string;
  readonly file: string;
  readonly line: number;
  /** The failure; null if the case passed. */
  readonly wrong: Wrong | null;
}

const testFileOf = (id: string): string => `automations/${id}.test.yaml`;

/** Returns the problems of the test files of these rules, or of all, for lint. */
export function lintTests(
  files: ReadonlyMap<string, string>,
  config: Config,
  ids: readonly string[],
): { readonly files: number; readonly problems: readonly Problem[] } {
  const paths = [...files.keys()].filter(path => {
    const id = testedIn(path);
    return id !== undefined && (ids.length === 0 || ids.includes(id));
  });
  return { files: paths.length, problems: paths.flatMap(path => read(path, files, config).problems) };
}

function read(path: string, files: ReadonlyMap<string, string>, config: Config) {
  const id = testedIn(path)!;
  const known = [...config.automations, ...config.broken].map(a => a.id);
  const { cases, problems } = readCases(path, files.get(path)!, config);
  if (known.includes(id)) return { cases, problems };
  const alone: Problem = {
    file: path,
    line: 1,
    message: `there is no automation ${JSON.stringify(id)} that these cases could test`,
    hint: suggestion(id, known, 'automations') ?? `automations/${id}.yaml`,
  };
  return { cases, problems: [alone, ...problems] };
}

/**
 * Runs the cases of these rules, or of all that have any, in memory. NOT_FOUND if a named rule has no cases, INVALID
 * with file and line if cases, or a rule with cases, are malformed.
 */
export async function testRules(
  files: ReadonlyMap<string, string>,
  config: Config,
  ids: readonly string[],
): Promise<TestedCase[]> {
  for (const id of ids) {
    automationNamed(config, id);
    if (!files.has(testFileOf(id)))
      throw notFound(`${id} has no tests`, `write them in ${testFileOf(id)}; crm help tests says how`);
  }
  const chosen = [...files.keys()].filter(path => {
    const id = testedIn(path);
    return id !== undefined && (ids.length === 0 || ids.includes(id));
  });
  const cases = chosen.map((path): { file: string; id: string; cases: readonly Case[] } => {
    const { cases, problems } = read(path, files, config);
    if (problems.length > 0) throw problemsError(problems);
    const id = testedIn(path)!;
    automationNamed(config, id);
    return { file: path, id, cases };
  });
  const languages = await loadLanguages(config);
  return cases.flatMap(({ file, id, cases: all }) =>
    all.map(each => ({
      automation: id,
      case: each.name,
      file,
      line: each.line,
      wrong: runCase(each, id, languages) ?? null,
    })),
  );
}
