/** What lies in a directory: every file by its path, with the hash of its bytes. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Files below the folders in `except` are left out, and so are those folders. */
export function contentsOfDirectory(dir: string, except: readonly string[]): Record<string, string> {
  const files: Record<string, string> = {};
  const walk = (folder: string) => {
    for (const entry of readdirSync(join(dir, folder), { withFileTypes: true })) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (except.includes(path)) continue;
      if (entry.isDirectory()) {
        files[`${path}/`] = '';
        walk(path);
      } else
        files[path] = createHash('sha256')
          .update(readFileSync(join(dir, path)))
          .digest('hex');
    }
  };
  walk('');
  return files;
}
