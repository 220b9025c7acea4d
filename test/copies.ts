/** Copies of workspaces: what many tests begin with is made once for each worker. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { CacheDirectory } from '../src/store/caches/cache-directory.ts';
import { ifThere, nodeIo } from '../src/store/disk/io.ts';

/** The cache that follows from the settings alone: it holds for every workspace with the same ones. */
const SETTINGS = 'config.json';

/** What a workspace has in it: its directories, its files, and what was read from its settings. */
export interface Contents {
  readonly directories: readonly string[];
  readonly files: ReadonlyMap<string, Buffer>;
  readonly settings: Buffer | undefined;
}

/** The place of the caches of the workspace in `dir`. */
export function cachesOf(dir: string, home: string): CacheDirectory {
  return new CacheDirectory(nodeIo, dir, { env: { XDG_CACHE_HOME: home }, uid: process.geteuid?.() });
}

/** Reads what the workspace in `dir` has in it; its caches are in `home`. */
export function contentsOf(dir: string, home: string): Contents {
  const directories: string[] = [];
  const files = new Map<string, Buffer>();
  const visit = (path: string): void => {
    directories.push(relative(dir, path));
    for (const entry of readdirSync(path, { withFileTypes: true })) {
      const inside = join(path, entry.name);
      if (entry.isDirectory()) visit(inside);
      else files.set(relative(dir, inside), readFileSync(inside));
    }
  };
  visit(dir);
  const caches = cachesOf(dir, home).path;
  const settings = caches === undefined ? undefined : ifThere(() => readFileSync(join(caches, SETTINGS)));
  return { directories, files, settings };
}

/** Makes a workspace with these contents in `dir`, which is not there yet. */
export function fill(dir: string, home: string, { directories, files, settings }: Contents): void {
  for (const path of directories) mkdirSync(join(dir, path), { recursive: true });
  for (const [path, bytes] of files) writeFileSync(join(dir, path), bytes);
  if (settings === undefined) return;
  let count = 0;
  const caches = cachesOf(dir, home).make({ name: () => `.tmp-${process.pid}-0-${++count}` });
  if (caches !== undefined) writeFileSync(join(caches, SETTINGS), settings);
}
