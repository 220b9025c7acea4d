/** Refuses a value that is given twice: the program must not guess which of the two was meant. */
import { type CrmError, usage } from './errors.ts';

/** Returns the error for two different values of one option, field or setting; `name` is as it was typed: `--value`. */
export const givenTwice = (name: string, first: string, second: string): CrmError =>
  usage(
    `${name} is given twice: ${JSON.stringify(first)} and ${JSON.stringify(second)}`,
    `give ${name} once`,
  );

/** Refuses a name that has two different values among `NAME=VALUE` pairs; `written` says how the name looked there. */
export function requireOnce(
  pairs: readonly (readonly [name: string, value: string])[],
  written: (name: string) => string = name => name,
): void {
  const values = new Map<string, string>();
  for (const [name, value] of pairs) {
    const before = values.get(name);
    if (before !== undefined && before !== value) throw givenTwice(written(name), before, value);
    values.set(name, value);
  }
}
