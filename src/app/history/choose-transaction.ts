/** Choosing the transaction that an undo or a redo takes back, and saying which hand edits it leaves alone. */
import { idOf, isPurge, kindOf, type Transaction } from '../../domain/changes.ts';
import { type CrmError, failed, invalid, notFound, usage } from '../../domain/errors.ts';
import { DELIVERY } from '../../domain/sweeper.ts';
import { backwards, type Journal } from '../../store/journal.ts';
import { isAdmin } from '../core/viewer.ts';
import type { Writer } from '../core/writer.ts';

/** Whether there is something to take back: of enrolments what a command did to them, not what a sweep remembers. */
const changesSomething = (tx: Transaction): boolean =>
  tx.via !== DELIVERY &&
  tx.changes.some(
    change => kindOf(change) !== 'cursor' && (kindOf(change) !== 'enrolment' || tx.via !== 'run'),
  );

/** Whether the transaction made the workspace: there was none before it. */
const isBeginning = (tx: Pick<Transaction, 'changes'>): boolean =>
  tx.changes.some(change => 'set' in change && change.id === 'crm.yaml' && change.set.text?.[0] === null);

/** What an undo needs to know of a transaction. */
export type Done = Pick<Transaction, 'seq' | 'at' | 'by' | 'via' | 'changes' | 'purged'>;

function refusePurge({ seq, changes }: Pick<Transaction, 'seq' | 'changes'>): void {
  if (changes.some(isPurge))
    throw failed(
      `transaction ${seq} erased records for good: nothing brings them back`,
      `crm history shows what was done before; crm undo ${seq - 1} takes that back`,
    );
}

/** Throws FAILED for what a delivery did: what has left does not come back. */
export function refuseDelivery({ seq, via }: Pick<Transaction, 'seq' | 'via'>): void {
  if (via === DELIVERY)
    throw failed(
      `transaction ${seq} records what was sent, which cannot be undone`,
      'crm message list shows what became of each; crm undo of the sweep cancels what has not left',
    );
}

/** What is known of where changes were made, in a workspace that several machines share. */
export interface OwnChanges {
  /** Whether a transaction was made on this machine. */
  isOwn(tx: Transaction): boolean;
  /** Throws CONFLICT if the number was that of a change of this machine until a sync, and is not any more. */
  requireSame(tx: Transaction): void;
  /** Throws CONFLICT if a later change of this machine than this one was not done, since others contradicted it. */
  requireLast(tx: Transaction): void;
}

/** The transaction to take back. */
export interface Chosen {
  readonly tx: Done;
  /** Which hand edits since stay, and how to take them back, for whoever may; left out if there are none. */
  readonly left?: string;
}

/** The files that somebody wrote by hand, where a transaction is such an edit; else empty. */
export const handEdited = ({ via, changes }: Pick<Done, 'via' | 'changes'>): string[] =>
  via === 'files' ? changes.map(idOf) : [];

/**
 * The transaction to take back: the one named; otherwise the last that a command made, changed a record or a file, is
 * not an undo itself and was not undone already. A hand edit of files is taken back only when named. For a redo, the
 * last undo that was not taken back. In a shared workspace, both are of this machine. Throws INVALID where the settings are
 * `broken` and no transaction is named.
 */
export async function chooseTransaction(
  { draft, view }: Writer,
  journal: Journal,
  what: 'undo' | 'redo',
  seq: number | undefined,
  { broken, own }: { readonly broken?: CrmError | undefined; readonly own?: OwnChanges | undefined } = {},
): Promise<Chosen> {
  const { intake } = draft;
  // What people wrote in files since the last transaction has the next number.
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
  // The names of files are for those who may take their edits back.
  const mayKnow = isAdmin(view.viewer);
  const hint = () => (mayKnow ? undoHint(byHand) : undefined);
  const undone = new Set<number>();
  const isOwn = (tx: Transaction) => own?.isOwn(tx) ?? true;
  for await (const tx of backwards(journal)) {
    if (tx.undoes !== undefined) {
      if (undone.has(tx.seq)) continue;
      // Seen from the tip backwards, what takes back comes before what is taken back.
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
  throw failed(own ? `nothing to ${what} of what was done on this machine` : `nothing to ${what}`, hint());
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
