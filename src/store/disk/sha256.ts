/**
 * SHA-256. Small inputs are hashed by a library in JavaScript, large ones by Node: hashing the 400 bytes of a commit takes
 * a third of the time that node:crypto takes to load and hash them, on Node 20 and 24.
 */
import { createHash, type Hash } from 'node:crypto';
import { sha256 } from '@noble/hashes/sha2.js';

/** The number of bytes from which node:crypto is faster on Node 20, loading included; on Node 24 it is more. */
const LARGE = 4096;

/** Takes in bytes, and texts as UTF-8; `digest` ends it. */
export class Sha256 {
  #kept: Uint8Array[] = [];
  #size = 0;
  #hash: Hash | undefined;

  update(chunk: Uint8Array | string): this {
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
    this.#size += bytes.length;
    if (this.#size < LARGE) this.#kept.push(Uint8Array.from(bytes));
    else {
      if (!this.#hash) {
        this.#hash = createHash('sha256');
        for (const each of this.#kept) this.#hash.update(each);
        this.#kept = [];
      }
      this.#hash.update(bytes);
    }
    return this;
  }

  /** base64url. */
  digest(): string {
    if (this.#hash) return this.#hash.digest('base64url');
    return Buffer.from(sha256(Buffer.concat(this.#kept))).toString('base64url');
  }
}
