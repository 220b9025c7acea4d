/** Removes a directory with its contents; does not follow links, and ignores files that are gone already. */
import { join } from 'node:path';
import { ifThere, type Io, namesIn } from '../disk/io.ts';

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
