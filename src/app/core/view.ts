/** A state as one viewer sees it at one time. */
import { withArticle } from '../../domain/article.ts';
import type { Config } from '../../domain/config.ts';
import type { Clock } from '../../domain/clock.ts';
import { conflict, notFound } from '../../domain/errors.ts';
import { storedFieldsOf } from '../../kinds/fields.ts';
import { type Kind, type Kinds, numberOf } from '../../domain/kinds.ts';
import { isEmpty, type Json, type Rec } from '../../domain/records.ts';
import type { DealHistory } from '../../state/deal-history.ts';
import type { State, Trashed } from '../../state/state.ts';
import type { Block, Narrow } from '../../state/table.ts';
import type { BoundQuery, Query } from '../../query/compile.ts';
import { wholeScope } from '../../query/whole-scope.ts';
import { definitionOf } from '../../kinds/define.ts';
import { isKey, keysOf, keyValues, nameOfKey, ranksOf } from '../../kinds/natural-keys.ts';
import { rowsNamed } from '../../state/named-rows.ts';
import { oneByOne } from '../../query/narrow.ts';
import type { Scope } from '../../query/scope.ts';
import { hiddenNames } from './hidden-names.ts';
import { seesAll, type Viewer } from './viewer.ts';
import { maySee, visibility } from './visibility.ts';
import { isRuleHidden, visibleConfig } from './visible-config.ts';

/**
 * Calls a function with the past of all deals; calls it again, with a past that was folded anew, if the kept one is
 * damaged.
 */
export type Past = <T>(use: (history: DealHistory) => T) => Promise<T>;

export class View {
  readonly state: State;
  readonly viewer: Viewer;
  readonly clock: Clock;
  readonly #past: Past | undefined;
  /** For an earlier state: the present state, whose rights also decide what the viewer may see of the earlier one. */
  #now: View | undefined;
  readonly #visible = new Map<Kind, ((row: number) => boolean) | undefined>();

  /** `past` exists for committed states, not for drafts. */
  constructor(state: State, viewer: Viewer, clock: Clock, past?: Past) {
    this.state = state;
    this.viewer = viewer;
    this.clock = clock;
    this.#past = past;
  }

  /**
   * Returns what a viewer sees of an earlier state, with the rights that follow from the present records. `past` is
   * the past of deals as it is known now, or was known then.
   */
  static asOf(state: State, clock: Clock, now: View, past: Past): View {
    const view = new View(state, now.viewer, clock, past);
    view.#now = now;
    return view;
  }

