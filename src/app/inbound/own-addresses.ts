/** Lists this workspace's own addresses: a mail from one of them went out, and a mail to one of them came in. */
import type { Config } from '../../domain/config.ts';
import { readAddress } from '../../domain/email.ts';

export interface Ours {
  /** The user whose address it is. */
  user(email: string): string | undefined;
  /** Whether the address is a user's, or the one that the workspace sends from. */
  has(email: string): boolean;
}

/** Returns the addresses of a workspace, compared without regard to case. */
export function oursOf(config: Config): Ours {
  const users = new Map<string, string>();
  for (const [id, { email }] of Object.entries(config.users))
    if (email !== undefined) users.set(keyOf(email), id);
  const others = new Set(
    [config.mail?.from, config.mail?.replyTo, config.mail?.bcc].flatMap(text => {
      const read = readAddress(text ?? '');
      return read ? [keyOf(read.email)] : [];
    }),
  );
  return {
    user: email => users.get(keyOf(email)),
    has: email => users.has(keyOf(email)) || others.has(keyOf(email)),
  };
}

/** Returns an address as a key: addresses that differ only in case have the same key. */
export const keyOf = (email: string): string => email.normalize().toLowerCase();
