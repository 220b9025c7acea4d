/** Removing a directory with all that is in it; nothing is followed, and what is gone already is no failure. */
import { join } from 'node:path';
import { ifThere, type Io, namesIn } from '../io.ts';

export function removeTree(io: Io, path: string): void {
  const stat = ifThere(() => io.lstatSync(path));
  if (!stat) return;
  if (!stat.isDirectory()) {
    ifThere(() => io.unlinkSync(path));
    return;
  }
  for (const name of namesIn(io, path)) removeTree(io, join(path, name));
  ifThere(() => io.rmdirSync(path));
}
