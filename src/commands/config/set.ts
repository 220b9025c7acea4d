import { readWorkspaceSettings, setWorkspace } from '../../app/settings/set-workspace.ts';
import { usage } from '../../domain/errors.ts';
import type { Command } from '../command.ts';
import { assignments } from '../record/add.ts';
import { reportSettingChanged } from '../setting/report.ts';

/** `crm config set KEY=VALUE...` */
export const set: Command = {
  summary: 'change settings of the workspace: rates.CURRENCY, lost-reasons, holidays, year-start',
  usage: 'KEY=VALUE...',
  examples: [
    'config set rates.GBP=1.17 rates.USD=0.92',
    'config set year-start=4 lost-reasons=price,timing',
    'config set holidays=12-25,2026-04-06',
  ],
  async run(context, args) {
    if (args.length === 0) throw usage('nothing to set', 'crm config set rates.GBP=1.17');
    const values = readWorkspaceSettings(assignments(args, 'a setting'));
    const committed = await context.changeSettings(({ view }, draft) =>
      setWorkspace(draft, view.viewer, values),
    );
    await reportSettingChanged(context, committed, 'crm.yaml', 'changed');
  },
};
