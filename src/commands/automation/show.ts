import { automationNamed } from '../../app/automation/automation-named.ts';
import { pathOf } from '../../app/automation/automations.ts';
import { usage } from '../../domain/errors.ts';
import type { Command } from '../command.ts';
import { printJson } from '../output.ts';

export const show: Command = {
  summary: 'show the file of an automation',
  usage: 'NAME',
  async run(context, args) {
    const [id] = args;
    if (id === undefined || args.length > 1) throw usage('which automation?', 'crm automation list');
    const { visible: config, visibleFiles } = await context.workspace();
    const text = visibleFiles.get(pathOf(id));
    if (text === undefined) {
      const rule = automationNamed(config, id);
      if (!(await printJson(context, rule))) await context.print(`${id} is built in: ${rule.name}\n`);
    } else if (
      !(config.automations.some(a => a.id === id) && (await printJson(context, automationNamed(config, id))))
    )
      await context.printExact(text);
  },
};
