/** Changing users, and what becomes of their work when they leave. */
import type { CodeColumn } from '../domain/columns.ts';
import { roles, type User } from '../domain/config.ts';
import { usage } from '../domain/errors.ts';
import { parseUser } from '../domain/field-types.ts';
import { setEach } from './set-each.ts';
import {
  asOneOf,
  asText,
  asTruth,
  putSettings,
  type SettingKeys,
  type SettingValues,
} from './setting-keys.ts';
import { editSettings } from './settings.ts';
import { checkEmail } from './users.ts';
import { requireActiveUser } from './viewer.ts';
import type { Writer } from './writer.ts';
import { inBlock } from './yaml-edit.ts';

/** What `crm user set` may change. */
export const userKeys: SettingKeys = {
  name: { read: asText, required: true },
  email: { read: asText },
  role: { read: asOneOf(roles), required: true },
  active: { read: asTruth, required: true },
  signature: { read: asText },
};

/** The user of an id, name or e-mail; USAGE where there is none. */
export function userNamed({ config, view }: Writer, name: string): User {
  const id = parseUser(name, 'user', { config, me: view.viewer.user });
  if (id === null) throw usage('none is nobody', 'crm user list');
  return config.users[id]!;
}

/** What was handed over: how many deals and tasks, and to whom. */
export interface HandedOver {
  readonly deals: number;
  readonly tasks: number;
  readonly to: string | undefined;
}

/**
 * Changes a user. One who becomes inactive leaves no open deals and tasks behind: the successor gets them, and
 * without one it is USAGE.
 */
export async function setUser(
  writer: Writer,
  user: User,
  values: SettingValues,
  successor: string | undefined,
): Promise<HandedOver> {
  const { draft, view, config } = writer;
  const leaves = values.get('active') === false && user.active;
  if (successor !== undefined && !leaves)
    throw usage(`a successor is for a user who leaves, and ${user.id} does not`, 'active=false');
  checkEmail(config, user.id, values.get('email') as string | undefined);
  const handed = leaves ? handOver(writer, user, successor) : { deals: 0, tasks: 0, to: undefined };
  const edit = (document: Parameters<typeof inBlock>[0]) =>
    putSettings(document, inBlock(document, ['users', user.id]), values);
  await editSettings(draft, view.viewer, 'crm.yaml', edit, leaves ? 'after' : 'before');
  return handed;
}

function handOver(writer: Writer, user: User, successor: string | undefined): HandedOver {
  const deals = openOf(writer, 'deal', 'owner', user.id);
  const tasks = openOf(writer, 'task', 'assignee', user.id);
  if (successor === undefined) {
    if (deals.length + tasks.length === 0) return { deals: 0, tasks: 0, to: undefined };
    throw usage(
      `${user.id} still has ${count(deals.length, 'open deal')} and ${count(tasks.length, 'open task')}`,
      '--successor USER takes them over',
    );
  }
  const { id: to } = userNamed(writer, successor);
  if (to === user.id) throw usage(`${to} cannot take over from ${to}`);
  requireActiveUser(writer.config, to);
  setEach(writer, deals, { owner: to });
  setEach(writer, tasks, { assignee: to });
  return { deals: deals.length, tasks: tasks.length, to };
}

const count = (n: number, noun: string): string => `${n} ${noun}${n === 1 ? '' : 's'}`;

/** The ids of the open records of a kind that are somebody's. */
function openOf({ draft }: Writer, kind: 'deal' | 'task', field: string, user: string): string[] {
  const table = draft.state.table(kind);
  const whose = table.column(field) as CodeColumn;
  const status = table.column('status') as CodeColumn;
  return table
    .liveRows()
    .filter(row => whose.words[whose.get(row)] === user && status.words[status.get(row)] === 'open')
    .map(row => table.id(row));
}
