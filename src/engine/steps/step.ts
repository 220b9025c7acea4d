import { type Automation, type Params, type SubjectKind, subjectKinds } from '../../domain/automation.ts';
import type { Why } from '../../domain/changes.ts';
import type { Config } from '../../domain/config.ts';
import type { Kind } from '../../domain/kinds.ts';
import type { Enrolment, Json, Rec } from '../../domain/records.ts';
import type { Scope } from '../../query/scope.ts';
import type { Effect } from '../effect.ts';
import type { AtWork, Descent } from '../generations.ts';
import type { LeftOutWhy } from '../left-out-lately.ts';
import type { ParamSpecs } from '../rules/params.ts';
import type { Complaint } from '../rules/rule-problem.ts';
import type { Recorder } from '../recorder.ts';
import type { MarkedText } from '../texts/texts.ts';

/** A text with a reader. */
export interface Reading {
  /** The user who reads it: records that they may not see do not exist for the text. Left out: all records exist. */
  readonly reader?: string | undefined;
  /** The record of each kind that the text named. */
  readonly named: Map<SubjectKind, string>;
}

/** The context of a running step. */
export interface Running {
  readonly automation: Automation;
  readonly params: Params;
  /** The enrolment's id and state. */
  readonly enrolment: Pick<Enrolment, 'id' | 'subject' | 'events'> & { readonly deal?: string | undefined };
  readonly step: string;
  readonly writer: Recorder;
  readonly why: Why;
  /** The state and time that its queries are asked of; events count from the enrolment's beginning. */
  readonly scope: Scope;
  /** When this step was entered, ms. */
  readonly since: number;
  /** Returns the id of the record that the step acts on: the subject, or the one that `on:` names. Throws if that record does not exist. */
  on(kind?: unknown): string;
  /** Renders the Liquid of a value; for `reading`, as that user may see it. */
  text(value: unknown, reading?: Reading): string;
  /** Renders a text, and returns also the positions of the values in it. */
  marked(value: unknown, reading?: Reading): MarkedText;
  /** Returns the hash of a file below `files/` as it is now; undefined if there is no such file. */
  hashOf(path: string): string | undefined;
  /** Reads the values of fields of a record as `set` would: of a new record, or of `before`. */
  fields(kind: Kind, values: Params, before?: Rec): Record<string, Json>;
  /**
   * Returns the user who owns the record that the step acts on: the one that `on:` names, otherwise the deal that a
   * step made, otherwise the subject.
   */
  owner(): string | undefined;
  /**
   * Returns the record of a kind that belongs to the one that `on:` names, which must exist; without `on:`, to the
   * subject, or to what started the enrolment.
   */
  related(kind: SubjectKind): string | undefined;
  /** Remembers the deal that this step made. */
  made(deal: string): void;
  /** Whether a query holds for the record. */
  holds(query: string, id: string): boolean;
  /** The enrolment, with the records that it has added by now. */
  atWork(): AtWork;
  /** Notes that a rule is not started, or that its step sends nothing, for a record. */
  leftOut(rule: string, why: LeftOutWhy, subject: string): void;
  /** Enrolments in other rules that its steps begin after it has come to rest. */
  readonly starts: Start[];
}

export interface Start {
  readonly automation: string;
  readonly subject: string;
  /** What leads to it. */
  readonly descent: Descent;
}

/** What a step did, in a few words, and what comes next if that is not the next step. */
export interface Did {
  readonly did: string;
  /** Whether the enrolment stays at this step until a later sweep. */
  readonly wait?: boolean;
  /** Which branch to take. */
  readonly branch?: boolean;
  /** The label at which the enrolment continues. */
  readonly goTo?: string;
  /** The goal that was reached. */
  readonly goal?: string;
  /** Whether the enrolment is over. */
  readonly end?: boolean;
}

/** A step to which an enrolment jumps as soon as it is reached, from any step before it. */
export interface Goal {
  name(params: Params): string;
  /** Whether it is reached by now; throws CrmError if the record that it asks about is not there yet. */
  isReached(running: Running): boolean;
}

export interface Step {
  readonly name: string;
  /** Its effect, in a sentence. */
  readonly summary: string;
  readonly params: ParamSpecs;
  /** The parameter that a bare value stands for: `wait: 1d`. */
  readonly short?: string;
  /** Whether other parameters are fields of the record that it acts on. */
  readonly open?: (params: Params, subject: SubjectKind) => Kind | undefined;
  /**
   * Says what is wrong with the parameters as a whole, if each by itself is right; the step `acts` on such a record.
   */
  check?(params: Params, acts: Kind, config: Config): Complaint | undefined;
  /** Whether it has `then` and `else`. */
  readonly branches?: boolean;
  /** Whether the next step is never reached from it, except by a `go-to`. */
  readonly last?: boolean;
  /** Whether an enrolment may rest at it until a later sweep. */
  waits?(params: Params): boolean;
  /** The label at which it goes on. */
  goesTo?(params: Params): string;
  readonly goal?: Goal;
  /** Its effects in a rule, as far as its parameters tell before it runs. */
  effects?(params: Params, rule: Pick<Automation, 'id' | 'for'>): readonly Effect[];
  readonly example: string;
  run(running: Running): Did;
}

/** Returns the kind of record that a step acts on: the one that `on:` names, else the subject's. */
export const actsOn = ({ on: named }: Params, subject: SubjectKind): SubjectKind =>
  subjectKinds.find(kind => kind === named) ?? subject;

export const on = {
  type: 'on',
  description: 'the record: deal, contact, account or task; left out: the subject',
} as const;
