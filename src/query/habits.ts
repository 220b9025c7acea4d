/**
 * Recognises filters as other tools write them, which would be a search for a text here: `stage=x`, `'value>100'`,
 * `'name!=Bob'`.
 */
import { type CrmError, usage } from '../domain/errors.ts';
import { once } from '../domain/memo.ts';
import type { Term } from './parse.ts';

const comparison = once(() => /^([\p{L}_][\p{L}\p{N}_.-]*)(!=|==|=~|!~|>=|<=|=|>|<|~)(.+)$/su);

/** A sign between blanks, as in `'value > 100'`. */
const SIGN = /^(?:!=|==|=~|!~|>=|<=|=|>|<)$/;
/**
 * Words that look like a comparison even if the kind does not have the field; `a->b` and `a~b` are more likely texts.
 */
const clear = once(() => /^[\p{L}_](?:[\p{L}\p{N}_.-]*[\p{L}\p{N}_])?(?:!=|==|>=|<=|=|>|<)[^=<>~]+$/su);

/** The right way to write each of them. */
const written: Readonly<Record<string, (field: string, value: string) => string>> = {
  '=': (field, value) => `${field}:${value}`,
  '==': (field, value) => `${field}:=${value}`,
  '!=': (field, value) => `not:${field}:=${value}`,
  '~': (field, value) => `${field}:${value}`,
  '=~': (field, value) => `${field}:${value}`,
  '!~': (field, value) => `not:${field}:${value}`,
  '>': (field, value) => `${field}:>${value}`,
  '>=': (field, value) => `${field}:>=${value}`,
  '<': (field, value) => `${field}:<${value}`,
  '<=': (field, value) => `${field}:<=${value}`,
};

/**
 * Throws USAGE, with the right way to write it, for a bare word that compares a field. `isField` tells which names
 * are fields; `unknown` makes the error for an unknown name. A text in quotes is searched for as it is.
 */
export function refuseHabit(
  term: Term,
  isField: (name: string) => boolean,
  unknown: (name: string) => CrmError,
): void {
  if (term.field !== 'text' || term.source.startsWith('text:')) return;
  if (!/[=<>~]/.test(term.source)) return;
  if (SIGN.test(term.source))
    throw usage(
      `${term.source} compares nothing: a field and its value have a colon between them, and no blanks`,
      `for example ${written[term.source]!('value', '100')}, or in quotes to search for the text`,
    );
  const match = comparison().exec(term.source);
  if (!match || match[1]!.includes('"')) return;
  const [, field, sign, value] = match as unknown as [string, string, string, string];
  if (isField(field))
    throw usage(
      `${term.source} compares nothing: a field and its value have a colon between them`,
      `${written[sign]!(field, value)}, or in quotes to search for the text`,
    );
  if (!clear().test(term.source)) return;
  const { message, hint } = unknown(field);
  throw usage(message, `${hint}; or in quotes to search for the text`);
}
