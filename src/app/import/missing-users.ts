/**
 * Makes users that rows name and that do not exist: later rows see them at once; they are written to crm.yaml at the
 * end, in one edit.
 */
import type { Config } from '../../domain/config.ts';
import type { Refusals } from './refusals.ts';
import { addUsers, checkNewUser, freeUserId, type NewUser } from '../settings/users.ts';
import { mayChangeSettings } from '../core/viewer.ts';
import type { Writer } from '../core/writer.ts';

export class MissingUsers {
  readonly #writer: Writer;
  readonly #before: Config;
  readonly #refusals: Refusals;
  readonly #missing = new Map<string, NewUser>();

  constructor(writer: Writer, refusals: Refusals) {
    this.#writer = writer;
    this.#refusals = refusals;
    this.#before = writer.config;
  }

  /** Returns the id of the user who was made for a name before; undefined if none was. */
  made(name: string): string | undefined {
    const typed = name.trim();
    const known = this.#missing.get(typed.toLowerCase());
    if (known) return known.id;
    for (const { id } of this.#missing.values()) if (id === typed) return id;
    return undefined;
  }

  /** Returns the id of a user who is made; undefined if the name is nobody's to make. Throws why no user can have it. */
  make(name: string): string | undefined {
    const typed = name.trim();
    if (typed === '' || typed === 'none' || typed === 'me') return undefined;
    const known = this.made(name);
    if (known !== undefined) return known;
    const { draft, view } = this.#writer;
    mayChangeSettings(view.viewer);
    const id = freeUserId(draft, typed.replace(/@\S+$/, ''), new Set());
    const user: NewUser = { id, name: typed, role: 'normal' };
    checkNewUser(draft.config, user);
    this.#refusals.check(keyOf(user));
    this.#missing.set(typed.toLowerCase(), user);
    this.#know();
    return id;
  }

  mark(): number {
    return this.#missing.size;
  }

  /** Gives up those that came after a mark. */
  revert(to: number): void {
    if (this.#missing.size === to) return;
    for (const name of [...this.#missing.keys()].slice(to)) this.#missing.delete(name);
    this.#know();
  }

  #know(): void {
    const made = [...this.#missing.values()].map(user => [user.id, { ...user, active: true }]);
    this.#writer.draft.config = {
      ...this.#writer.draft.config,
      users: { ...this.#before.users, ...Object.fromEntries(made) },
    };
  }

  async finish(): Promise<void> {
    const { draft, view } = this.#writer;
    if (this.#missing.size === 0) return;
    await this.#refusals.write(draft, [...this.#missing.values()], keyOf, users =>
      addUsers(draft, view.viewer, users),
    );
  }
}

const keyOf = ({ name }: NewUser): string => `user ${name}`;
