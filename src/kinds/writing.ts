import type { Config, Pipeline, Stage } from '../domain/config.ts';
import type { Kind } from '../domain/kinds.ts';
import type { Json, Rec } from '../domain/records.ts';
import type { Field } from './field.ts';

/** What a kind may ask when it completes the fields of a record. The app's Writer implements it. */
export interface Writing {
  readonly config: Config;
  /** The acting user's id, or a login name that is not in `users`. */
  readonly user: string;
  /** The instant of the change. */
  readonly at: string;
  /** The day of the change, in the workspace's time zone. */
  readonly today: string;
  /** The settings as the acting user may know them. */
  readonly visible: Config;
  /** Returns the fields of a kind, the workspace's own included. */
  fields(kind: Kind): readonly Field[];
  /** Returns the field of a kind that a name means. */
  field(kind: Kind, name: string): Field | undefined;
  /** Returns a record as it is in the draft. */
  get(id: string): Rec | undefined;
  /** Whether the acting user may see the record of an id. */
  actorSees(id: string): boolean;
  /** Returns the pipeline of an id or name that the acting user has access to; without a name, the first. */
  pipeline(name: string | undefined): Pipeline;
  /** Returns a pipeline's stage by its id or name. */
  stage(pipeline: Pipeline, name: string): Stage;
  mayAccess(pipeline: Pipeline, user: string): boolean;
  /** Throws FAILED if the user is not active. */
  requireActive(user: string): void;
  /** Returns the user whom a pipeline assigns its next deal to, if it assigns deals. */
  assign(pipeline: Pipeline): string | undefined;
}

/** Fields by path, to be completed and written. */
export type Fields = Record<string, Json | undefined>;
