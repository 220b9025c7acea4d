/** Tells opens and clicks by programs from those by people, in what providers report. */
import { isProgramAgent, isTooSoon } from '../../domain/mail-programs.ts';
import type { ProviderEvent } from './provider.ts';

/** Returns whether a program did it; `sentAt` is when the message left, ms, if that is known. */
export function isMachine(
  { name, at, userAgent, isMachine: said }: ProviderEvent,
  sentAt: number | undefined,
): boolean {
  if (name !== 'email.opened' && name !== 'email.clicked') return false;
  if (said) return true;
  if (sentAt !== undefined && isTooSoon(at - sentAt)) return true;
  if (userAgent === undefined) return false;
  // Apple's privacy protection says no more than that.
  return isProgramAgent(userAgent) || /^\s*mozilla\/5\.0\s*$/i.test(userAgent);
}
