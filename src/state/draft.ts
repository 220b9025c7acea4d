/**
 * Work on a state that is not committed yet: every change is seen by what comes after it, and all of them become
 * one transaction. Nothing else makes changes.
 */
import { AddedLines } from './added-line.ts';
import { refusesEdit } from '../domain/bad-bytes.ts';
import { addition, type Change, type Erasure, invert, setChange, type Why } from '../domain/changes.ts';
import type { Config } from '../domain/config.ts';
import type { Clock } from '../domain/clock.ts';
import { formatInstant } from '../domain/dates.ts';
import { notFound } from '../domain/errors.ts';
import { type AnyKind, isNamed, type Kind } from '../domain/kinds.ts';
import { type Json, type Rec, recordOf } from '../domain/records.ts';
import { definitionOf } from '../kinds/define.ts';
import type { State } from './state.ts';

export type Values = { readonly [path: string]: Json | undefined };

/** A file that people write, as it shall be: null to remove it. */
export interface FileEdit {
  readonly path: string;
  readonly text: string | null;
  /** Additions are written before the commit, removals after it, so that every crash leaves a valid workspace. */
  readonly when: 'before' | 'after';
}

/** No field before the others: one list, since what is known of a list is kept by it. */
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
  /** Whether its state went through changes that it then gave up, and remembers them: ids, the trash. */
  strayed = false;
  #lines: AddedLines | undefined;
  /** The number that its transaction gets. */
  readonly seq: number;
  /** What people wrote in files since the last transaction: one of its own, before this one. */
  readonly intake: readonly Change[];
  /** Files as they are on disk that the journal does not have, because they are not UTF-8, by path. */
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

  /** Keeps the records that it adds as lines, of which few are looked at again: there will be many. */
  addLines(): void {
    this.#lines ??= new AddedLines();
  }

  get(id: string): Rec | undefined {
    return this.state.get(id);
  }

  /** The record, which must be there. */
  record(id: string): Rec {
    const record = this.state.get(id);
    if (!record) throw notFound(`${id} does not exist`);
    return record;
  }

  /**
   * Adds a record with a new id; what is empty is not stored. The fields are in the order of `first`, then as they
   * come.
   */
  add(kind: Kind, values: Values, why?: Why, first?: readonly string[]): Rec {
    return this.record(this.insert(kind, values, why, first));
  }

  /** The same; its id. An import does not look at what it has added. */
  insert(kind: Kind, values: Values, why?: Why, first: readonly string[] = AS_THEY_COME): string {
    const number = this.state.freeNumber(kind);
    // Columns are written while what a line says is at hand.
    if (this.#lines) this.state.table(kind);
    const record = recordOf(this.state.kinds.makeId(kind, number), values, first);
    this.apply(
      this.#lines?.add(this.state.kinds.of(kind), number, record, why) ?? addition(kind, record, why),
    );
    return record.id;
  }

  /** Sets fields by path; undefined where they are so already. */
  set(id: string, values: Values, why?: Why): Change | undefined {
    const kind = this.state.kinds.kindOf(id);
    const record = this.record(id);
    const { tidy } = definitionOf(this.state.kinds, kind);
    const tidied = tidy ? { ...values, ...tidy({ ...record, ...values }) } : values;
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

  /** Throws INVALID, with the line, where a file on disk has bytes that an edit would destroy. */
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

  /** Takes over what a draft of a fork of its state has changed, and goes on from there. */
  adopt({ changes, state, strayed }: Pick<Draft, 'changes' | 'state' | 'strayed'>): void {
    for (const change of changes) this.changes.push(change);
    this.#state = state;
    this.strayed ||= strayed;
  }

  /** Takes back its changes from the `from`th on, as if they had never been; `derived` is what followed from them. */
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

  /** Gives up all changes; the draft's state is of no more use. */
  discard(): void {
    this.strayed = true;
    this.changes.length = 0;
    this.files.length = 0;
  }

  /** Adds to the last change, which set the same record, so that both are one. */
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
