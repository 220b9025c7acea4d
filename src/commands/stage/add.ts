import { pipelineIn, stageIn } from '../../app/core/pipelines.ts';
import { editSettings, newId } from '../../app/settings/settings.ts';
import { parseDuration } from '../../domain/dates.ts';
import { conflict, usage } from '../../domain/errors.ts';
import { reportSetting } from '../changed.ts';
import type { Command } from '../command.ts';

export const add: Command = {
  summary: 'add a stage to a pipeline',
  usage: 'NAME',
  options: [
    { flags: '--pipeline <PIPELINE>', description: 'the pipeline; else the first' },
    { flags: '--after <STAGE>', description: 'where; else at the end' },
    { flags: '--id <ID>', description: 'the id; else made of the name' },
    { flags: '--group <GROUP>', description: 'the group of stages it belongs to' },
    {
      flags: '--stage-color <COLOR>',
      description: 'red, green, yellow, blue, magenta, cyan, gray or #rrggbb',
    },
    { flags: '--probability <PERCENT>', description: 'how likely a deal in it is won' },
    { flags: '--rotting <DURATION>', description: 'after how long in it a deal is rotting: 7d' },
  ],
  examples: ['stage add Qualified --pipeline sales --after to-contact --stage-color green'],
  async run(context, args, options) {
    const [name] = args;
    if (name === undefined) throw usage('which name?', 'crm stage add NAME --pipeline P');
    const probability = options.text('probability');
    if (probability !== undefined && !(/^\d+(\.\d+)?$/.test(probability) && Number(probability) <= 100))
      throw usage(`--probability: ${JSON.stringify(probability)} is not a percentage`, 'accepted: 0 to 100');
    const rotting = options.text('rotting');
    if (rotting !== undefined) parseDuration(rotting);
    const stage = {
      id: newId(name, options.text('id')),
      name,
      ...Object.fromEntries(
        [
          ['group', options.text('group')],
          ['color', options.text('stageColor')],
          ['rotting', rotting],
        ].filter(([, value]) => value !== undefined),
      ),
      ...(probability !== undefined && { probability: Number(probability) }),
    };
    const committed = await context.changeSettings(async ({ view, config }, draft) => {
      const pipeline = pipelineIn(config, view.viewer, options.text('pipeline'));
      if (pipeline.stages.some(s => s.id === stage.id))
        throw conflict(`the pipeline ${pipeline.id} has a stage ${stage.id} already`);
      const after = options.text('after');
      const at =
        after === undefined
          ? pipeline.stages.length
          : pipeline.stages.findIndex(s => s.id === stageIn(pipeline, after, config, view.viewer).id) + 1;
      await editSettings(draft, view.viewer, `pipelines/${pipeline.id}.yaml`, tree =>
        tree.add(['stages'], stage, at),
      );
    });
    await reportSetting(context, committed, stage.id);
  },
};
