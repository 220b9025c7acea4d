/** Reading: a state as one viewer sees it at one time. */
import type { Clock } from '../domain/dates.ts';
import { conflict, notFound } from '../domain/errors.ts';
import { type Kind, makeId, parseId, pluralOf } from '../domain/kinds.ts';
import type { Rec } from '../domain/records.ts';
import type { State } from '../domain/state.ts';
import type { BoundQuery, Query } from '../query/compile.ts';
import { naturalKeys } from '../query/field-terms.ts';
import type { Scope } from '../query/scope.ts';
import { type Viewer, visibility } from './viewer.ts';

export class View {
  readonly state: State;
  readonly viewer: Viewer;
  readonly clock: Clock;
  readonly #visible = new Map<Kind, ((row: number) => boolean) | undefined>();

  constructor(state: State, viewer: Viewer, clock: Clock) {
    this.state = state;
    this.viewer = viewer;
    this.clock = clock;
  }

  get scope(): Scope {
    return { state: this.state, clock: this.clock, me: this.viewer.user };
  }

  sees(kind: Kind, row: number): boolean {
    if (!this.#visible.has(kind)) this.#visible.set(kind, visibility(this.state, this.viewer, kind));
    return this.#visible.get(kind)?.(row) ?? true;
  }

  /** The rows that a query finds, in order of their ids. */
  rows(query: Query): number[] {
    const table = this.state.table(query.kind);
    if (table.rows === 0) return [];
    const bound = this.bind(query);
    return table.liveRows().filter(row => bound.test(row) && this.sees(query.kind, row));
  }

  bind(query: Query): BoundQuery {
    return query.bind(this.scope);
  }

  /** The record of an id; NOT_FOUND where there is none that the viewer sees. */
  record(id: string): Rec {
    const row = this.#rowOf(id);
    if (row < 0) throw notFound(`${id} does not exist`, this.#hintFor(id));
    return this.state.table(parseId(id)!.kind).record(row);
  }

  #rowOf(id: string): number {
    const parsed = parseId(id);
    if (!parsed) return -1;
    const row = this.state.table(parsed.kind).row(parsed.number);
    return row >= 0 && this.sees(parsed.kind, row) ? row : -1;
  }

  #hintFor(id: string): string | undefined {
    const parsed = parseId(id);
    return parsed && this.state.trash().has(id)
      ? `it is in the trash: crm ${parsed.kind} restore ${id}`
      : undefined;
  }

  /**
   * The id of a record of one of the kinds by its id or a natural key (a contact's e-mail, an account's name).
   * NOT_FOUND where there is none, CONFLICT with the candidates where there are several.
   */
  find(kinds: readonly Kind[], key: string): string {
    const found = this.lookup(kinds, key);
    if (found) return found;
    const names = kinds.map(kind =>
      kind === 'account' || kind === 'activity' || kind === 'invoice' ? `an ${kind}` : `a ${kind}`,
    );
    if (parseId(key)) throw notFound(`${key} does not exist`, this.#hintFor(key));
    throw notFound(
      `there is no ${kinds.join(', ')} ${JSON.stringify(key)}`,
      `an id of ${names.join(' or ')}, or ${keysOf(kinds)}`,
    );
  }

  /** The same, or undefined where there is none. */
  lookup(kinds: readonly Kind[], key: string): string | undefined {
    const parsed = parseId(key);
    if (parsed && kinds.includes(parsed.kind)) return this.#rowOf(key) >= 0 ? key : undefined;
    if (key === '') return undefined;
    for (const column of ['email', 'domain', 'externalId', 'name', 'title'] as const) {
      const ids = kinds
        .filter(kind => naturalKeys[kind].includes(column))
        .flatMap(kind => {
          const table = this.state.table(kind);
          const rows = table.find(column, key).filter(row => this.sees(kind, row));
          // Accents count where they make a difference.
          const exact = rows.length > 1 ? rows.filter(row => sameKey(table.record(row)[column], key)) : rows;
          return (exact.length > 0 ? exact : rows).map(row => makeId(kind, table.number(row)));
        });
      if (ids.length === 1) return ids[0];
      if (ids.length > 1)
        throw conflict(
          `${JSON.stringify(key)} is ambiguous: ${ids.slice(0, 10).join(', ')}${ids.length > 10 ? ', ...' : ''}`,
          'name one by its id',
        );
    }
    return undefined;
  }
}

const sameKey = (value: unknown, key: string) =>
  typeof value === 'string' && value.normalize().toLowerCase() === key.normalize().toLowerCase();

function keysOf(kinds: readonly Kind[]): string {
  const keys = new Set(kinds.flatMap(kind => naturalKeys[kind].map(key => `${key} of a ${kind}`)));
  return [...keys].slice(0, 3).join(', ') || pluralOf(kinds[0]!);
}
