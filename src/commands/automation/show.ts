import { automationNamed } from '../../app/automation/automation-named.ts';
import { pathOf } from '../../app/automation/automations.ts';
import { automation } from '../args/declare.ts';
import { command } from '../command.ts';
import { printJson } from '../output.ts';

export const show = command({
  summary: 'show the file of an automation',
  args: { id: automation() },
  async run(context, { id }) {
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
});
