import { conflict } from '../../../domain/errors.ts';
import { requireId } from '../../../domain/names.ts';
import { rewriteValues } from '../../../query/parse.ts';
import type { Writer } from '../../core/writer.ts';
import type { Team } from '../teams.ts';
import { askedField } from './asked-field.ts';
import { type RenamedIn, renameSetting } from './rename-setting.ts';

/** Renames a team with all that names it: access, assignment, rules and queries. CONFLICT if there is one of the new name. */
export async function renameTeam(writer: Writer, { id }: Team, to: string): Promise<RenamedIn> {
  const { config } = writer;
  requireId(to, 'a name for a team');
  if (Object.hasOwn(config.teams, to)) throw conflict(`there is a team ${to} already`);
  const member = (name: string) => (name.toLowerCase() === `team:${id}` ? `team:${to}` : name);
  return renameSetting(writer, {
    what: `the team ${id}`,
    at: ['teams', id],
    to,
    renaming: {
      member,
      param: (_type, value) => member(value),
      term(term, kind) {
        const isUser = term.type === 'term' && askedField(config, kind, term.field)?.field.type === 'user';
        return isUser ? rewriteValues(term, member) : term.source;
      },
    },
  });
}
