/** What `crm watch` is asked to do, whether changes come from a remote or from other commands of this machine. */
import type { Transaction } from '../../domain/changes.ts';
import { CrmError } from '../../domain/errors.ts';
import type { View } from '../core/view.ts';
import type { World } from '../core/workspace.ts';

/** The world of one look at the workspace; `close` closes the files that the look opened. */
export interface Look {
  readonly world: World;
  close(): void;
}

export interface Watching {
  /** The most milliseconds between two looks: a remote or directory that reports changes is looked at sooner. */
  readonly every: number;
  readonly stop: AbortSignal;
  /** Called once, when watching has begun, with the remote or directory that is watched. */
  begins(shown: string): Promise<void>;
  /** Called with new transactions of the shared journal, in order, and a view of the workspace that has them. */
  came(view: View, transactions: readonly Transaction[]): Promise<void>;
  /** Called with the ids of all records that have conflicts, if there are new conflicts. */
  contradicted(ids: readonly string[]): Promise<void>;
  /** Called with an error that keeps changes from coming in, once until it changes. Watching goes on. */
  alarm(error: CrmError): Promise<void>;
}

/** Returns whether an error may be gone at the next look: the remote was out of reach, or the lock was held. */
export const mayPass = (error: unknown): error is CrmError =>
  error instanceof CrmError && (error.kind === 'FAILED' || error.kind === 'CONFLICT');
