/** Compares secrets and times, for all signatures of webhooks. */
import { createHash, timingSafeEqual } from 'node:crypto';
import { headerOf, type ProviderRequest, type Verification } from './provider.ts';

const HOUR = 3_600_000;
/** The oldest accepted signature, ms: providers retry for a day with the same signature. */
const RETRIED = 25 * HOUR;
/** The most that a provider's clock may be ahead of ours, ms. */
const AHEAD = 5 * 60_000;

/** Whether two texts are the same, compared in constant time. */
export const isSameText = (a: string, b: string): boolean => timingSafeEqual(digest(a), digest(b));

const digest = (text: string): Uint8Array => createHash('sha256').update(text).digest();

/** Whether a signature is recent. */
export const isRecent = (signedAt: number, now: number): boolean =>
  Number.isFinite(signedAt) && signedAt <= now + AHEAD && now - signedAt <= RETRIED;

/** Whether a request carries the secret: as a bearer token, or as the user and password in the hook's address. */
export function hasToken(request: ProviderRequest, { secret }: Verification): boolean {
  const given = headerOf(request, 'authorization');
  const [, scheme = '', value = ''] = /^(\w+)\s+(\S+)$/.exec(given) ?? [];
  if (secret === '' || value === '') return false;
  const token = scheme.toLowerCase() === 'basic' ? Buffer.from(value, 'base64').toString() : value;
  return isSameText(token, secret);
}
