/**
 * The whole workspace as of one transaction: a table per kind, the links between them, and the settings that
 * were then in force. A state follows changes, so that a use case or a sweep sees its own work.
 */
import {
  andWhatFollows,
  applyChange,
  type Change,
  idOf,
  invert,
  isPurge,
  kindOf,
  numberIn,
} from '../domain/changes.ts';
import type { Config } from '../domain/config.ts';
import { failed } from '../domain/errors.ts';
import { type AnyKind, isNamed, type Kind, type Kinds, type NamedKind } from '../domain/kinds.ts';
import type { Rec } from '../domain/records.ts';
import { definitionOf } from '../kinds/define.ts';
import { columnsOf } from '../kinds/fields.ts';
import { ChangeLog, type Logged, type Run } from './change-log.ts';
import { edgesBetween } from './edges.ts';
import { Links } from './links.ts';
import type { Source } from './source.ts';
import { Table } from './table.ts';

/** A removed record, kept until it is purged. */
export interface Trashed {
  readonly id: string;
  readonly removedAt: string;
  readonly record: Rec;
}

/** The base of a state: rows and counters, each kind as of its own transaction, none before `seq`. */
export interface Base {
  readonly seq: number;
  /** The last transaction that the rows of a kind include: at or after `seq`. Later changes come by `apply`. */
  seqOf(kind: Kind | NamedKind | 'trash'): number;
  source(kind: Kind): Source;
  named(kind: NamedKind): readonly Rec[];
  trash(): readonly Trashed[];
  /** The number that the next new record of a kind gets. */
  next(kind: Kind): number;
  /** The blocks of numbers that this machine may use for a kind; left out, or undefined: the next number. */
  leased?(kind: Kind): Leased | undefined;
}

export class State {
  readonly config: Config;
  readonly #base: Base;
  readonly #tables = new Map<Kind, Table>();
  readonly #links = new Map<string, Links>();
  /** The same links, by the kind that points. */
  readonly #linksFrom = new Map<Kind, Links[]>();
  readonly #named = new Map<NamedKind, Map<string, Rec>>();
  #trash: Map<string, Trashed> | undefined;
  readonly #next = new Map<Kind, number>();
  /** The number below which the leased blocks have no free number. */
  readonly #free = new Map<Kind, number>();
  /** All changes since the base, in order: a part that is opened later applies them first. */
  readonly #log = new ChangeLog();
  /** The same changes by kind, for kinds that were not opened yet. */
  readonly #logOf = new Map<AnyKind, ChangeLog>();
  /** The last transaction that it includes. */
  seq: number;

  constructor(base: Base, config: Config) {
    this.#base = base;
    this.config = config;
    this.seq = base.seq;
  }

