/**
 * Webhooks: a POST of JSON that the receiver can check. It may arrive more than once, always with the same
 * Idempotency-Key.
 *
 *     X-Crm-Signature: t=1789372800,v1=9f86d081...
 *
 * `t` is the time of the attempt in seconds, `v1` the HMAC-SHA256, in hexadecimal, of `t`, a full stop and the body, with
 * the secret of the origin. While a secret is being replaced there are two `v1`: the receiver may check either.
 */
import { createHmac } from 'node:crypto';
import type { Answer, Call, Channel } from './channel.ts';
import { NOT_ALLOWED, Poster, type Posted, type Resolve, TOO_LATE } from './http-post.ts';
import { isPublicAddress } from './public-addresses.ts';

/** The time limit of one attempt, in milliseconds. */
const TIMEOUT = 10_000;

/**
 * The number of calls in a row without an answer after which the other calls of the origin wait: each would take as
 * long.
 */
const MOST_SILENT = 3;

export interface WebhookSettings {
  /** Whether an origin, `https://example.com:8443`, may lead to this machine or its network. */
  isInternal(origin: string): boolean;
  /** Returns the secrets that sign the calls of an origin: one, or two while it is being replaced. */
  secretsOf(origin: string): Promise<readonly string[]>;
  /** `crm/1.2.3`. */
  readonly userAgent: string;
  /** Milliseconds; left out: 10 seconds. */
  readonly timeout?: number;
  /** How names become addresses; left out: by the system. */
  readonly resolve?: Resolve;
}

/** Returns the channel of all webhooks. A failing origin does not delay the calls of another. */
export function webhookChannel(settings: WebhookSettings): Channel {
  const receivers = new Map<string, Receiver>();
  return {
    async send(message, abort): Promise<Answer> {
      if (message.channel !== 'webhook') return { outcome: 'failed', reason: 'only webhooks are called' };
      const why = whyNotCalled(message);
      if (why !== undefined) return { outcome: 'failed', reason: why };
      if (abort.aborted) return { outcome: 'channel-down', reason: 'the delivery was stopped' };
      const { origin } = new URL(message.url);
      let receiver = receivers.get(origin);
      if (!receiver) receivers.set(origin, (receiver = new Receiver(origin, settings)));
      return receiver.call(message, abort);
    },
    async close() {
      for (const receiver of receivers.values()) receiver.close();
    },
  };
}

function whyNotCalled({ url, key }: Call): string | undefined {
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
    return `${JSON.stringify(url)} is not an address`;
  return /^[\x21-\x7e]{1,255}$/.test(key) ? undefined : 'its key is not one that a header can have';
}

/** An origin, and whether it answers. */
class Receiver {
  readonly #origin: string;
  readonly #settings: WebhookSettings;
  readonly #poster: Poster;
  /** Calls in a row that had no answer in time. */
  #silent = 0;
  #isThrottled = false;

  constructor(origin: string, settings: WebhookSettings) {
    this.#origin = origin;
    this.#settings = settings;
    const isInternal = settings.isInternal(origin);
    this.#poster = new Poster((_host, address) => isInternal || isPublicAddress(address), settings.resolve);
  }

