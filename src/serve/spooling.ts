/**
 * Commits to the remote of a shared workspace, and to a spool while the remote is away, so that a server can store what
 * it acknowledges. When the remote answers, what was spooled is shared between two commits.
 */
import { commit } from '../app/core/commit.ts';
import { Holding } from '../app/core/commit/holding.ts';
import type { Workspace } from '../app/core/workspace.ts';
import type { Spool } from '../app/sharing/spool.ts';
import { CrmError } from '../domain/errors.ts';
import type { Draft } from '../state/draft.ts';

/** Milliseconds between two attempts to reach a remote that is away. */
const AWAY = 2000;

export class Spooling {
  readonly #workspace: Workspace;
  readonly #say: (message: string) => void;
  readonly #betweenCommits: (task: () => Promise<void>) => void;
  readonly #holding = new Holding();
  /** Takes the commits while the remote of the workspace is away. */
  #spool: Spool | undefined;
  #look: NodeJS.Timeout | undefined;
  #isStopped = false;

  /** `say` takes a line for the log; `betweenCommits` does a task when nothing else commits. */
  constructor(
    workspace: Workspace,
    say: (message: string) => void,
    betweenCommits: (task: () => Promise<void>) => void,
  ) {
    this.#workspace = workspace;
    this.#say = say;
    this.#betweenCommits = betweenCommits;
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

  /** Looks for the remote no more. */
  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#look);
  }

  /** Whether the snapshots of the workspace should be brought up to date soon. */
  get isDue(): boolean {
    return this.#holding.isDue;
  }

  /** Brings the snapshots of the workspace up to date. */
  settle(): void {
    this.#holding.settle(this.#workspace);
  }

  /** Commits to the remote; to the spool while the remote is away. */
  async commit(via: string, decide: (draft: Draft, workspace: Workspace) => Promise<void>): Promise<void> {
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
    this.settle();
    this.#spool = await Spool.open(this.#workspace);
    this.#lookLater();
    return true;
  }

  /** Tries later to reach the remote; if it answers, the spool is shared between two commits. */
  #lookLater(): void {
    if (this.#isStopped) return;
    this.#look = setTimeout(() => void this.#lookNow(), AWAY);
    this.#look.unref();
  }

  async #lookNow(): Promise<void> {
    const spool = this.#spool;
    if (this.#isStopped || !spool) return;
    const answers = await spool.answers().catch(() => false);
    if (!answers) return this.#lookLater();
    if (!this.#isStopped) this.#betweenCommits(() => this.#share(spool));
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
