/** From the YAML of a test file to its cases, with all that is wrong in it: what lint says, and what stops a test. */
import { type Config, roles } from '../../../domain/config.ts';
import { clockIn } from '../../../domain/clock.ts';
import { isDuration, parseDuration } from '../../../domain/dates.ts';
import { parseWhen } from '../../../domain/typed-dates.ts';
import { CrmError, usage } from '../../../domain/errors.ts';
import { fieldTypes } from '../../../kinds/field-types.ts';
import { fieldsOf, findField } from '../../../kinds/fields.ts';
import type { Kind } from '../../../domain/kinds.ts';
import { suggestion } from '../../../domain/nearest.ts';
import { parseYaml, type Problem } from '../../../store/yaml.ts';
import { settableField } from '../../core/writer.ts';
import type { Action, Case, Expected, GivenFields } from './cases.ts';
import { isScored } from './compare.ts';

/** When a case begins that does not say it: a Monday morning. */
const BEGINNING = '2026-01-05T08:00:00.000Z';

/** The kinds that a case may add, as commands add them. */
const addable = ['deal', 'contact', 'account', 'task', 'activity', 'event', 'invoice'] as const;
/** Those that a sweep may be expected to add. */
const expectable = [...addable, 'message'] as const;

/** Words that set the status of a record, and nothing else. */
const statuses: Readonly<Record<string, { readonly kind: Kind; readonly status: string }>> = {
  win: { kind: 'deal', status: 'won' },
  lose: { kind: 'deal', status: 'lost' },
  reopen: { kind: 'deal', status: 'open' },
  done: { kind: 'task', status: 'done' },
};

const verbs = [...addable, 'set', ...Object.keys(statuses), 'score', 'remove', 'wait', 'until'];
const outcomes = ['failed', 'waiting', 'completed'] as const;

type YamlMap = { readonly [key: string]: unknown };
const isMap = (value: unknown): value is YamlMap =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isScalar = (value: unknown): value is string | number | boolean =>
  ['string', 'number', 'boolean'].includes(typeof value);

type Path = readonly PropertyKey[];

function numberNamed(text: string): number {
  if (/^-?\d+(\.\d+)?$/.test(text)) return Number(text);
  throw usage(`score: ${JSON.stringify(text)} is not a number`, 'for example 80');
}

/** Reads a file of cases; where there are problems, the cases are not to be run. */
export function readCases(
  file: string,
  text: string,
  config: Config,
): { readonly cases: readonly Case[]; readonly problems: readonly Problem[] } {
  const yaml = parseYaml(file, text);
  if (yaml.problems.length > 0) return { cases: [], problems: yaml.problems };
  const reader = new Reader(file, yaml.lineOf, config);
  const cases = reader.cases(yaml.value);
  return { cases, problems: reader.problems };
}

class Reader {
  readonly problems: Problem[] = [];
  readonly #file: string;
  readonly #lineOf: (path: Path) => number;
  readonly #settings: Config;
  /** The settings with the users of the case. */
  #config: Config;

  constructor(file: string, lineOf: (path: Path) => number, config: Config) {
    this.#file = file;
    this.#lineOf = lineOf;
    this.#settings = config;
    this.#config = config;
  }

