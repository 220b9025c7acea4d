import type { Kinds } from '../../domain/kinds.ts';
import { customFieldNamed } from '../../app/settings/custom-fields.ts';
import { usage } from '../../domain/errors.ts';
import type { Command } from '../command.ts';
import { oneOf } from '../globals.ts';
import { printThing } from '../output.ts';
import { fieldColumns } from './columns.ts';

export const show = (kinds: Kinds): Command => ({
  summary: 'show a custom field',
  usage: `${kinds.extensible.join('|')} NAME`,
  async run(context, [kindName, name]) {
    if (kindName === undefined || name === undefined)
      throw usage('of what, and which name?', 'crm field show deal product');
    const kind = oneOf('field show', kindName, kinds.extensible);
    const { config } = await context.workspace();
    await printThing(context, { kind, ...customFieldNamed(config, kind, name) }, fieldColumns, f => f.name);
  },
});
