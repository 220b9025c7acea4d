/** `name=value` words of a command line. */
import { usage } from '../../domain/errors.ts';
import { requireOnce } from '../../domain/given-twice.ts';
import { once } from '../../domain/memo.ts';
import { requireName } from '../../domain/names.ts';

/** A field and its `=`: in ASCII letters, as nearly all are, or in any. */
const ASCII_FIELD = /^[A-Za-z_][\w.-]*=/;
const anyField = once(() => /^[\p{L}_][\p{L}\p{N}_.-]*=/u);

/** Returns whether a word sets a field: letters, digits, `_`, `.` and `-` before the first `=`. */
export const isAssignment = (word: string): boolean =>
  ASCII_FIELD.test(word) || (word.includes('=') && anyField().test(word));

/** Returns whether a word has an `=` anywhere, as the pairs of settings do. */
export const isPair = (word: string): boolean => word.includes('=');

/** Splits `key=value` words; `what` is their noun in errors: `a field`. USAGE for two different values of one name. */
export function assignments(texts: readonly string[], what: string): [string, string][] {
  const pairs = texts.map(asPair(what));
  requireOnce(pairs);
  return pairs;
}

/** Splits `key=value`. USAGE without a name, and for names with a meaning in JavaScript (`__proto__`). */
export const asPair =
  (what: string) =>
  (text: string): [string, string] => {
    const at = text.indexOf('=');
    if (at <= 0)
      throw usage(
        `${what} is given as NAME=VALUE, not as ${JSON.stringify(text)}`,
        'for example product=chairs',
      );
    const name = text.slice(0, at);
    requireName(what, name);
    return [name, text.slice(at + 1)];
  };
