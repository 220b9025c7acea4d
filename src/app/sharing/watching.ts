/** What `crm watch` is asked to do, wherever the changes come from. */
import type { Transaction } from '../../domain/changes.ts';
import type { CrmError } from '../../domain/errors.ts';
import type { View } from '../core/view.ts';
import type { World } from '../core/workspace.ts';

/** The world as of one look at the workspace; its files are closed afterwards. */
export interface Look {
  readonly world: World;
  close(): void;
}

export interface Watching {
  /** Milliseconds between two looks; what tells of changes is looked at sooner. */
  readonly every: number;
  readonly stop: AbortSignal;
  /** Is told where the changes come from, once they can come. */
  begins(shown: string): Promise<void>;
  /** Is handed what has come into the shared journal, in order, and the view with it. */
  came(view: View, transactions: readonly Transaction[]): Promise<void>;
  /** Is told of ids that have conflicts now, if there are new ones. */
  contradicted(ids: readonly string[]): Promise<void>;
  /** Is told, once, what keeps changes from coming in; it is tried again. */
  alarm(error: CrmError): Promise<void>;
}
