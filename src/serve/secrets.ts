/** The secrets of hooks: read when they are needed, kept for a minute, and compared so that the time tells nothing. */
import { createHash, timingSafeEqual } from 'node:crypto';
import { secretAccess } from '../app/core/secret-access.ts';
import type { Workspace } from '../app/core/workspace.ts';
import { readSecret } from '../channels/secret.ts';
import type { SecretSource } from '../domain/mail-settings.ts';

/** Milliseconds after which a secret is read again: a command that prints one may be slow, and passwords change. */
const AGE = 60_000;

/** Reads secrets; rejects with CrmError, which says what is wrong, for the log alone. */
export class Secrets {
  readonly #workspace: Workspace;
  readonly #now: () => number;
  readonly #known = new Map<string, { readonly at: number; readonly secret: Promise<string> }>();

  constructor(workspace: Workspace, now: () => number) {
    this.#workspace = workspace;
    this.#now = now;
  }

  read(source: SecretSource): Promise<string> {
    const key = JSON.stringify(source);
    const known = this.#known.get(key);
    const now = this.#now();
    if (known && Math.abs(now - known.at) < AGE) return known.secret;
    const secret = readSecret(source, secretAccess(this.#workspace));
    this.#known.set(key, { at: now, secret });
    // One that could not be read may be there the next time.
    secret.catch(() => this.#known.delete(key));
    return secret;
  }
}

/** Whether two secrets are the same. An empty one is nobody's. */
export function isSame(given: string, secret: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  // Of digests, so that neither the time nor the length says how much of it was right.
  return timingSafeEqual(digest(given), digest(secret)) && secret !== '';
}
