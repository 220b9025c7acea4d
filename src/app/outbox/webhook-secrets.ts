/**
 * Keeps the secrets that sign webhooks: one for each origin of a workspace, random, and known to this machine alone, so
 * that no receiver can call another one in crm's name. A secret that was replaced stays valid for a day beside the new one.
 */
import { failed } from '../../domain/errors.ts';
import { MachineState } from '../../store/machine/machine-state.ts';
import { workspaceId } from '../core/origin.ts';
import type { Workspace } from '../core/workspace.ts';

interface Secret {
  secret: string;
  /** The previous secret, and until when it is valid, ms. */
  before?: { secret: string; until: number };
}

interface Known {
  /** The workspace's id: another workspace in the same place is another one. */
  id: string;
  secrets: { [origin: string]: Secret };
}

/** `webhooks.json`: by the real path of a workspace, which begins with a slash. */
interface Webhooks {
  workspaces?: { [dir: string]: Known };
}

/** For how many milliseconds a replaced secret stays valid, so that the receiver can switch to the new one: a day. */
const OVERLAP = 24 * 60 * 60 * 1000;

export class WebhookSecrets {
  readonly #state: MachineState<Webhooks>;
  readonly #workspace: Workspace;
  readonly #dir: string;
  readonly #id: string;

  private constructor(workspace: Workspace, id: string) {
    const { world, store } = workspace;
    this.#state = new MachineState<Webhooks>(world, 'webhooks', {});
    this.#workspace = workspace;
    this.#dir = String(world.io.realpathSync(store.dir));
    this.#id = id;
  }

  /** Returns the secrets of a workspace. FAILED if this machine has no state directory. */
  static async of(workspace: Workspace): Promise<WebhookSecrets> {
    const id = await workspaceId(workspace.store);
    if (id === undefined) throw failed('an empty workspace calls no webhooks');
    return new WebhookSecrets(workspace, id);
  }

  /** Returns the secrets of an origin that are valid now, the newest first; makes one if there is none. */
  async valid(origin: string): Promise<string[]> {
    const known = this.#known(origin);
    // Another process may make a secret at the same time: the first one is kept.
    return this.#validOf(known ?? (await this.#set(origin, now => now ?? { secret: this.#fresh() })));
  }

  /** Returns the secrets of an origin that are valid now, without making one. */
  kept(origin: string): string[] {
    const known = this.#known(origin);
    return known ? this.#validOf(known) : [];
  }

  #validOf({ secret, before }: Secret): string[] {
    return before && before.until > this.#now ? [secret, before.secret] : [secret];
  }

  /** Replaces the secret of an origin by a random or given one; the previous secret stays valid for a day. */
  async replace(origin: string, given?: string): Promise<void> {
    const secret = given ?? this.#fresh();
    const until = this.#now + OVERLAP;
    await this.#set(origin, now => {
      if (now === undefined || now.secret === secret) return now ?? { secret };
      return { secret, before: { secret: now.secret, until } };
    });
  }

  get #now(): number {
    const { world, clock } = this.#workspace;
    return world.now(clock);
  }

  #fresh(): string {
    return `whsec_${this.#workspace.world.salt()}`;
  }

  #known(origin: string): Secret | undefined {
    const known = this.#state.read().workspaces?.[this.#dir];
    return known?.id === this.#id && Object.hasOwn(known.secrets, origin) ? known.secrets[origin] : undefined;
  }

  async #set(origin: string, change: (now: Secret | undefined) => Secret): Promise<Secret> {
    let made: Secret | undefined;
    await this.#state.update(webhooks => {
      webhooks.workspaces ??= {};
      const known = webhooks.workspaces[this.#dir];
      const secrets = known?.id === this.#id ? known.secrets : {};
      made = change(Object.hasOwn(secrets, origin) ? secrets[origin] : undefined);
      webhooks.workspaces[this.#dir] = { id: this.#id, secrets: { ...secrets, [origin]: made } };
    });
    return made!;
  }
}
