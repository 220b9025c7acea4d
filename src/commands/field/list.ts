import { customFieldsOf } from '../../domain/config.ts';
import type { Command } from '../command.ts';
import { printThings } from '../output.ts';
import { fieldColumns } from './columns.ts';

export const list: Command = {
  summary: 'list custom fields',
  usage: '[FILTER...]',
  async run(context, args) {
    const { config } = await context.workspace();
    const all = config.kinds.extensible.flatMap(kind =>
      customFieldsOf(config, kind).map(field => ({ kind, ...field })),
    );
    await printThings(context, all, fieldColumns, f => f.name, args);
  },
};
