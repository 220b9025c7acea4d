import { readFile } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { addAutomation } from '../../app/automations.ts';
import { notFound, usage } from '../../domain/errors.ts';
import { reportSetting } from '../changed.ts';
import type { Command } from '../command.ts';

export const add: Command = {
  summary: 'add an automation from a YAML file',
  usage: '[NAME] FILE|-',
  examples: ['automation add hot-leads.yaml', 'automation add hot-leads - < rule.yaml'],
  async run(context, args) {
    const file = args.at(-1);
    if (file === undefined || args.length > 2)
      throw usage(
        'which file?',
        'crm automation add hot-leads.yaml; crm help automations says what is in one',
      );
    if (file === '-' && args.length < 2) throw usage('which name?', 'crm automation add NAME -');
    const id = args.length === 2 ? args[0]! : basename(file).replace(/\.ya?ml$/, '');
    const text =
      file === '-'
        ? await context.readStdin()
        : await readFile(resolve(context.deps.cwd, file), 'utf8').catch(() => {
            throw notFound(`there is no file ${file}`);
          });
    const committed = await context.change((writer, draft) =>
      addAutomation(draft, writer.view.viewer, id, text),
    );
    await reportSetting(context, committed, id);
  },
};
