/** A disk of which a part is put back as it was: a backup that was restored. */
import type { Image } from '../../torture/disk.ts';

/** The image, with what another one has below a directory. */
export const restored = (now: Image, before: Image, dir: string): Image => {
  const isBelow = (path: string) => path === dir || path.startsWith(`${dir}/`);
  return {
    directories: new Set([
      ...[...now.directories].filter(path => !isBelow(path)),
      ...[...before.directories].filter(isBelow),
    ]),
    files: new Map([
      ...[...now.files].filter(([path]) => !isBelow(path)),
      ...[...before.files].filter(([path]) => isBelow(path)),
    ]),
  };
};
