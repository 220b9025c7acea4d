/** Teams: users under a common name, `team:north`, for queries, `access` and the assignment of deals. */
import type { Config } from '../../domain/config.ts';
import { conflict, usage } from '../../domain/errors.ts';
import { parseUser } from '../../kinds/field-types.ts';
import { requireId, requireName } from '../../domain/names.ts';
import { suggestion } from '../../domain/nearest.ts';
import type { Writer } from '../core/writer.ts';
import { asList, type SettingKeys } from './setting-keys.ts';
import { editSettings, takeOut } from './settings.ts';

export interface Team {
  readonly id: string;
  readonly members: readonly string[];
}

/** What `crm team set` may change. */
export const teamKeys: SettingKeys = { members: { read: asList } };

export const teamsOf = ({ teams }: Config): Team[] =>
  Object.entries(teams).map(([id, members]) => ({ id, members }));

/** The team of a name, with or without its `team:`; USAGE if there is none. */
export function teamNamed(config: Config, name: string): Team {
  const id = name.replace(/^team:/, '');
  const team = teamsOf(config).find(each => each.id === id);
  if (team) return team;
  throw usage(
    `unknown team ${JSON.stringify(name)}`,
    suggestion(id, Object.keys(config.teams), 'teams') ?? 'crm team add NAME USER...',
  );
}

/** Adds a team of users, named by id, name or e-mail. */
export async function addTeam(writer: Writer, id: string, members: readonly string[]): Promise<void> {
  requireName('a team', id);
  requireId(id, 'a name for a team');
  if (Object.hasOwn(writer.config.teams, id)) throw conflict(`there is a team ${id} already`);
  await putMembers(writer, id, members);
}

/** Replaces the members of a team, or adds and removes users (`+ana -ben`). */
export async function setTeam(
  writer: Writer,
  team: Team,
  members: readonly string[],
  changes: readonly string[] = [],
): Promise<void> {
  const all = new Set(members.map(name => idOf(writer, name)));
  for (const change of changes) {
    const id = idOf(writer, change.slice(1));
    if (change.startsWith('+')) all.add(id);
    else if (!all.delete(id)) throw usage(`${id} is not in the team ${team.id}`);
  }
  await putMembers(writer, team.id, [...all]);
}

const putMembers = (writer: Writer, id: string, members: readonly string[]): Promise<void> => {
  const ids = [...new Set(members.map(name => idOf(writer, name)))];
  return editSettings(writer.draft, writer.view.viewer, 'crm.yaml', tree => tree.put(['teams', id], ids));
};

function idOf({ config, view }: Writer, name: string): string {
  const id = parseUser(name, 'member', { config, me: view.viewer.user });
  if (id === null) throw usage('none means nobody', 'crm user list');
  return id;
}

/** Removes a team; FAILED if a pipeline, a view or a rule names it. Its users stay. */
export const removeTeam = ({ draft, view }: Writer, { id }: Team): Promise<void> =>
  takeOut(draft, view.viewer, 'crm.yaml', `the team ${id}`, tree => tree.take(['teams', id]));
