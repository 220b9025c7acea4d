/** The test cases of a rule in `automations/<id>.test.yaml`, each with its line. */
import type { Config } from '../../../domain/config.ts';
import type { Kind } from '../../../domain/kinds.ts';

/** Texts by the name of a field, as people give them. */
export interface GivenFields {
  readonly [field: string]: string;
}

export interface AddAction {
  readonly type: 'add';
  readonly kind: Kind;
  readonly fields: GivenFields;
  /** Properties of an event. */
  readonly props?: { readonly [key: string]: string | number | boolean };
}

/** Sets fields of a record, named by its id or a natural key. */
interface SetAction {
  readonly type: 'set';
  readonly record: string;
  /** The only kind that it may be of, where the word that was used is of one kind. */
  readonly kind?: Kind;
  readonly fields: GivenFields;
}

interface ScoreAction {
  readonly type: 'score';
  readonly record: string;
  readonly how: 'add' | 'set';
  readonly points: number;
}

interface RemoveAction {
  readonly type: 'remove';
  readonly record: string;
}

interface WaitAction {
  readonly type: 'wait';
  readonly ms: number;
}

/** Goes on at a day or an instant. */
interface UntilAction {
  readonly type: 'until';
  readonly when: string;
}

export interface SweepAction {
  readonly type: 'sweep';
  /** Everything that the sweep is to do; undefined if the case does not say it. */
  readonly expected: readonly Expected[] | undefined;
  /** Of several sweeps: the time between them, ms, and how many there are. */
  readonly every: number;
  readonly times: number;
}

export type Action = (
  | AddAction
  | SetAction
  | ScoreAction
  | RemoveAction
  | WaitAction
  | UntilAction
  | SweepAction
) & { readonly line: number };

export type Expected = { readonly line: number } & (
  | { readonly type: 'added'; readonly kind: Kind; readonly fields: GivenFields }
  | { readonly type: 'changed'; readonly record: string; readonly fields: GivenFields }
  | { readonly type: 'removed'; readonly record: string }
  /** The state of the rule for a subject; for a failure, a part of the error. */
  | { readonly type: 'outcome'; readonly outcome: 'failed' | 'waiting' | 'completed'; readonly text: string }
);

export interface Case {
  readonly name: string;
  readonly line: number;
  /** The settings, with the users of the case. */
  readonly config: Config;
  /** When it begins, a day or an instant. */
  readonly at: string;
  /** Other automations that run too. */
  readonly with: readonly string[];
  /** What is there before the rule is enabled. */
  readonly given: readonly Action[];
  readonly steps: readonly Action[];
}
