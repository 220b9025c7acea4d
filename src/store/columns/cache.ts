/** Reads and writes values that can be computed again. No failure of a cache is a failure of a command. */
import { NotOurs, codeOf } from '../disk/io.ts';
import type { Site } from '../site/site.ts';
import { readCache, writeCache } from '../caches/text-cache.ts';
import { type Verified, VERIFIED_FILE } from '../caches/verified.ts';

/** Returns the value that was kept under a name, if it was made from this key; otherwise it has to be made again. */
export function cachedValue<T extends object>(
  { io, caches }: Site,
  name: string,
  key: string,
): T | undefined {
  const known = readCache<{ key: string; value: T } | null>(io, caches.path, `${name}.json`)?.value;
  return known?.key === key && typeof known.value === 'object' && known.value ? known.value : undefined;
}

/** Keeps a value that follows from `key` alone. */
export function cacheValue(site: Site, name: string, key: string, value: object): void {
  tryToCache(site, dir => writeCache(site.io, dir, `${name}.json`, site.temporary, { key, value }));
}

/** Writes down which files were found to be sound, if that is new. */
export function cacheVerified(site: Site, verified: Verified): void {
  const news = verified.news();
  if (news) tryToCache(site, dir => writeCache(site.io, dir, VERIFIED_FILE, site.temporary, news));
}

/** Writes a cache; one that cannot be written (read-only disk, no permission) only makes the next start slower. */
export function tryToCache({ caches, temporary }: Site, write: (dir: string) => void): void {
  try {
    const dir = caches.make(temporary);
    if (dir !== undefined) write(dir);
  } catch (error) {
    if (codeOf(error) === undefined && !(error instanceof NotOurs)) throw error;
  }
}
