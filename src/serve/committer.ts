/**
 * Commits in groups: what arrives within 5 ms, or while the group before is written, becomes one transaction, so that a
 * busy server waits once for the disk and not once per request. A request is answered when its group is on disk.
 *
 *     submit -> waiting -> [gather 5 ms or 256] -> one commit -> each is answered
 *                            of one `via`, so that the history says which form or hook it was
 */
import { commit } from '../app/core/commit.ts';
import { Holding } from '../app/core/commit/holding.ts';
import { Refusal } from '../app/core/commit/hooks.ts';
import type { Workspace } from '../app/core/workspace.ts';
import { Writer } from '../app/core/writer.ts';
import { assignee } from '../app/records/assign.ts';
import type { Spool } from '../app/sharing/spool.ts';
import { conflict, CrmError } from '../domain/errors.ts';
import type { Draft } from '../state/draft.ts';

/** How long a request waits for others, ms. Requests also gather while the previous group is being written. */
const GATHER = 5;
/** The most requests in one transaction. */
const MOST = 256;
/** The most requests that wait; further ones are told to try again. */
const MOST_WAITING = 2048;

/** Milliseconds without a request after which the snapshots are brought up to date, so that grep finds current records. */
const PAUSE = 500;

/** Makes the changes of one request, in a transaction with others. It may be called again, on a newer state. */
export type Decide<T> = (writer: Writer) => T | Promise<T>;

interface Post {
  readonly via: string;
  readonly decide: Decide<unknown>;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: unknown) => void;
}

type Outcome = { readonly result: unknown } | { readonly error: unknown };

/** Milliseconds between two attempts to reach a remote that is away. */
const AWAY = 2000;

export class Committer {
  readonly #workspace: Workspace;
  readonly #say: (message: string) => void;
  /** Takes the commits while the remote of the workspace is away. */
  #spool: Spool | undefined;
  #look: NodeJS.Timeout | undefined;
  /** Work to do between two groups, when nothing else commits. */
  #task: (() => Promise<void>) | undefined;
  #waiting: Post[] = [];
  #running: Promise<void> | undefined;
  #hasMany: (() => void) | undefined;
  #isDraining = false;
  readonly #holding = new Holding();
  #pause: NodeJS.Timeout | undefined;

  /** `say` takes a line for the log. */
  constructor(workspace: Workspace, say: (message: string) => void) {
    this.#workspace = workspace;
    this.#say = say;
  }

