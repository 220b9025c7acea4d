/** Checks names that people give and that become keys of objects: three names have a meaning in JavaScript. */
import { usage } from './errors.ts';
import { slug } from './fold.ts';

const unsafe: readonly unknown[] = ['__proto__', 'constructor', 'prototype'];

/** Returns why something cannot have a name; undefined if it can. */
export const whyNotNamed = (what: string, name: unknown): string | undefined =>
  unsafe.includes(name) ? `${JSON.stringify(name)} cannot be the name of ${what}` : undefined;

/**
 * Words with a meaning of their own in place of a user: the acting user, nobody, a pipeline's ways to assign, and the
 * program itself, under whose name the history lists what rules do.
 */
const userWords: readonly string[] = [
  'auto',
  'crm',
  'least-busy',
  'me',
  'none',
  'round-robin',
  'round-robin-value',
];

/** Returns why a user cannot have an id; undefined if they can. */
export const whyNotUserId = (id: string): string | undefined =>
  userWords.includes(id) ? `${id} has a meaning of its own and cannot be a user's id` : undefined;

/** Throws USAGE if something cannot have a name. */
export function requireName(what: string, name: string): void {
  const why = whyNotNamed(what, name);
  if (why !== undefined) throw usage(why, 'choose another name');
}

/** Throws USAGE if a text cannot be an id; `called` is what it would be: `an id`, `a name for a team`. */
export function requireId(id: string, called: string, example = slug(id)): void {
  if (id !== '' && slug(id) === id) return;
  throw usage(
    `${JSON.stringify(id)} is not ${called}`,
    `lower-case ASCII words with hyphens${example ? `, such as ${example}` : ''}`,
  );
}
