/** Changes users. */
import { parseAbsence } from '../../domain/absence.ts';
import { type Config, roles, type User } from '../../domain/config.ts';
import { notifyWays } from '../../domain/mail-settings.ts';
import { usage } from '../../domain/errors.ts';
import { parseUser } from '../../kinds/field-types.ts';
import type { YamlTree } from '../../store/yaml/yaml-tree.ts';
import type { Viewer } from '../core/viewer.ts';
import type { Writer } from '../core/writer.ts';
import { endCalendar } from './calendar-addresses.ts';
import { type HandedOver, handOver } from './hand-over.ts';
import {
  asAmount,
  asOneOf,
  asText,
  asTruth,
  putSettings,
  type Read,
  type SettingKeys,
  type SettingValues,
} from './setting-keys.ts';
import { editSettings } from './settings.ts';
import { checkEmail, keepAnAdmin } from './users.ts';

/** Returns the text as typed, if it can be read; the stand-in is checked together with the file. */
const asAbsence: Read = text => {
  parseAbsence(text);
  return text;
};

/** What `crm user set` may change. */
export const userKeys: SettingKeys = {
  name: { read: asText, required: true, option: { takes: 'NAME', help: 'the name (default: the id)' } },
  email: { read: asText, option: { takes: 'ADDRESS', help: 'the e-mail address' } },
  role: {
    read: asOneOf(roles),
    required: true,
    option: {
      takes: 'ROLE',
      help: 'admin, manager, normal or restricted (default: normal; for yourself, the role that you have)',
    },
  },
  active: { read: asTruth, required: true },
  signature: { read: asText },
  'quota.month': { read: asAmount },
  'quota.quarter': { read: asAmount },
  'quota.year': { read: asAmount },
  away: { read: asAbsence },
  notify: { read: asOneOf(notifyWays) },
};

/** The user of an id, name or e-mail; USAGE if there is none. */
export function userNamed(config: Config, viewer: Viewer, name: string): User {
  // A user whose id has become a reserved word keeps that id.
  if (Object.hasOwn(config.users, name)) return config.users[name]!;
  const id = parseUser(name, 'user', { config, me: viewer.user });
  if (id === null) throw usage('none means nobody', 'crm user list');
  return config.users[id]!;
}

/**
 * Changes a user. If a user becomes inactive, a successor gets their open deals, open tasks and rules; without a
 * successor, these are USAGE. Undefined if nobody leaves.
 */
export async function setUser(
  writer: Writer,
  user: User,
  values: SettingValues,
  successor: string | undefined,
): Promise<HandedOver | undefined> {
  const { draft, view, config } = writer;
  const leaves = values.get('active') === false && user.active;
  if (successor !== undefined && !leaves)
    throw usage(`only a user who leaves has a successor, and ${user.id} does not leave`, 'active=false');
  checkEmail(config, user.id, values.get('email') as string | undefined);
  const to = successor === undefined ? undefined : userNamed(config, view.viewer, successor).id;
  const handed = leaves ? await handOver(writer, user.id, to) : undefined;
  const edit = (tree: YamlTree) => putSettings(tree, ['users', user.id], values);
  await editSettings(draft, view.viewer, 'crm.yaml', edit, leaves ? 'after' : 'before');
  if (leaves) endCalendar(draft, user.id);
  keepAnAdmin(draft.config, view.viewer);
  return handed;
}
