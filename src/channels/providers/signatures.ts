/** What signatures of webhooks have in common. */
import { createHash, timingSafeEqual } from 'node:crypto';
import { headerOf, type ProviderRequest, type Verification } from './provider.ts';

const HOUR = 3_600_000;
/** How long after it was signed a request is taken, ms: providers try again for a day, with the same signature. */
const RETRIED = 25 * HOUR;
/** By how much a provider's clock may be ahead of ours, ms. */
const AHEAD = 5 * 60_000;

/** Whether two texts are the same, in a time that tells nothing of either. */
export const isSameText = (a: string, b: string): boolean => timingSafeEqual(digest(a), digest(b));

const digest = (text: string): Uint8Array => createHash('sha256').update(text).digest();

/** Whether a request was signed lately. */
export const isRecent = (signedAt: number, now: number): boolean =>
  Number.isFinite(signedAt) && signedAt <= now + AHEAD && now - signedAt <= RETRIED;

/** Whether a request has the secret itself: as a bearer token, or as the name and password that its address has. */
export function hasToken(request: ProviderRequest, { secret }: Verification): boolean {
  const given = headerOf(request, 'authorization');
  const [, scheme = '', value = ''] = /^(\w+)\s+(\S+)$/.exec(given) ?? [];
  if (secret === '' || value === '') return false;
  const token = scheme.toLowerCase() === 'basic' ? Buffer.from(value, 'base64').toString() : value;
  return isSameText(token, secret);
}
