/** A problem that lint reports: what is wrong, where in the YAML, and what would be right. */
import { CrmError } from '../../domain/errors.ts';

export interface Complaint {
  readonly message: string;
  readonly hint?: string | undefined;
}

/** A problem of a value in a rule, with the value's path in the YAML. */
export interface RuleProblem extends Complaint {
  readonly path: readonly PropertyKey[];
}

/** The problem that a value is not a text. */
export function notText(path: readonly PropertyKey[], value: unknown): RuleProblem {
  const what = Array.isArray(value) ? 'a list' : typeof value === 'object' && value ? 'a map' : String(value);
  return { path, message: `${path.map(String).join('.')}: is ${what}, not a text`, hint: 'a text in quotes' };
}

/** Runs a parser; returns its CrmError as a problem of the parameter `name`, or nothing if it succeeds. */
export function caught(path: readonly PropertyKey[], name: string, work: () => unknown): RuleProblem[] {
  try {
    work();
    return [];
  } catch (error) {
    if (!(error instanceof CrmError)) throw error;
    // Some of these errors begin with the name of the field already.
    const message = error.message.startsWith(`${name}: `) ? error.message : `${name}: ${error.message}`;
    return [{ path, message, hint: error.hint }];
  }
}
