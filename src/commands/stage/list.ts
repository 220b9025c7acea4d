import { pipelineIn } from '../../app/pipelines.ts';
import { hasAccess } from '../../app/viewer.ts';
import type { Command } from '../command.ts';
import { plainColumn, printThings } from '../output.ts';

export const list: Command = {
  summary: 'list the stages of a pipeline, or of all',
  usage: '',
  options: [{ flags: '--pipeline <PIPELINE>', description: 'of this one only' }],
  async run(context, _args, options) {
    const { config, viewer } = await context.workspace();
    const name = options.text('pipeline');
    const pipelines =
      name === undefined
        ? config.pipelines.filter(p => hasAccess(p, viewer))
        : [pipelineIn(config, viewer, name)];
    await printThings(
      context,
      pipelines.flatMap(pipeline => pipeline.stages.map(stage => ({ ...stage, pipeline: pipeline.id }))),
      [
        plainColumn('id', s => s.id),
        plainColumn('name', s => s.name),
        plainColumn('pipeline', s => s.pipeline),
        plainColumn('group', s => s.group),
        plainColumn('color', s => s.color, { paint: (text, s, paint) => paint.stage(s.color, text) }),
        plainColumn('probability', s => s.probability, { align: 'right' }),
        plainColumn('rotting', s => (s.rotting === undefined ? null : `${s.rotting / 86_400_000}d`)),
      ],
      s => s.id,
    );
  },
};