  /** Returns a copy of the state to change, leaving this one as it is. */
  fork(): State {
    const copy = new State(this.#base, this.config);
    for (const { change, at, seq, quiet } of this.#log.entries()) copy.apply(change, at, seq, quiet);
    return copy;
  }

  /**
   * Returns the state as of an earlier transaction, but with the quiet changes that came after it. `earlier` are
   * changes after that transaction that the base of this state already includes; `stageSince` is the time since which
   * a deal had been in the stage that they moved it from.
   */
  asOf(seq: number, earlier: readonly Logged[], stageSince: ReadonlyMap<string, string>): State {
    const copy = new State(this.#base, this.config);
    const isThere = (change: Change) => 'add' in change || isNamed(change.kind) || copy.has(change.id);
    for (const { change, at, seq: its, quiet } of this.#log.entries())
      if (its <= seq || (quiet && isThere(change))) copy.apply(change, at, its, quiet);
    const purged = new Set(earlier.flatMap(({ change }) => (isPurge(change) ? [idOf(change)] : [])));
    // A removal is taken back; what was purged since is nowhere any more.
    const isReversible = (change: Change) =>
      'rm' in change && !isNamed(change.kind)
        ? !purged.has(change.id) && !copy.has(change.id)
        : isThere(change);
    // The value of a quiet change stays, whatever other changes had set before.
    const quietly = new Set<string>();
    // Deals that go back to a stage, each with the time since which it was in it: that of the change that last set
    // the stage, once it is found.
    const back = new Map<string, string | undefined>();
    for (const { change, at, seq: its, quiet } of [...earlier].reverse()) {
      if (quiet && 'set' in change)
        for (const path of andWhatFollows(Object.keys(change.set))) quietly.add(`${change.id} ${path}`);
      if (quiet || its <= seq || its > this.#base.seqOf(kindOf(change)) || !isReversible(change)) {
        const id = idOf(change);
        if (back.has(id)) back.set(id, back.get(id) ?? stageSetBy(change, at));
        continue;
      }
      let inverse = invert(change);
      // A record that was added, and then removed by a quiet change, is gone already.
      if ('rm' in inverse && !isNamed(inverse.kind) && !copy.get(inverse.id)) continue;
      if ('set' in inverse) {
        const { id, set } = inverse;
        const loud = Object.entries(set).filter(([path]) => !quietly.has(`${id} ${path}`));
        if (loud.length === 0) continue;
        inverse = { ...inverse, set: Object.fromEntries(loud) };
        if (inverse.set.stage) back.set(id, undefined);
      }
      copy.apply(inverse, at, this.seq + 1);
    }
    for (const [id, met] of back) {
      const since = met ?? stageSince.get(id);
      if (since && copy.get(id))
        copy.apply({ kind: 'deal', id, set: { stageSince: [null, since] } }, since, this.seq + 1);
    }
    return copy;
  }

  get kinds(): Kinds {
    return this.config.kinds;
  }

  table(kind: Kind): Table {
    let table = this.#tables.get(kind);
    if (!table) {
      table = new Table(
        definitionOf(this.kinds, kind),
        this.#base.source(kind),
        columnsOf(this.config, kind),
      );
      for (const { change, at } of this.#since(kind)) table.apply(change, at);
      this.#tables.set(kind, table);
    }
    return table;
  }

  get(id: string): Rec | undefined {
    const parsed = this.kinds.parseId(id);
    if (!parsed) return undefined;
    const table = this.table(parsed.kind);
    const row = table.row(parsed.number);
    return row < 0 ? undefined : table.record(row);
  }

  /** Whether a record of this id exists. Does not read the record. */
  has(id: string): boolean {
    const parsed = this.kinds.parseId(id);
    return parsed !== undefined && this.table(parsed.kind).row(parsed.number) >= 0;
  }

  /** Returns the row of a reference, or -1 if it points to nothing or to another kind. */
  rowOfRef(kind: Kind, ref: number): number {
    const number = this.kinds.numberIn(kind, ref);
    return number > 0 ? this.table(kind).row(number) : -1;
  }

  /** YAML files and templates by path, or the engine's cursor. */
  named(kind: NamedKind): ReadonlyMap<string, Rec> {
    let map = this.#named.get(kind);
    if (!map) {
      map = new Map(this.#base.named(kind).map(rec => [rec.id, rec]));
      for (const { change, at } of this.#since(kind)) applyNamed(map, change, at);
      this.#named.set(kind, map);
    }
    return map;
  }

  trash(): ReadonlyMap<string, Trashed> {
    if (!this.#trash) {
      this.#trash = new Map(this.#base.trash().map(t => [t.id, t]));
      const seq = this.#base.seqOf('trash');
      for (const { change, at } of this.#log.entries(seq)) applyTrash(this.#trash, change, at);
    }
    return this.#trash;
  }

  nextId(kind: Kind): string {
    return this.kinds.makeId(kind, this.freeNumber(kind));
  }

  /**
   * Returns the number that a new record gets: one of the blocks that this machine may use, otherwise the next
   * number. FAILED if the blocks are used up and this machine may use no other numbers.
   */
  freeNumber(kind: Kind): number {
    const leased = this.#base.leased?.(kind);
    if (!leased) return this.nextNumber(kind);
    const met = this.#free.get(kind) ?? 0;
    for (const [first, last] of leased.blocks)
      for (let number = Math.max(first, met); number <= last; number++) {
        if (this.#isGiven(kind, number)) continue;
        this.#free.set(kind, number);
        return number;
      }
    if (!leased.isAll) return this.nextNumber(kind);
    throw failed(
      `the numbers that this machine may give to new records of the kind ${kind} without the remote are used up`,
      'crm sync leases more; before a large import: crm sync --ids 5000',
    );
  }

  /** Whether a number belongs, or belonged, to a record. */
  #isGiven(kind: Kind, number: number): boolean {
    return this.table(kind).row(number) >= 0 || this.trash().has(this.kinds.makeId(kind, number));
  }

  nextNumber(kind: Kind): number {
    return this.#next.get(kind) ?? this.#base.next(kind);
  }

  /**
   * Returns the links from rows of one kind to the rows of another kind that point to them by a field: a deal's tasks
   * (`task`, `for`), a contact's events (`event`, `contact`). Built at the first call, kept up to date by `apply`.
   */
  links(to: Kind, from: Kind, field: string): Links {
    const key = `${to} ${from} ${field}`;
    let links = this.#links.get(key);
    if (!links) {
      links = new Links(edgesBetween(this.kinds, this.table(from), field, this.table(to)));
      this.#links.set(key, links);
      this.#linksFrom.set(from, [...(this.#linksFrom.get(from) ?? []), links]);
    }
    return links;
  }

  /** Takes in a change made at `at` (ISO instant) by transaction `seq`. */
  apply(change: Change, at: string, seq = this.seq, quiet = false): void {
    this.#log.push(change, at, seq, quiet);
    this.seq = seq;
    const kind = kindOf(change);
    if (!this.#tables.has(kind) && !this.#named.has(kind as NamedKind)) {
      if (!this.#logOf.has(kind)) this.#logOf.set(kind, new ChangeLog());
      this.#logOf.get(kind)!.push(change, at, seq, quiet);
    }
    const leased = kind === 'cursor' ? leaseIn(change) : undefined;
    if (leased && seq > this.#base.seqOf(leased.kind) && leased.last >= this.nextNumber(leased.kind))
      this.#next.set(leased.kind, leased.last + 1);
    if (isNamed(kind)) {
      const map = this.#named.get(kind);
      if (map) applyNamed(map, change, at);
      return;
    }
    if ('add' in change) {
      if (seq <= this.#base.seqOf(kind)) return;
      const next = numberIn(change) + 1;
      if (next > this.nextNumber(kind)) this.#next.set(kind, next);
      // A record that comes back may get another row, so the links to it are searched for again.
      else for (const [key, links] of this.#links) if (key.startsWith(`${kind} `)) links.invalidate();
    }
    if (isPurge(change) && seq > this.#base.seqOf(kind)) {
      const next = numberIn(change) + 1;
      if (next > this.nextNumber(kind)) this.#next.set(kind, next);
    }
    if (this.#trash) applyTrash(this.#trash, change, at);
    const table = this.#tables.get(kind);
    if (!table) return;
    const row = table.apply(change, at);
    if (row < 0) return;
    for (const links of this.#linksFrom.get(kind) ?? []) links.update(row);
  }

  /** Returns the changes of a kind that its rows do not include yet. From then on, the opened kind is handed each change. */
  #since(kind: Kind | NamedKind): Iterable<Logged> {
    return this.#logOf.get(kind)?.entries(this.#base.seqOf(kind)) ?? [];
  }

  /** Returns the changes since the base; with `after`, only those of later transactions. */
  log(after?: number): Logged[] {
    return [...this.#log.entries(after)];
  }

  /** Returns all changes since the base, in runs. */
  runs(): readonly Run[] {
    return this.#log.runs;
  }
}

/** The numbers that a machine may give to new records. */
export interface Leased {
  /** The first and the last number of each block, in the order in which they are used. */
  readonly blocks: readonly (readonly [first: number, last: number])[];
  /** Whether it may use no other numbers. */
  readonly isAll: boolean;
}

/** The id, among the cursors, of the last number of a kind that was leased to a machine. */
export const leaseOf = (kind: Kind): string => `ids/${kind}`;

/** Returns the kind and the last number of a block that a change leases; undefined for any other change. */
export function leaseIn(change: Change): { readonly kind: Kind; readonly last: number } | undefined {
  if (!('set' in change) || !change.id.startsWith('ids/')) return undefined;
  const last = change.set.seq?.[1];
  return typeof last === 'number' ? { kind: change.id.slice('ids/'.length), last } : undefined;
}

/**
 * Returns the time since which a deal is in the stage that a change sets, made at `at`; undefined if the change sets
 * no stage.
 */
function stageSetBy(change: Change, at: string): string | undefined {
  if ('add' in change) return (change.add.stageSince ?? change.add.createdAt ?? at) as string;
  if (!('set' in change)) return undefined;
  const { stage, stageSince } = change.set;
  return stage || stageSince ? ((stageSince?.[1] ?? at) as string) : undefined;
}

function applyNamed(map: Map<string, Rec>, change: Change, at: string): void {
  if ('add' in change) return;
  const next = applyChange(map.get(change.id), change, at);
  if (next) map.set(change.id, next);
  else map.delete(change.id);
}

function applyTrash(trash: Map<string, Trashed>, change: Change, at: string): void {
  if ('add' in change || isPurge(change)) trash.delete(idOf(change));
  else if ('rm' in change && !isNamed(change.kind))
    trash.set(change.id, { id: change.id, removedAt: at, record: change.rm });
}
