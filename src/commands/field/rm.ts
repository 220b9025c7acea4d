import type { Kinds } from '../../domain/kinds.ts';
import { customFieldNamed, removeCustomField } from '../../app/settings/custom-fields.ts';
import { usage } from '../../domain/errors.ts';
import { plural } from '../../ui/words.ts';
import type { Command } from '../command.ts';
import { oneOf } from '../globals.ts';
import { reportSettingChanged } from '../setting/report.ts';

export const rm = (kinds: Kinds): Command => ({
  summary: 'take a custom field out of the settings; its values stay in the records',
  usage: `${kinds.extensible.join('|')} NAME`,
  examples: ['field rm deal product'],
  async run(context, [kindName, name]) {
    if (kindName === undefined || name === undefined)
      throw usage('of what, and which name?', 'crm field rm deal product');
    const kind = oneOf('field rm', kindName, kinds.extensible);
    const committed = await context.changeSettings(writer =>
      removeCustomField(writer, kind, customFieldNamed(writer.config, kind, name)),
    );
    await reportSettingChanged(context, committed, name, 'removed');
    const kept = committed.result ?? 0;
    if (kept > 0)
      await context.message(
        `${plural(kept, kind)} still ${kept === 1 ? 'has' : 'have'} a value of it: crm field restore ${kind} ${name} shows them again`,
      );
  },
});
