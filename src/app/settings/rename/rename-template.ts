import { conflict } from '../../../domain/errors.ts';
import { requireId } from '../../../domain/names.ts';
import type { Writer } from '../../core/writer.ts';
import { pathOf } from '../email-templates.ts';
import { filesOf } from '../settings.ts';
import { type RenamedIn, renameSetting } from './rename-setting.ts';

/**
 * Renames an e-mail template: its file, the rules that send it, the texts that render it, and the messages that were
 * made from it, which record what was sent to whom. CONFLICT if there is one of the new name.
 */
export async function renameTemplate(writer: Writer, id: string, to: string): Promise<RenamedIn> {
  const { draft } = writer;
  requireId(to, 'a name for a template');
  if (filesOf(draft).has(pathOf(to))) throw conflict(`there is a template ${to} already`);
  const renamed = await renameSetting(writer, {
    what: `the template ${id}`,
    at: pathOf(id),
    to: pathOf(to),
    renaming: {
      param: (type, value) => (type === 'template' && value === id ? to : value),
      liquid: text =>
        text.replaceAll(
          /(\{%-?\s*render\s+)(["'])([^"']*)\2/g,
          (tag, head: string, quote: string, name: string) =>
            name === id ? `${head}${quote}${to}${quote}` : tag,
        ),
    },
  });
  const table = draft.state.table('message');
  for (const row of table.liveRows())
    if (table.record(row).template === id) draft.set(table.id(row), { template: to });
  return renamed;
}
