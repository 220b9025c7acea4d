import { retryEnrolments } from '../../app/automation/automations.ts';
import { plural } from '../../ui/words.ts';
import { reportDryRun } from '../printing/changed.ts';
import { anyNumber, automation } from '../args/declare.ts';
import { command } from '../line/command.ts';
import { printJson } from '../printing/output.ts';

export const retry = command({
  summary: 'let failed enrolments continue at the step that failed, in the next sweep',
  effect: 'changes',
  args: {
    words: anyNumber(automation({ label: 'ENROLMENT|AUTOMATION|RECORD', or: ['record'] })),
  },
  examples: ['automation retry N4', 'automation retry hot-leads'],
  jsonFields: ['tx', 'enrolments'],
  async run(context, { words }) {
    const ids = await context.ids(words);
    const committed = await context.change(writer => retryEnrolments(writer, ids));
    if (context.globals.dryRun) return reportDryRun(context, committed);
    const retried = committed.result ?? [];
    if (await printJson(context, { tx: committed.tx, enrolments: retried })) return;
    await context.message(
      retried.length === 0
        ? 'nothing has failed'
        : `${plural(retried.length, 'enrolment')} will go on with the next crm run`,
    );
  },
});
