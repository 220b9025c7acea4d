/**
 * Checks files and directories that a command is to write: neither a file that the same command reads nor a part of a
 * workspace, whatever links lead there. Both are refused before anything else is done.
 */
import { existsSync } from 'node:fs';
import { constants, type FileHandle, lstat, open, realpath, stat, unlink } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { failed } from '../../domain/errors.ts';
import { isOfTheSystem } from '../../domain/system-errors.ts';
import type { Context } from '../line/context.ts';
import { unwritable } from '../line/named-file.ts';
import { requireReach } from '../line/within.ts';

/** The names at the root of a workspace, without hidden files: a new file of such a name would become a part of it. */
const ofWorkspace = ['crm.yaml', 'pipelines', 'automations', 'templates', 'data', 'files', 'hooks', 'mail'];

export interface OutputFile {
  write(text: string): Promise<void>;
  close(): Promise<void>;
}

/** Throws FAILED if a file must not or cannot be written; `inputs` are the files that the command reads. */
export async function requireOutput(
  context: Context,
  file: string,
  inputs: readonly string[] = [],
): Promise<void> {
  await targetOf(context, file, inputs);
  await attempt(file, async () => {
    const path = resolve(context.deps.cwd, file);
    if (existsSync(path)) await (await open(path, 'r+')).close();
    else await (await open(dirname(path), constants.O_RDONLY | constants.O_DIRECTORY)).close();
  });
}

/** Opens a file to be written from its beginning, as `requireOutput` allows it. */
export async function openOutput(
  context: Context,
  file: string,
  inputs: readonly string[] = [],
): Promise<OutputFile> {
  const { path, hasOtherNames } = await targetOf(context, file, inputs);
  // Under its other names the file may be somebody's backup: only this name gets a new one.
  if (hasOtherNames) await attempt(file, () => unlink(path));
  const handle = await attempt(file, () => open(path, 'w'));
  return {
    write: text => attempt(file, () => writeAll(handle, text)),
    close: () => attempt(file, () => handle.close()),
  };
}

/** Throws FAILED if a new directory would lie in a workspace, whatever links lead there. */
export async function requireOutside(context: Context, dir: string, example: string): Promise<void> {
  const real = await realTarget(resolve(context.deps.cwd, dir));
  const workspace = workspaceAround(real);
  if (workspace === real) throw failed(`${dir} is a workspace, which stays as it is`, example);
  if (workspace !== undefined)
    throw failed(`${dir} is inside the workspace ${workspace}, which stays as it is`, example);
}

const writeAll = async (handle: FileHandle, text: string): Promise<void> =>
  void (await handle.writeFile(text));

async function attempt<T>(file: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw unwritable(error, file);
  }
}

/** Returns the path to write, free of links; a path that is not a regular file (/dev/stdout, a pipe) stays as it is. */
async function targetOf(context: Context, file: string, inputs: readonly string[]) {
  requireReach(context.deps.within, 'files', file);
  const { cwd } = context.deps;
  const path = resolve(cwd, file);
  const there = await statOf(path);
  if (there && !there.isFile()) return { path, hasOtherNames: false };
  const real = await attempt(file, () => realTarget(path));
  for (const input of inputs) {
    const read = await statOf(resolve(cwd, input));
    if (there && read && read.dev === there.dev && read.ino === there.ino)
      throw failed(
        `${file} is what this command reads, and would be overwritten`,
        'name another file to write',
      );
  }
  const workspace = workspaceAround(dirname(real));
  if (workspace !== undefined) {
    const [top = ''] = relative(workspace, real).split('/');
    const isPart = top.startsWith('.') || ofWorkspace.includes(top.toLowerCase());
    if (there || isPart)
      throw failed(
        `${file} is in the workspace ${workspace}, ${isPart ? 'and would be a part of it' : 'in which nothing is overwritten'}`,
        'write it outside of the workspace',
      );
  }
  return { path: real, hasOtherNames: (there?.nlink ?? 1) > 1 };
}

async function statOf(path: string) {
  try {
    return await stat(path);
  } catch {
    return undefined;
  }
}

/** A path without links, of which the last parts need not exist. FAILED where a link leads to nothing. */
async function realTarget(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    if (!isOfTheSystem(error) || error.code !== 'ENOENT' || dirname(path) === path) throw error;
    if (await isLink(path)) throw failed(`${path} is a link to a file that does not exist`, `rm ${path}`);
    return join(await realTarget(dirname(path)), basename(path));
  }
}

async function isLink(path: string): Promise<boolean> {
  try {
    return (await lstat(path)).isSymbolicLink();
  } catch {
    return false;
  }
}

/** The workspace that a directory is in, or is itself. */
function workspaceAround(dir: string): string | undefined {
  for (let path = dir; ; path = dirname(path)) {
    if (existsSync(join(path, 'crm.yaml')) || existsSync(join(path, 'data', 'journal'))) return path;
    if (dirname(path) === path) return undefined;
  }
}
