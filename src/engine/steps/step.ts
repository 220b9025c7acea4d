import { type Automation, type Params, type SubjectKind, subjectKinds } from '../../domain/automation.ts';
import type { Why } from '../../domain/changes.ts';
import type { Config } from '../../domain/config.ts';
import type { Kind } from '../../domain/kinds.ts';
import type { Enrolment, Json, Rec } from '../../domain/records.ts';
import type { Scope } from '../../query/scope.ts';
import type { Effect } from '../effect.ts';
import type { AtWork, Descent } from '../generations.ts';
import type { LeftOutWhy } from '../left-out-lately.ts';
import type { ParamSpecs } from '../params.ts';
import type { Complaint } from '../rule-problem.ts';
import type { Recorder } from '../recorder.ts';
import type { MarkedText } from '../texts.ts';

/** A text that somebody is to read. */
export interface Reading {
  /** The user who reads it: what they may not see does not exist for it. Left out: everything does. */
  readonly reader?: string | undefined;
  /** The record of each kind that the text named. */
  readonly named: Map<SubjectKind, string>;
}

/** What a step has at hand while it runs. */
export interface Running {
  readonly automation: Automation;
  readonly params: Params;
  /** The enrolment's id and what it remembers. */
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
  /** A value with its Liquid rendered; for `reading`, as that user may see it. */
  text(value: unknown, reading?: Reading): string;
  /** Renders a text, and returns also the positions of the values in it. */
  marked(value: unknown, reading?: Reading): MarkedText;
  /** Returns the hash of a file below `files/` as it is now; undefined if there is no such file. */
  hashOf(path: string): string | undefined;
  /** The values of fields of a record, read as `set` would read them; of a new one, or of `before`. */
  fields(kind: Kind, values: Params, before?: Rec): Record<string, Json>;
  /** The user whose the record is that it acts on: the one that `on:` names, else the deal that a step made, else the subject. */
  owner(): string | undefined;
  /**
   * The record of a kind that belongs to the one that `on:` names, which must be there; else to the subject, or to what
   * started it.
   */
  related(kind: SubjectKind): string | undefined;
  /** Remembers the deal that this step made. */
  made(deal: string): void;
  /** Whether a query holds for the record. */
  holds(query: string, id: string): boolean;
  /** The enrolment, with what it has added by now. */
  atWork(): AtWork;
  /** Notes that a rule is not started, or that its step sends nothing, for a record. */
  leftOut(rule: string, why: LeftOutWhy, subject: string): void;
  /** Enrolments in other rules that this one's steps begin, once it has come to rest. */
  readonly starts: Start[];
}

export interface Start {
  readonly automation: string;
  readonly subject: string;
  /** What leads to it. */
  readonly descent: Descent;
}

/** What a step did, in a few words, and what comes next where that is not the next step. */
export interface Did {
  readonly did: string;
  /** Stay at this step until a later sweep. */
  readonly wait?: boolean;
  /** Which branch to take. */
  readonly branch?: boolean;
  /** The label at which it goes on. */
  readonly goTo?: string;
  /** The goal that was reached. */
  readonly goal?: string;
  /** The enrolment is over. */
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
  /** What it does, in a sentence. */
  readonly summary: string;
  readonly params: ParamSpecs;
  /** The parameter that a bare value stands for: `wait: 1d`. */
  readonly short?: string;
  /** Whether other parameters are fields of the record that it acts on. */
  readonly open?: (params: Params, subject: SubjectKind) => Kind | undefined;
  /** What is wrong with the parameters as a whole, where each by itself is right; `acts` on such a record. */
  check?(params: Params, acts: Kind, config: Config): Complaint | undefined;
  /** Whether it has `then` and `else`. */
  readonly branches?: boolean;
  /** Whether nothing comes after it but what is gone to. */
  readonly last?: boolean;
  /** Whether an enrolment may rest at it until a later sweep. */
  waits?(params: Params): boolean;
  /** The label at which it goes on. */
  goesTo?(params: Params): string;
  readonly goal?: Goal;
  /** What it does in a rule, as far as its parameters tell before it runs. */
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
