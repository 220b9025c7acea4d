/** Where the workspace is, and which files of it people write. */
import { dirname, join, resolve } from 'node:path';
import { notFound } from '../domain/errors.ts';
import { looseName, packName } from './file-journal.ts';
import { codeOf, type Io, namesIn } from './io.ts';
import { decodeFile } from './utf8.ts';

export interface Surroundings {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The numeric user id; undefined where the system has none. */
  readonly uid: number | undefined;
}

/**
 * The workspace's directory: `dir` (-C), else CRM_DIR, else the nearest directory upwards with a `crm.yaml`, not
 * past the home directory, a file-system border, or a directory of another user.
 */
export function findWorkspace(io: Io, dir: string | undefined, { cwd, env, uid }: Surroundings): string {
  const named = dir ?? (env.CRM_DIR || undefined);
  if (named !== undefined) {
    const path = resolve(cwd, named);
    if (io.existsSync(join(path, 'crm.yaml'))) return path;
    requireSettings(io, path);
    if (!io.existsSync(path)) throw notFound(`there is no directory ${path}`, `crm init ${named}`);
    if (!io.statSync(path).isDirectory())
      throw notFound(`${path} is a file, and not the directory of a workspace`, `-C ${dirname(named)}`);
    throw notFound(`${path} is not a workspace: it has no crm.yaml`, `crm init ${named}`);
  }
  const start = resolve(cwd);
  const device = io.statSync(start).dev;
  for (let path = start; ; path = dirname(path)) {
    if (io.existsSync(join(path, 'crm.yaml'))) return path;
    requireSettings(io, path);
    const parent = dirname(path);
    if (parent === path || (env.HOME && path === resolve(env.HOME))) break;
    const stat = io.statSync(parent);
    if (stat.dev !== device || (uid !== undefined && uid !== 0 && stat.uid !== uid && stat.uid !== 0)) break;
  }
  throw notFound(
    `no workspace here: neither ${start} nor a directory above it has a crm.yaml`,
    'crm init, or name one with -C DIR or CRM_DIR',
  );
}

/** Throws NOT_FOUND where a directory without a crm.yaml has the journal of a workspace. */
function requireSettings(io: Io, path: string): void {
  if (![looseName(1), packName(1)].some(name => io.existsSync(join(path, 'data', 'journal', name)))) return;
  throw notFound(
    `${path} has the journal of a workspace, and no crm.yaml`,
    'put it back; or make an empty one, and crm undo names the transaction that brings it back',
  );
}

/** Folders of files that people write, and the ending of those that count. */
const folders = [
  { folder: 'automations', ending: '.yaml' },
  { folder: 'pipelines', ending: '.yaml' },
  { folder: 'templates', ending: '.md' },
];

export const userFolders: readonly string[] = folders.map(({ folder }) => folder);

/** All YAML files and templates by path below the workspace, in order of their bytes. */
export function readUserFiles(io: Io, dir: string): Map<string, string> {
  const paths = ['crm.yaml'];
  for (const { folder, ending } of folders)
    for (const name of namesIn(io, join(dir, folder)))
      if (name.endsWith(ending) && !name.startsWith('.')) paths.push(`${folder}/${name}`);
  const files = new Map<string, string>();
  for (const path of paths.sort((a, b) => (a < b ? -1 : 1))) {
    const text = textOf(io, join(dir, path));
    if (text !== undefined) files.set(path, text);
  }
  return files;
}

function textOf(io: Io, path: string): string | undefined {
  try {
    return decodeFile(io.readFileSync(path) as Buffer);
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'EISDIR') return undefined;
    throw error;
  }
}
