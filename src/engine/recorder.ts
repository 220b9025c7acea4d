import type { Why } from '../domain/changes.ts';
import type { AssignBy, Config } from '../domain/config.ts';
import type { Kind } from '../domain/kinds.ts';
import type { Json, Rec } from '../domain/records.ts';
import type { ValueContext } from '../kinds/field-types.ts';
import type { Field } from '../kinds/field.ts';
import type { Draft } from '../state/draft.ts';

/**
 * How steps write records: with all that their kinds demand, so that a rule can do no more than a command. What a
 * kind demands is the app's business; a sweep is given this by it.
 */
export interface Recorder {
  readonly draft: Draft;
  readonly config: Config;
  readonly view: { record(id: string): Rec };
  /** What parsing a value needs, for a record whose money is in `currency`. */
  context(currency: string): ValueContext;
  /** The field that a name means, which must be one that may be set. */
  settable(kind: Kind, name: string): Field;
  /** Adds a record; returns it as it is now. */
  add(kind: Kind, fields: Readonly<Record<string, Json | undefined>>, why?: Why): Rec;
  /** The same; its id. */
  insert(kind: Kind, fields: Readonly<Record<string, Json | undefined>>, why?: Why): string;
  /** Sets fields of a record, by path; false where they are so already. */
  set(id: string, fields: Readonly<Record<string, Json | undefined>>, why?: Why): boolean;
  /** Whether a user may see a record. */
  sees(user: string, id: string): boolean;
  /** The owner whom a pipeline assigns, its own way or another; FAILED where that is nobody. */
  autoOwner(pipelineId: string | undefined, by?: AssignBy): string;
}
