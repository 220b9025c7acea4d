/**
 * Tells opens and clicks by programs from those by people: mail proxies load images before anybody looks, and scanners
 * follow every link.
 */
import type { ProviderEvent } from './provider.ts';

/** An open within this many ms of sending is a program's: no person is that quick. */
const TOO_SOON = 10_000;

const programs =
  /googleimageproxy|ggpht\.com|yahoomailproxy|bot\b|crawler|spider|barracuda|mimecast|proofpoint|safelinks|scanner|python-|curl\/|wget|java\/|go-http|headless|^node\b|okhttp|libwww|preview/i;

/** Returns whether a program did it; `sentAt` is when the message left, ms, if that is known. */
export function isMachine(
  { name, at, userAgent, isMachine: said }: ProviderEvent,
  sentAt: number | undefined,
): boolean {
  if (name !== 'email.opened' && name !== 'email.clicked') return false;
  if (said) return true;
  if (sentAt !== undefined && at - sentAt < TOO_SOON) return true;
  if (userAgent === undefined) return false;
  // Apple's privacy protection says no more than that.
  return programs.test(userAgent) || /^\s*mozilla\/5\.0\s*$/i.test(userAgent);
}
