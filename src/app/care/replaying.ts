/**
 * Repeats the changes of one side on top of another history. Each transaction of that side becomes one here, with its
 * own user and time; a value that contradicts a change made here stays as it is here, and is listed.
 */
import {
  addition,
  type Change,
  idOf,
  isPurge,
  kindOf,
  markOf,
  passingThrough,
  type SetChange,
  type Transaction,
} from '../../domain/changes.ts';
import { noSettings } from '../../domain/config.ts';
import type { Draft } from '../../state/draft.ts';
import { type AnyKind, type Kind, numberOf, type Kinds } from '../../domain/kinds.ts';
import { type Enrolment, isEmpty, type Json, type Rec, sameJson, valueAt } from '../../domain/records.ts';
import { merged } from '../../domain/three-way.ts';
import type { OtherSide } from '../../store/journal/other-side.ts';
import { isUntouched } from '../history/undo.ts';
import { definitionOf } from '../../kinds/define.ts';
import { fieldsLeft, idsIn, referencesOf, withoutLost } from '../core/references.ts';
import { sameRecord, takenKey, wayBack } from '../core/unique.ts';
import { assignee } from '../records/assign.ts';
import { Writer } from '../core/writer.ts';
import { contradictionOf, FOLLOWS, togetherIn } from './contradicting-fields.ts';
import { lackingHere, lackOf } from './lacking-here.ts';
import { freeId, isGiven, sweptToo } from './lost-to-fork.ts';
import { replayFile } from './replay-file.ts';

/** A value that stays as it is here. */
export interface Conflict {
  /** The transaction of the other side. */
  readonly theirs: number;
  /** The record, by its id here, or the file. */
  readonly id: string;
  readonly why: string;
}

export interface RefusedChange extends Conflict {
  /** The refused part of the transaction's change. */
  readonly change: Change;
}

export interface ReplayedSide {
  /** The last transaction that both sides have. */
  readonly fork: number;
  /**
   * For each transaction of the other side, the transaction that it became here; null if nothing of it was left to
   * do.
   */
  readonly transactions: readonly { readonly theirs: number; readonly tx: number | null }[];
  /** How many of them had become one before. */
  readonly known: number;
  /** Records of the other side that have another id here. */
  readonly renamed: readonly { readonly theirs: string; readonly id: string }[];
  readonly conflicts: readonly RefusedChange[];
}

export class Replaying {
  readonly #kinds: Kinds;
  readonly #together: readonly (readonly string[])[];
  readonly #side: OtherSide;
  /** The transactions here since the fork, by their mark. */
  readonly #done: ReadonlyMap<string, Transaction>;
  /** The ids here of records that the other side made. */
  readonly #ids = new Map<string, string>();
  readonly #seqs = new Map<number, number>();
  readonly #conflicts = new Map<number, RefusedChange[]>();
  /** Enrolments of the other side in rules that also ran for the same record here: they do not continue. */
  readonly #doubles = new Set<string>();
  /** The records that the transaction takes out of the trash and puts back, and whether they were in the trash here. */
  #passing: ReadonlyMap<string, 'restored' | 'trashed'> = new Map();
  /** The last transaction of the other side that its sweeps saw: rules have run for it there. */
  readonly #swept: number;
  /** The number of the first enrolment after the fork, which is the same on both sides. */
  readonly #firstEnrolment: number;
  /** Whether records keep their ids: the other side took them from blocks of its own. */
  readonly #keepsIds: boolean;
  /** The refused fields of the present change, if others were applied. */
  #refused: Record<string, readonly [Json, Json]> = {};

  constructor(
    kinds: Kinds,
    side: OtherSide,
    done: ReadonlyMap<string, Transaction>,
    { keepsIds = false }: { readonly keepsIds?: boolean } = {},
  ) {
    this.#keepsIds = keepsIds;
    this.#kinds = kinds;
    this.#together = togetherIn(kinds);
    this.#side = side;
    this.#done = done;
    const changes = side.transactions.flatMap(tx => tx.changes);
    const cursors = changes.flatMap(change =>
      'set' in change && change.kind === 'cursor' && change.id === 'engine'
        ? [Number(change.set.seq?.[1] ?? 0)]
        : [],
    );
    this.#swept = Math.max(0, ...cursors);
    const enrolments = changes.flatMap(change =>
      'add' in change && kindOf(change) === 'enrolment' ? [numberOf(change.id)] : [],
    );
    this.#firstEnrolment = Math.min(Number.POSITIVE_INFINITY, ...enrolments);
  }

