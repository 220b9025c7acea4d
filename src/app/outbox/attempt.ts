/** Computes the fields of a message after an attempt, or after the verdict before it. */
import type { Answer } from '../../channels/channel.ts';
import { formatInstant } from '../../domain/dates.ts';
import type { Json } from '../../domain/records.ts';
import { LONGEST_WAIT, type Verdict } from './brakes.ts';
import type { Message, MessageStatus } from './message.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** The delays before further attempts, ms. After the last of them, the message has failed. */
const RETRIES: readonly number[] = [5 * MINUTE, 30 * MINUTE, 2 * HOUR, 8 * HOUR, 24 * HOUR];

/** The most characters that are kept of what the other side said. */
const MOST_RESPONSE = 4096;

export type Fields = Readonly<Record<string, Json>>;

/** Returns what a message is while it is being sent. */
export const begun = ({ attempts = 0 }: Message, sender: string, messageId: string | null): Fields => ({
  status: 'sending',
  attempts: attempts + 1,
  ...(messageId !== null && { messageId }),
  sender,
  nextAt: null,
  reason: null,
  response: null,
  hold: null,
});

/** Returns what a message is after the answer, at `now`, ms. */
export function answered({ attempts = 1 }: Message, answer: Answer, now: number): Fields {
  const { reason = null, isAddressBad, serverId } = answer;
  const response = answer.response ?? serverId ?? null;
  const said = { reason, response: response?.slice(0, MOST_RESPONSE) ?? null, sender: null };
  switch (answer.outcome) {
    case 'sent':
    case 'filed':
      return {
        ...said,
        status: answer.outcome,
        sentAt: formatInstant(now),
        reason: null,
        ...(serverId?.startsWith('<') && { serverId }),
      };
    case 'failed':
      return { ...said, status: 'failed', ...(isAddressBad && { badAddress: true }) };
    case 'temporary': {
      const pause = RETRIES[attempts - 1];
      if (pause === undefined) return { ...said, status: 'failed' };
      const wait = Math.min(Math.max(pause, answer.retryAfter ?? 0), LONGEST_WAIT);
      return { ...said, status: 'queued', nextAt: formatInstant(now + wait) };
    }
    case 'channel-down':
      return { ...said, status: 'queued', attempts: attempts > 1 ? attempts - 1 : null };
    default:
      return { ...said, status: 'unknown' };
  }
}

/** Returns what a message is whose attempt was cut off: nobody knows whether it left. */
export const cutOff: Fields = {
  status: 'unknown',
  reason: 'the attempt was cut off: it may have left',
  sender: null,
};

/** Returns the status that a verdict gives a message. */
export const statusAfter = ({ verdict }: Verdict): MessageStatus =>
  verdict === 'held' || verdict === 'suppressed' ? verdict : 'queued';

/** Returns what a verdict makes of a message that does not go now. */
export function fieldsAfter(message: Message, verdict: Verdict, at: string): Fields {
  if (verdict.verdict === 'held') return { status: 'held', hold: verdict.hold, reason: verdict.reason };
  if (verdict.verdict === 'suppressed') return { status: 'suppressed', hold: null, reason: verdict.reason };
  return { status: 'queued', hold: null, reason: null, releasedAt: message.releasedAt ?? at };
}
