/**
 * Commits in groups: what arrives within 5 ms, or while the group before is written, becomes one transaction, so that a
 * busy server waits once for the disk and not once per request. A request is answered when its group is on disk.
 *
 *     submit -> waiting -> [gather 5 ms or 256] -> one commit -> each is answered
 *                            of one `via`, so that the history says which form or hook it was
 */
import { Refusal } from '../app/core/commit/hooks.ts';
import type { Workspace } from '../app/core/workspace.ts';
import { Writer } from '../app/core/writer.ts';
import { assignee } from '../app/records/assign.ts';
import { conflict } from '../domain/errors.ts';
import { Spooling } from './spooling.ts';

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

export class Committer {
  readonly #spooling: Spooling;
  /** Work to do between two groups, when nothing else commits. */
  #task: (() => Promise<void>) | undefined;
  #waiting: Post[] = [];
  #running: Promise<void> | undefined;
  #hasMany: (() => void) | undefined;
  #isDraining = false;
  #pause: NodeJS.Timeout | undefined;

  /** `say` takes a line for the log. */
  constructor(workspace: Workspace, say: (message: string) => void) {
    this.#spooling = new Spooling(workspace, say, task => {
      this.#task = task;
      this.#running ??= this.#run();
    });
  }

  /** Prepares a shared workspace: leases numbers, or spools on if changes wait since the remote was away. */
  begin(): Promise<void> {
    return this.#spooling.begin();
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
    this.#spooling.stop();
    this.#hasMany?.();
    await this.#running;
    this.#settle();
  }

  #settle(): void {
    clearTimeout(this.#pause);
    this.#spooling.settle();
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
      if (this.#spooling.isDue) this.#settle();
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
      await this.#spooling.commit(via, async (draft, workspace) => {
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
}
