import { pathOf, type Place, pipelineIn, stageNamed } from '../../../app/core/pipelines.ts';
import { hasAccess } from '../../../app/core/viewer.ts';
import { restoreStage } from '../../../app/settings/restore-setting.ts';
import { newId } from '../../../app/settings/settings.ts';
import { addStage, removeStage, setStage, stageKeys } from '../../../app/settings/stages.ts';
import { durationText } from '../../../domain/dates.ts';
import { optional, pipeline as pipelineWord, stage as stageWord, text } from '../../args/declare.ts';
import { plainColumn } from '../../../ui/thing-column.ts';
import { plural } from '../../../ui/words.ts';
import type { Options } from '../../line/options.ts';
import { inPipeline } from '../../stage/in-pipeline.ts';
import { valuesGiven } from '../key-options.ts';
import { neverWas } from '../never-was.ts';
import { type Ground, settingNoun } from '../noun.ts';

export const stage = settingNoun<Place>({
  name: 'stage',
  many: 'the stages of a pipeline, or of all',
  named: () => ({ name: stageWord() }),
  newNamed: () => ({ name: text('NAME', 'which name') }),
  which: [inPipeline],
  sample: {
    one: 'proposal',
    other: 'follow-up --pipeline sales',
    renamed: '"Proposal sent"',
    filter: 'color:red',
  },
  verbs: {
    add: {
      summary: 'add a stage to a pipeline',
      options: [
        { flags: '--pipeline <PIPELINE>', description: 'the pipeline (default: the first)' },
        { flags: '--after <STAGE>', description: 'the stage before it (default: the last)' },
        { flags: '--id <ID>', description: 'the id (default: made of the name)' },
      ],
      examples: [
        'stage add Qualified --pipeline sales --after to-contact --stage-color green',
        'stage add "Showroom visit" --probability 40 --rotting 14d',
      ],
    },
    list: { options: [{ flags: '--pipeline <PIPELINE>', description: 'of this one only' }] },
    show: { summary: 'show a stage in full' },
    set: {
      examples: [
        'stage set proposal color=red group=sales probability=40 rotting=7d',
        'stage set proposal rotting=',
      ],
    },
    edit: { args: { name: stageWord(), pipeline: optional(pipelineWord()) } },
    rm: {
      summary: 'take a stage out of its pipeline',
      options: [{ flags: '--move-to <STAGE>', description: 'where its deals go' }],
      examples: ['stage rm proposal --move-to follow-up'],
    },
  },
  columns: () => [
    plainColumn('id', ({ stage }) => stage.id),
    plainColumn('name', ({ stage }) => stage.name),
    plainColumn('pipeline', ({ pipeline }) => pipeline.id),
    plainColumn('group', ({ stage }) => stage.group, { goesFirst: true }),
    plainColumn('color', ({ stage }) => stage.color, {
      goesFirst: true,
      paint: (text, { stage }, paint) => paint.stage(stage.color, text),
    }),
    plainColumn('probability', ({ stage }) => stage.probability, { align: 'right' }),
    plainColumn('rotting', ({ stage }) => (stage.rotting === undefined ? null : durationText(stage.rotting))),
    { ...plainColumn<Place>('requires', ({ stage }) => stage.requires), jsonOnly: true },
    { ...plainColumn<Place>('card', ({ stage }) => stage.card), jsonOnly: true },
  ],
  idOf: ({ stage }) => stage.id,
  all({ config, viewer }, options) {
    const name = options.text('pipeline');
    const pipelines =
      name === undefined
        ? config.pipelines.filter(pipeline => hasAccess(pipeline, viewer))
        : [pipelineIn(config, viewer, name)];
    return pipelines.flatMap(pipeline => pipeline.stages.map(stage => ({ pipeline, stage })));
  },
  find,
  fileOf: (ground, words, options) => pathOf(find(ground, words, options).pipeline),
  keys: stageKeys,
  add({ args, options }) {
    const name = args[0]!;
    const id = newId(name, options.text('id'));
    const values = valuesGiven('stage', stageKeys, options);
    return {
      id,
      decide(writer) {
        const pipeline = pipelineIn(writer.config, writer.view.viewer, options.text('pipeline'));
        return addStage(writer, pipeline, { id, name, values, after: options.text('after') });
      },
    };
  },
  set: ({ draft, view: { viewer } }, place, { values }) => setStage(draft, viewer, place, values),
  async rm(writer, place, options) {
    const to = options.text('moveTo');
    const { moved, rows } = await removeStage(writer, place, to);
    return [
      ...(moved > 0 ? [`moved ${plural(moved, 'deal')} to ${to}`] : []),
      ...rows.map(row => `transition row ${row} went with it: it moved deals from ${place.stage.id} only`),
    ];
  },
  restore: (writer, journal, [id], options) =>
    restoreStage(writer, journal, id!, options.text('pipeline'), neverWas('stage', id!)),
});

function find({ config, viewer }: Ground, [name, pipeline]: readonly string[], options: Options): Place {
  return stageNamed(config, viewer, name!, pipeline ?? options.text('pipeline'));
}