  async call({ url, body: text, key, at }: Call, abort: AbortSignal): Promise<Answer> {
    const { userAgent, secretsOf, timeout = TIMEOUT } = this.#settings;
    const origin = this.#origin;
    if (this.#isThrottled)
      return { outcome: 'channel-down', reason: `${origin} asks to be called less often` };
    if (this.#silent >= MOST_SILENT)
      return { outcome: 'channel-down', reason: `${origin} did not answer ${MOST_SILENT} times in a row` };
    const body = Buffer.from(text);
    const headers = {
      'content-type': isJson(text) ? 'application/json' : 'text/plain; charset=utf-8',
      'user-agent': userAgent,
      accept: '*/*',
      'accept-encoding': 'identity',
      'idempotency-key': key,
      'x-crm-signature': signature(body, at, await secretsOf(origin)),
    };
    const posted = await this.#poster.post({ url: new URL(url), headers, body, timeout, abort });
    if ('error' in posted) {
      this.#silent = posted.error.code === TOO_LATE ? this.#silent + 1 : 0;
      return withoutAnswer(posted, origin, timeout);
    }
    this.#silent = 0;
    this.#isThrottled = posted.status === 429;
    return answerOf(posted, origin, at);
  }

  close(): void {
    this.#poster.close();
  }
}

/** Returns the value of the header `X-Crm-Signature` for a body that is sent at a time, ms. */
function signature(body: Uint8Array, at: number, secrets: readonly string[]): string {
  const seconds = Math.floor(at / 1000);
  const sums = secrets.map(secret =>
    createHmac('sha256', secret).update(`${seconds}.`).update(body).digest('hex'),
  );
  return [`t=${seconds}`, ...sums.map(sum => `v1=${sum}`)].join(',');
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

type Answered = Extract<Posted, { status: number }>;
type Unanswered = Extract<Posted, { error: unknown }>;

/** Statuses after which the same call may work later. */
const LATER = [408, 425, 429];
/** Statuses of a server that refuses everybody: the next call would get the same. */
const CLOSED = [401, 403, 407];

function answerOf({ status, headers, text }: Answered, origin: string, at: number): Answer {
  const response = [`HTTP ${status}`, text].filter(Boolean).join('\n');
  const reason = `${origin} answered ${status}`;
  if (status >= 200 && status < 300) return { outcome: 'sent', response };
  if (CLOSED.includes(status))
    return { outcome: 'channel-down', reason, response, hint: 'does it know the secret? crm help webhooks' };
  if (status >= 500 || LATER.includes(status)) {
    const retryAfter = pauseOf(headers['retry-after'], at);
    return { outcome: 'temporary', reason, response, ...(retryAfter !== undefined && { retryAfter }) };
  }
  if (status >= 300 && status < 400)
    return {
      outcome: 'failed',
      reason: `${reason}: it leads elsewhere, and crm does not follow`,
      response: [response, headers.location && `Location: ${headers.location}`].filter(Boolean).join('\n'),
      hint: 'write the address that is right in the rule',
    };
  return { outcome: 'failed', reason, response };
}

/** Returns the milliseconds of a Retry-After header, in seconds or as a date; undefined if it is neither. */
function pauseOf(header: string | undefined, at: number): number | undefined {
  if (header === undefined) return undefined;
  const until = /^\d{1,9}$/.test(header.trim()) ? at + Number(header) * 1000 : Date.parse(header);
  return Number.isNaN(until) ? undefined : Math.max(0, until - at);
}

/** Errors in words for a person, by their codes. */
const words: Readonly<Record<string, string>> = {
  ENOTFOUND: 'the host is unknown',
  EAI_AGAIN: 'its name could not be looked up',
  ECONNREFUSED: 'nothing listens there',
  ECONNRESET: 'the connection broke',
  EPIPE: 'the connection broke',
  EHOSTUNREACH: 'no way leads there',
  ENETUNREACH: 'no way leads there',
  ETIMEDOUT: 'it did not answer',
  ABORT_ERR: 'it was given up',
};

/** Returns the outcome of a call without an answer: not an attempt if the receiver saw nothing, else another one with the same key. */
function withoutAnswer({ maySeen, error }: Unanswered, origin: string, timeout: number): Answer {
  const { code = '', message } = error;
  if (code === NOT_ALLOWED)
    return {
      outcome: 'channel-down',
      reason: `${origin} leads to ${message || 'no address'}, which is not a public internet address`,
      hint: `if that is meant: webhooks: { internal: ['${origin}'] } in crm.yaml, then crm trust`,
    };
  const why =
    code === TOO_LATE ? `it did not answer within ${timeout / 1000} seconds` : (words[code] ?? message);
  return { outcome: maySeen ? 'temporary' : 'channel-down', reason: `${origin}: ${why}` };
}
