import { readSettings } from '../../app/settings/setting-keys.ts';
import { setView, viewKeys, viewNamed } from '../../app/settings/views.ts';
import type { Command } from '../command.ts';
import { reportSettingChanged, wordAndPairs } from '../setting.ts';

export const set: Command = {
  summary: `change a saved view: ${Object.keys(viewKeys).join(', ')}`,
  usage: 'NAME KEY=VALUE...',
  examples: ["view set hot query='is:open value.over:20k'"],
  async run(context, args) {
    const { word, pairs } = wordAndPairs('view', args, 'NAME query=...');
    const values = readSettings('view', viewKeys, pairs);
    const committed = await context.changeSettings(async ({ view: { viewer }, config }, draft) => {
      const view = viewNamed(config, word);
      await setView(draft, viewer, view, values);
      return view.id;
    });
    await reportSettingChanged(context, committed, committed.result ?? word, 'changed');
  },
};
