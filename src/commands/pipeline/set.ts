import { pipelineIn } from '../../app/core/pipelines.ts';
import { pipelineKeys, setPipeline } from '../../app/settings/set-pipeline.ts';
import { readSettings } from '../../app/settings/setting-keys.ts';
import type { Command } from '../command.ts';
import { wordAndPairs } from '../setting.ts';
import { reportSettingChanged } from '../setting/report.ts';

export const set: Command = {
  summary: `change a pipeline: ${Object.keys(pipelineKeys).join(', ')}`,
  usage: 'PIPELINE KEY=VALUE...',
  examples: [
    'pipeline set sales entry=to-contact card=title,value,owner',
    'pipeline set sales assign=round-robin among=team:north access=ana,ben',
  ],
  async run(context, args) {
    const { word, pairs } = wordAndPairs('pipeline', args, 'PIPELINE entry=STAGE');
    const values = readSettings('pipeline', pipelineKeys, pairs);
    const committed = await context.changeSettings(async ({ view, config }, draft) => {
      const pipeline = pipelineIn(config, view.viewer, word);
      await setPipeline(draft, view.viewer, pipeline, values);
      return pipeline.id;
    });
    await reportSettingChanged(context, committed, committed.result ?? word, 'changed');
  },
};
