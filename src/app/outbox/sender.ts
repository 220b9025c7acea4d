/**
 * Whether this machine sends for a workspace. The journal names the sender by a random token; the state directory of
 * that machine alone has the token too, with the number and hash of the last transaction before an attempt. A machine
 * with a copied, cloned or restored workspace does not have both, and sends nothing.
 */
import { failed } from '../../domain/errors.ts';
import type { Draft } from '../../state/draft.ts';
import type { State } from '../../state/state.ts';
import type { Journal } from '../../store/journal/journal.ts';
import type { Lock } from '../../store/disk/lock.ts';
import { type Machine, MachineState } from '../../store/machine/machine-state.ts';
import { workspaceId } from '../core/origin.ts';
import type { Workspace } from '../core/workspace.ts';

/** What is known on this machine of a workspace that it sends for, or for which it was told something. */
interface Known {
  /** The workspace's id: another workspace in the same place is another one. */
  id: string;
  token?: string;
  /** The last transaction that an attempt stood on. */
  last?: { seq: number; hash: string };
  /** What keeps messages from leaving, and when that was said last, ms. */
  said?: { [cause: string]: number };
}

/** `outbox.json`: what is known of workspaces, by real path, which begins with a slash. */
interface Outbox {
  workspaces?: { [dir: string]: Known };
}

/** The named record of the journal that has the token. */
const SENDER = 'sender';

/** How long what keeps messages from leaving is not said again, ms: a day. */
const SAID_AGAIN = 86_400_000;

export class Sender {
  readonly #state: MachineState<Outbox>;
  readonly #dir: string;
  readonly #id: string;

  private constructor(machine: Machine, dir: string, id: string) {
    this.#state = new MachineState<Outbox>(machine, 'outbox', {});
    this.#dir = dir;
    this.#id = id;
  }

  /** Returns what this machine knows of a workspace. FAILED where it has no place for that. */
  static async of({ world, store }: Workspace): Promise<Sender> {
    const id = await workspaceId(store);
    if (id === undefined) throw failed('an empty workspace has nothing to deliver');
    return new Sender(world, String(world.io.realpathSync(store.dir)), id);
  }

  /** Takes the turn of delivering for this workspace; undefined if another process of this machine has it. */
  hold(): Promise<Lock | undefined> {
    return this.#state.hold(`deliver-${this.#id}`);
  }

  /** Says why this machine may not send; undefined if it may, or if nobody sends for the workspace yet. */
  async whyNot(state: State, journal: Journal): Promise<string | undefined> {
    const named = senderIn(state);
    const known = this.#known();
    if (named === undefined && known?.last === undefined) return undefined;
    if (known?.token === undefined || named !== known.token)
      return 'this machine is not the one that sends for this workspace: it is a copy, or its state was lost';
    if (known.last === undefined) return undefined;
    const { seq, hash } = known.last;
    const [tx] = seq <= (await journal.tip()).seq ? await journal.read(seq - 1, seq) : [];
    if (tx?.hash === hash) return undefined;
    return 'the workspace was restored to what it was before its last delivery';
  }

  /** Whether nobody sends for the workspace yet. */
  isFree(state: State): boolean {
    return senderIn(state) === undefined;
  }

  /** Makes this machine the sender: the token is on disk here before the journal has it. Returns the token. */
  async claim(token: string): Promise<string> {
    await this.#update(known => {
      known.token = token;
      delete known.last;
    });
    return token;
  }

  /** The token of before, where this machine was killed while it became the sender. */
  get token(): string | undefined {
    return this.#known()?.token;
  }

  /** Notes the transaction that the next attempt stands on; durable when it resolves. */
  async stands(on: { seq: number; hash: string }): Promise<void> {
    await this.#update(known => {
      known.last = { seq: on.seq, hash: on.hash };
    });
  }

  /** Returns which of the causes were not said within a day, and notes that they are said now; others are forgotten. */
  async unsaid(causes: readonly string[], now: number): Promise<string[]> {
    const said = this.#known()?.said ?? {};
    const isNew = (cause: string) => {
      const at = Object.hasOwn(said, cause) ? said[cause]! : Number.NEGATIVE_INFINITY;
      return now - at >= SAID_AGAIN || at > now;
    };
    const fresh = causes.filter(isNew);
    if (fresh.length > 0 || Object.keys(said).some(cause => !causes.includes(cause)))
      await this.#update(known => {
        known.said = Object.fromEntries(causes.map(cause => [cause, isNew(cause) ? now : said[cause]!]));
      });
    return fresh;
  }

  #known(): Known | undefined {
    const known = this.#state.read().workspaces?.[this.#dir];
    return known?.id === this.#id ? known : undefined;
  }

  async #update(change: (known: Known) => void): Promise<void> {
    await this.#state.update(outbox => {
      outbox.workspaces ??= {};
      const before = outbox.workspaces[this.#dir];
      const known = before?.id === this.#id ? before : { id: this.#id };
      change(known);
      outbox.workspaces[this.#dir] = known;
    });
  }
}

const senderIn = (state: State): string | undefined =>
  state.named('cursor').get(SENDER)?.owner as string | undefined;

/** Names the sender in the journal. */
export const nameSender = (draft: Draft, token: string): void =>
  draft.setNamed('cursor', SENDER, { owner: token });
