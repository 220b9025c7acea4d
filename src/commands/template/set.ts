import { setTemplate, templateKeys } from '../../app/settings/email-templates.ts';
import { readSettings } from '../../app/settings/setting-keys.ts';
import type { Command } from '../command.ts';
import { wordAndPairs } from '../setting.ts';
import { reportSettingChanged } from '../setting/report.ts';

export const set: Command = {
  summary: `change an e-mail template: ${Object.keys(templateKeys).join(', ')}`,
  usage: 'NAME KEY=VALUE...',
  examples: ['template set welcome subject="Hello, {{ contact.name }}"'],
  async run(context, args) {
    const { word, pairs } = wordAndPairs('template', args, 'NAME subject=...');
    const values = readSettings('template', templateKeys, pairs);
    const committed = await context.changeSettings(writer => setTemplate(writer, word, values));
    await reportSettingChanged(context, committed, word, 'changed');
  },
};
