/** Reads the cases of a test file, with all its problems, which lint reports and which stop a test. */
import { clockIn } from '../../../domain/clock.ts';
import { type Config, roles } from '../../../domain/config.ts';
import { suggestion } from '../../../domain/nearest.ts';
import { parseWhen } from '../../../domain/typed-dates.ts';
import { parseYaml, type Problem } from '../../../store/yaml/yaml.ts';
import { CaseProblems, isMap, type Path } from './case-problems.ts';
import type { Case } from './cases.ts';
import { readActions } from './read-actions.ts';

/** The default beginning of a case: a Monday morning. */
const BEGINNING = '2026-01-05T08:00:00.000Z';

/** Reads a file of cases; if there are problems, the cases must not be run. */
export function readCases(
  file: string,
  text: string,
  config: Config,
): { readonly cases: readonly Case[]; readonly problems: readonly Problem[] } {
  const yaml = parseYaml(file, text);
  if (yaml.problems.length > 0) return { cases: [], problems: yaml.problems };
  const problems = new CaseProblems(file, yaml.lineOf);
  const cases = new Reader(problems, config).cases(yaml.value);
  return { cases, problems: problems.all };
}

class Reader {
  readonly #problems: CaseProblems;
  readonly #settings: Config;

  constructor(problems: CaseProblems, config: Config) {
    this.#problems = problems;
    this.#settings = config;
  }

  cases(value: unknown): Case[] {
    if (!isMap(value) || Object.keys(value).length === 0) {
      this.#problems.say([], 'is not a test: a map of cases by their names is expected', 'crm help tests');
      return [];
    }
    return Object.entries(value).map(([name, body]) => this.#case(name, body));
  }

  #case(name: string, body: unknown): Case {
    const path = [name];
    const line = this.#problems.lineOf(path);
    const known = ['at', 'with', 'given', 'steps'];
    if (!isMap(body))
      this.#problems.say(path, `${name}: a case is a map with given and steps`, 'crm help tests');
    const value = isMap(body) ? body : {};
    this.#problems.unknownKeys(path, value, known);
    const at = value.at === undefined ? BEGINNING : String(value.at);
    const clock = clockIn(this.#settings, 0);
    this.#problems.caught([name, 'at'], () => parseWhen(at, clock));
    const given = this.#list([name, 'given'], value.given ?? []);
    const config = { ...this.#settings, users: { ...this.#settings.users, ...this.#users(name, given) } };
    const others = this.#names([name, 'with'], value.with);
    if (isMap(body) && value.steps === undefined)
      this.#problems.say(
        path,
        `${name}: steps is missing: what happens, and what each sweep is to do`,
        'steps: [...]',
      );
    const steps = this.#list([name, 'steps'], value.steps ?? []);
    const actions = (at: Path, item: unknown, sweeps: boolean) =>
      readActions(at, item, sweeps, this.#problems, config);
    const read: Case = {
      name,
      line,
      config,
      at,
      with: others,
      given: given.flatMap((item, i) =>
        isMap(item) && 'user' in item ? [] : actions([name, 'given', i], item, false),
      ),
      steps: steps.flatMap((item, i) => actions([name, 'steps', i], item, true)),
    };
    if (isMap(body) && value.steps !== undefined && !read.steps.some(s => s.type === 'sweep' && s.expected))
      if (this.#problems.all.length === 0)
        this.#problems.say(
          [name, 'steps'],
          `${name}: nothing is expected of a sweep, so it cannot fail`,
          'sweep: nothing',
        );
    return read;
  }

  #list(path: Path, value: unknown): readonly unknown[] {
    if (Array.isArray(value)) return value as unknown[];
    this.#problems.say(path, `${String(path.at(-1))} must be a list`);
    return [];
  }

  #names(path: Path, value: unknown): string[] {
    const names =
      value === undefined ? [] : Array.isArray(value) ? (value as unknown[]).map(String) : [String(value)];
    const known = this.#settings.automations.map(a => a.id);
    for (const id of names)
      if (!known.includes(id))
        this.#problems.say(
          path,
          `there is no automation ${JSON.stringify(id)}`,
          suggestion(id, known, 'automations'),
        );
    return names;
  }

  /** The users that a case gives beside those of the settings. */
  #users(name: string, given: readonly unknown[]): Config['users'] {
    const users: Record<string, Config['users'][string]> = {};
    given.forEach((item, i) => {
      if (!isMap(item) || !('user' in item)) return;
      const path = [name, 'given', i, 'user'];
      const user = isMap(item.user) ? item.user : { id: item.user };
      const known = ['id', 'name', 'email', 'role', 'active', 'signature'];
      this.#problems.unknownKeys(path, user, known);
      const { id, email, signature, role = 'normal', active = true } = user;
      if (typeof id !== 'string' || id === '') {
        this.#problems.say(path, 'a user has an id', '{ id: ana, name: Ana Ruiz, email: ana@example.com }');
        return;
      }
      if (!roles.some(r => r === role))
        this.#problems.say(
          [...path, 'role'],
          `unknown role ${JSON.stringify(role)}`,
          suggestion(String(role), roles, 'roles'),
        );
      users[id] = {
        id,
        name: typeof user.name === 'string' ? user.name : id,
        role: roles.find(r => r === role) ?? 'normal',
        active: active !== false,
        ...(typeof email === 'string' && { email }),
        ...(typeof signature === 'string' && { signature }),
      };
    });
    return users;
  }
}