  /** Calls `use` with the past of all deals, those that the viewer may not see among them. */
  past<T>(use: (history: DealHistory) => T): Promise<T> {
    if (!this.#past) throw new Error('a draft has no past');
    return this.#past(use);
  }

  get kinds(): Kinds {
    return this.state.kinds;
  }

  /** The settings as the viewer may know them, for messages to them and for reading their input. */
  get config(): Config {
    return visibleConfig(this.state.config, this.viewer);
  }

  /** The scope of the viewer's queries, in which hidden records do not exist. */
  get scope(): Scope {
    return seesAll(this.viewer) ? this.whole : { ...this.whole, sees: this.#visibility };
  }

  /** The scope of everything, for decisions that are the same for all users, such as transitions. */
  get whole(): Scope {
    return wholeScope(this.state, this.clock, this.viewer.user);
  }

  readonly #visibility = (kind: Kind): ((row: number) => boolean) | undefined => {
    if (!this.#visible.has(kind)) this.#visible.set(kind, this.#visibilityOf(kind));
    return this.#visible.get(kind);
  };

  #visibilityOf(kind: Kind): ((row: number) => boolean) | undefined {
    const now = this.#now;
    if (!now || seesAll(this.viewer)) return visibility(this.state, this.viewer, kind);
    const table = this.state.table(kind);
    return row => now.seesId(table.id(row));
  }

  sees(kind: Kind, row: number): boolean {
    return this.#visibility(kind)?.(row) ?? true;
  }

  /** Whether the viewer sees the record of an id, alive or in the trash. */
  seesId(id: string): boolean {
    const { kind, number } = this.kinds.parseId(id)!;
    const row = this.state.table(kind).row(number);
    return row >= 0 ? this.sees(kind, row) : this.trashed(id) !== undefined;
  }

  /** Returns a text that crm made, without the ids of hidden records and the names of hidden pipelines and stages. */
  redacted(text: string): string {
    if (seesAll(this.viewer)) return text;
    const seen = text.replace(/\b[A-Z]\d+\b/g, id =>
      this.kinds.parseId(id) && !this.seesId(id) ? '(hidden)' : id,
    );
    return hiddenNames(this.state.config, this.viewer)?.redacted(seen) ?? seen;
  }

  /**
   * Returns a function that removes hidden things from values of a field, by its path: records, closed pipelines and
   * their stages, rules and templates that name these. Undefined if there is nothing to remove.
   */
  cutter(kind: Kind, path: string): ((value: Json | undefined) => Json | undefined) | undefined {
    const { viewer, state } = this;
    if (seesAll(viewer)) return undefined;
    const field = storedFieldsOf(state.config, kind).find(each => each.path === path);
    if (field?.needsAll) return () => null;
    if (field?.refs) return value => this.references(value);
    const names = hiddenNames(state.config, viewer);
    const named = settingsNamed[kind]?.[path];
    if (!names || !named) return undefined;
    const isTemplate = ({ templates }: Config, id: string) => Object.hasOwn(templates, id);
    const isHidden = {
      place: (value: string) => names.has(value),
      rule: (value: string) => isRuleHidden(state.config, viewer, value),
      template: (value: string) => isTemplate(state.config, value) && !isTemplate(this.config, value),
    }[named];
    return value => (typeof value === 'string' && isHidden(value) ? null : value);
  }

  /** Returns the ids in a field, without those of hidden records. */
  references(value: Json | undefined): Json | undefined {
    if (seesAll(this.viewer) || isEmpty(value)) return value;
    if (Array.isArray(value)) return value.filter(id => this.seesId(id as string));
    return this.seesId(value as string) ? value : null;
  }

  /** Asks twice: once of everything, and once of what the viewer may see. */
  explained<T>(explain: (scope: Scope) => T, merge: (whole: T, seen: T) => T): T {
    const whole = explain(this.whole);
    return seesAll(this.viewer) ? whole : merge(whole, explain(this.scope));
  }

  /** Returns the first `limit` rows that a query finds, in order of their ids. */
  rows(query: Query, limit?: number): Int32Array {
    return this.state.table(query.kind).select(this.#narrowing(query), limit);
  }

  /** Yields the rows that a query finds, block by block, for loops over all of them; can be iterated repeatedly. */
  blocks(query: Query): Iterable<Block> {
    const table = this.state.table(query.kind);
    const narrow = this.#narrowing(query);
    return { [Symbol.iterator]: () => table.blocks(narrow) };
  }

  #narrowing(query: Query): Narrow | undefined {
    if (this.state.table(query.kind).rows === 0) return undefined;
    const { narrow } = this.bind(query);
    const sees = this.#visibility(query.kind);
    if (!sees) return narrow;
    const bySight = oneByOne(sees);
    return (among, from) => {
      narrow(among, from);
      bySight(among, from);
    };
  }

  bind(query: Query): BoundQuery {
    return query.bind(this.scope);
  }

  /** Returns the record of an id; NOT_FOUND if the viewer sees none. */
  record(id: string): Rec {
    const row = this.#rowOf(id);
    if (row < 0) throw notFound(`${id} does not exist`, this.#hintFor(id));
    return this.state.table(this.kinds.kindOf(id)).record(row);
  }

  #rowOf(id: string): number {
    const parsed = this.kinds.parseId(id);
    if (!parsed) return -1;
    const row = this.state.table(parsed.kind).row(parsed.number);
    return row >= 0 && this.sees(parsed.kind, row) ? row : -1;
  }

  /** Returns a record in the trash; undefined if there is none that the viewer would see. */
  trashed(id: string): Trashed | undefined {
    const trashed = this.state.trash().get(id);
    return trashed && maySee(this.state, this.viewer, this.kinds.kindOf(id), trashed.record)
      ? trashed
      : undefined;
  }

  /** Returns the records of a kind in the trash that the viewer would see, in order of the ids. */
  trash(kind: Kind): Trashed[] {
    return [...this.state.trash().keys()]
      .filter(id => this.kinds.kindOf(id) === kind)
      .flatMap(id => this.trashed(id) ?? [])
      .sort((a, b) => numberOf(a.id) - numberOf(b.id));
  }

  /**
   * Returns the record in the trash that an id or a natural key means; CONFLICT with the candidates if there are
   * several.
   */
  findTrashed(kind: Kind, key: string): Trashed | undefined {
    if (this.kinds.parseId(key)) return this.kinds.kindOf(key) === kind ? this.trashed(key) : undefined;
    const { config } = this.state;
    const found = this.trash(kind).filter(({ record }) =>
      keysOf(config, kind).some(each =>
        keyValues(each, record).some(value => isKey(each, value, key, config) || sameText(value, key)),
      ),
    );
    if (found.length > 1)
      throw conflict(
        `${JSON.stringify(key)} is ambiguous: ${found.map(({ id }) => id).join(', ')}`,
        'name one by its id',
      );
    return found[0];
  }

  #hintFor(id: string): string | undefined {
    const parsed = this.kinds.parseId(id);
    return parsed && this.trashed(id) ? `it is in the trash: crm ${parsed.kind} restore ${id}` : undefined;
  }

