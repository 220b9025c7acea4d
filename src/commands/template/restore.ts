import { restoreTemplate } from '../../app/settings/email-templates.ts';
import { usage } from '../../domain/errors.ts';
import type { Command } from '../command.ts';
import { reportSettingChanged } from '../setting.ts';

export const restore: Command = {
  summary: 'bring an e-mail template back',
  usage: 'NAME',
  async run(context, [id]) {
    if (id === undefined) throw usage('which template?', 'crm template restore NAME');
    const { store } = await context.workspace();
    const committed = await context.change(writer => restoreTemplate(writer, store.journal, id));
    await reportSettingChanged(context, committed, id, 'restored');
  },
};
