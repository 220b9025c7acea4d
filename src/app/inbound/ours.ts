/** Which addresses are this workspace's own: a mail from one of them went out, and a mail to one of them came in. */
import type { Config } from '../../domain/config.ts';
import { readAddress } from '../../domain/email.ts';

export interface Ours {
  /** The user whose address it is. */
  user(email: string): string | undefined;
  /** Whether it is a user's or the one that the workspace sends from. */
  has(email: string): boolean;
}

/** Returns the addresses of a workspace; letters of any case are the same. */
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

/** An address as a key: two addresses that differ in the case of letters alone have the same. */
export const keyOf = (email: string): string => email.normalize().toLowerCase();
