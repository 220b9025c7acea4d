import { addReadyRule } from '../../app/automation/add-ready-rule.ts';
import { addAutomation, pathOf } from '../../app/automation/automations.ts';
import { CrmError, usage } from '../../domain/errors.ts';
import { reportDryRun, reportSetting } from '../printing/changed.ts';
import { file, insteadOf, optional, text } from '../args/declare.ts';
import { command } from '../line/command.ts';
import type { Options } from '../line/options.ts';
import type { Context } from '../line/context.ts';
import { nameGivenOr, readNamed } from '../line/named-file.ts';
import { printJson } from '../printing/output.ts';
import { assignments } from '../args/assignments.ts';

export const add = command({
  summary: 'add an automation from a YAML file, or a ready-made one',
  effect: 'changes',
  args: {
    name: insteadOf('template', optional(text('NAME', 'which name'))),
    file: insteadOf('template', file({ label: 'FILE|-' })),
  },
  options: [
    {
      flags: '--template <NAME>',
      description: 'a ready-made automation, with its tests; automation templates lists them',
    },
    { flags: '--id <ID>', description: "its name here (default: the template's name)" },
    { flags: '--set <NAME=VALUE>', description: 'a value of the template: days=60d', repeat: true },
  ],
  examples: [
    'automation add hot-leads.yaml',
    'automation add hot-leads - < rule.yaml',
    'automation add --template lost-win-back --set days=60d',
  ],
  jsonFields: ['id', 'tx', 'files', 'stages'],
  async run(context, { name, file }, options) {
    const template = options.text('template');
    if (template !== undefined || file === undefined) return addTemplate(context, template!, options);
    if (options.text('id') !== undefined || options.list('set').length > 0)
      throw usage('--id and --set need a template', 'crm automation add --template NAME');
    const id = nameGivenOr(file, name, context);
    const text = file === '-' ? await context.readStdin() : await readNamed(context, file);
    const committed = await context.changeSettings((writer, draft) =>
      inFile(file, id, () => addAutomation(draft, writer.view.viewer, id, text)),
    );
    await reportSetting(context, committed, id);
  },
});

/** Makes errors name the file that the user gave, and not the one that it would become. */
async function inFile<T>(file: string, id: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof CrmError)) throw error;
    const name = file === '-' ? 'standard input' : file;
    throw new CrmError(error.kind, error.message.replaceAll(`${pathOf(id)}:`, `${name}:`), error.hint, error);
  }
}

async function addTemplate(context: Context, template: string, options: Options): Promise<void> {
  const set = assignments(options.list('set'), 'a value');
  const committed = await context.changeSettings((writer, draft) =>
    addReadyRule(draft, writer.view.viewer, template, { id: options.text('id'), set }),
  );
  const added = committed.result;
  if (context.globals.dryRun || !added) return reportDryRun(context, committed);
  if (await printJson(context, { id: added.id, tx: committed.tx, files: added.files, stages: added.stages }))
    return;
  await context.print(`${added.id}\n`);
  await context.message(`wrote ${added.files.join(', ')}`);
  if (added.stages.length > 0)
    await context.message(`added the stages ${added.stages.join(', ')} to ${added.pipeline}`);
  if (added.among.length > 0)
    await context.message(`${added.pipeline} may now be assigned among ${added.among.join(', ')}`);
  if (added.kept.length > 0) await context.message(`${added.kept.join(', ')} was there already, and is used`);
  await context.message(`try it: crm automation test ${added.id}, crm automation backtest ${added.id}`);
}
