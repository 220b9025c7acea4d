/** Token buckets, which limit requests: how many of one kind a client may make at once, and how fast it gets more. */
import type { Rate } from '../domain/mail-settings.ts';

/** The most buckets that are kept, so that a client with many addresses cannot fill the memory: the least recently used goes. */
const MOST = 10_000;

interface Bucket {
  tokens: number;
  /** When that was, ms. */
  at: number;
}

export class Buckets {
  readonly #buckets = new Map<string, Bucket>();

  get size(): number {
    return this.#buckets.size;
  }

  /** Takes a token; returns 0, or the milliseconds until there is one. */
  take(key: string, { count, per }: Rate, now: number): number {
    const before = this.#buckets.get(key) ?? { tokens: count, at: now };
    const perToken = per / count;
    const tokens = Math.min(count, before.tokens + Math.max(0, now - before.at) / perToken);
    const left = tokens >= 1 ? tokens - 1 : tokens;
    // Inserted again, so that the map stays in order of last use.
    this.#buckets.delete(key);
    this.#buckets.set(key, { tokens: left, at: now });
    if (this.#buckets.size > MOST) this.#buckets.delete(this.#buckets.keys().next().value!);
    return tokens >= 1 ? 0 : Math.ceil((1 - tokens) * perToken);
  }
}