  /** The result of a transaction, noted when it is committed. */
  became(tx: Transaction, seq: number): void {
    this.#seqs.set(tx.seq, seq);
  }

  result(): ReplayedSide {
    return {
      fork: this.#side.fork,
      transactions: this.#side.transactions.map(({ seq }) => ({
        theirs: seq,
        tx: this.#seqs.get(seq) ?? null,
      })),
      known: this.#side.transactions.filter(tx => this.#done.has(markOf(tx))).length,
      renamed: [...this.#ids].flatMap(([theirs, id]) => (theirs === id ? [] : [{ theirs, id }])),
      conflicts: [...this.#conflicts.values()].flat(),
    };
  }

  /** Applies a transaction of the other side to a draft. A repeated decision gives the same result. */
  async decide(draft: Draft, tx: Transaction): Promise<void> {
    const before = this.#done.get(markOf(tx));
    if (before) return this.#recall(tx, before);
    const conflicts: RefusedChange[] = [];
    this.#conflicts.set(tx.seq, conflicts);
    const writer = new Writer(draft, { user: tx.by, role: 'admin' }, assignee);
    if (tx.trigger === false || tx.seq <= this.#swept) draft.trigger = false;
    if (tx.undoes !== undefined)
      draft.undoes = tx.undoes <= this.#side.fork ? tx.undoes : this.#seqs.get(tx.undoes);
    this.#passing = new Map(
      [...passingThrough(tx.changes)]
        .map(id => this.#mappedId(id))
        .map(id => [id, draft.get(id) ? 'restored' : 'trashed']),
    );
    for (const change of tx.changes) {
      const kind = kindOf(change);
      if (kind === 'cursor') {
        if (this.#keepsIds) sweptToo(draft, change, this.#side.fork);
        continue;
      }
      this.#refused = {};
      const why =
        kind === 'file'
          ? await replayFile(writer, change as SetChange, this.#keepsIds)
          : this.#replayOne(writer, change, kind as Kind, tx.at);
      if (why !== undefined && kind !== 'enrolment')
        conflicts.push({
          theirs: tx.seq,
          id: this.#ids.get(idOf(change)) ?? idOf(change),
          why,
          change: this.#notDone(change, kind),
        });
    }
    for (const id of this.#doubles) {
      const status = (draft.get(id) as Enrolment | undefined)?.status;
      if (status === 'waiting' || status === 'ready') draft.set(id, { status: 'undone' });
    }
  }

  /** Notes the refused part of a change: some of its fields, or all of it. */
  #notDone(change: Change, kind: AnyKind): Change {
    if (Object.keys(this.#refused).length === 0) return change;
    return { kind, id: change.id, set: this.#refused };
  }

  /** Of a transaction that was replayed before: what its records are called here. */
  #recall(tx: Transaction, done: Transaction): void {
    this.#seqs.set(tx.seq, done.seq);
    const added = done.changes.flatMap(change => ('add' in change ? [change.add] : []));
    for (const change of tx.changes) {
      if (!('add' in change)) continue;
      const kind = kindOf(change) as Kind;
      const { id: _, ...expected } = this.#mappedRecord(kind, change.add);
      const at = added.findIndex(
        ({ id, ...record }) => this.#kinds.kindOf(id) === kind && sameJson(record as Json, expected as Json),
      );
      if (at >= 0) this.#ids.set(change.add.id, added.splice(at, 1)[0]!.id);
    }
  }

  #replayOne(writer: Writer, change: Change, kind: Kind, at: string): string | undefined {
    if ('add' in change) return this.#add(writer, change, kind);
    const { draft } = writer;
    const id = this.#mappedId(change.id);
    const now = draft.get(id);
    if ('rm' in change) {
      if (!now) return undefined;
      const passed = this.#passing.get(id);
      if (passed) {
        // It went back there, and so it does here, unless it was restored here.
        if (passed === 'trashed') draft.apply({ kind, id, rm: now, ...this.#why(change) });
        return undefined;
      }
      if (isPurge(change)) return `was purged there: crm purge ${id} does it here`;
      if (!isUntouched(now, { ...this.#mappedRecord(kind, change.rm), id }))
        return 'was removed there, and changed here';
      draft.apply({ kind, id, rm: now, ...this.#why(change) });
      return undefined;
    }
    if (!now) {
      const fields = Object.keys(change.set).join(', ');
      return `is ${draft.state.trash().has(id) ? 'in the trash' : 'gone'} here; there, ${fields} was changed on ${at}`;
    }
    return this.#set(writer, kind, now, change);
  }

  #add(writer: Writer, change: Change & { add: Rec }, kind: Kind): string | undefined {
    const { draft } = writer;
    const known = this.#mappedId(change.add.id);
    const record = this.#mappedRecord(kind, change.add);
    // Only a record that comes back from the trash knows when it was made.
    if (record.updatedAt !== undefined && (draft.get(known) || !draft.state.trash().has(known)))
      return draft.get(known) ? undefined : 'was brought back there, and is gone here';
    const isBack = record.updatedAt !== undefined;
    const holder =
      isBack && !this.#passing.has(known) ? sameRecord(writer, kind, { ...record, id: known }) : undefined;
    if (holder !== undefined)
      return `was brought back there, and ${holder} has its key here: ${wayBack(this.#kinds, kind, known, holder)}`;
    const left = withoutLost(draft.state, kind, record);
    const owner = referencesOf(draft.config, kind).find(
      ({ path, belongs }) => belongs && record[path] && !left[path],
    );
    if (owner) return `belongs to ${String(record[owner.path])}, which is not here`;
    const lack = this.#keepsIds ? lackOf(draft.config, kind, left) : undefined;
    if (lack !== undefined) return `needs ${lack}, which is not here`;
    const isTaken = this.#keepsIds && !isBack && isGiven(draft, known);
    const taken = this.#keepsIds && !isBack ? this.#withoutTakenKeys(writer, kind, left) : [];
    const id = isTaken
      ? freeId(draft, kind, this.#side)
      : isBack || this.#keepsIds
        ? known
        : draft.state.nextId(kind);
    const same = isBack || this.#keepsIds ? undefined : sameRecord(writer, kind, left);
    if (same !== undefined) {
      this.#ids.set(change.add.id, same);
      const { id: _, ...values } = left;
      const set = Object.fromEntries(
        Object.entries(values).flatMap(([path, value]) =>
          isEmpty(value) ? [] : [[path, [null, value!] as const]],
        ),
      );
      const why = this.#setMapped(writer, kind, draft.record(same), set, {});
      return `is one that was added on both sides${why ? `; ${why}` : ''}`;
    }
    this.#ids.set(change.add.id, id);
    draft.apply({ ...addition(kind, { ...left, id }), ...this.#why(change) });
    if (kind === 'enrolment' && this.#isDouble(draft, draft.record(id) as Enrolment)) this.#doubles.add(id);
    const faults = [
      ...(isTaken ? [`was ${known} there, which is another record here`] : []),
      ...(taken.length > 0
        ? [`is without ${taken.map(({ path, by }) => `${path}, which ${by} has`).join(', and ')}`]
        : []),
    ];
    return faults.length > 0 ? faults.join('; ') : undefined;
  }

  /** Removes keys that another record has here from an added record; says which keys, and whose they are. */
  #withoutTakenKeys(writer: Writer, kind: Kind, record: Rec): { path: string; by: string }[] {
    const values = record as unknown as Record<string, Json | undefined>;
    const taken: { path: string; by: string }[] = [];
    for (;;) {
      const found = takenKey(writer, kind, values);
      if (!found) return taken;
      taken.push({ path: found.path, by: found.id ?? 'another record' });
      const several = definitionOf(this.#kinds, kind).several?.find(({ one }) => one === found.path);
      for (const path of several ? [several.one, several.others] : [found.path]) {
        if (!isEmpty(values[path])) this.#refused[path] = [null, values[path]!];
        delete values[path];
      }
    }
  }

  #isDouble({ state }: Draft, { id, automation, subject }: Enrolment): boolean {
    const ours = new Set(this.#ids.values());
    for (let n = this.#firstEnrolment; n < state.nextNumber('enrolment'); n++) {
      const other = state.get(state.kinds.makeId('enrolment', n)) as Enrolment | undefined;
      if (
        other &&
        other.id !== id &&
        !ours.has(other.id) &&
        other.automation === automation &&
        other.subject === subject
      )
        return true;
    }
    return false;
  }

  #set(writer: Writer, kind: Kind, now: Rec, change: SetChange): string | undefined {
    const references = new Set(referencesOf(writer.config, kind).map(({ path }) => path));
    const map = (path: string, value: Json) =>
      references.has(path) || path === 'cause' ? this.#mapped(value) : value;
    const set = Object.fromEntries(
      Object.entries(change.set).map(([path, [old, made]]) => [
        path,
        [map(path, old), map(path, made)] as const,
      ]),
    );
    return this.#setMapped(writer, kind, now, set, this.#why(change));
  }

  /** Merges the steps of fields three ways; returns the fields that stay. */
  #setMapped(
    writer: Writer,
    kind: Kind,
    now: Rec,
    set: SetChange['set'],
    { why }: Pick<SetChange, 'why'>,
  ): string | undefined {
    const { draft } = writer;
    const values: Record<string, Json> = {};
    const kept = new Set<string>();
    for (const [path, [old, made]] of Object.entries(set)) {
      // Consequences of a move are dropped together with it.
      const step =
        path === 'held' || path === 'stageSince' ? { value: made } : merged(valueAt(now, path), old, made);
      if (step) values[path] = step.value;
      else kept.add(path);
    }
    for (const path of this.#keepsIds ? lackingHere(writer.config, kind, now, values) : []) {
      kept.add(path);
      delete values[path];
    }
    for (const group of this.#together)
      if (group.some(path => kept.has(path)))
        for (const path of group)
          if (path in values) {
            if (!sameJson(values[path], valueAt(now, path)) && !FOLLOWS.includes(path)) kept.add(path);
            delete values[path];
          }
    const found = this.#keepsIds
      ? takenKey(writer, kind, { ...now, ...values } as Rec & Record<string, Json>, now)
      : undefined;
    if (found && found.path in values) {
      kept.add(found.path);
      delete values[found.path];
    }
    const left = fieldsLeft(draft.state, kind, { id: now.id, ...values });
    for (const path of Object.keys(values)) values[path] = left[path] ?? null;
    draft.set(now.id, values, why);
    if (kept.size === 0) return undefined;
    for (const path of kept) this.#refused[path] = set[path]!;
    return [...kept].map(path => contradictionOf(path, valueAt(now, path), set[path]![1])).join(', ');
  }

  #why(change: Change): Pick<SetChange, 'why'> {
    if (!change.why) return {};
    const { enrolment } = change.why;
    return {
      why: { ...change.why, ...(enrolment !== undefined && { enrolment: this.#mappedId(enrolment) }) },
    };
  }

  #mappedId(id: string): string {
    return this.#ids.get(id) ?? id;
  }

  #mapped(value: Json): Json {
    if (typeof value === 'string') return this.#mappedId(value);
    return Array.isArray(value) ? idsIn(value).map(id => this.#mappedId(id)) : value;
  }

  /** The record with the ids that those which it points to have here. */
  #mappedRecord(kind: Kind, record: Rec): Rec {
    const left: Record<string, Json | undefined> = { ...record };
    for (const { path } of referencesOf(noSettings(this.#kinds), kind))
      if (left[path] !== undefined) left[path] = this.#mapped(left[path]!);
    if (typeof left.cause === 'string') left.cause = this.#mappedId(left.cause);
    return left as unknown as Rec;
  }
}
