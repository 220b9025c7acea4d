/** Finds the workspace, and the files of it that people write. */
import { dirname, join, resolve } from 'node:path';
import { invalid, notFound } from '../../domain/errors.ts';
import { isFileId, LARGEST_FILE, LARGEST_FILES } from '../../domain/file-ids.ts';
import { looseName, packName } from '../journal/journal-directory.ts';
import {
  codeOf,
  grouped,
  type Io,
  isLink,
  isThere,
  namesIn,
  NotOurs,
  readWhole,
  requireOwnDirectory,
  whyUnread,
} from '../disk/io.ts';
import { decodeFile } from '../disk/utf8.ts';

export interface Surroundings {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The numeric user id; undefined if the system has none. */
  readonly uid: number | undefined;
}

/** A workspace's directory, and how it was found. */
export interface Found {
  readonly dir: string;
  /** Whether it was named by -C or CRM_DIR, and not found on the way upwards. */
  readonly isNamed: boolean;
  /** The part that belongs to somebody else: `/srv/crm/crm.yaml`; undefined if everything is the user's own. */
  readonly foreign: string | undefined;
}

/**
 * Finds the workspace's directory: `dir` (-C), else CRM_DIR, else the nearest directory upwards with a `crm.yaml`, not
 * past the home directory, a file-system border, or a directory of another user.
 */
export function findWorkspace(io: Io, dir: string | undefined, around: Surroundings): Found {
  const named = dir ?? (around.env.CRM_DIR || undefined);
  const path = named === undefined ? nearestUpwards(io, around) : workspaceNamed(io, named, around);
  return { dir: path, isNamed: named !== undefined, foreign: foreignPart(io, path, around) };
}

/** The directory or its crm.yaml, if it does not belong to the user. Under sudo, the user who called it counts too. */
function foreignPart(io: Io, dir: string, { uid, env }: Surroundings): string | undefined {
  if (uid === undefined) return undefined;
  const caller = uid === 0 && /^\d+$/.test(env.SUDO_UID ?? '') ? Number(env.SUDO_UID) : uid;
  return [dir, join(dir, 'crm.yaml')].find(path => {
    const owner = (path === dir ? io.statSync(path) : io.lstatSync(path)).uid;
    return owner !== uid && owner !== caller;
  });
}

function workspaceNamed(io: Io, named: string, { cwd }: Surroundings): string {
  const path = resolve(cwd, named);
  if (isThere(io, join(path, 'crm.yaml'))) return path;
  requireSettings(io, path);
  if (!io.existsSync(path)) throw notFound(`there is no directory ${path}`, `crm init ${named}`);
  if (!io.statSync(path).isDirectory())
    throw notFound(`${path} is a file, and not the directory of a workspace`, `-C ${dirname(named)}`);
  throw notFound(`${path} is not a workspace: it has no crm.yaml`, `crm init ${named}`);
}

function nearestUpwards(io: Io, { cwd, env, uid }: Surroundings): string {
  const start = resolve(cwd);
  const device = io.statSync(start).dev;
  for (let path = start; ; path = dirname(path)) {
    if (isThere(io, join(path, 'crm.yaml'))) return path;
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

/** Throws NOT_FOUND if a directory without a crm.yaml has the journal of a workspace. */
function requireSettings(io: Io, path: string): void {
  if (![looseName(1), packName(1)].some(name => io.existsSync(join(path, 'data', 'journal', name)))) return;
  throw notFound(
    `${path} has the journal of a workspace, and no crm.yaml`,
    'put it back; or make an empty one, and crm undo names the transaction that brings it back',
  );
}

/** Folders of files that people write. */
export const userFolders: readonly string[] = ['automations', 'pipelines', 'templates'];

/** The files of a workspace that people write, and the unreadable ones. */
export interface UserFiles {
  /** The texts by path below the workspace, in order of their bytes. */
  readonly files: Map<string, string>;
  readonly unread: readonly Unread[];
}

interface Unread {
  readonly path: string;
  readonly error: unknown;
}

/** Reads all YAML files and templates. Links, devices and too large files count as unread. */
export function surveyUserFiles(io: Io, dir: string): UserFiles {
  const files = new Map<string, string>();
  const unread: Unread[] = [];
  const attempt = (path: string, read: () => void) => {
    try {
      read();
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') unread.push({ path, error });
    }
  };
  const paths = ['crm.yaml'];
  for (const folder of userFolders)
    attempt(folder, () => {
      const path = join(dir, folder);
      if (isLink(io, path)) requireOwnDirectory(io, path);
      for (const name of namesIn(io, path))
        if (isFileId(`${folder}/${name}`)) paths.push(`${folder}/${name}`);
    });
  let bytes = 0;
  for (const path of paths.sort((a, b) => (a < b ? -1 : 1)))
    attempt(path, () => {
      const full = join(dir, path);
      // A directory in a folder is not a file of settings, whatever its name.
      if (path !== 'crm.yaml' && io.lstatSync(full).isDirectory()) return;
      const read = readWhole(io, full, LARGEST_FILE);
      bytes += read.length;
      if (bytes > LARGEST_FILES)
        throw new NotOurs(path, `makes more than ${grouped(LARGEST_FILES)} bytes of settings`, 'remove some');
      files.set(path, decodeFile(read));
    });
  return { files, unread };
}

/**
 * Reads the same files; INVALID if one is a link, a device, or too large; throws the system's error for any other
 * failure.
 */
export function readUserFiles(io: Io, dir: string): Map<string, string> {
  const { files, unread } = surveyUserFiles(io, dir);
  const failure = unread.find(({ error }) => !(error instanceof NotOurs));
  if (failure) throw failure.error;
  if (unread.length === 0) return files;
  const { hint } = unread[0]!.error as NotOurs;
  throw invalid(unread.map(({ path, error }) => `${path}: ${whyUnread(error)}`).join('\n'), hint);
}
