import { automationKeys, setAutomation } from '../../app/automation/automations.ts';
import { readSettings } from '../../app/settings/setting-keys.ts';
import type { Command } from '../command.ts';
import { wordAndPairs } from '../setting.ts';
import { reportSettingChanged } from '../setting/report.ts';

export const set: Command = {
  summary: `change an automation: ${Object.keys(automationKeys).join(', ')}; edit changes its steps`,
  usage: 'NAME KEY=VALUE...',
  examples: [
    "automation set hot-leads where='tag:newsletter not:tag:competitor'",
    'automation set thanks runs=every-time',
  ],
  async run(context, args) {
    const { word, pairs } = wordAndPairs('automation', args, 'NAME runs=once');
    const values = readSettings('automation', automationKeys, pairs);
    const committed = await context.changeSettings(writer => setAutomation(writer, word, values));
    await reportSettingChanged(context, committed, word, 'changed');
  },
};