  /**
   * Returns the id of a record of one of the kinds by its id or a natural key (a contact's e-mail, an account's
   * name). NOT_FOUND if no record has it, CONFLICT with the candidates if several have it.
   */
  find(kinds: readonly Kind[], key: string): string {
    const found = this.lookup(kinds, key);
    if (found) return found;
    const wanted = kinds.length === this.kinds.names.length ? 'record' : either(kinds);
    const parsed = this.kinds.parseId(key);
    if (parsed && kinds.includes(parsed.kind)) throw notFound(`${key} does not exist`, this.#hintFor(key));
    if (parsed)
      throw notFound(
        `${key} is ${withArticle(parsed.kind)}, not ${withArticle(wanted)}`,
        `crm ${parsed.kind} show ${key}`,
      );
    throw notFound(`there is no ${wanted} ${JSON.stringify(key)}`, howNamed(this.kinds, kinds, key));
  }

  /** Does the same, but returns undefined if nothing fits. Without `byId`, a text that looks like an id is read as a natural key. */
  lookup(kinds: readonly Kind[], key: string, byId = true): string | undefined {
    const parsed = this.kinds.parseId(key);
    if (byId && parsed && kinds.includes(parsed.kind)) return this.#rowOf(key) >= 0 ? key : undefined;
    if (key === '') return undefined;
    const { config } = this.state;
    for (const rank of ranksOf(this.kinds)) {
      const ids = kinds.flatMap(kind => {
        const table = this.state.table(kind);
        const named = keysOf(config, kind).flatMap(each => {
          if (each.rank !== rank) return [];
          const rows = rowsNamed(table, each, key, config).filter(row => this.sees(kind, row));
          // Accents count if they make a difference.
          const isExact = (row: number) =>
            keyValues(each, table.record(row)).some(value => isKey(each, value, key, config));
          const exact = rows.length > 1 && !each.isPhone ? rows.filter(isExact) : rows;
          return exact.length > 0 ? exact : rows;
        });
        return [...new Set(named)].map(row => this.kinds.makeId(kind, table.number(row)));
      });
      if (ids.length === 1) return ids[0];
      if (ids.length > 1)
        throw conflict(
          `${JSON.stringify(key)} is ambiguous: ${ids.slice(0, 10).map(this.#inWords).join(', ')}${ids.length > 10 ? ', ...' : ''}`,
          'name one by its id',
        );
    }
    return undefined;
  }

  /** Returns an id with a fact that distinguishes its record from others of the same name. */
  readonly #inWords = (id: string): string => {
    const { email, domain, stage } = this.record(id);
    const known = email ?? domain ?? stage;
    return typeof known === 'string' ? `${id} (${known})` : id;
  };
}

/** The settings that values of these fields name. */
const settingsNamed: {
  readonly [kind in Kind]?: { readonly [path: string]: 'place' | 'rule' | 'template' };
} = {
  deal: { pipeline: 'place', stage: 'place', closedStage: 'place' },
  task: { whenCreated: 'rule', whenDone: 'rule' },
  message: { automation: 'rule', template: 'template', whenSent: 'rule', whenReplied: 'rule' },
  enrolment: { automation: 'rule' },
};

/** `deal, contact or account` */
const either = (words: readonly string[]): string =>
  words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;

const sameText = (value: string, key: string) =>
  value.normalize().toLowerCase() === key.normalize().toLowerCase();

/** Says how to name a record of one of the kinds, or how to add a missing one. */
function howNamed(known: Kinds, kinds: readonly Kind[], key: string): string {
  const id = key.toUpperCase();
  if (known.parseId(id)) return `did you mean ${id}?`;
  if (kinds.includes('contact') && /^\S+@\S+$/.test(key)) return `crm contact add --email ${key}`;
  if (kinds.length > 1) return `its id, such as ${known.makeId(kinds[0]!, 12)}, says which one is meant`;
  const [kind] = kinds as readonly [Kind];
  return `${withArticle(kind)} is named by ${either(['id', ...definitionOf(known, kind).keys.map(nameOfKey)])}`;
}
