import type { Writer } from '../../writer.ts';

/** Returns the acting user, whose a new record is that names no owner; null where they are not in `users`. */
export function actingUser({ config, view: { viewer } }: Writer): string | null {
  return Object.hasOwn(config.users, viewer.user) ? viewer.user : null;
}
