import { pipelineIn } from '../../app/core/pipelines.ts';
import { setPipeline } from '../../app/settings/set-pipeline.ts';
import { usage } from '../../domain/errors.ts';
import type { Command } from '../command.ts';
import { reportSettingChanged } from '../setting/report.ts';

export const rename: Command = {
  summary: 'give a pipeline another name; its id stays',
  usage: 'PIPELINE NAME',
  examples: ['pipeline rename sales "Sales in Europe"'],
  async run(context, args) {
    const [word, name] = args;
    if (word === undefined || !name)
      throw usage('which pipeline, and which name?', 'crm pipeline rename PIPELINE NAME');
    const committed = await context.changeSettings(async ({ view, config }, draft) => {
      const pipeline = pipelineIn(config, view.viewer, word);
      await setPipeline(draft, view.viewer, pipeline, new Map([['name', name]]));
      return pipeline.id;
    });
    await reportSettingChanged(context, committed, committed.result ?? word, 'renamed');
  },
};
