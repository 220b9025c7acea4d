import { viewNamed } from '../../app/settings/views.ts';
import { usage } from '../../domain/errors.ts';
import type { Command } from '../command.ts';
import { printThing } from '../output.ts';
import { viewColumns } from './columns.ts';

export const show: Command = {
  summary: 'show a saved view; crm deal list @NAME shows what it finds',
  usage: 'NAME',
  async run(context, [name]) {
    if (name === undefined) throw usage('which view?', 'crm view show NAME');
    const { visible: config } = await context.workspace();
    await printThing(context, viewNamed(config, name), viewColumns, v => v.id);
  },
};
