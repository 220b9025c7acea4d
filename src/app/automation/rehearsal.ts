/**
 * A workspace in memory that commands and sweeps change like a real one, without touching any file: for trying rules
 * on a case, and on the past.
 */
import { planInput, seenBefore } from './plan-input.ts';
import type { Viewer } from '../core/viewer.ts';
import { assignee } from '../records/assign.ts';
import { Writer } from '../core/writer.ts';
import type { Change } from '../../domain/changes.ts';
import { clockIn } from '../../domain/clock.ts';
import type { Config } from '../../domain/config.ts';
import type { Clock } from '../../domain/clock.ts';
import { formatInstant } from '../../domain/dates.ts';
import type { Languages } from '../../engine/texts/languages.ts';
import { cursorOf } from '../../engine/cursor.ts';
import { type Plan, plan } from '../../engine/plan.ts';
import { Draft } from '../../state/draft.ts';
import { MemorySource } from '../../state/source.ts';
import { type Base, State } from '../../state/state.ts';

/** The base of a state without records. */
export const nothing: Base = {
  seq: 0,
  seqOf: () => 0,
  source: () => new MemorySource([]),
  named: () => [],
  trash: () => [],
  next: () => 1,
};

export class Rehearsal {
  readonly #languages: Languages;
  /** The rule that is swept alone, without transitions; undefined for a sweep of all. */
  readonly #only: string | undefined;
  readonly #clock: Clock;
  state: State;

  constructor(state: State, languages: Languages, only?: string) {
    this.state = state;
    this.#languages = languages;
    this.#only = only;
    this.#clock = clockIn(state.config, 0);
  }

  get config(): Config {
    return this.state.config;
  }

  clock(now: number): Clock {
    return { ...this.#clock, now };
  }

  /** Does what a command would do at `now`, as one transaction; does nothing if it throws. */
  change<T>(now: number, viewer: Viewer, decide: (writer: Writer) => T): T {
    const draft = new Draft(this.state.fork(), this.clock(now));
    const result = decide(new Writer(draft, viewer, assignee));
    this.take(draft.changes, now);
    return result;
  }

  /** Takes in a transaction that was made at `now`. */
  take(changes: readonly Change[], now: number, quiet = false): void {
    const seq = this.state.seq + 1;
    for (const change of changes) this.state.apply(change, formatInstant(now), seq, quiet);
  }

  /** From here on rules see changes; existing records count as older than the rules. */
  begin(now: number): void {
    const { state } = this;
    const draft = new Draft(state.fork(), this.clock(now));
    draft.setNamed('cursor', cursorOf(this.#only), { seq: state.seq, at: formatInstant(now) });
    this.take(draft.changes, now);
  }

  /** Returns what a sweep at `now` would do; with `first`, only whether there is anything to do. */
  plan(now: number, first = false): Plan {
    const { state } = this;
    const { seq } = seenBefore(state, this.#only);
    return plan(
      planInput(
        {
          state,
          since: state.log(seq),
          stageSince: new Map(),
          activated: new Map(),
          now,
          languages: this.#languages,
        },
        { only: this.#only, first },
      ),
    );
  }

  /** Sweeps at `now`. */
  sweep(now: number): Plan {
    const planned = this.plan(now);
    this.take(planned.changes, now);
    return planned;
  }

  /** Folds swept changes into a new base, so that later sweeps do not replay them. */
  settle(): void {
    const { state } = this;
    const sources = new Map(
      state.kinds.names.map(kind => {
        const table = state.table(kind);
        return [kind, new MemorySource(table.liveRows().map(row => table.record(row)))];
      }),
    );
    const next = new Map(state.kinds.names.map(kind => [kind, state.nextNumber(kind)]));
    const named = { file: [...state.named('file').values()], cursor: [...state.named('cursor').values()] };
    const trash = [...state.trash().values()];
    const { seq } = state;
    this.state = new State(
      {
        seq,
        seqOf: () => seq,
        source: kind => sources.get(kind)!,
        named: kind => named[kind],
        trash: () => trash,
        next: kind => next.get(kind)!,
      },
      state.config,
    );
  }
}
