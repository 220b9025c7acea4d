/** The secrets of hooks, compared so that the time tells nothing. */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { Hook } from '../domain/serve-settings.ts';

/** Returns the secret of a hook; undefined where there is none, or it is not trusted on this machine. */
export type Secrets = (name: string, hook: Hook) => string | undefined;

/** Whether two secrets are the same. An empty one is nobody's. */
export function isSame(given: string, secret: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  // Of digests, so that neither the time nor the length says how much of it was right.
  return timingSafeEqual(digest(given), digest(secret)) && secret !== '';
}
