import { pipelineIn } from '../../app/core/pipelines.ts';
import { removePipeline } from '../../app/settings/remove-pipeline.ts';
import { usage } from '../../domain/errors.ts';
import { plural } from '../../ui/words.ts';
import type { Command } from '../command.ts';
import { reportSettingChanged } from '../setting/report.ts';

export const rm: Command = {
  summary: 'remove a pipeline with its stages and transitions',
  usage: 'PIPELINE',
  options: [
    { flags: '--move-to <PIPELINE/STAGE>', description: 'where its deals go: a stage of another pipeline' },
  ],
  examples: ['pipeline rm hardware --move-to sales/to-contact'],
  async run(context, args, options) {
    const [word] = args;
    const to = options.text('moveTo');
    if (word === undefined) throw usage('which pipeline?', 'crm pipeline rm PIPELINE --move-to OTHER/STAGE');
    const committed = await context.changeSettings(async writer => {
      const pipeline = pipelineIn(writer.config, writer.view.viewer, word);
      return { id: pipeline.id, moved: await removePipeline(writer, pipeline, to) };
    });
    const { id = word, moved = 0 } = committed.result ?? {};
    await reportSettingChanged(context, committed, id, 'removed');
    if (moved > 0) await context.message(`moved ${plural(moved, 'deal')} to ${to}`);
  },
};
