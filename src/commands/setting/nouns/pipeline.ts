import { pathOf, pipelineIn } from '../../../app/core/pipelines.ts';
import { hasAccess } from '../../../app/core/viewer.ts';
import { removePipeline } from '../../../app/settings/remove-pipeline.ts';
import { restorePipeline } from '../../../app/settings/restore-setting.ts';
import { pipelineKeys, setPipeline } from '../../../app/settings/set-pipeline.ts';
import { newId } from '../../../app/settings/settings.ts';
import type { AssignBy, Pipeline } from '../../../domain/config.ts';
import { usage } from '../../../domain/errors.ts';
import { oneWord, optional, pipeline as pipelineWord, text } from '../../args/declare.ts';
import { plainColumn } from '../../../ui/thing-column.ts';
import { plural } from '../../../ui/words.ts';
import { valuesGiven } from '../key-options.ts';
import { neverWas } from '../never-was.ts';
import { type Adding, type Given, settingNoun } from '../noun.ts';

export const pipeline = settingNoun<Pipeline>({
  name: 'pipeline',
  many: 'pipelines',
  named: () => ({ name: pipelineWord() }),
  newNamed: () => ({ name: text('NAME', 'which name') }),
  sample: { one: 'sales', other: 'hardware', renamed: '"Sales in Europe"', filter: 'currency:USD' },
  verbs: {
    add: {
      options: [
        { flags: '--id <ID>', description: 'the id (default: made of the name)' },
        {
          flags: '--stages <NAMES>',
          description: 'its stages in order: "To contact,Proposal sent"',
          repeat: 'list',
        },
        {
          flags: '--template <NAME>',
          description: 'stages and transitions of sales or automated-sales',
          value: oneWord(['sales', 'automated-sales']),
        },
      ],
      examples: [
        'pipeline add Hardware --id hardware --currency USD --stages "Prospecting,Engaging"',
        'pipeline add Renewals --template automated-sales --assign round-robin --among team:north',
      ],
    },
    show: {
      summary: 'show a pipeline in full (default: the first)',
      args: { name: optional(pipelineWord()) },
    },
    set: {
      examples: [
        'pipeline set sales entry=to-contact card=title,value,owner',
        'pipeline set sales assign=round-robin among=team:north access=ana,ben',
      ],
    },
    rm: {
      summary: 'remove a pipeline with its stages and transitions',
      options: [
        {
          flags: '--move-to <PIPELINE/STAGE>',
          description: 'where its deals go: a stage of another pipeline',
        },
      ],
      examples: ['pipeline rm hardware', 'pipeline rm hardware --move-to sales/to-contact'],
    },
  },
  columns: () => [
    plainColumn('id', pipeline => pipeline.id),
    plainColumn('name', pipeline => pipeline.name),
    plainColumn('currency', pipeline => pipeline.currency),
    plainColumn('entry', pipeline => pipeline.entry),
    plainColumn('stages', pipeline => pipeline.stages.map(stage => stage.id), { goesFirst: true }),
    plainColumn('transitions', pipeline => pipeline.transitions.length, { align: 'right' }),
    { ...plainColumn<Pipeline>('access', pipeline => pipeline.access), jsonOnly: true },
    { ...plainColumn<Pipeline>('assign', pipeline => pipeline.assign), jsonOnly: true },
    { ...plainColumn<Pipeline>('requires', pipeline => pipeline.requires), jsonOnly: true },
    { ...plainColumn<Pipeline>('card', pipeline => pipeline.card), jsonOnly: true },
  ],
  showsInFull: true,
  idOf: pipeline => pipeline.id,
  all: ({ config, viewer }) => config.pipelines.filter(pipeline => hasAccess(pipeline, viewer)),
  find: ({ config, viewer }, [name]) => pipelineIn(config, viewer, name),
  fileOf: ({ config, viewer }, [name]) => pathOf(pipelineIn(config, viewer, name)),
  keys: pipelineKeys,
  add,
  set: ({ draft, view: { viewer } }, pipeline, { values }) => setPipeline(draft, viewer, pipeline, values),
  async rm(writer, pipeline, options) {
    const to = options.text('moveTo');
    const moved = await removePipeline(writer, pipeline, to);
    if (moved > 0) return [`moved ${plural(moved, 'deal')} to ${to}`];
  },
  restore: (writer, journal, [id]) => restorePipeline(writer, journal, id!, neverWas('pipeline', id!)),
});

function add({ args, options }: Given): Adding {
  const name = args[0]!;
  const id = newId(name, options.text('id'));
  const stages = asNames(options.text('stages') ?? '');
  const template = options.text('template');
  if (template !== undefined && stages.length > 0)
    throw usage('a template has stages of its own', 'use one of --template and --stages');
  const values = valuesGiven('pipeline', pipelineKeys, options);
  const pipeline = {
    id,
    name,
    stages,
    template,
    currency: values.get('currency') as string | undefined,
    access: values.get('access') as readonly string[] | undefined,
    assign: values.get('assign') as AssignBy | undefined,
    among: values.get('among') as readonly string[] | undefined,
  };
  return {
    id,
    async decide({ config, draft, view }) {
      const { addPipeline } = await import('../../../app/ready-workspaces/add-pipeline.ts');
      const first = config.pipelines[0]?.id;
      await addPipeline(draft, view.viewer, pipeline);
      return [
        ...(first !== undefined && first > id
          ? [`${id} comes before ${first}, so new deals go there unless --pipeline says where`]
          : []),
        ...(stages.length === 0 && template === undefined
          ? [`it needs a stage: crm stage add NAME --pipeline ${id}`]
          : []),
      ];
    },
  };
}

const asNames = (text: string): string[] =>
  text
    .split(',')
    .map(name => name.trim())
    .filter(name => name !== '');
