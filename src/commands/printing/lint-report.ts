/** Prints what lint found, as lines `file:line: what is wrong`, or as JSON. */
import { exitCodes } from '../../domain/errors.ts';
import { printable } from '../../ui/escape.ts';
import { plural } from '../../ui/words.ts';
import type { Context } from '../line/context.ts';
import { printJson } from './output.ts';

interface Problem {
  readonly file: string;
  readonly line: number;
  readonly message: string;
  readonly hint?: string | undefined;
}

export interface Linted {
  readonly problems: readonly Problem[];
  /** What may go wrong for some records: printed, and exit 0. */
  readonly warnings: readonly Problem[];
  /** What was looked at: `3 automations`. */
  readonly checked: string;
  /** Other warnings, none of which stops a text from being rendered. */
  readonly notices?: readonly Problem[];
}

/** Prints what lint found; returns the exit code. */
export async function reportLint(
  context: Context,
  { problems, warnings, notices = [], checked }: Linted,
): Promise<number> {
  const code = problems.length > 0 ? exitCodes.INVALID : 0;
  const all = [...notices, ...warnings];
  if (
    await printJson(context, [
      ...problems.map(({ file, line, message, hint }) => ({ file, line, message, hint: hint ?? null })),
      ...all.map(({ file, line, message, hint }) => ({
        file,
        line,
        message,
        hint: hint ?? null,
        warning: true,
      })),
    ])
  )
    return code;
  for (const { file, line, message, hint } of problems)
    await context.print(
      `${printable(`${file}:${line}: ${message}`)}${hint ? `\n  ${printable(hint)}` : ''}\n`,
    );
  for (const { file, line, message, hint } of all)
    await context.message(`Warning: ${file}:${line}: ${message}${hint ? `; ${hint}` : ''}`);
  await context.message(
    problems.length > 0
      ? plural(problems.length, 'problem')
      : warnings.length > 0
        ? `${checked}, ${plural(warnings.length, 'warning')}`
        : `${checked} without a problem`,
  );
  return code;
}
