/** Reads files that the command line names; says in words why one cannot be read or written. */
import { readFile } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { type CrmError, failed, notFound, usage } from '../../domain/errors.ts';
import { isOfTheSystem, reasonOf } from '../../domain/system-errors.ts';
import type { Context } from './context.ts';
import { requireReach } from './within.ts';

/** Returns the text of a file; `instead` is the hint if there is no such file. */
export async function readNamed(context: Context, file: string, instead?: string): Promise<string> {
  requireReach(context.deps.within, 'files', file);
  try {
    return await readFile(resolve(context.deps.cwd, file), 'utf8');
  } catch (error) {
    throw unreadable(error, file, instead);
  }
}

/** Returns the name given, otherwise that of the file without its ending; USAGE for standard input, which has no name. */
export function nameGivenOr(file: string, name: string | undefined, context: Pick<Context, 'via'>): string {
  if (name !== undefined) return name;
  if (file === '-') throw usage('which name?', `crm ${context.via} NAME -`);
  return basename(file).replace(/\.(ya?ml|md|txt)$/, '');
}

/** Returns the error of a failed read in words for people; any error that is not of the system unchanged. */
export function unreadable(error: unknown, file: string, instead?: string): unknown {
  if (!isOfTheSystem(error)) return error;
  if (error.code === 'ENOENT' || error.code === 'ENOTDIR')
    return notFound(`there is no file ${file}`, instead);
  if (error.code === 'EISDIR') return usage(`${file} is a directory, and not a file`, instead);
  return failed(`${file} cannot be read: ${reasonOf(error.code) ?? error.message}`, instead);
}

/** Returns the error of a failed write in words for people. */
export function unwritable(error: unknown, file: string): unknown {
  if (!isOfTheSystem(error)) return error;
  const because = (reason: string, hint?: string): CrmError =>
    failed(`${file} cannot be written: ${reason}`, hint);
  const dir = dirname(file);
  if (error.code === 'ENOENT') return because(`there is no directory ${dir}`, `mkdir -p ${dir}`);
  if (error.code === 'ENOTDIR') return because(`${dir} is not a directory`);
  if (error.code === 'EISDIR') return because('it is a directory', `name a file in it: ${file}/NAME`);
  return because(reasonOf(error.code) ?? error.message);
}
