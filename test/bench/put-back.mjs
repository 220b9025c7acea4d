/** A directory as it was: for jobs that change their workspace, so that each run finds what the first one found. */
import { copyFileSync, cpSync, existsSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

const filesOf = dir =>
  readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => relative(dir, join(entry.parentPath, entry.name)));

const signature = path => {
  const { ino, size, mtimeMs, ctimeMs } = statSync(path);
  return `${ino} ${size} ${mtimeMs} ${ctimeMs}`;
};

/** Keeps a copy of the directory; returns what puts back every file that is another one since. */
export function remember(dir) {
  const copy = `${dir}.as-it-was`;
  cpSync(dir, copy, { recursive: true });
  const known = new Map(filesOf(dir).map(file => [file, signature(join(dir, file))]));
  return function putBack() {
    for (const file of filesOf(dir)) if (!known.has(file)) rmSync(join(dir, file));
    for (const [file, was] of known) {
      const path = join(dir, file);
      if (existsSync(path) && signature(path) === was) continue;
      mkdirSync(dirname(path), { recursive: true });
      copyFileSync(join(copy, file), path);
      known.set(file, signature(path));
    }
  };
}
