import type { Command } from '../command.ts';
import { plainColumn, printThings } from '../output.ts';

export const list: Command = {
  summary: 'list users',
  usage: '',
  async run(context) {
    const { config } = await context.workspace();
    const teams = (id: string) => Object.keys(config.teams).filter(team => config.teams[team]!.includes(id));
    await printThings(
      context,
      Object.values(config.users),
      [
        plainColumn('id', u => u.id),
        plainColumn('name', u => u.name),
        plainColumn('email', u => u.email),
        plainColumn('role', u => u.role),
        plainColumn('active', u => u.active),
        plainColumn('teams', u => teams(u.id)),
      ],
      u => u.id,
    );
  },
};
