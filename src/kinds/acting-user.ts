import type { Writing } from './writing.ts';

/** Returns the acting user, who owns a new record that names no owner; null if they are not in `users`. */
export const actingUser = ({ config, user }: Pick<Writing, 'config' | 'user'>): string | null =>
  Object.hasOwn(config.users, user) ? user : null;
