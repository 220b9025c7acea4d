/**
 * Recognises folders that a program copies between machines: it overwrites or renames files that two machines wrote
 * at the same time, so a shared journal must not be there.
 */
import { dirname, join } from 'node:path';
import { type Io, isThere } from '../disk/io.ts';

/** Files that a program leaves in a folder that it copies, or in one above. */
const marks: readonly (readonly [name: string, program: string])[] = [
  ['.stfolder', 'Syncthing'],
  ['.dropbox', 'Dropbox'],
  ['.dropbox.cache', 'Dropbox'],
  ['.owncloudsync.log', 'ownCloud'],
  ['.nextcloudsync.log', 'Nextcloud'],
  ['.sync', 'Resilio Sync'],
];

/** Names of folders that belong to such a program. */
const names: readonly (readonly [name: RegExp, program: string])[] = [
  [/^Mobile Documents$|^com~apple~CloudDocs$/, 'iCloud'],
  [/^Dropbox( \(.*\))?$/, 'Dropbox'],
  [/^OneDrive( - .*)?$/, 'OneDrive'],
  [/^Google ?Drive$|^GoogleDrive-/, 'Google Drive'],
];

/** Returns the program that copies a folder, if it can be recognised. */
export function syncedBy(io: Io, path: string): string | undefined {
  for (let dir = path; ; dir = dirname(dir)) {
    const mark = marks.find(([name]) => isThere(io, join(dir, name)));
    if (mark) return mark[1];
    const base = dir.slice(dir.lastIndexOf('/') + 1);
    const named = names.find(([name]) => name.test(base));
    if (named) return named[1];
    if (dirname(dir) === dir) return undefined;
  }
}
