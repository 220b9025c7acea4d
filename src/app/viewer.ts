/**
 * Who reads and writes, and what they may. Every read takes a Viewer, whose rights are ANDed into it: what a user
 * may not see does not exist for them. With files on one's own disk this guards against mistakes, no more.
 */
import type { CodeColumn, NumberColumn } from '../domain/columns.ts';
import type { Config, Pipeline, Role } from '../domain/config.ts';
import { failed } from '../domain/errors.ts';
import { type Kind, refKind, refNumber } from '../domain/kinds.ts';
import type { State } from '../domain/state.ts';

export interface Viewer {
  /** A user's id, or a login name that is not in `users`. */
  readonly user: string;
  readonly role: Role;
}

/** A login that is not in `users` acts with all rights, and is recorded by name. */
export function viewerOf(config: Config, user: string): Viewer {
  const known = Object.hasOwn(config.users, user) ? config.users[user] : undefined;
  return { user, role: known?.role ?? 'admin' };
}

/** Throws FAILED where only an admin may change settings. */
export function mayChangeSettings(viewer: Viewer): void {
  if (viewer.role !== 'admin')
    throw failed(`${viewer.user} is ${viewer.role} and may not change settings`, 'an admin may: --as USER');
}

const seesAll = (viewer: Viewer) => viewer.role === 'admin' || viewer.role === 'manager';

export const hasAccess = (pipeline: Pipeline, viewer: Viewer): boolean =>
  seesAll(viewer) || !pipeline.access || pipeline.access.includes(viewer.user);

/** Which rows of a kind the viewer sees; undefined where that is all. */
export function visibility(state: State, viewer: Viewer, kind: Kind): ((row: number) => boolean) | undefined {
  const { config } = state;
  const restricted = viewer.role === 'restricted';
  const closed = config.pipelines.filter(p => !hasAccess(p, viewer)).map(p => p.id);
  if (seesAll(viewer) || (!restricted && closed.length === 0)) return undefined;
  const table = state.table(kind);
  const ownOrNobodys = (field: string) => {
    const column = table.column(field) as CodeColumn;
    return (row: number) => column.get(row) < 0 || column.words[column.get(row)] === viewer.user;
  };
  switch (kind) {
    case 'deal': {
      const own = restricted ? ownOrNobodys('owner') : () => true;
      const pipeline = table.column('pipeline') as CodeColumn;
      return row => own(row) && !closed.includes(pipeline.words[pipeline.get(row)] ?? '');
    }
    case 'contact':
    case 'account':
      return restricted ? ownOrNobodys('owner') : undefined;
    case 'task': {
      const own = restricted ? ownOrNobodys('assignee') : () => true;
      const subject = subjectVisible(state, viewer, table.column('for') as NumberColumn);
      return row => own(row) && subject(row);
    }
    case 'activity':
      return subjectVisible(state, viewer, table.column('for') as NumberColumn);
    case 'event':
      return subjectVisible(state, viewer, table.column('contact') as NumberColumn);
    case 'invoice': {
      const all = ['deal', 'account', 'contact'].map(field =>
        subjectVisible(state, viewer, table.column(field) as NumberColumn),
      );
      return row => all.every(visible => visible(row));
    }
    default:
      return undefined;
  }
}

/** A record about another is seen by who sees that one. */
function subjectVisible(state: State, viewer: Viewer, column: NumberColumn): (row: number) => boolean {
  const byKind = new Map<Kind, ((row: number) => boolean) | undefined>();
  return row => {
    const ref = column.get(row);
    const kind = ref > 0 ? refKind(ref) : undefined;
    if (!kind) return true;
    if (!byKind.has(kind)) byKind.set(kind, visibility(state, viewer, kind));
    const visible = byKind.get(kind);
    const target = state.table(kind).row(refNumber(ref));
    return !visible || target < 0 || visible(target);
  };
}

/** Refuses to give work to a user who is not active. */
export function requireActiveUser(config: Config, user: string): void {
  if (config.users[user]?.active === false)
    throw failed(`${user} is not active`, `crm user set ${user} active=true`);
}
