/**
 * Writes records as their kinds demand: fills in missing values, refuses contradictions, and adds consequences (a
 * deal's closing, the hold of a move by hand). Commands, imports and automations all write through it.
 */
import { memoByKey } from '../../domain/memo.ts';
import { withoutLost } from './references.ts';
import { requirePlace } from './named-settings.ts';
import { pipelineIn, stageIn } from './pipelines.ts';
import { requireRestorable, requireUnique } from './unique.ts';
import { View } from './view.ts';
import { hasAccess, requireActiveUser, type Viewer, viewerOf } from './viewer.ts';
import { withArticle } from '../../domain/article.ts';
import { addition, type Change, type Why } from '../../domain/changes.ts';
import type { AssignBy, Config, Pipeline, Stage } from '../../domain/config.ts';
import { CrmError, failed, usage } from '../../domain/errors.ts';
import { type Kind, numberOf } from '../../domain/kinds.ts';
import { suggestion } from '../../domain/nearest.ts';
import { oneLine } from '../../domain/one-line.ts';
import { isEmpty, type Json, type Rec, valueAt } from '../../domain/records.ts';
import { bindTransitions, type BoundTransitions } from '../../engine/transitions.ts';
import { fieldTypes, type ValueContext } from '../../kinds/field-types.ts';
import type { Field } from '../../kinds/field.ts';
import { fieldsOf, findField, storedFieldsOf } from '../../kinds/fields.ts';
import { definitionOf } from '../../kinds/define.ts';
import type { Fields, Writing } from '../../kinds/writing.ts';
import { findDerived } from '../../query/names.ts';
import type { Draft } from '../../state/draft.ts';

export type { Fields };

/**
 * Returns the user who gets the next deal of a pipeline, by its own way of assignment or another; undefined if nobody
 * does.
 */
export type Assign = (draft: Draft, pipeline: Pipeline, by?: AssignBy) => string | undefined;

export class Writer implements Writing {
  readonly draft: Draft;
  readonly view: View;
  readonly #assign: Assign;
  #transitions: BoundTransitions | undefined;
  /** The pipelines of `#pipelinesOf` by the ID or name that was asked for: an import asks at every row. */
  readonly #pipelines = new Map<string | undefined, Pipeline>();
  #pipelinesOf: Config | undefined;
  /** The views of users for whom something is written. */
  readonly #views = new Map<string, View>();

  constructor(draft: Draft, viewer: Viewer, assign: Assign) {
    this.draft = draft;
    this.#assign = assign;
    this.view = new View(draft.state, viewer, draft.clock);
  }

  get config(): Config {
    return this.draft.config;
  }

  get user(): string {
    return this.view.viewer.user;
  }

  get at(): string {
    return this.draft.at;
  }

  get today(): string {
    const { now, zone } = this.draft.clock;
    return zone.day(now);
  }

  get visible(): Config {
    return this.view.config;
  }

  actorSees(id: string): boolean {
    return this.view.seesId(id);
  }

  fields(kind: Kind): readonly Field[] {
    return fieldsOf(this.config, kind);
  }

  field(kind: Kind, name: string): Field | undefined {
    return findField(this.config, kind, name);
  }

  get(id: string): Rec | undefined {
    return this.draft.get(id);
  }

  pipeline(name: string | undefined): Pipeline {
    const { config } = this;
    if (config !== this.#pipelinesOf) {
      this.#pipelines.clear();
      this.#pipelinesOf = config;
    }
    let found = this.#pipelines.get(name);
    if (!found) this.#pipelines.set(name, (found = pipelineIn(config, this.view.viewer, name)));
    return found;
  }

  stage(pipeline: Pipeline, name: string): Stage {
    return stageIn(pipeline, name, this.config, this.view.viewer);
  }

  mayAccess(pipeline: Pipeline, user: string): boolean {
    return hasAccess(pipeline, viewerOf(this.config, user));
  }

