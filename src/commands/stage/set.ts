import { stageNamed } from '../../app/core/pipelines.ts';
import { readSettings } from '../../app/settings/setting-keys.ts';
import { setStage, stageKeys } from '../../app/settings/stages.ts';
import type { Command } from '../command.ts';
import { wordAndPairs } from '../setting.ts';
import { reportSettingChanged } from '../setting/report.ts';
import { inPipeline } from './in-pipeline.ts';

export const set: Command = {
  summary: `change a stage: ${Object.keys(stageKeys).join(', ')}`,
  usage: 'STAGE KEY=VALUE...',
  options: [inPipeline],
  examples: [
    'stage set proposal color=red group=sales probability=40 rotting=7d',
    'stage set proposal rotting=',
  ],
  async run(context, args, options) {
    const { word, pairs } = wordAndPairs('stage', args, 'STAGE color=red');
    const values = readSettings('stage', stageKeys, pairs);
    const committed = await context.changeSettings(async ({ view, config }, draft) => {
      const place = stageNamed(config, view.viewer, word, options.text('pipeline'));
      await setStage(draft, view.viewer, place, values);
      return place.stage.id;
    });
    await reportSettingChanged(context, committed, committed.result ?? word, 'changed');
  },
};
