/** Reads the files of a journal as bytes, without parsing changes, to hand them to a remote or another machine. */
import { join } from 'node:path';
import { invalid } from '../../domain/errors.ts';
import { type Io, readWhole } from '../disk/io.ts';
import { isPacked, type JournalDirectory, nameOf, PACK_SIZE, stretchOf } from './journal-directory.ts';
import { againWhilePacked } from '../lines/packed-meanwhile.ts';
import { type Sealed, sealedIn } from './sealed.ts';

/**
 * Returns at most `limit` transactions from `after + 1` on, in order. INVALID if the content of a file does not match
 * its name.
 */
export function readSealed(io: Io, files: JournalDirectory, after: number, limit: number): Sealed[] {
  return againWhilePacked(() => {
    const listing = files.list();
    const last = Math.min(listing.tip, after + limit);
    const found: Sealed[] = [];
    for (let seq = after + 1; seq <= last; ) {
      const path = join(files.dir, nameOf(seq, listing));
      const { first, next } = stretchOf(seq, listing);
      const all = [...sealedIn(readWhole(io, path), path)];
      if (
        all.length !== (isPacked(seq, listing) ? PACK_SIZE : 1) ||
        all.some((each, i) => each.seq !== first + i)
      )
        throw invalid(`${path}: does not hold the transactions that its name says`, 'crm doctor');
      found.push(...all.filter(each => each.seq >= seq && each.seq <= last && each.seq < next));
      seq = next;
    }
    return found;
  });
}