  requireActive(user: string): void {
    requireActiveUser(this.config, user);
  }

  assign(pipeline: Pipeline): string | undefined {
    return this.#assign(this.draft, pipeline);
  }

  /** What parsing a value needs, for a record whose money is in `currency`; names are those that the viewer may know. */
  context(currency: string): ValueContext {
    const { view, draft } = this;
    return {
      config: view.config,
      clock: draft.clock,
      me: view.viewer.user,
      currency,
      find: (kinds, key) => view.find(kinds, key),
    };
  }

  /** Adds a record; returns it as it is now. */
  add(kind: Kind, fields: Fields, why?: Why): Rec {
    return this.draft.record(this.insert(kind, copyOf(fields), why));
  }

  /** Adds a record and returns its id. Completes the fields in place. */
  insert(kind: Kind, fields: Fields, why?: Why): string {
    this.#tidyLines(kind, fields, undefined);
    definitionOf(this.config.kinds, kind).complete?.(fields, undefined, this);
    this.#checkRequired(kind, fields, undefined);
    requireUnique(this, kind, fields);
    // In the order of the registry, so that the lines of records begin alike for grep and diff.
    return this.draft.insert(kind, fields, why, orderOf(this.config, kind).paths);
  }

  /** Returns the fields of a new record, completed by its kind. */
  completed(kind: Kind, fields: Fields): Fields {
    const complete = copyOf(fields);
    definitionOf(this.config.kinds, kind).complete?.(complete, undefined, this);
    return complete;
  }

  /** Sets fields of a record; false if they have these values already. */
  set(id: string, fields: Fields, why?: Why): boolean {
    const before = this.view.record(id);
    const kind = this.config.kinds.kindOf(id);
    const definition = definitionOf(this.config.kinds, kind);
    const complete = copyOf(fields);
    this.#tidyLines(kind, complete, before);
    definition.complete?.(complete, before, this);
    this.#checkRequired(kind, complete, before);
    requireUnique(this, kind, complete, before);
    const change = this.draft.set(id, complete, why);
    if (change && definition.inPipelines && isHandMove(change)) this.hold(id);
    return change !== undefined;
  }

  /** The field that a name means, which must be one that may be set. */
  settable(kind: Kind, name: string): Field {
    return settableField(this.config, kind, name);
  }

  /** Whether a user may see a record. */
  sees(user: string, id: string): boolean {
    let view = this.#views.get(user);
    if (!view) {
      view = new View(this.draft.state, viewerOf(this.config, user), this.draft.clock);
      this.#views.set(user, view);
    }
    return view.seesId(id);
  }

  /**
   * Returns the owner whom `--owner auto` means in a pipeline, or whom another way of assignment gives; FAILED if it
   * assigns nobody.
   */
  autoOwner(pipelineId: string | undefined, by?: AssignBy): string {
    const pipeline = pipelineIn(this.config, this.view.viewer, pipelineId);
    const chosen = this.#assign(this.draft, pipeline, by);
    if (chosen !== undefined) return chosen;
    throw failed(
      `the pipeline ${pipeline.id} assigns to nobody`,
      `assign: { by: round-robin, among: [...] } in pipelines/${pipeline.id}.yaml, with active users who have access`,
    );
  }

  /**
   * Notes the present answer of the table in a deal that was moved by hand: until the answer changes, the deal stays.
   */
  hold(id: string): void {
    const table = this.transitions;
    const row = this.draft.state.table('deal').row(numberOf(id));
    this.draft.amend({ held: table.has(row) ? { stage: table.answer(row)?.to ?? null } : null });
  }