  /** Prepares a shared workspace: leases numbers, or spools on if changes wait since the remote was away. */
  async begin(): Promise<void> {
    if (!(await this.#workspace.store.replica())) return;
    const { Spool } = await import('../app/sharing/spool.ts');
    try {
      this.#spool = await Spool.begin(this.#workspace);
    } catch (error) {
      if (!(error instanceof CrmError)) throw error;
      this.#say(error.message);
    }
    if (this.#spool) this.#lookLater();
  }

  /** Queues the changes of a request; resolves when they are on disk, and rejects if they cannot be. */
  submit<T>(via: string, decide: Decide<T>): Promise<T> {
    if (this.#waiting.length >= MOST_WAITING)
      return Promise.reject(conflict('too many requests wait to be written'));
    return new Promise<T>((resolve, reject) => {
      this.#waiting.push({ via, decide, resolve: resolve as (result: unknown) => void, reject });
      if (this.#waiting.length >= MOST) this.#hasMany?.();
      this.#running ??= this.#run();
    });
  }

  /** Writes what is waiting, at once. */
  async drain(): Promise<void> {
    this.#isDraining = true;
    this.#hasMany?.();
    await this.#running;
    clearTimeout(this.#look);
    this.#settle();
  }

  #settle(): void {
    clearTimeout(this.#pause);
    this.#holding.settle(this.#workspace);
  }

  async #run(): Promise<void> {
    clearTimeout(this.#pause);
    await this.#gather();
    while (this.#waiting.length > 0 || this.#task) {
      const task = this.#task;
      this.#task = undefined;
      if (task) await task();
      if (this.#waiting.length === 0) continue;
      const [{ via }] = this.#waiting as [Post];
      const group = this.#waiting.filter(post => post.via === via).slice(0, MOST);
      const taken = new Set(group);
      this.#waiting = this.#waiting.filter(post => !taken.has(post));
      await this.#write(via, group);
      if (this.#holding.isDue) this.#settle();
    }
    this.#running = undefined;
    this.#pause = setTimeout(() => this.#settle(), PAUSE);
  }

  #gather(): Promise<void> {
    if (this.#isDraining) return Promise.resolve();
    return new Promise(resolve => {
      const timer = setTimeout(resolve, GATHER);
      this.#hasMany = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  async #write(via: string, group: readonly Post[]): Promise<void> {
    const outcomes: Outcome[] = [];
    try {
      await this.#commit(via, async (draft, workspace) => {
        outcomes.length = 0;
        const writer = new Writer(draft, workspace.viewer, assignee);
        for (const { decide } of group) {
          const mark = draft.changes.length;
          try {
            outcomes.push({ result: await decide(writer) });
          } catch (error) {
            // A request that is refused must not fail the others of its group.
            if (draft.changes.length > mark) draft.revert(mark, {});
            outcomes.push({ error });
          }
        }
      });
    } catch (error) {
      // A hook refuses a whole transaction. Each request as a transaction of its own shows which ones it refuses.
      if (error instanceof Refusal && error.isAnswer && group.length > 1)
        for (const post of group) await this.#write(via, [post]);
      else for (const { reject } of group) reject(error);
      return;
    }
    group.forEach(({ resolve, reject }, i) => {
      const outcome = outcomes[i]!;
      if ('error' in outcome) reject(outcome.error);
      else resolve(outcome.result);
    });
  }

  /** Commits to the remote; to the spool while the remote is away. */
  async #commit(via: string, decide: (draft: Draft, workspace: Workspace) => Promise<void>): Promise<void> {
    const attempt = async (workspace: Workspace, holding: Holding) => {
      await workspace.reload();
      await commit(workspace, { via, holding }, draft => decide(draft, workspace));
    };
    if (!this.#spool)
      try {
        return await attempt(this.#workspace, this.#holding);
      } catch (error) {
        if (!(await this.#goesOffline(error))) throw error;
      }
    const spool = this.#spool!;
    await attempt(spool.workspace, spool.holding);
  }

  /** Starts the spool if an error says that the remote is away; returns whether it did. */
  async #goesOffline(error: unknown): Promise<boolean> {
    if (!(await this.#workspace.store.replica())) return false;
    const { Spool, isAway } = await import('../app/sharing/spool.ts');
    if (!isAway(error)) return false;
    this.#say(`${(error as Error).message}, so requests are stored here until it can be reached`);
    this.#holding.settle(this.#workspace);
    this.#spool = await Spool.open(this.#workspace);
    this.#lookLater();
    return true;
  }

  /** Tries later to reach the remote; if it answers, the spool is shared between two groups. */
  #lookLater(): void {
    this.#look = setTimeout(() => void this.#lookNow(), AWAY);
    this.#look.unref();
  }

  async #lookNow(): Promise<void> {
    const spool = this.#spool;
    if (this.#isDraining || !spool) return;
    const answers = await spool.answers().catch(() => false);
    if (!answers || this.#isDraining) return this.#lookLater();
    this.#task = () => this.#share(spool);
    this.#running ??= this.#run();
  }

  async #share(spool: Spool): Promise<void> {
    try {
      const { sent, conflicts } = await spool.share();
      this.#say(
        `shared ${sent === 1 ? 'the transaction' : `the ${sent} transactions`} that waited for the remote`,
      );
      if (conflicts > 0) this.#say(`conflicts: ${conflicts}; crm sync lists them`);
      this.#spool = undefined;
    } catch (error) {
      this.#say(`what waits cannot be shared: ${(error as Error).message}`);
      this.#lookLater();
    }
  }
}
