/** Says why a system call failed, in words that follow the name of the file or program. */
const reasons: Readonly<Record<string, string>> = {
  EACCES: 'no permission',
  EPERM: 'no permission',
  EROFS: 'the disk is read-only',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EIO: 'the disk does not read or write what it should',
  ENOENT: 'there is no such file or directory',
  ENOTDIR: 'a file is where a directory should be',
  EISDIR: 'it is a directory, and not a file',
  ELOOP: 'its symbolic links lead in a circle',
  ENAMETOOLONG: 'the name is too long',
  EMFILE: 'too many files are open',
  ENFILE: 'too many files are open',
};

/** Whether an error is a failed system call: the fault of the disk or a file, not of crm. */
export interface SystemError extends Error {
  readonly code: string;
  readonly syscall: string;
  readonly path?: string;
}

export const isOfTheSystem = (error: unknown): error is SystemError =>
  error instanceof Error && 'syscall' in error && 'code' in error && typeof error.code === 'string';

/** Returns the reason in words; undefined for rare codes, which are reported as the system names them. */
export const reasonOf = (code: string): string | undefined => reasons[code];
