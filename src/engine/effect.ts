/**
 * The effects of a step, as far as its parameters tell before it runs. Steps declare their effects, and triggers
 * declare the effects that may cause them. So lint finds rules that may start each other, and steps and triggers need
 * not know each other by name.
 */
import type { Params, SubjectKind } from '../domain/automation.ts';
import type { Kind } from '../domain/kinds.ts';

/**
 * A record is added, or fields of one are set; a field whose value is known only later has some other value, such as
 * its Liquid.
 */
export interface Adds {
  readonly adds: Kind;
  readonly fields: Params;
}

interface Sets {
  readonly sets: Kind;
  readonly fields: Params;
}

/** A record gets or loses tags. */
interface Tags {
  readonly tags: SubjectKind;
  readonly names: unknown;
  readonly isGone: boolean;
}

/** A score of a record goes up or down; undefined for the default score. */
interface Scores {
  readonly scores: SubjectKind;
  readonly score: unknown;
  readonly by: number;
}

/** A message is queued, and sent after the sweep. */
interface Sends {
  readonly sends: string;
}

/** An enrolment begins in another rule. */
interface Starts {
  readonly starts: string;
}

/** An enrolment of a rule reaches a goal. */
interface Reaches {
  readonly reaches: string;
  readonly of: string;
}

export type Effect = Adds | Sets | Tags | Scores | Sends | Starts | Reaches;

/** Returns the fields that an effect sets in a record of a kind, one that it adds too; undefined if it is not of the kind. */
export function fieldsSet(effect: Effect, kind: Kind): Params | undefined {
  if ('sets' in effect) return effect.sets === kind ? effect.fields : undefined;
  return fieldsAdded(effect, kind);
}

/** Returns the fields of a record of a kind that an effect adds; undefined if it adds none of the kind. */
export const fieldsAdded = (effect: Effect, kind: Kind): Params | undefined =>
  'adds' in effect && effect.adds === kind ? effect.fields : undefined;

/** Returns the fields that an effect changes in a record of a kind that was there before. */
export const fieldsChanged = (effect: Effect, kind: Kind): Params | undefined =>
  'sets' in effect && effect.sets === kind ? effect.fields : undefined;

/** Whether a rule looks for any value, or for exactly the value of an effect. */
export const isAsked = (wanted: unknown, given: unknown): boolean => wanted === undefined || given === wanted;

/** Returns the tags that a step names: one, several with commas, or a list. */
export const tagsNamed = (tags: unknown): string[] =>
  (Array.isArray(tags) ? (tags as unknown[]) : [tags]).flatMap(each =>
    String(each)
      .split(',')
      .map(tag => tag.trim()),
  );
