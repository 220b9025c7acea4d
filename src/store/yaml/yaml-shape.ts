/** Checks the value of a YAML file against a schema; reports each problem in words, at its line. */
import en from 'zod/v4/locales/en.js';
import type * as z from 'zod/mini';
import { withArticle } from '../../domain/article.ts';
import { nearest } from '../../domain/nearest.ts';
import type { Problem, YamlFile } from './yaml.ts';

/** The messages of zod in English, which `zod/mini` comes without. */
const { localeError } = en();

/** Returns a file's value if it has the shape of a schema; otherwise each issue becomes a problem at its line. */
export function check<T>(schema: z.ZodMiniType<T>, file: YamlFile, problems: Problem[]): T | undefined {
  problems.push(...file.problems);
  if (file.problems.length > 0) return undefined;
  // Compiling a parser for each schema, as zod would, takes longer than the one file that is parsed.
  const result = schema.safeParse(file.value ?? {}, { jitless: true, error: localeError });
  if (result.success) return result.data;
  for (const issue of result.error.issues.map(nearer)) {
    if (issue.code === 'unrecognized_keys')
      for (const key of issue.keys) {
        const hint = nearest(key, keysAt(schema, issue.path));
        problems.push({
          file: file.file,
          line: file.lineOf([...issue.path, key]),
          message: `unknown key ${JSON.stringify(key)}`,
          ...(hint && { hint: `did you mean ${hint}?` }),
        });
      }
    else
      problems.push({
        file: file.file,
        line: file.lineOf(issue.path),
        message: inWords(issue),
      });
  }
  return undefined;
}

/** Returns the problems with the nearest of several possible shapes, for a value that has none of them. */
function nearer(issue: z.core.$ZodIssue): z.core.$ZodIssue {
  if (issue.code !== 'invalid_union') return issue;
  const inside = issue.errors.flat().find(each => each.path.length > 0 || each.code === 'unrecognized_keys');
  return inside ? nearer({ ...inside, path: [...issue.path, ...inside.path] }) : issue;
}

/** Describes a problem of a value, by its key; the line tells which one of several. */
function inWords(issue: z.core.$ZodIssue): string {
  const key = issue.path.findLast(step => typeof step === 'string') ?? 'the file';
  switch (issue.code) {
    case 'invalid_type':
      return /received undefined/.test(issue.message)
        ? `${key} is missing`
        : `${key} must be ${typeNamed(issue.expected)}`;
    case 'invalid_value':
      return `${key} must be one of ${issue.values.map(String).join(', ')}`;
    case 'invalid_key':
      return `${key}: the name ${issue.issues[0]?.message ?? 'is not allowed'}`;
    case 'invalid_union': {
      const types = issue.errors.flat().flatMap(each => ('expected' in each ? typeNamed(each.expected) : []));
      return `${key} must be ${[...new Set(types)].join(' or ')}`;
    }
    default:
      return `${key}: ${issue.message}`;
  }
}

/** The types of YAML as people who write it call them. */
const typeNames: Readonly<Record<string, string>> = {
  string: 'text',
  object: 'map',
  record: 'map',
  array: 'list',
  boolean: 'boolean, true or false',
};

const typeNamed = (type: string): string => withArticle(typeNames[type] ?? type);

/** Returns the keys that a schema knows at a path, for a suggestion. */
function keysAt(schema: z.core.$ZodType | undefined, path: readonly PropertyKey[]): string[] {
  if (!schema) return [];
  const { def } = (schema as z.core.$ZodTypes)._zod;
  const [key, ...rest] = path;
  switch (def.type) {
    case 'optional':
    case 'nullable':
    case 'default':
      return keysAt(def.innerType, path);
    case 'union':
      return def.options.flatMap(each => keysAt(each, path));
    case 'object':
      return key === undefined ? Object.keys(def.shape) : keysAt(def.shape[String(key)], rest);
    case 'array':
      return key === undefined ? [] : keysAt(def.element, rest);
    case 'record':
      return key === undefined ? [] : keysAt(def.valueType, rest);
    default:
      return [];
  }
}
