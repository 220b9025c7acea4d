import { customKinds } from '../../domain/config.ts';
import type { Command } from '../command.ts';
import { plainColumn, printThings } from '../output.ts';

export const list: Command = {
  summary: 'list custom fields',
  usage: '',
  async run(context) {
    const { config } = await context.workspace();
    await printThings(
      context,
      customKinds.flatMap(kind => config.fields[kind].map(field => ({ kind, ...field }))),
      [
        plainColumn('kind', f => f.kind),
        plainColumn('name', f => f.name),
        plainColumn('type', f => f.type),
        plainColumn('label', f => f.label),
        plainColumn('options', f => f.options),
      ],
      f => f.name,
    );
  },
};
