/** The problems in a file of cases, each with its line. */
import { CrmError } from '../../../domain/errors.ts';
import { suggestion } from '../../../domain/nearest.ts';
import type { Problem } from '../../../store/yaml/yaml.ts';

/** The path of a value in the YAML. */
export type Path = readonly PropertyKey[];

export type YamlMap = { readonly [key: string]: unknown };

export const isMap = (value: unknown): value is YamlMap =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const isScalar = (value: unknown): value is string | number | boolean =>
  ['string', 'number', 'boolean'].includes(typeof value);

export class CaseProblems {
  readonly all: Problem[] = [];
  readonly #file: string;
  /** Returns the line, from 1, of what stands at a path. */
  readonly lineOf: (path: Path) => number;

  constructor(file: string, lineOf: (path: Path) => number) {
    this.#file = file;
    this.lineOf = lineOf;
  }

  say(path: Path, message: string, hint?: string): void {
    const line = this.lineOf(path);
    this.all.push({ file: this.#file, line, message, ...(hint !== undefined && { hint }) });
  }

  /** Runs a function, and reports its errors of usage at a place. */
  caught<T>(path: Path, work: () => T): T | undefined {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof CrmError)) throw error;
      this.say(path, error.message, error.hint);
      return undefined;
    }
  }

  /** Reports unknown keys of a map. */
  unknownKeys(path: Path, map: YamlMap, known: readonly string[]): void {
    for (const key of Object.keys(map))
      if (!known.includes(key))
        this.say([...path, key], `unknown key ${JSON.stringify(key)}`, suggestion(key, known, 'known'));
  }

  /** Returns the records that a value names, one or a list. */
  records(path: Path, value: unknown): string[] {
    const all = Array.isArray(value) ? (value as unknown[]) : [value];
    if (all.length > 0 && all.every(isScalar)) return all.map(String);
    this.say(path, `${String(path.at(-1))}: which record?`, `${String(path.at(-1))}: D1, or its name`);
    return [];
  }

  /** Returns the records that a map names, each with what it says of it. */
  byRecord(path: Path, value: unknown): [string, unknown][] {
    if (isMap(value) && Object.keys(value).length > 0) return Object.entries(value);
    this.say(
      path,
      `${String(path.at(-1))}: which record?`,
      `${String(path.at(-1))}: { D1: ... }, or its name`,
    );
    return [];
  }
}
