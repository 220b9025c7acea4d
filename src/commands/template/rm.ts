import { removeTemplate } from '../../app/settings/email-templates.ts';
import { usage } from '../../domain/errors.ts';
import type { Command } from '../command.ts';
import { reportSettingChanged } from '../setting/report.ts';

export const rm: Command = {
  summary: 'take an e-mail template away that no rule sends any more; restore brings it back',
  usage: 'NAME',
  async run(context, [id]) {
    if (id === undefined) throw usage('which template?', 'crm template rm NAME');
    const committed = await context.changeSettings(writer => removeTemplate(writer, id));
    await reportSettingChanged(context, committed, id, 'removed');
  },
};
