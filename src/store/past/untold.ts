/** Tells which changes the past of deals lacks: to go back in time, these are read in the journal. */
import {
  ADDED,
  CHANGED,
  type DealSaid,
  SAYS_CLOSED,
  SAYS_CLOSING,
  SAYS_MORE,
  SAYS_UPDATED,
} from '../../state/deal-said.ts';
import { isAt } from '../../state/json-bytes.ts';
import { READ, UNUSUAL } from './deal-lines.ts';

/** The past has the whole change. */
export const TOLD = 0;
/** It lacks how the deal was closed. */
export const CLOSES = 1;
/** It lacks other fields, or the record. */
export const UNTOLD = 2;

export type Untold = typeof TOLD | typeof CLOSES | typeof UNTOLD;

/** Returns what the past lacks of the line at `start`, of which `DealLines.read` returned `found` and read `said`. */
export function untoldIn(found: number, said: DealSaid, bytes: Buffer, start: number): Untold {
  if (found === UNUSUAL) return UNTOLD;
  if (found !== READ) return isOfRecord(bytes, start) ? UNTOLD : TOLD;
  // A deal that is added with the time of its last change comes out of the trash.
  if (said.sort === ADDED) return (said.says & SAYS_UPDATED) !== 0 ? UNTOLD : TOLD;
  if (said.sort !== CHANGED || (said.says & SAYS_MORE) !== 0) return UNTOLD;
  return (said.says & (SAYS_CLOSED | SAYS_CLOSING)) !== 0 ? CLOSES : TOLD;
}

const FILE = Buffer.from('{"kind":"file"');
const CURSOR = Buffer.from('{"kind":"cursor"');

/** Whether a line is about a record. Files and cursors, which have names instead of numbers, stay as they are now. */
const isOfRecord = (bytes: Buffer, start: number): boolean =>
  !isAt(bytes, start, FILE) && !isAt(bytes, start, CURSOR);
