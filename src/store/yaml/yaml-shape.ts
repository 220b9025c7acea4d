/** Checks the value of a YAML file against a schema; reports each problem in words, at its line. */
import { z } from 'zod';
import { withArticle } from '../../domain/article.ts';
import { nearest } from '../../domain/nearest.ts';
import type { Problem, YamlFile } from './yaml.ts';

/** Returns a file's value if it has the shape of a schema; otherwise each issue becomes a problem at its line. */
export function check<T>(schema: z.ZodType<T>, file: YamlFile, problems: Problem[]): T | undefined {
  problems.push(...file.problems);
  if (file.problems.length > 0) return undefined;
  // Compiling a parser for each schema, as zod would, takes longer than the one file that is parsed.
  const result = schema.safeParse(file.value ?? {}, { jitless: true });
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

/** The keys that a schema knows at a path, for a suggestion. */
function keysAt(schema: z.ZodType | undefined, [key, ...rest]: readonly PropertyKey[]): string[] {
  let at = schema;
  while (at instanceof z.ZodOptional || at instanceof z.ZodNullable || at instanceof z.ZodDefault)
    at = at.unwrap() as z.ZodType;
  const path = key === undefined ? [] : [key, ...rest];
  if (at instanceof z.ZodUnion) return at.options.flatMap(each => keysAt(each as z.ZodType, path));
  if (key === undefined) return at instanceof z.ZodObject ? Object.keys(at.shape) : [];
  if (at instanceof z.ZodObject) return keysAt(at.shape[String(key)] as z.ZodType | undefined, rest);
  if (at instanceof z.ZodArray) return keysAt(at.element as z.ZodType, rest);
  return at instanceof z.ZodRecord ? keysAt(at.valueType as z.ZodType, rest) : [];
}
