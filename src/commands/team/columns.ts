import type { Team } from '../../app/settings/teams.ts';
import { plainColumn, type ThingColumn } from '../output.ts';

/** What is shown of a team. */
export const teamColumns: readonly ThingColumn<Team>[] = [
  plainColumn('id', t => t.id),
  plainColumn('members', t => t.members),
];
