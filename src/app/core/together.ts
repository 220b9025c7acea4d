/**
 * Several decisions on one draft, which become one transaction or none: each sees what those before it decided. The
 * commit is that of whoever made the draft.
 */
import type { Draft } from '../../state/draft.ts';
import type { CommitOptions, Committed } from './commit/options.ts';
import type { Workspace } from './workspace.ts';

export class Together {
  /** The workspace as the decisions so far leave it. */
  readonly workspace: Workspace;
  readonly #draft: Draft;

  constructor(workspace: Workspace, draft: Draft) {
    this.workspace = workspace.withDraft(draft);
    this.#draft = draft;
  }

  /** Decides, and answers as a commit would; the transaction is the one that all of it becomes. */
  async decide<T>(
    { confirm }: Pick<CommitOptions, 'confirm'>,
    decide: (draft: Draft) => T | Promise<T>,
  ): Promise<Committed<T>> {
    const draft = this.#draft;
    const before = draft.changes.length;
    const result = await decide(draft);
    await confirm?.(draft);
    const changes = draft.changes.slice(before);
    return { tx: changes.length === 0 ? null : draft.seq, result, changes, state: draft.state };
  }
}
