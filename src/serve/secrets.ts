/** Reads the secrets of hooks on demand, keeps them for a minute, and compares them in constant time. */
import { createHash, timingSafeEqual } from 'node:crypto';
import { secretAccess } from '../app/core/secret-access.ts';
import type { Workspace } from '../app/core/workspace.ts';
import { readSecret } from '../channels/secret.ts';
import type { SecretSource } from '../domain/mail-settings.ts';

/** After how many milliseconds a secret is read again: a command that prints it may be slow, but secrets do change. */
const AGE = 60_000;

/** Reads secrets; rejects with a CrmError that is for the log alone. */
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
    // A failed read is not kept: the secret may be there the next time.
    secret.catch(() => this.#known.delete(key));
    return secret;
  }
}

/** Whether two secrets are the same. An empty secret equals nothing. */
export function isSame(given: string, secret: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  // Digests are compared, so that the time reveals neither the length nor the right beginning.
  return timingSafeEqual(digest(given), digest(secret)) && secret !== '';
}
