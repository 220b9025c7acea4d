import { enrol as enrolIn } from '../../app/automation/enrol.ts';
import { usage } from '../../domain/errors.ts';
import { plural } from '../../ui/words.ts';
import { reportDryRun } from '../changed.ts';
import type { Command } from '../command.ts';
import { printJson } from '../output.ts';

export const enrol: Command = {
  summary: 'start an automation for records by hand, with the next sweep, also where it ran once already',
  usage: 'NAME ID...',
  examples: ['automation enrol hot-leads C3', 'automation enrol win-back D12 D13'],
  async run(context, args) {
    const [name, ...rest] = args;
    if (name === undefined) throw usage('which automation?', 'crm automation enrol NAME ID...');
    if (rest.length === 0) throw usage('which record?', `crm automation enrol ${name} ID...`);
    const keys = await context.ids(rest);
    const committed = await context.change((writer, draft) => enrolIn(writer, draft, name, keys));
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
};
