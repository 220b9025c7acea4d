import { enrol as enrolIn } from '../../app/automation/enrol.ts';
import { automationNamed } from '../../app/automation/automation-named.ts';
import { plural } from '../../ui/words.ts';
import { reportDryRun } from '../printing/changed.ts';
import { confirmMany, foundBy, isByQuery, whereOption } from '../choose.ts';
import { automation, chosen } from '../args/declare.ts';
import { command } from '../line/command.ts';
import { printJson } from '../printing/output.ts';

export const enrol = command({
  summary: 'start an automation for records by hand, with the next sweep, even if it ran for them before',
  effect: 'changes',
  args: {
    name: automation(),
    rest: chosen(['deal', 'contact', 'account', 'task'], { asks: 'for which records' }),
  },
  options: [whereOption],
  examples: [
    'automation enrol hot-leads C3',
    'automation enrol win-back D12 D13',
    "automation enrol win-back --where 'is:lost closed:last-quarter'",
  ],
  jsonFields: ['tx', 'enrolments'],
  async run(context, { name, rest }, options) {
    const where = isByQuery(options) ? options.list('where') : undefined;
    const keys = await context.ids(rest);
    let chosen = keys;
    const committed = await context.change(
      (writer, draft) => {
        const kind = automationNamed(writer.view.config, name).for;
        if (where !== undefined) chosen = foundBy(writer, kind, where);
        return enrolIn(writer, draft, name, chosen);
      },
      { confirm: () => confirmMany(context, where, `enrol ${chosen.length} in ${name}?`, chosen.length) },
    );
    if (context.globals.dryRun) return reportDryRun(context, committed);
    const { enrolments, already } = committed.result ?? { enrolments: [], already: [] };
    if (await printJson(context, { tx: committed.tx, enrolments })) return;
    for (const { id, subject } of already) await context.message(`${subject} is on its way already: ${id}`);
    for (const id of enrolments) await context.print(`${id}\n`);
    await context.message(
      enrolments.length === 0
        ? 'nothing to do'
        : `${plural(enrolments.length, 'enrolment')} in ${name} will begin with the next crm run`,
    );
  },
});
