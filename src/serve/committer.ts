/**
 * Commits in groups: what arrives within 20 ms, or while the group before is written, becomes one transaction, so that a
 * busy server waits once for the disk and not once per request. A request is answered when its group is on disk.
 *
 *     submit -> waiting -> [gather 20 ms or 256] -> one commit -> each is answered
 *                            of one `via`, so that the history says which form or hook it was
 */
import { commit } from '../app/core/commit.ts';
import type { Workspace } from '../app/core/workspace.ts';
import { Writer } from '../app/core/writer.ts';
import { assignee } from '../app/records/assign.ts';
import { conflict } from '../domain/errors.ts';

/** The longest that a request waits for others, ms. */
const GATHER = 20;
/** The most requests in one transaction. */
const MOST = 256;
/** The most requests that wait; what comes then is told to come again. */
const MOST_WAITING = 2048;

/** What one request changes, in a transaction with others. It may be called again, on a newer state. */
export type Decide<T> = (writer: Writer) => T | Promise<T>;

interface Post {
  readonly via: string;
  readonly decide: Decide<unknown>;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: unknown) => void;
}

type Outcome = { readonly result: unknown } | { readonly error: unknown };

export class Committer {
  readonly #workspace: Workspace;
  #waiting: Post[] = [];
  #running: Promise<void> | undefined;
  #hasMany: (() => void) | undefined;
  #isDraining = false;

  constructor(workspace: Workspace) {
    this.#workspace = workspace;
  }

  /** Takes in what a request changes; resolves when that is on disk, and rejects if it is not. */
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
  }

  async #run(): Promise<void> {
    await this.#gather();
    while (this.#waiting.length > 0) {
      const [{ via }] = this.#waiting as [Post];
      const group = this.#waiting.filter(post => post.via === via).slice(0, MOST);
      const taken = new Set(group);
      this.#waiting = this.#waiting.filter(post => !taken.has(post));
      await this.#write(via, group);
    }
    this.#running = undefined;
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
      await this.#workspace.reload();
      await commit(this.#workspace, { via }, async draft => {
        outcomes.length = 0;
        const writer = new Writer(draft, this.#workspace.viewer, assignee);
        for (const { decide } of group) {
          const mark = draft.changes.length;
          try {
            outcomes.push({ result: await decide(writer) });
          } catch (error) {
            // What is wrong with one request is not the fault of the others.
            if (draft.changes.length > mark) draft.revert(mark, {});
            outcomes.push({ error });
          }
        }
      });
    } catch (error) {
      for (const { reject } of group) reject(error);
      return;
    }
    group.forEach(({ resolve, reject }, i) => {
      const outcome = outcomes[i]!;
      if ('error' in outcome) reject(outcome.error);
      else resolve(outcome.result);
    });
  }
}
