/**
 * Who reads and writes, and what they may. Every read takes a Viewer, whose rights are ANDed into it: what a user
 * may not see does not exist for them. With files on one's own disk this guards against mistakes, no more.
 */
import type { CodeColumn, NumberColumn } from '../domain/columns.ts';
import type { Config, Pipeline, Role } from '../domain/config.ts';
import { failed } from '../domain/errors.ts';
import { type Kind, makeId, parseId, refKind, refNumber } from '../domain/kinds.ts';
import type { Deal, Rec } from '../domain/records.ts';
import type { State } from '../domain/state.ts';

export interface Viewer {
  /** A user's id, or a login name that is not in `users`. */
  readonly user: string;
  readonly role: Role;
  /** Whether they are not a user and may act because the workspace's directory belongs to them. */
  readonly asOwner?: true;
}

/** A login that is not in `users` acts with all rights, and is recorded by name. */
export function viewerOf(config: Config, user: string): Viewer {
  const known = Object.hasOwn(config.users, user) ? config.users[user] : undefined;
  return { user, role: known?.role ?? 'admin' };
}

export const isAdmin = (viewer: Viewer): boolean => viewer.role === 'admin';

/** Throws FAILED where only an admin may change settings. */
export function mayChangeSettings(viewer: Viewer): void {
  if (!isAdmin(viewer))
    throw failed(`${viewer.user} is ${viewer.role} and may not change settings`, 'an admin may: --as USER');
}

/** Whether no record is hidden from a viewer. */
export const seesAll = (viewer: Viewer) => viewer.role === 'admin' || viewer.role === 'manager';

export const hasAccess = (pipeline: Pipeline, viewer: Viewer): boolean =>
  seesAll(viewer) || !pipeline.access || pipeline.access.includes(viewer.user);

/** Whose a record of a kind is, by which field, and which records it is about: who may not see those, may not see it. */
const guards: { readonly [kind in Kind]?: { readonly own?: string; readonly about?: readonly string[] } } = {
  deal: { own: 'owner' },
  contact: { own: 'owner' },
  account: { own: 'owner' },
  task: { own: 'assignee', about: ['for'] },
  activity: { about: ['for'] },
  event: { about: ['contact'] },
  invoice: { about: ['deal', 'account', 'contact'] },
  message: { about: ['contact', 'deal'] },
  enrolment: { about: ['subject', 'deal'] },
};

/** Which rows of a kind the viewer sees; undefined where that is all. */
export function visibility(state: State, viewer: Viewer, kind: Kind): ((row: number) => boolean) | undefined {
  const { own, about = [] } = guards[kind] ?? {};
  if (seesAll(viewer)) return undefined;
  const closed = closedPipelines(state, viewer);
  const restricted = viewer.role === 'restricted';
  if (!restricted && closed.length === 0) return undefined;
  const table = state.table(kind);
  const tests: ((row: number) => boolean)[] = [];
  if (own && restricted) {
    const owner = table.column(own) as CodeColumn;
    tests.push(row => owner.get(row) < 0 || owner.words[owner.get(row)] === viewer.user);
  }
  if (kind === 'deal' && closed.length > 0) {
    const pipeline = table.column('pipeline') as CodeColumn;
    tests.push(row => !closed.includes(pipeline.words[pipeline.get(row)] ?? ''));
  }
  for (const field of about) tests.push(subjectVisible(state, viewer, table.column(field) as NumberColumn));
  return tests.length === 0 ? undefined : row => tests.every(sees => sees(row));
}

/** The same of one record, which may be in the trash; of one that is nowhere any more, who sees all may know. */
export function maySee(state: State, viewer: Viewer, kind: Kind, record: Rec | undefined): boolean {
  const { own, about = [] } = guards[kind] ?? {};
  if (seesAll(viewer)) return true;
  if (!record) return false;
  const owner = own && record[own];
  if (owner && viewer.role === 'restricted' && owner !== viewer.user) return false;
  if (kind === 'deal' && closedPipelines(state, viewer).includes((record as Deal).pipeline)) return false;
  return about.every(field => {
    const id = record[field] as string | undefined;
    const subject = id === undefined ? undefined : (state.get(id) ?? state.trash().get(id)?.record);
    return !subject || maySee(state, viewer, parseId(subject.id)!.kind, subject);
  });
}

const closedPipelines = ({ config }: State, viewer: Viewer): string[] =>
  config.pipelines.filter(p => !hasAccess(p, viewer)).map(p => p.id);

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
    if (target >= 0) return visible?.(target) ?? true;
    const removed = state.trash().get(makeId(kind, refNumber(ref)))?.record;
    return !removed || maySee(state, viewer, kind, removed);
  };
}

/** Refuses to give work to a user who is not active. */
export function requireActiveUser(config: Config, user: string): void {
  if (config.users[user]?.active === false)
    throw failed(`${user} is not active`, `crm user set ${user} active=true`);
}
