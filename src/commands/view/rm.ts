import { removeView, viewNamed } from '../../app/settings/views.ts';
import { usage } from '../../domain/errors.ts';
import type { Command } from '../command.ts';
import { reportSettingChanged } from '../setting.ts';

export const rm: Command = {
  summary: 'remove a saved view',
  usage: 'NAME',
  async run(context, [name]) {
    if (name === undefined) throw usage('which view?', 'crm view rm NAME');
    const committed = await context.changeSettings(async ({ view: { viewer }, config }, draft) => {
      const view = viewNamed(config, name);
      await removeView(draft, viewer, view);
      return view.id;
    });
    await reportSettingChanged(context, committed, committed.result ?? name, 'removed');
  },
};