  /** The transition tables, asked of the draft's state. */
  get transitions(): BoundTransitions {
    return (this.#transitions ??= bindTransitions(this.view.whole, this.config));
  }

  /** Moves a record to the trash. */
  remove(id: string, why?: Why): void {
    this.view.record(id);
    this.draft.remove(id, why);
  }

  /**
   * Restores a record from the trash, by its id or a natural key; returns its id. A record that is alive stays as it
   * is.
   */
  restore(kind: Kind, key: string): string {
    const trashed = this.view.findTrashed(kind, key);
    if (!trashed) return this.view.find([kind], key);
    requirePlace(this.config, kind, trashed.record);
    requireRestorable(this, kind, trashed.record);
    this.draft.apply(addition(kind, withoutLost(this.draft.state, kind, trashed.record)));
    return trashed.id;
  }

  /** Makes names and titles one line; a value that the record has already stays as it is. */
  #tidyLines(kind: Kind, fields: Fields, before: Rec | undefined): void {
    for (const path of orderOf(this.config, kind).lines) {
      const text = fields[path];
      if (typeof text === 'string' && text !== before?.[path]) fields[path] = oneLine(text);
    }
  }

  #checkRequired(kind: Kind, fields: Fields, before: Rec | undefined): void {
    for (const field of orderOf(this.config, kind).required) {
      let value = fields[field.path];
      if (before && value === undefined && !(field.path in fields)) value = valueAt(before, field.path);
      if (isEmpty(value) || (typeof value === 'string' && value.trim() === ''))
        throw usage(
          `${withArticle(kind)} needs ${withArticle(field.name)}`,
          before ? undefined : `--${field.name}`,
        );
    }
  }
}

/** Returns a copy to which fields can be added; it is not made by a spread, for the reason that `withMore` gives. */
const copyOf = (fields: Fields): Fields => Object.assign({}, fields);

interface Order {
  /** The paths of all fields, in the order in which they are stored. */
  readonly paths: readonly string[];
  /** The paths of names and titles. */
  readonly lines: readonly string[];
  /** The fields that every record has. */
  readonly required: readonly Field[];
}

/** Returns the facts about a kind's fields that every record needs, collected once, because an import adds many. */
const orderOf = memoByKey((config: Config, kind: Kind): Order => {
  const fields = storedFieldsOf(config, kind).filter(field => field.name !== 'id');
  const paths = [...new Set(fields.map(field => field.path))];
  const lines = fields.filter(field => field.line).map(field => field.path);
  return { paths, lines, required: fields.filter(field => field.required) };
});

/** Whether a change moves a deal and was not made by a transition. A stage of the same name in another pipeline counts too. */
export const isHandMove = (change: Change): boolean =>
  'set' in change &&
  (change.set.stage !== undefined || change.set.pipeline !== undefined) &&
  change.why?.transition === undefined;

/** The field that a name means, which must be one that may be set. */
export function settableField(config: Config, kind: Kind, name: string): Field {
  const field = findField(config, kind, name);
  if (!field) {
    if (findDerived(kind, name, config))
      throw usage(
        `${name} of ${withArticle(kind)} follows from other records and cannot be set`,
        /^score\b/.test(name) ? 'crm score ID +10, -5 or =80' : undefined,
      );
    const settable = fieldsOf(config, kind).filter(f => f.settable);
    const known = [
      ...settable.map(f => f.name),
      ...settable.flatMap(f => f.aliases.filter(a => !a.includes('.'))),
    ];
    throw usage(
      `unknown field ${JSON.stringify(name)} of ${config.kinds.pluralOf(kind)}`,
      suggestion(name, known, 'fields'),
    );
  }
  if (!field.settable)
    throw usage(`${field.name} of ${withArticle(kind)} follows from the history and cannot be set`);
  return field;
}

/** Parses a typed value for a record; an empty text empties the field. Errors name the field. */
export function parseField(field: Field, text: string, context: ValueContext): Json {
  if (text === '') return null;
  try {
    return fieldTypes[field.type].parse(text, field, context);
  } catch (error) {
    if (!(error instanceof CrmError) || error.kind !== 'USAGE' || error.message.includes(field.name))
      throw error;
    throw usage(`${field.name}: ${error.message}`, error.hint);
  }
}
