import type { Config, User } from '../../domain/config.ts';
import { plainColumn, type ThingColumn } from '../output.ts';

/** What is shown of a user. */
export function userColumns({ teams }: Config): readonly ThingColumn<User>[] {
  const teamsOf = (id: string) => Object.keys(teams).filter(team => teams[team]!.includes(id));
  return [
    plainColumn('id', u => u.id),
    plainColumn('name', u => u.name),
    plainColumn('email', u => u.email),
    plainColumn('role', u => u.role),
    plainColumn('active', u => u.active),
    plainColumn('teams', u => teamsOf(u.id)),
    { ...plainColumn<User>('away', u => u.away), jsonOnly: true },
    { ...plainColumn<User>('notify', u => u.notify), jsonOnly: true },
    { ...plainColumn<User>('signature', u => u.signature), jsonOnly: true },
  ];
}
