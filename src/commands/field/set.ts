import { customFieldNamed, fieldKeys, setCustomField } from '../../app/settings/custom-fields.ts';
import { readSettings } from '../../app/settings/setting-keys.ts';
import { customKinds } from '../../domain/config.ts';
import { usage } from '../../domain/errors.ts';
import type { Command } from '../command.ts';
import { oneOf } from '../globals.ts';
import { reportSettingChanged, wordAndPairs } from '../setting.ts';

export const set: Command = {
  summary: `change a custom field: ${Object.keys(fieldKeys).join(', ')}`,
  usage: 'deal|contact|account NAME KEY=VALUE...',
  examples: ['field set contact size options="small,large,huge"'],
  async run(context, [kindName, ...rest]) {
    if (kindName === undefined)
      throw usage('of what, and which field?', 'crm field set contact size label=Size');
    const kind = oneOf('field set', kindName, customKinds);
    const { word, pairs } = wordAndPairs('field', rest, `${kind} NAME label=...`);
    const values = readSettings('custom field', fieldKeys, pairs);
    const committed = await context.changeSettings(({ view, config }, draft) =>
      setCustomField(draft, view.viewer, kind, customFieldNamed(config, kind, word), values),
    );
    await reportSettingChanged(context, committed, word, 'changed');
  },
};
