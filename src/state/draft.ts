/**
 * Uncommitted work on a state: every change is seen by the next one, and all of them become one transaction. Nothing
 * else makes changes.
 */
import { AddedLines } from './added-line.ts';
import { refusesEdit } from '../domain/bad-bytes.ts';
import { addition, type Change, type Erasure, invert, setChange, type Why } from '../domain/changes.ts';
import type { Config } from '../domain/config.ts';
import type { Clock } from '../domain/clock.ts';
import { formatInstant } from '../domain/dates.ts';
import { notFound } from '../domain/errors.ts';
import { type AnyKind, isNamed, type Kind } from '../domain/kinds.ts';
import { type Json, type Rec, recordOf, withMore } from '../domain/records.ts';
import { definitionOf } from '../kinds/define.ts';
import type { State } from './state.ts';

export type Values = { readonly [path: string]: Json | undefined };

/** The new text of a file that people write; null removes the file. */
export interface FileEdit {
  readonly path: string;
  readonly text: string | null;
  /** Additions are written before the commit, removals after it, so that every crash leaves a valid workspace. */
  readonly when: 'before' | 'after';
}

/** No field comes before the others. A single list, because facts about a list are cached per list. */
const AS_THEY_COME: readonly string[] = [];

export class Draft {
  #state: State;
  readonly clock: Clock;
  /** The instant of all its changes. */
  readonly at: string;
  readonly changes: Change[] = [];
  readonly files: FileEdit[] = [];
  /** The settings with the draft's own edits of files. */
  config: Config;
  /** Whether the changes may start automations. */
  trigger = true;
  undoes: number | undefined;
  /** What a purge erases from earlier transactions. */
  erases: readonly Erasure[] | undefined;
  /** Whether its state still remembers changes that were given up: ids, the trash. */
  strayed = false;
  #lines: AddedLines | undefined;
  /** The number that its transaction gets. */
  readonly seq: number;
  /**
   * The edits that people made to files since the last transaction: they become a transaction of their own before
   * this one.
   */
  readonly intake: readonly Change[];
  /** Files on disk that the journal cannot have because they are not UTF-8, by path. */
  readonly foreign: ReadonlyMap<string, string>;

  constructor(
    state: State,
    clock: Clock,
    intake: readonly Change[] = [],
    foreign: ReadonlyMap<string, string> = new Map(),
  ) {
    this.#state = state;
    this.clock = clock;
    this.config = state.config;
    this.at = formatInstant(clock.now);
    this.seq = state.seq + 1;
    this.intake = intake;
    this.foreign = foreign;
  }

  /** The state with all its changes. */
  get state(): State {
    return this.#state;
  }

  /** Keeps added records as lines from now on, for a command that adds many and reads few of them. */
  addLines(): void {
    this.#lines ??= new AddedLines();
  }

  get(id: string): Rec | undefined {
    return this.state.get(id);
  }

  /** Returns a record, which must exist. */
  record(id: string): Rec {
    const record = this.state.get(id);
    if (!record) throw notFound(`${id} does not exist`);
    return record;
  }

  /**
   * Adds a record with a new id; empty values are not stored. The fields are in the order of `first`, then in their
   * own.
   */
  add(kind: Kind, values: Values, why?: Why, first?: readonly string[]): Rec {
    return this.record(this.insert(kind, values, why, first));
  }

  /** Adds a record and returns its id only, because an import does not read what it has added. */
  insert(kind: Kind, values: Values, why?: Why, first: readonly string[] = AS_THEY_COME): string {
    const number = this.state.freeNumber(kind);
    // Columns are written while the record is in memory.
    if (this.#lines) this.state.table(kind);
    const record = recordOf(this.state.kinds.makeId(kind, number), values, first);
    this.apply(
      this.#lines?.add(this.state.kinds.of(kind), number, record, why) ?? addition(kind, record, why),
    );
    return record.id;
  }

  /** Sets fields by path; undefined if they have these values already. */
  set(id: string, values: Values, why?: Why): Change | undefined {
    const kind = this.state.kinds.kindOf(id);
    const record = this.record(id);
    const { tidy } = definitionOf(this.state.kinds, kind);
    const tidied = tidy ? { ...values, ...tidy(withMore(record, values)) } : values;
    const change = setChange(kind, record, tidied, why);
    if (change) this.apply(change);
    return change;
  }

  remove(id: string, why?: Why): void {
    this.apply({ kind: this.state.kinds.kindOf(id), id, rm: this.record(id), ...(why && { why }) });
  }

  /** Sets fields of a named record (a cursor, a file). */
  setNamed(kind: AnyKind, id: string, values: Values): void {
    if (!isNamed(kind)) throw new Error(`${kind} is not named`);
    const change = setChange(kind, this.state.named(kind).get(id) ?? { id }, values);
    if (change) this.apply(change);
  }

  /** Throws INVALID, with the line, if a file on disk has bytes that an edit would destroy. */
  requireUtf8(path: string): void {
    const text = this.foreign.get(path) ?? this.state.named('file').get(path)?.text;
    const refused = typeof text === 'string' ? refusesEdit(path, text) : undefined;
    if (refused) throw refused;
  }

  /** Writes a YAML file or template, or removes it. */
  edit(path: string, text: string | null, when: FileEdit['when'] = text === null ? 'after' : 'before'): void {
    this.requireUtf8(path);
    this.setNamed('file', path, { text });
    this.files.push({ path, text, when });
  }

  apply(change: Change): void {
    this.changes.push(change);
    this.state.apply(change, this.at, this.seq);
  }

  /** Takes over the changes of a draft on a fork of its state, and goes on from there. */
  adopt({ changes, state, strayed }: Pick<Draft, 'changes' | 'state' | 'strayed'>): void {
    for (const change of changes) this.changes.push(change);
    this.#state = state;
    this.strayed ||= strayed;
  }

  /**
   * Reverts its changes from the `from`th on, as if they had never been made; `derived` restores the values that
   * followed from them.
   */
  revert(from: number, derived: Values): void {
    if (this.changes.length > from) this.strayed = true;
    for (const change of this.changes.splice(from).reverse()) {
      const inverse = invert(change);
      const also = Object.fromEntries(
        Object.entries(derived).map(([path, value]) => [path, [null, value ?? null]] as const),
      );
      this.state.apply(
        'set' in inverse ? { ...inverse, set: { ...inverse.set, ...also } } : inverse,
        this.at,
        this.seq,
      );
    }
  }

  /** Drops all changes; the draft's state must not be used afterwards. */
  discard(): void {
    this.strayed = true;
    this.changes.length = 0;
    this.files.length = 0;
  }

  /** Merges a change into the last one, which set the same record. */
  amend(values: Values): void {
    const last = this.changes.pop() as Change & {
      set: Record<string, readonly [Json, Json]>;
      kind: Kind;
      id: string;
    };
    const more = setChange(last.kind, this.record(last.id), values);
    if (more) this.state.apply(more, this.at, this.seq);
    this.changes.push({ ...last, set: { ...last.set, ...more?.set } });
  }
}
