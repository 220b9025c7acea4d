import type { View } from '../../../domain/config.ts';
import { conflict } from '../../../domain/errors.ts';
import { requireId } from '../../../domain/names.ts';
import type { Writer } from '../../core/writer.ts';
import { type RenamedIn, renameSetting } from './rename-setting.ts';

/** Renames a saved view with all queries and rules that ask for it; CONFLICT if there is one of the new name. */
export async function renameView(writer: Writer, { id }: View, to: string): Promise<RenamedIn> {
  requireId(to, 'a name for a view');
  if (writer.config.views.some(view => view.id === to)) throw conflict(`there is a view ${to} already`);
  return renameSetting(writer, {
    what: `the view ${id}`,
    at: ['views', id],
    to,
    renaming: {
      term: term => (term.type === 'view' && term.name === id ? `@${to}` : term.source),
      param: (type, value) => (type === 'view' && value === id ? to : value),
    },
  });
}
