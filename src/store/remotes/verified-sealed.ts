/** Verifying what came from a remote, or goes to one: each transaction's hash, and the chain. */
import { invalid } from '../../domain/errors.ts';
import { decode, erasuresIn, type ErasuresOf, GENESIS } from '../lines/encoding.ts';
import type { Stored, Tip } from '../journal/journal.ts';
import type { Sealed } from '../journal/sealed.ts';
import type { Site } from '../site/site.ts';

/** Returns the transactions that bytes are. INVALID if they are damaged, or do not continue `after`. */
export function verified(
  { options: { kinds } }: { readonly options: Pick<Site['options'], 'kinds'> },
  from: string,
  after: Tip,
  sealed: readonly Sealed[],
): Stored[] {
  const erasures = new Map<number, ReturnType<ErasuresOf>>();
  const erasuresOf: ErasuresOf = purge => {
    const its = sealed[purge - after.seq - 1];
    if (!its || erasures.has(purge)) return erasures.get(purge);
    const found = erasuresIn(kinds, its.bytes, purge, erasuresOf);
    erasures.set(purge, found);
    return found;
  };
  let before = after;
  return sealed.flatMap(({ bytes, seq }) => {
    const [tx, ...more] = [...decode(kinds, bytes, `${from}, transaction ${seq}`, erasuresOf)];
    if (
      !tx ||
      more.length > 0 ||
      tx.seq !== before.seq + 1 ||
      tx.prev !== (before.seq === 0 ? GENESIS : before.hash)
    )
      throw invalid(
        `${from}: transaction ${seq} does not follow ${before.seq}; nothing was taken in`,
        'crm remote repair',
      );
    before = { seq: tx.seq, hash: tx.hash };
    return [tx];
  });
}
