import { readWorkspaceSettings, setWorkspace } from '../../app/settings/set-workspace.ts';
import { settingPairs } from '../args/declare.ts';
import { command } from '../line/command.ts';
import { reportSettingChanged } from '../setting/report.ts';

/** `crm config set KEY=VALUE...` */
export const set = command({
  summary: 'change settings of the workspace: rates.CURRENCY, lost-reasons, holidays, year-start',
  effect: 'changes',
  args: { pairs: settingPairs('rates.GBP=1.17', ['year-start', 'lost-reasons', 'holidays']) },
  examples: [
    'config set rates.GBP=1.17 rates.USD=0.92',
    'config set year-start=4 lost-reasons=price,timing',
    'config set holidays=12-25,2026-04-06',
  ],
  jsonFields: ['id', 'tx'],
  async run(context, { pairs }) {
    const values = readWorkspaceSettings(pairs);
    const committed = await context.changeSettings(({ view }, draft) =>
      setWorkspace(draft, view.viewer, values),
    );
    await reportSettingChanged(context, committed, 'crm.yaml', 'changed');
  },
});
