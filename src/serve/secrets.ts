/** The secrets of hooks, compared so that the time tells nothing. */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { SecretSource } from '../domain/serve-settings.ts';

/** Returns a secret; undefined where there is none, or it may not be used. */
export type Secrets = (source: SecretSource) => string | undefined;

/** Whether two secrets are the same. An empty one is nobody's. */
export function isSame(given: string, secret: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  // Of digests, so that neither the time nor the length says how much of it was right.
  return timingSafeEqual(digest(given), digest(secret)) && secret !== '';
}
