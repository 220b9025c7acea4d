/** Users that rows name and that do not exist: known at once to the rows, written to crm.yaml at the end, in one edit. */
import type { Config } from '../../domain/config.ts';
import { addUsers, freeUserId, type NewUser } from '../settings/users.ts';
import type { Writer } from '../core/writer.ts';

export class MissingUsers {
  readonly #writer: Writer;
  readonly #before: Config;
  readonly #missing = new Map<string, NewUser>();

  constructor(writer: Writer) {
    this.#writer = writer;
    this.#before = writer.config;
  }

  /** The id of a user who is made; undefined where the name is nobody's to make. */
  make(name: string): string | undefined {
    const typed = name.trim();
    if (typed === '' || typed === 'none' || typed === 'me') return undefined;
    const lower = typed.toLowerCase();
    const known = this.#missing.get(lower) ?? [...this.#missing.values()].find(user => user.id === typed);
    if (known) return known.id;
    const { draft } = this.#writer;
    const id = freeUserId(draft, typed.replace(/@\S+$/, ''), new Set());
    const user: NewUser = { id, name: typed, role: 'normal' };
    this.#missing.set(lower, user);
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
    if (this.#missing.size > 0) await addUsers(draft, view.viewer, [...this.#missing.values()]);
  }
}
