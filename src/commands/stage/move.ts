import { stageNamed } from '../../app/core/pipelines.ts';
import { moveStage } from '../../app/settings/stages.ts';
import { usage } from '../../domain/errors.ts';
import { stage } from '../args/declare.ts';
import { command } from '../line/command.ts';
import { reportSettingChanged } from '../setting/report.ts';
import { inPipeline } from './in-pipeline.ts';

export const move = command({
  summary: 'move a stage to another place in its pipeline',
  effect: 'changes',
  args: { word: stage() },
  options: [
    {
      flags: '--after <STAGE>',
      description: 'behind this one',
      value: stage(),
      asks: 'after which stage',
      isRequired: true,
      asksUnless: ['first'],
    },
    { flags: '--first', description: 'to the beginning' },
    inPipeline,
  ],
  examples: ['stage move proposal --after to-contact', 'stage move proposal --first'],
  jsonFields: ['id', 'tx'],
  async run(context, { word }, options) {
    const after = options.text('after');
    if (after !== undefined && options.flag('first'))
      throw usage('where to?', 'either --after STAGE or --first');
    const committed = await context.changeSettings(async ({ view, config }, draft) => {
      const place = stageNamed(config, view.viewer, word, options.text('pipeline'));
      const other =
        after === undefined ? undefined : stageNamed(config, view.viewer, after, place.pipeline.id);
      await moveStage(draft, view.viewer, place, other?.stage);
      return place.stage.id;
    });
    await reportSettingChanged(context, committed, committed.result ?? word, 'moved');
  },
});
