/** Chooses the transaction that an undo or a redo takes back, and says which hand edits it leaves alone. */
import { idOf, isPurge, kindOf, type Transaction } from '../../domain/changes.ts';
import { type CrmError, failed, invalid, notFound, usage } from '../../domain/errors.ts';
import { DELIVERY } from '../../domain/sweeper.ts';
import { backwards, type Journal } from '../../store/journal/journal.ts';
import { isAdmin } from '../core/viewer.ts';
import type { Writer } from '../core/writer.ts';

/**
 * Whether a transaction has something to take back. Changes of enrolments count only if a command made them, not a
 * sweep.
 */
const changesSomething = (tx: Transaction): boolean =>
  tx.via !== DELIVERY &&
  tx.changes.some(
    change => kindOf(change) !== 'cursor' && (kindOf(change) !== 'enrolment' || tx.via !== 'run'),
  );

/** Whether the transaction made the workspace: there was none before it. */
const isBeginning = (tx: Pick<Transaction, 'changes'>): boolean =>
  tx.changes.some(change => 'set' in change && change.id === 'crm.yaml' && change.set.text?.[0] === null);

/** The facts about a transaction that an undo needs. */
export type Done = Pick<Transaction, 'seq' | 'at' | 'by' | 'via' | 'changes' | 'purged'>;

function refusePurge({ seq, changes }: Pick<Transaction, 'seq' | 'changes'>): void {
  if (changes.some(isPurge))
    throw failed(
      `transaction ${seq} erased records for good: nothing brings them back`,
      `crm history shows what was done before; crm undo ${seq - 1} takes that back`,
    );
}

/** Throws FAILED for a delivery: a message that has left does not come back. */
export function refuseDelivery({ seq, via }: Pick<Transaction, 'seq' | 'via'>): void {
  if (via === DELIVERY)
    throw failed(
      `transaction ${seq} records what was sent, which cannot be undone`,
      'crm message list shows what became of each; crm undo of the sweep cancels what has not left',
    );
}

/** Tells where changes were made, in a workspace that several machines share. */
export interface OwnChanges {
  /** Whether a transaction was made on this machine. */
  isOwn(tx: Transaction): boolean;
  /** Throws CONFLICT if the number belonged to a change of this machine until a sync. */
  requireSame(tx: Transaction): void;
  /**
   * Throws CONFLICT if a later change of this machine, or any if no transaction is named, was not done because others
   * contradicted it.
   */
  requireLast(tx: Transaction | undefined): void;
}

/** The transaction to take back. */
export interface Chosen {
  readonly tx: Done;
  /** The later hand edits that stay, and how to take them back, for users who may; left out if there are none. */
  readonly left?: string;
}

/** Returns the files that a hand edit changed; empty for any other transaction. */
export const handEdited = ({ via, changes }: Pick<Done, 'via' | 'changes'>): string[] =>
  via === 'files' ? changes.map(idOf) : [];

/**
 * Returns the transaction to take back: the named one; otherwise the last one that a command made, that changed a
 * record or a file, and that is neither an undo nor undone already. A hand edit of files is taken back only if it is
 * named. A redo takes back the last undo that was not taken back. In a shared workspace, both must be of this
 * machine. Throws INVALID if the settings are `broken` and no transaction is named.
 */
export async function chooseTransaction(
  { draft, view }: Writer,
  journal: Journal,
  what: 'undo' | 'redo',
  seq: number | undefined,
  { broken, own }: { readonly broken?: CrmError | undefined; readonly own?: OwnChanges | undefined } = {},
): Promise<Chosen> {
  const { intake } = draft;
  // Edits of files by people since the last transaction have the next number.
  const written: Done | undefined =
    what === 'undo' && intake.length > 0 && !isBeginning({ changes: intake })
      ? { seq: draft.seq - 1, at: draft.at, by: view.viewer.user, via: 'files', changes: intake }
      : undefined;
  if (written && seq === written.seq) return { tx: written };
  if (seq !== undefined) {
    const tip = await journal.tip();
    if (seq < 1 || seq > tip.seq)
      throw notFound(`there is no transaction ${seq}; the last one is ${tip.seq}`, 'crm history');
    const [tx] = await journal.read(seq - 1, seq);
    if (what === 'redo' && tx!.undoes === undefined)
      throw usage(`transaction ${seq} is not an undo`, 'crm history shows which are');
    refusePurge(tx!);
    refuseDelivery(tx!);
    own?.requireSame(tx!);
    if (isBeginning(tx!)) throw failed(`transaction ${seq} made the workspace and cannot be undone`);
    return { tx: tx! };
  }
  const byHand = written ? [written] : [];
  // Only users who may take the edits back learn the names of the files.
  const mayKnow = isAdmin(view.viewer);
  const hint = () => (mayKnow ? undoHint(byHand) : undefined);
  const undone = new Set<number>();
  const isOwn = (tx: Transaction) => own?.isOwn(tx) ?? true;
  for await (const tx of backwards(journal)) {
    if (tx.undoes !== undefined) {
      if (undone.has(tx.seq)) continue;
      // From the tip backwards, an undo comes before the transaction that it takes back.
      undone.add(tx.undoes);
      if (what === 'redo' && isOwn(tx) && !(await isRedo(journal, tx))) return { tx };
    } else if (
      what === 'undo' &&
      isOwn(tx) &&
      !undone.has(tx.seq) &&
      changesSomething(tx) &&
      !isBeginning(tx)
    ) {
      if (handEdited(tx).length > 0) {
        byHand.push(tx);
        if (!broken) continue;
      }
      if (broken) throw invalid(broken.message, hint());
      refusePurge(tx);
      own?.requireLast(tx);
      const left = mayKnow ? leftAlone(byHand) : undefined;
      return { tx, ...(left !== undefined && { left }) };
    }
  }
  if (broken) throw invalid(broken.message, hint());
  throw nothingTo(what, own, hint());
}

/** Returns the error where nothing can be taken back; throws CONFLICT if that is because changes were refused. */
function nothingTo(what: 'undo' | 'redo', own: OwnChanges | undefined, hint: string | undefined): CrmError {
  if (what === 'undo') own?.requireLast(undefined);
  return failed(own ? `nothing to ${what} of what was done on this machine` : `nothing to ${what}`, hint);
}

/** Says how to take back the last hand edit, naming its files; undefined for none. */
function undoHint([last]: readonly Done[]): string | undefined {
  return last && `crm undo ${last.seq} takes back what was written by hand in ${filesIn(last)}`;
}

/** Says which hand edits an undo without a number leaves alone: the last with its files; undefined for none. */
function leftAlone([last, ...earlier]: readonly Done[]): string | undefined {
  if (!last) return undefined;
  const more = earlier.length > 0 ? `; so do ${earlier.length} earlier ones: crm history` : '';
  return `transaction ${last.seq}, written by hand in ${filesIn(last)}, stays: crm undo ${last.seq} takes it back${more}`;
}

const filesIn = ({ changes }: Done): string => changes.map(idOf).join(', ');

/** Whether an undo takes back another undo. */
async function isRedo(journal: Journal, tx: Transaction): Promise<boolean> {
  const [undone] = await journal.read(tx.undoes! - 1, tx.undoes!);
  return undone!.undoes !== undefined;
}
