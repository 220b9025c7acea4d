import { automationKeys, setAutomation } from '../../app/automation/automations.ts';
import { readSettings } from '../../app/settings/setting-keys.ts';
import { automation, settingPairs } from '../args/declare.ts';
import { command } from '../command.ts';
import { reportSettingChanged } from '../setting.ts';

export const set = command({
  summary: `change an automation: ${Object.keys(automationKeys).join(', ')}; edit changes its steps`,
  args: { name: automation(), pairs: settingPairs('runs=once') },
  examples: [
    "automation set hot-leads where='tag:newsletter not:tag:competitor'",
    'automation set thanks runs=every-time',
  ],
  async run(context, { name, pairs }) {
    const values = readSettings('automation', automationKeys, pairs);
    const committed = await context.changeSettings(writer => setAutomation(writer, name, values));
    await reportSettingChanged(context, committed, name, 'changed');
  },
});
