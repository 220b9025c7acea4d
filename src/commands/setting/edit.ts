import { saveEditedFile } from '../../app/settings/edit-file.ts';
import { mayChangeSettings } from '../../app/core/viewer.ts';
import { refusesEdit } from '../../domain/bad-bytes.ts';
import { notFound } from '../../domain/errors.ts';
import type { Kinds } from '../../domain/kinds.ts';
import { type Command, command } from '../line/command.ts';
import { Context } from '../line/context.ts';
import { edit as inEditor } from '../editor.ts';
import type { SettingNoun } from './noun.ts';
import { reportSettingChanged } from './report.ts';
import { infoOf } from './verb-info.ts';

/** The file that has it, in an editor. */
export const edit = (noun: SettingNoun, kinds: Kinds): Command =>
  command({
    ...infoOf(noun, 'edit', kinds),
    async run(context, values, options) {
      const workspace = await context.workspace({ orLastSound: true });
      mayChangeSettings(workspace.viewer);
      const all = Object.values(values).filter((word): word is string => typeof word === 'string');
      if (!noun.fileOf) noun.find(workspace, all, options);
      const path = noun.fileOf?.(workspace, all, options) ?? 'crm.yaml';
      const text = workspace.store.userFiles().get(path);
      if (text === undefined) {
        noun.find(workspace, all, options);
        throw notFound(`there is no file ${path}`, `crm ${noun.name} list`);
      }
      const refused = refusesEdit(path, text);
      if (refused) throw refused;
      const saved = await inEditor(context, {
        name: path.replaceAll('/', '-'),
        text,
        instead: `edit ${path}, then crm ${noun.checkedBy ?? 'doctor'}`,
        async save(edited) {
          const now = new Context(context.deps, context.globals, context.via, context.commandLine);
          await now.workspace({ orLastSound: true });
          return { now, committed: await now.change(writer => saveEditedFile(writer, path, text, edited)) };
        },
      });
      if (!saved) return context.message('nothing changed');
      await reportSettingChanged(saved.now, saved.committed, path, 'changed');
    },
  });
