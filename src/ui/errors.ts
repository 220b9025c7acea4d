import { CrmError, type ErrorKind, exitCodes } from '../domain/errors.ts';
import { isOfTheSystem, reasonOf, type SystemError } from '../domain/system-errors.ts';
import { jsonText, printable } from './escape.ts';
import type { Paint } from './paint.ts';
import { grouped } from './words.ts';

/** The failure of a command, as the user and the shell see it. */
export interface Failure {
  readonly code: ErrorKind | 'BUG';
  readonly exitCode: number;
  readonly message: string;
  readonly hint: string | undefined;
}

/** EX_SOFTWARE of sysexits.h. */
const bugExitCode = 70;

/**
 * Turns a thrown value into a failure. Anything but a CrmError is a bug in crm; its stack is shown with `debug`
 * (CRM_DEBUG).
 */
export function failureOf(thrown: unknown, about: { version: string; debug: boolean }): Failure {
  if (thrown instanceof CrmError) {
    const { kind, message, hint } = thrown;
    return {
      code: kind,
      exitCode: exitCodes[kind],
      message: shortened(message),
      hint: hint === undefined ? undefined : shortened(hint),
    };
  }
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  if (isOfTheSystem(error))
    return {
      code: 'FAILED',
      exitCode: exitCodes.FAILED,
      message: about.debug ? (error.stack ?? error.message) : systemText(error),
      hint: undefined,
    };
  const message = `a bug in crm ${about.version}: ${error.message}`;
  return {
    code: 'BUG',
    exitCode: bugExitCode,
    message: about.debug ? `${message}\n${error.stack ?? ''}` : message,
    hint: about.debug
      ? 'please report it with the lines above'
      : 'please report it with what you ran; CRM_DEBUG=1 shows where it happened',
  };
}

/** The most UTF-16 units of an error's line: some repeat what was typed or read, which may have megabytes. */
const LONGEST_LINE = 2000;

/** Returns a text whose lines have at most 2,000 units, each with the number of those that are left out. */
const shortened = (text: string): string =>
  text.length <= LONGEST_LINE
    ? text
    : text
        .split('\n')
        .map(line => {
          if (line.length <= LONGEST_LINE) return line;
          // Not within a surrogate pair.
          const kept = line.slice(0, LONGEST_LINE / 2).replace(/[\ud800-\udbff]$/, '');
          return `${kept}... (${grouped(line.length - kept.length)} more characters)`;
        })
        .join('\n');

/** `/a/crm.yaml: no permission (EACCES, open)`: the code stays, so that people can search for it. */
function systemText(error: SystemError): string {
  const reason = reasonOf(error.code);
  if (reason === undefined) return error.message;
  return `${error.path === undefined ? '' : `${error.path}: `}${reason} (${error.code}, ${error.syscall})`;
}

/** `Error: message` and `Hint: hint`, one below the other; further lines of either are indented by two spaces. */
export function errorText({ message, hint }: Failure, paint: Paint): string {
  const error = `${paint.red(paint.bold('Error:'))} ${lines(message)}\n`;
  return hint === undefined ? error : `${error}${paint.cyan(paint.bold('Hint:'))} ${lines(hint)}\n`;
}

/** One line: `{"error":{"code":"NOT_FOUND","message":...,"hint":...}}`; hint is null if there is none. */
export function errorJson({ code, message, hint }: Failure): string {
  return `${jsonText({ error: { code, message, hint: hint ?? null } })}\n`;
}

const lines = (text: string) => text.trimEnd().split('\n').map(printable).join('\n  ');
