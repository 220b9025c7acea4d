import { chooseTransaction } from '../app/history/choose-transaction.ts';
import { takeBack } from '../app/history/undo.ts';
import { View } from '../app/core/view.ts';
import { usage } from '../domain/errors.ts';
import { plural } from '../ui/words.ts';
import { reportDryRun } from './printing/changed.ts';
import { number, optional } from './args/declare.ts';
import { command } from './line/command.ts';
import { formatFor, printJson } from './printing/output.ts';

const verb = (what: 'undo' | 'redo', summary: string) =>
  command({
    summary,
    effect: 'changes',
    args: { text: optional(number('TX', 'which transaction')) },
    options: [
      {
        flags: '--only <RECORD|AUTOMATION>',
        description: 'only what was done to this record, or by this automation',
      },
    ],
    examples: [what, `${what} 57`],
    jsonFields: ['tx', 'undoes', 'kept'],
    async run(context, { text }, options) {
      if (text !== undefined && !/^\d+$/.test(text))
        throw usage(
          `${JSON.stringify(text)} is not a transaction`,
          `crm ${what} 57; crm history shows the numbers`,
        );
      // Broken settings are what an undo may be for.
      const workspace = await context.workspace({ orLastSound: what === 'undo' });
      const { store } = workspace;
      const { yes } = context.globals;
      const committed = await context.change(async writer => {
        const { tx, left } = await chooseTransaction(
          writer,
          store.journal,
          what,
          text === undefined ? undefined : Number(text),
          {
            broken: workspace.broken,
            own: (await store.replica())
              ? await (await import('../app/sharing/own-changes.ts')).ownChanges(store, yes === true)
              : undefined,
          },
        );
        return { ...(await takeBack(writer, store.journal, tx, options.text('only'))), left };
      });
      const done = committed.result;
      const view = new View(committed.state, workspace.viewer, workspace.clock);
      const kept = (done?.kept ?? []).map(each => ({ ...each, why: view.redacted(each.why) }));
      if (context.globals.dryRun) await reportDryRun(context, committed);
      else if (formatFor(context) === 'json')
        await printJson(context, { tx: committed.tx, undoes: done?.tx ?? null, kept });
      if (!done) return 0;
      const { tx, via, by, files } = done;
      const title = `${via} by ${by}${files.length > 0 ? `: ${files.join(', ')}` : ''}`;
      const word = what === 'undo' ? 'undid' : 'redid';
      if (committed.tx !== null)
        await context.message(
          `${word} transaction ${tx} (${title}): ${plural(committed.changes.length, 'change')}, transaction ${committed.tx}`,
        );
      else if (context.globals.dryRun) await context.message(`would ${what} transaction ${tx} (${title})`);
      else await context.message(`transaction ${tx} (${title}): nothing was left to ${what}`);
      for (const { id, why } of kept) await context.message(`kept ${id} (${why})`);
      if (done.left !== undefined) await context.message(done.left);
      return 0;
    },
  });

export const undo = verb(
  'undo',
  'take a transaction back: the last one that a command made, or any one by its number',
);
export const redo = verb('redo', 'take an undo back');
