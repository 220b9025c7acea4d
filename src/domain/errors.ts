/**
 * Every failure that `crm` expects is one of these: a kind (which decides the exit code), a message that says
 * what is wrong and where, and, where there is one, a hint that says what would be right.
 */
export type ErrorKind =
  | 'FAILED' // something failed or is not allowed: exit 1
  | 'USAGE' // the command line, a field, a value: exit 2
  | 'NOT_FOUND' // a record, a file, the workspace: exit 3
  | 'CONFLICT' // ambiguous key, lock not obtained, changed meanwhile: exit 4
  | 'INVALID' // the workspace's data or YAML: exit 5
  | 'INTERRUPTED'; // interrupted, or answered "no": exit 130

export class CrmError extends Error {
  override readonly name = 'CrmError';
  readonly kind: ErrorKind;
  readonly hint: string | undefined;

  constructor(kind: ErrorKind, message: string, hint?: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.kind = kind;
    this.hint = hint;
  }
}

export const failed = (message: string, hint?: string) => new CrmError('FAILED', message, hint);
export const usage = (message: string, hint?: string) => new CrmError('USAGE', message, hint);
export const notFound = (message: string, hint?: string) => new CrmError('NOT_FOUND', message, hint);
export const conflict = (message: string, hint?: string) => new CrmError('CONFLICT', message, hint);
export const invalid = (message: string, hint?: string) => new CrmError('INVALID', message, hint);

/** The exit code of each kind of error (product.md, "exit codes"). */
export const exitCodes: Record<ErrorKind, number> = {
  FAILED: 1,
  USAGE: 2,
  NOT_FOUND: 3,
  CONFLICT: 4,
  INVALID: 5,
  INTERRUPTED: 130,
};
