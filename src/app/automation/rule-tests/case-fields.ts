/** The fields of records in a case: given ones as commands take them, expected ones as they are kept. */
import { clockIn } from '../../../domain/clock.ts';
import type { Config } from '../../../domain/config.ts';
import { usage } from '../../../domain/errors.ts';
import type { Kind } from '../../../domain/kinds.ts';
import { suggestion } from '../../../domain/nearest.ts';
import { fieldTypes } from '../../../kinds/field-types.ts';
import { fieldsOf, findField } from '../../../kinds/fields.ts';
import { settableField } from '../../core/writer.ts';
import { type CaseProblems, isMap, isScalar, type Path, type YamlMap } from './case-problems.ts';
import type { GivenFields } from './cases.ts';
import { isScored } from '../../../query/score.ts';

/** The kinds that a case may add, as commands add them. */
export const addable = ['deal', 'contact', 'account', 'task', 'activity', 'event', 'invoice'] as const;
/** Those that a sweep may be expected to add. */
export const expectable = [...addable, 'message'] as const;

function numberNamed(text: string): number {
  if (/^-?\d+(\.\d+)?$/.test(text)) return Number(text);
  throw usage(`score: ${JSON.stringify(text)} is not a number`, 'for example 80');
}

export class CaseFields {
  readonly #problems: CaseProblems;
  readonly #config: Config;

  /** `config` has the users of the case. */
  constructor(problems: CaseProblems, config: Config) {
    this.#problems = problems;
    this.#config = config;
  }

  props(path: Path, value: unknown): Record<string, string | number | boolean> {
    if (isMap(value) && Object.values(value).every(isScalar)) return value as never;
    this.#problems.say([...path, 'props'], 'props is a map of values', '{ form: quote }');
    return {};
  }

  /** Returns the fields of a record of a kind, or of any kind, as texts; undefined if they are wrong. */
  read(
    path: Path,
    kind: Kind | undefined,
    value: unknown,
    use: 'given' | 'expected',
  ): GivenFields | undefined {
    if (!isMap(value)) {
      this.#problems.say(path, `${String(path.at(-1))}: its fields are a map`, '{ title: Chairs }');
      return undefined;
    }
    const before = this.#problems.all.length;
    const fields: Record<string, string> = {};
    for (const [name, given] of Object.entries(value)) {
      const all = Array.isArray(given) ? (given as unknown[]) : [given];
      if (!all.every(each => isScalar(each) || each === null))
        this.#problems.say([...path, name], `${name}: is a map, not a value`);
      const text = all.map(each => (each === null ? '' : String(each))).join(',');
      fields[name] = text;
      const isScore =
        use === 'expected' && name === 'score' && (kind === undefined || isScored(this.#config.kinds, kind));
      if (isScore) this.#problems.caught([...path, name], () => numberNamed(text));
      else if (kind) this.#field([...path, name], kind, name, text, value, use);
      else this.#knownField([...path, name], String(path.at(-1)), name);
    }
    return this.#problems.all.length === before ? fields : undefined;
  }

  /** Only the id of a record that is merely named tells its kind. */
  #knownField(path: Path, record: string, name: string): void {
    const kinds = [this.#config.kinds.parseId(record)?.kind ?? expectable].flat();
    if (kinds.some(kind => findField(this.#config, kind, name))) return;
    const known = new Set(kinds.flatMap(kind => fieldsOf(this.#config, kind).map(f => f.name)));
    this.#problems.say(path, `unknown field ${JSON.stringify(name)}`, suggestion(name, known, 'fields'));
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
    this.#problems.caught(path, () => {
      if (findField(config, kind, name)?.isSplit) return;
      const field = use === 'given' ? settableField(config, kind, name) : findField(config, kind, name);
      if (!field) {
        const known = fieldsOf(config, kind).map(f => f.name);
        this.#problems.say(
          path,
          `unknown field ${JSON.stringify(name)} of ${config.kinds.pluralOf(kind)}`,
          suggestion(name, known, 'fields'),
        );
        return;
      }
      // The target of a reference, and the choice of a round robin, are known only when the case runs.
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
