import type { Kinds } from '../../domain/kinds.ts';
import { customFieldNamed, fieldKeys, setCustomField } from '../../app/settings/custom-fields.ts';
import { readSettings } from '../../app/settings/setting-keys.ts';
import { usage } from '../../domain/errors.ts';
import { plural } from '../../ui/words.ts';
import type { Command } from '../command.ts';
import { oneOf } from '../globals.ts';
import { wordAndPairs } from '../setting.ts';
import { reportSettingChanged } from '../setting/report.ts';

export const set = (kinds: Kinds): Command => ({
  summary: `change a custom field: ${Object.keys(fieldKeys).join(', ')}`,
  usage: 'deal|contact|account NAME KEY=VALUE...',
  options: [
    { flags: '--move-to <OPTION>', description: 'what the records of an option that goes get instead' },
  ],
  examples: [
    'field set contact size options="small,large,huge"',
    'field set contact size options="small,large" --move-to large',
  ],
  async run(context, [kindName, ...rest], options) {
    if (kindName === undefined)
      throw usage('of what, and which field?', 'crm field set contact size label=Size');
    const kind = oneOf('field set', kindName, kinds.extensible);
    const { word, pairs } = wordAndPairs('field', rest, `${kind} NAME label=...`);
    const values = readSettings('custom field', fieldKeys, pairs);
    const moveTo = options.text('moveTo');
    const committed = await context.changeSettings(writer =>
      setCustomField(writer, kind, customFieldNamed(writer.config, kind, word), values, moveTo),
    );
    await reportSettingChanged(context, committed, word, 'changed');
    const moved = committed.result ?? 0;
    if (moved > 0) await context.message(`moved ${plural(moved, kind)} to ${moveTo}`);
  },
});
