/**
 * `crm edit RECORD` opens an editor. `crm edit -` is a filter for a user who is in an editor already: it takes the text of
 * `--print` with the user's changes, saves them, and prints the text of the saved record.
 */
import { EditProblems, setEdited } from '../app/records/edit-record.ts';
import type { View } from '../app/core/view.ts';
import { conflict, usage } from '../domain/errors.ts';
import { type Kinds, numberOf } from '../domain/kinds.ts';
import { definitionsIn } from '../kinds/define.ts';
import { record } from './args/declare.ts';
import { reportChanged } from './printing/changed.ts';
import { command } from './line/command.ts';
import type { Context } from './line/context.ts';
import { withMarks, withoutMarks } from './editor.ts';
import { textOf } from './record/edit.ts';
import { recordMeant } from './record-meant.ts';

/** The line of a text that names its record, and the transaction as of which the text was printed. */
const OF = /^# ([A-Z]\d+) as of transaction (\d{1,15})\b/m;

export const edit = (kinds: Kinds) => {
  const edited = definitionsIn(kinds)
    .filter(({ isMadeByPeople }) => isMadeByPeople)
    .map(({ name }) => name);
  return command({
    summary: 'change fields of any record in an editor; with - as a filter within one',
    effect: 'programs',
    args: { key: record(edited, { asks: 'which record' }) },
    options: [{ flags: '--print', description: 'print what the editor would open' }],
    examples: ['edit D12', 'edit acme', 'edit D12 --print', 'edit - < D12.yaml'],
    jsonAs: 'KIND show',
    async run(context, { key }, options) {
      if (key === '-' && options.flag('print'))
        throw usage('- takes a text, and --print prints one', 'crm edit D12 --print');
      if (key === '-') return filter(context, kinds);
      const view = await (await context.workspace()).view();
      const id = await recordMeant(context, view, edited, key);
      if (options.flag('print')) return void (await context.printExact(await printed(view, id)));
      const { edit: inEditor } = await import('./record/edit.ts');
      return inEditor(kinds, kinds.kindOf(id)).run(context, { words: id }, options);
    },
  });
};

/** Returns the text of a record, with the line that `crm edit -` needs. */
function printed(view: View, id: string): Promise<string> {
  const { kinds, state } = view;
  const kind = kinds.kindOf(id);
  const row = state.table(kind).row(numberOf(id));
  return textOf(view, kind, id, row, [`${id} as of transaction ${state.seq}: crm edit - saves this text`]);
}

/**
 * Saves the text on standard input and prints the record's new text. A text with problems is printed with marks above the
 * wrong lines, and is USAGE; any other error prints the text as it came.
 */
async function filter(context: Context, kinds: Kinds): Promise<number> {
  // vim puts stderr below the text, so the text may end with the error of the last attempt.
  const given = (await context.readStdin()).replace(/^Error: [\s\S]*/m, '');
  const text = withoutMarks(given);
  const [, id, seq] = OF.exec(text) ?? [];
  if (id === undefined)
    throw usage(
      'the text does not say which record it is of',
      'crm edit D12 --print prints a text that does',
    );
  try {
    const committed = await context.change(async writer => {
      const { view } = writer;
      const found = view.find([kinds.kindOf(id)], id);
      await requireUnchanged(context, found, Number(seq));
      setEdited(writer, found, await printed(view, found), text);
    });
    if (context.globals.dryRun) {
      await reportChanged(context, committed, kinds.kindOf(id), [id], 'changed');
      return 0;
    }
    const view = await (await context.reopened()).view();
    await context.printExact(await printed(view, id));
    return 0;
  } catch (error) {
    // An editor replaces its text with the output of a filter, so the typed text must be printed, or it would be lost.
    if (!(error instanceof EditProblems)) {
      await context.printExact(given);
      throw error;
    }
    await context.printExact(withMarks(text, error.problems));
    const [{ line, message }] = error.problems as [EditProblems['problems'][number]];
    throw usage(
      `line ${line}: ${message}; nothing was changed`,
      'what is wrong stands above its line, after # !',
    );
  }
}

/** Throws CONFLICT if a transaction after `seq` changed the record. */
async function requireUnchanged(context: Context, id: string, seq: number): Promise<void> {
  const { store } = await context.workspace();
  for await (const { seq: last, by } of store.journal.mentions(new Set([id]))) {
    if (last <= seq) return;
    throw conflict(
      `${id} was changed meanwhile, by ${by} (transaction ${last}); nothing was changed`,
      `crm edit ${id} --print shows it as it is now`,
    );
  }
}
