import type { Why } from '../domain/changes.ts';
import type { AssignBy, Config } from '../domain/config.ts';
import type { Kind } from '../domain/kinds.ts';
import type { Json, Rec } from '../domain/records.ts';
import type { ValueContext } from '../kinds/field-types.ts';
import type { Field } from '../kinds/field.ts';
import type { Draft } from '../state/draft.ts';

/**
 * Writes records for steps, with everything that their kinds demand, so that a rule can do no more than a command.
 * The app implements it, and hands it to a sweep.
 */
export interface Recorder {
  readonly draft: Draft;
  readonly config: Config;
  readonly view: { record(id: string): Rec };
  /** Returns what parsing a value needs, for a record whose money is in `currency`. */
  context(currency: string): ValueContext;
  /** Returns the field with a name, which must be settable. */
  settable(kind: Kind, name: string): Field;
  /** Adds a record and returns it. */
  add(kind: Kind, fields: Readonly<Record<string, Json | undefined>>, why?: Why): Rec;
  /** Adds a record and returns its id. */
  insert(kind: Kind, fields: Readonly<Record<string, Json | undefined>>, why?: Why): string;
  /** Sets fields of a record, by path; false if they have these values already. */
  set(id: string, fields: Readonly<Record<string, Json | undefined>>, why?: Why): boolean;
  /** Whether a user may see a record. */
  sees(user: string, id: string): boolean;
  /** Returns the owner whom a pipeline assigns, in its own way or another; FAILED if it assigns nobody. */
  autoOwner(pipelineId: string | undefined, by?: AssignBy): string;
}
