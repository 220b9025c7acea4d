/**
 * The journal folded into plain records, without tables, columns or settings: the content that a snapshot must have.
 * It shares only `applyChange` with the state that commands use, so that each can check the other.
 */
import {
  applyChange,
  asStored,
  type Change,
  idOf,
  isPurge,
  kindOf,
  type Transaction,
} from '../../domain/changes.ts';
import { isNamed, type Kind, type Kinds, numberOf } from '../../domain/kinds.ts';
import type { Rec } from '../../domain/records.ts';
import type { Trashed } from '../../state/state.ts';
import { GENESIS } from '../lines/encoding.ts';
import type { Tip } from '../journal/journal.ts';
import { RecordTexts } from './record-texts.ts';
import type { SnapshotKind } from './snapshot.ts';
import type { Streamed } from '../lines/streamed-file.ts';

type Head = Pick<Transaction, 'seq' | 'hash' | 'at'>;
/** Where a change of a large transaction can be read again. */
interface Place {
  readonly tx: Streamed;
  readonly offset: number;
}

export class Folded {
  /** The last transaction that was taken in. */
  tip: Tip = { seq: 0, hash: GENESIS };
  readonly #records = new Map<SnapshotKind, RecordTexts>();
  readonly #next = new Map<Kind, number>();
  readonly #changed = new Map<SnapshotKind, number>();
  readonly kinds: Kinds;

  constructor(kinds: Kinds) {
    this.kinds = kinds;
  }

  /** The records of a kind by id, or what is in the trash. */
  of(kind: SnapshotKind): RecordTexts {
    let records = this.#records.get(kind);
    if (!records) this.#records.set(kind, (records = new RecordTexts()));
    return records;
  }

  /** The number that the next new record of a kind gets. */
  next(kind: Kind): number {
    return this.#next.get(kind) ?? 1;
  }

  /** Returns the last transaction that changed a kind; 0 if none did. */
  changed(kind: SnapshotKind): number {
    return this.#changed.get(kind) ?? 0;
  }

  /** Takes in the next transaction; returns the changes in it that make no sense, which are left out. */
  apply(tx: Streamed | (Head & { readonly changes: Iterable<Change> })): string[] {
    this.tip = { seq: tx.seq, hash: tx.hash };
    const senseless: string[] = [];
    const take = (change: Change, place?: Place) => {
      const why = this.#applyOne(change, tx, place);
      if (why !== undefined) senseless.push(why);
    };
    if ('placed' in tx) for (const [change, offset] of tx.placed) take(change, { tx, offset });
    else for (const change of tx.changes) take(change);
    return senseless;
  }

  #applyOne(change: Change, { seq, at }: Head, place: Place | undefined): string | undefined {
    if (!isChange(this.kinds, change))
      return `is not a change that this crm knows: ${JSON.stringify(asStored(change)).slice(0, 80)}`;
    const [kind, id] = [kindOf(change), idOf(change)];
    const records = this.of(kind);
    const isErased = isPurge(change);
    if (!records.has(id) && !('add' in change) && !isErased && !isNamed(kind))
      return `changes ${id}, which is not there`;
    this.#changed.set(kind, seq);
    if ('rm' in change) records.delete(id);
    else if (!place || isNamed(kind)) records.set(id, applyChange(records.get(id), change, at)!);
    else if ('add' in change) records.addFrom(id, place.tx, place.offset);
    else records.changeFrom(id, place.tx, place.offset);
    if (isNamed(kind)) return undefined;
    if ('add' in change) {
      this.#next.set(kind, Math.max(this.next(kind), numberOf(id) + 1));
      if (this.of('trash').delete(id)) this.#changed.set('trash', seq);
    } else if (isErased) {
      // Nothing else in the journal may show any more that the number was used.
      this.#next.set(kind, Math.max(this.next(kind), numberOf(id) + 1));
      this.of('trash').delete(id);
      this.#changed.set('trash', seq);
    } else if ('rm' in change) {
      const trashed: Trashed = { id, removedAt: at, record: change.rm };
      this.of('trash').set(id, trashed as unknown as Rec);
      this.#changed.set('trash', seq);
    }
    return undefined;
  }
}

const isRecord = (value: unknown): value is Rec =>
  typeof value === 'object' && value !== null && 'id' in value && typeof value.id === 'string';

function isChange(kinds: Kinds, change: Change): boolean {
  if ('add' in change) return isRecord(change.add) && kinds.parseId(change.add.id) !== undefined;
  if (!(kinds.has(change.kind) || isNamed(change.kind)) || typeof change.id !== 'string') return false;
  if (!isNamed(change.kind) && kinds.parseId(change.id)?.kind !== change.kind) return false;
  return 'rm' in change ? isRecord(change.rm) : typeof change.set === 'object' && change.set !== null;
}
