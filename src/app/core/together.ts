/**
 * Several decisions on one draft, which become one transaction or none: each sees the results of the earlier ones. The
 * code that made the draft commits it.
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

  /** Decides on the draft, and answers as a commit would: `tx` is the number that the common transaction will get. */
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
