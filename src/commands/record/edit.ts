import { fieldsToEdit, notesOn, setEdited } from '../../app/records/edit-record.ts';
import type { View } from '../../app/core/view.ts';
import { conflict, usage } from '../../domain/errors.ts';
import { type Kind, type Kinds, numberOf } from '../../domain/kinds.ts';
import { sameJson, valueAt } from '../../domain/records.ts';
import { printable } from '../../ui/escape.ts';
import { reportChanged } from '../printing/changed.ts';
import { record } from '../args/declare.ts';
import { command } from '../line/command.ts';
import { Context } from '../line/context.ts';
import { edit as inEditor } from '../editor.ts';

/** `crm <kind> edit ID`: its fields as YAML in an editor. */
export const edit = (kinds: Kinds, kind: Kind) =>
  command({
    summary: 'change fields in an editor',
    effect: 'programs',
    args: { words: record(kind) },
    examples: [
      `${kind} edit ${kinds.makeId(kind, 12)}`,
      `EDITOR=nano crm ${kind} edit ${kinds.makeId(kind, 12)}`,
    ],
    async run(context, { words }) {
      const [key, ...more] = await context.ids([words]);
      if (key === undefined || more.length > 0)
        throw usage(`which ${kind}?`, `crm ${kind} edit ID, one at a time`);
      const view = await (await context.workspace()).view();
      const id = view.find([kind], key);
      const row = view.state.table(kind).row(numberOf(id));
      const before = view.record(id);
      const text = await textOf(view, kind, id, row);
      const saved = await inEditor(context, {
        name: `${id}.yaml`,
        text,
        instead: `crm ${kind} set ${id} FIELD=VALUE`,
        async save(edited) {
          // It may have taken an hour: the time, the settings and the records are those of now.
          const now = new Context(context.deps, context.globals, context.via, context.commandLine);
          const committed = await now.change(writer => {
            const record = writer.view.record(id);
            const changed = Object.keys({ ...before, ...record }).find(
              path => path !== 'updatedAt' && !sameJson(valueAt(before, path), valueAt(record, path)),
            );
            if (changed) throw conflict(`${id} was changed meanwhile: its ${changed}`, `crm history ${id}`);
            setEdited(writer, id, text, edited);
          });
          return { now, committed };
        },
      });
      if (!saved) return context.message('nothing changed');
      await reportChanged(saved.now, saved.committed, kind, [id], 'changed');
    },
  });

/** Returns what the editor opens; `more` are lines of comment that stand first. */
export async function textOf(
  view: View,
  kind: Kind,
  id: string,
  row: number,
  more: readonly string[] = [],
): Promise<string> {
  const { yamlText } = await import('../../ui/yaml-text.ts');
  const notes = [
    ...more,
    `${id}: removing a field empties it; emptying the whole text changes nothing.`,
    ...notesOn(view, kind, row),
  ];
  return `${notes.map(note => `# ${printable(note)}\n`).join('')}\n${yamlText(fieldsToEdit(view, kind, row))}`;
}
