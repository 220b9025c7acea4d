import { stageNamed } from '../../app/core/pipelines.ts';
import { removeStage } from '../../app/settings/stages.ts';
import { usage } from '../../domain/errors.ts';
import { plural } from '../../ui/words.ts';
import type { Command } from '../command.ts';
import { reportSettingChanged } from '../setting/report.ts';
import { inPipeline } from './in-pipeline.ts';

export const rm: Command = {
  summary: 'take a stage out of its pipeline',
  usage: 'STAGE',
  options: [{ flags: '--move-to <STAGE>', description: 'where its deals go' }, inPipeline],
  examples: ['stage rm proposal --move-to follow-up'],
  async run(context, args, options) {
    const [word] = args;
    if (word === undefined) throw usage('which stage?', 'crm stage rm STAGE --move-to OTHER');
    const committed = await context.changeSettings(async writer => {
      const place = stageNamed(writer.config, writer.view.viewer, word, options.text('pipeline'));
      return { id: place.stage.id, ...(await removeStage(writer, place, options.text('moveTo'))) };
    });
    const { id = word, moved = 0, rows = [] } = committed.result ?? {};
    await reportSettingChanged(context, committed, id, 'removed');
    if (moved > 0) await context.message(`moved ${plural(moved, 'deal')} to ${options.text('moveTo')}`);
    for (const row of rows)
      await context.message(`transition row ${row} went with it: it moved deals from ${id} only`);
  },
};
