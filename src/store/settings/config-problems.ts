/** Reports problems in a file of settings, each at its line. */
import type { Config } from '../../domain/config.ts';
import { suggestion } from '../../domain/nearest.ts';
import type { Problem, YamlFile } from '../yaml/yaml.ts';

/** Reports a problem at a path of the file. */
export type Say = (path: readonly PropertyKey[], message: string, hint?: string) => void;

/** Returns a function that adds problems of a file to a list. */
export const sayIn =
  (file: YamlFile, problems: Problem[]): Say =>
  (path, message, hint) => {
    problems.push({ file: file.file, line: file.lineOf(path), message, ...(hint !== undefined && { hint }) });
  };

/** Reports users and teams in the list at a path that the settings do not have. */
export function checkUsers(
  { users, teams }: Pick<Config, 'users' | 'teams'>,
  path: readonly PropertyKey[],
  list: readonly string[],
  say: Say,
): void {
  // Made when somebody is unknown: each of thousands of teams is checked.
  let all: string[] | undefined;
  list.forEach((name, i) => {
    const isKnown = name.startsWith('team:')
      ? Object.hasOwn(teams, name.slice(5))
      : Object.hasOwn(users, name);
    if (isKnown) return;
    all ??= [...Object.keys(users), ...Object.keys(teams).map(team => `team:${team}`)];
    say([...path, i], `unknown user ${JSON.stringify(name)}`, suggestion(name, all, 'known'));
  });
}

/** Returns an object without the keys that have no value. */
export function defined<T extends object>(object: T): T {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as T;
}
