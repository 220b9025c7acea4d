/** The interface through which a commit asks and tells hooks. `app/hooks/` implements it with programs. */
import { type Change, kindOf } from '../../../domain/changes.ts';
import { CrmError } from '../../../domain/errors.ts';
import { isNamed } from '../../../domain/kinds.ts';
import type { State } from '../../../state/state.ts';
import type { Commit } from '../../../store/journal/journal.ts';

/** A transaction before or after it is saved, with the state after it. */
export interface Asked {
  readonly commit: Commit;
  readonly state: State;
}

/** The hooks of a workspace that this machine runs. */
export interface Hooks {
  /** Asks whether transactions may be saved, without the lock. Throws `Refusal` if one of them may not. */
  readonly ask?: (transactions: readonly Asked[]) => Promise<void>;
  /** Tells of transactions that were saved, with their numbers. Never rejects. */
  readonly tell?: (transactions: readonly (Asked & { readonly seq: number })[]) => Promise<void>;
}

/** A hook refused a transaction, or gave no answer: FAILED, and nothing was saved. */
export class Refusal extends CrmError {
  /** Whether the hook refused, and did not merely fail: asking again would get the same answer. */
  readonly isAnswer: boolean;

  constructor(message: string, hint: string, isAnswer: boolean) {
    super('FAILED', message, hint);
    this.isAnswer = isAnswer;
  }
}

/** Whether hooks see a transaction: they see what the history shows, but not the cursor of a sweep. */
export const isSeenByHooks = ({ changes }: { readonly changes: readonly Change[] }): boolean =>
  changes.some(change => kindOf(change) === 'file' || !isNamed(kindOf(change)));
