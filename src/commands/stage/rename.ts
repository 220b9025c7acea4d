import { stageNamed } from '../../app/core/pipelines.ts';
import { setStage } from '../../app/settings/stages.ts';
import { usage } from '../../domain/errors.ts';
import type { Command } from '../command.ts';
import { reportSettingChanged } from '../setting/report.ts';
import { inPipeline } from './in-pipeline.ts';

export const rename: Command = {
  summary: 'give a stage another name; its id stays',
  usage: 'STAGE NAME',
  options: [inPipeline],
  examples: ['stage rename proposal "Proposal sent"'],
  async run(context, args, options) {
    const [word, name] = args;
    if (word === undefined || !name)
      throw usage('which stage, and which name?', 'crm stage rename STAGE NAME');
    const committed = await context.changeSettings(async ({ view, config }, draft) => {
      const place = stageNamed(config, view.viewer, word, options.text('pipeline'));
      await setStage(draft, view.viewer, place, new Map([['name', name]]));
      return place.stage.id;
    });
    await reportSettingChanged(context, committed, committed.result ?? word, 'renamed');
  },
};
