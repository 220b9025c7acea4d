import { pathOf, templateNamed } from '../../app/settings/email-templates.ts';
import { usage } from '../../domain/errors.ts';
import type { Command } from '../command.ts';
import { printJson } from '../output.ts';

export const show: Command = {
  summary: 'show the file of an e-mail template',
  usage: 'NAME',
  async run(context, [id]) {
    if (id === undefined) throw usage('which template?', 'crm template list');
    const { visible: config, visibleFiles } = await context.workspace();
    const text = visibleFiles.get(pathOf(id));
    // One that is broken can be read as well; what is wrong with it is for lint to say.
    if (text === undefined) templateNamed(config, id);
    else if (!(Object.hasOwn(config.templates, id) && (await printJson(context, templateNamed(config, id)))))
      await context.printExact(text);
  },
};