  #say(path: Path, message: string, hint?: string): void {
    this.problems.push({
      file: this.#file,
      line: this.#lineOf(path),
      message,
      ...(hint !== undefined && { hint }),
    });
  }

  /** Runs what throws errors of usage, and says them at a place. */
  #caught<T>(path: Path, work: () => T): T | undefined {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof CrmError)) throw error;
      this.#say(path, error.message, error.hint);
      return undefined;
    }
  }

  cases(value: unknown): Case[] {
    if (!isMap(value) || Object.keys(value).length === 0) {
      this.#say([], 'is no test: a map of cases by their names is expected', 'crm help tests');
      return [];
    }
    return Object.entries(value).map(([name, body]) => this.#case(name, body));
  }

  #case(name: string, body: unknown): Case {
    const path = [name];
    const line = this.#lineOf(path);
    const known = ['at', 'with', 'given', 'steps'];
    if (!isMap(body)) this.#say(path, `${name}: a case is a map with given and steps`, 'crm help tests');
    const value = isMap(body) ? body : {};
    for (const key of Object.keys(value))
      if (!known.includes(key))
        this.#say([name, key], `unknown key ${JSON.stringify(key)}`, suggestion(key, known, 'known'));
    const at = value.at === undefined ? BEGINNING : String(value.at);
    const clock = clockIn(this.#settings, 0);
    this.#caught([name, 'at'], () => parseWhen(at, clock));
    const given = this.#list([name, 'given'], value.given ?? []);
    this.#config = { ...this.#settings, users: { ...this.#settings.users, ...this.#users(name, given) } };
    const others = this.#names([name, 'with'], value.with);
    if (isMap(body) && value.steps === undefined)
      this.#say(
        path,
        `${name}: steps is missing: what happens, and what each sweep is to do`,
        'steps: [...]',
      );
    const steps = this.#list([name, 'steps'], value.steps ?? []);
    const read: Case = {
      name,
      line,
      config: this.#config,
      at,
      with: others,
      given: given.flatMap((item, i) =>
        isMap(item) && 'user' in item ? [] : this.#actions([name, 'given', i], item, false),
      ),
      steps: steps.flatMap((item, i) => this.#actions([name, 'steps', i], item, true)),
    };
    if (isMap(body) && value.steps !== undefined && !read.steps.some(s => s.type === 'sweep' && s.expected))
      if (this.problems.length === 0)
        this.#say(
          [name, 'steps'],
          `${name}: nothing is expected of a sweep, so it cannot fail`,
          'sweep: nothing',
        );
    return read;
  }

  #list(path: Path, value: unknown): readonly unknown[] {
    if (Array.isArray(value)) return value as unknown[];
    this.#say(path, `${String(path.at(-1))} must be a list`);
    return [];
  }

  #names(path: Path, value: unknown): string[] {
    const names =
      value === undefined ? [] : Array.isArray(value) ? (value as unknown[]).map(String) : [String(value)];
    const known = this.#settings.automations.map(a => a.id);
    for (const id of names)
      if (!known.includes(id))
        this.#say(path, `there is no automation ${JSON.stringify(id)}`, suggestion(id, known, 'automations'));
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
      for (const key of Object.keys(user))
        if (!known.includes(key))
          this.#say([...path, key], `unknown key ${JSON.stringify(key)}`, suggestion(key, known, 'known'));
      const { id, email, signature, role = 'normal', active = true } = user;
      if (typeof id !== 'string' || id === '') {
        this.#say(path, 'a user has an id', '{ id: ana, name: Ana Ruiz, email: ana@example.com }');
        return;
      }
      if (!roles.some(r => r === role))
        this.#say(
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

  #actions(path: Path, item: unknown, sweeps: boolean): Action[] {
    const known = sweeps ? [...verbs, 'sweep'] : verbs;
    const map = typeof item === 'string' ? { [item]: null } : item;
    const [word, ...more] = isMap(map) ? Object.keys(map) : [];
    if (word === undefined || more.length > 0) {
      this.#say(path, 'one thing that happens is a map of one word', 'win: Chairs');
      return [];
    }
    const at = [...path, word];
    if (!known.includes(word)) {
      const hint = word === 'sweep' ? 'the rule is not there yet' : suggestion(word, known, 'known');
      this.#say(at, word === 'sweep' ? 'given has no sweeps' : `unknown word ${JSON.stringify(word)}`, hint);
      return [];
    }
    return this.#action(at, word, (map as YamlMap)[word]).map(action => ({
      ...action,
      line: this.#lineOf(at),
    }));
  }

  #action(path: Path, word: string, value: unknown): Action[] {
    const line = this.#lineOf(path);
    const kind = addable.find(k => k === word);
    if (kind) {
      const { props, ...rest } = isMap(value) && kind === 'event' ? value : { ...(value as YamlMap) };
      const fields = this.#fields(path, kind, isMap(value) ? rest : value, 'given');
      return fields
        ? [
            {
              type: 'add',
              kind,
              fields,
              line,
              ...(props !== undefined && { props: this.#props(path, props) }),
            },
          ]
        : [];
    }
    const ofStatus = statuses[word];
    if (ofStatus)
      return this.#records(path, value).map(record => ({
        type: 'set',
        record,
        kind: ofStatus.kind,
        fields: { status: ofStatus.status },
        line,
      }));
    switch (word) {
      case 'set':
        return this.#byRecord(path, value).flatMap(([record, fields]) => {
          const given = this.#fields([...path, record], undefined, fields, 'given');
          return given ? [{ type: 'set' as const, record, fields: given, line }] : [];
        });
      case 'score':
        return this.#byRecord(path, value).flatMap(([record, points]) => {
          const match = /^(=|\+)?(-?\d+(?:\.\d+)?)$/.exec(String(points));
          if (match)
            return [
              {
                type: 'score' as const,
                record,
                how: match[1] === '=' ? ('set' as const) : ('add' as const),
                points: Number(match[2]),
                line,
              },
            ];
          this.#say(
            [...path, record],
            `${JSON.stringify(points)} is no change of a score`,
            'accepted: +10, -5, =80',
          );
          return [];
        });
      case 'remove':
        return this.#records(path, value).map(record => ({ type: 'remove', record, line }));
      case 'wait':
        if (typeof value === 'string' && isDuration(value))
          return [{ type: 'wait', ms: parseDuration(value), line }];
        this.#say(path, `wait: ${JSON.stringify(value)} is not a duration`, 'for example 3d, 2w or 6h');
        return [];
      case 'until': {
        const when = String(value);
        const clock = clockIn(this.#settings, 0);
        this.#caught(path, () => parseWhen(when, clock));
        return [{ type: 'until', when, line }];
      }
      default:
        return this.#sweep(path, value);
    }
  }

  #sweep(path: Path, value: unknown): Action[] {
    const line = this.#lineOf(path);
    const several = isMap(value);
    const known = ['every', 'for', 'expect'];
    if (several)
      for (const key of Object.keys(value))
        if (!known.includes(key))
          this.#say([...path, key], `unknown key ${JSON.stringify(key)}`, suggestion(key, known, 'known'));
    const duration = (name: string): number => {
      const given = several ? value[name] : undefined;
      if (typeof given === 'string' && isDuration(given) && parseDuration(given) > 0)
        return parseDuration(given);
      if (several)
        this.#say([...path, name], `several sweeps need ${name}: a duration`, '{ every: 1d, for: 14d }');
      return 1;
    };
    const every = duration('every');
    const span = duration('for');
    const wanted = several ? value.expect : value;
    const at = several ? [...path, 'expect'] : path;
    if (wanted === undefined || wanted === null)
      return [
        { type: 'sweep', expected: undefined, every, times: several ? Math.floor(span / every) : 1, line },
      ];
    const expected =
      wanted === 'nothing'
        ? []
        : Array.isArray(wanted)
          ? (wanted as unknown[]).flatMap((item, i) => this.#expected([...at, i], item))
          : undefined;
    if (!expected) this.#say(at, 'what a sweep does is nothing, or a list of changes', 'sweep: nothing');
    return [
      { type: 'sweep', expected: expected ?? [], every, times: several ? Math.floor(span / every) : 1, line },
    ];
  }

  #expected(path: Path, item: unknown): Expected[] {
    const line = this.#lineOf(path);
    const [word, ...more] = isMap(item) ? Object.keys(item) : [];
    if (word === undefined || more.length > 0) {
      this.#say(path, 'one change is a map of one word', 'task: { title: Call back, due: +1d }');
      return [];
    }
    const value = (item as YamlMap)[word];
    const at = [...path, word];
    const kind = expectable.find(k => k === word);
    if (kind) {
      const fields = this.#fields(at, kind, value, 'expected');
      return fields ? [{ type: 'added', kind, fields, line }] : [];
    }
    const outcome = outcomes.find(o => o === word);
    if (outcome || word === 'removed') {
      if (isScalar(value))
        return [
          outcome
            ? { type: 'outcome', outcome, text: String(value), line }
            : { type: 'removed', record: String(value), line },
        ];
      this.#say(at, `${word}: which record?`, `${word}: D1`);
      return [];
    }
    // Any other word is the id or the name of a record, and must have something to be expected of it.
    if (!isMap(value)) {
      this.#say(
        at,
        `unknown word ${JSON.stringify(word)}`,
        suggestion(word, [...expectable, ...outcomes, 'removed'], 'known'),
      );
      return [];
    }
    const fields = this.#fields(at, undefined, value, 'expected');
    return fields ? [{ type: 'changed', record: word, fields, line }] : [];
  }

  #records(path: Path, value: unknown): string[] {
    const all = Array.isArray(value) ? (value as unknown[]) : [value];
    if (all.length > 0 && all.every(isScalar)) return all.map(String);
    this.#say(path, `${String(path.at(-1))}: which record?`, `${String(path.at(-1))}: D1, or its name`);
    return [];
  }

  #byRecord(path: Path, value: unknown): [string, unknown][] {
    if (isMap(value) && Object.keys(value).length > 0) return Object.entries(value);
    this.#say(
      path,
      `${String(path.at(-1))}: which record?`,
      `${String(path.at(-1))}: { D1: ... }, or its name`,
    );
    return [];
  }

  #props(path: Path, value: unknown): Record<string, string | number | boolean> {
    if (isMap(value) && Object.values(value).every(isScalar)) return value as never;
    this.#say([...path, 'props'], 'props is a map of values', '{ form: quote }');
    return {};
  }

  /** Fields of a record of a kind, or of any kind, as texts; undefined where something is wrong with them. */
  #fields(
    path: Path,
    kind: Kind | undefined,
    value: unknown,
    use: 'given' | 'expected',
  ): GivenFields | undefined {
    if (!isMap(value)) {
      this.#say(path, `${String(path.at(-1))}: its fields are a map`, '{ title: Chairs }');
      return undefined;
    }
    const before = this.problems.length;
    const fields: Record<string, string> = {};
    for (const [name, given] of Object.entries(value)) {
      const all = Array.isArray(given) ? (given as unknown[]) : [given];
      if (!all.every(each => isScalar(each) || each === null))
        this.#say([...path, name], `${name}: is a map, not a value`);
      const text = all.map(each => (each === null ? '' : String(each))).join(',');
      fields[name] = text;
      const isScore = use === 'expected' && name === 'score' && (kind === undefined || isScored(kind));
      if (isScore) this.#caught([...path, name], () => numberNamed(text));
      else if (kind) this.#field([...path, name], kind, name, text, value, use);
      else this.#knownField([...path, name], String(path.at(-1)), name);
    }
    return this.problems.length === before ? fields : undefined;
  }

  /** Of a record that is only named its id alone says the kind. */
  #knownField(path: Path, record: string, name: string): void {
    const kinds = [this.#config.kinds.parseId(record)?.kind ?? expectable].flat();
    if (kinds.some(kind => findField(this.#config, kind, name))) return;
    const known = new Set(kinds.flatMap(kind => fieldsOf(this.#config, kind).map(f => f.name)));
    this.#say(path, `unknown field ${JSON.stringify(name)}`, suggestion(name, known, 'fields'));
  }

  #field(
    path: Path,
    kind: Kind,
    name: string,
    text: string,
    given: YamlMap,
    use: 'given' | 'expected',
  ): void {
    const config = this.#config;
    this.#caught(path, () => {
      if (kind === 'invoice' && name === 'for') return;
      const field = use === 'given' ? settableField(config, kind, name) : findField(config, kind, name);
      if (!field) {
        const known = fieldsOf(config, kind).map(f => f.name);
        this.#say(
          path,
          `unknown field ${JSON.stringify(name)} of ${this.#config.kinds.pluralOf(kind)}`,
          suggestion(name, known, 'fields'),
        );
        return;
      }
      // Whom a reference means, and what a round robin gives, is known when the case runs.
      if (text === '' || field.refs || (field.name === 'owner' && text === 'auto')) return;
      const currency =
        typeof given.currency === 'string'
          ? given.currency
          : (config.pipelines[0]?.currency ?? config.currency);
      const clock = clockIn(config, 0);
      fieldTypes[field.type].parse(text, field, { config, clock, me: '', currency, find: () => '' });
    });
  }
}
