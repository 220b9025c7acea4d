import type { AssignBy } from '../../domain/config.ts';
import { usage } from '../../domain/errors.ts';
import { readSettings } from '../../app/settings/setting-keys.ts';
import { pipelineKeys } from '../../app/settings/set-pipeline.ts';
import { newId } from '../../app/settings/settings.ts';
import { reportSetting } from '../changed.ts';
import type { Command } from '../command.ts';
import type { Options } from '../options.ts';

export const add: Command = {
  summary: 'add a pipeline',
  usage: 'NAME',
  options: [
    { flags: '--id <ID>', description: 'the id; else made of the name' },
    { flags: '--currency <CODE>', description: "the currency of its deals; else the workspace's" },
    {
      flags: '--stages <NAMES>',
      description: 'its stages in order: "To contact,Proposal sent"',
      repeat: 'list',
    },
    { flags: '--template <NAME>', description: 'stages and transitions of sales or automated-sales' },
    {
      flags: '--access <USERS>',
      description: 'users and team:NAME with access (default: everybody)',
      repeat: 'list',
    },
    {
      flags: '--assign <WAY>',
      description: 'how new deals get an owner: round-robin, round-robin-value, least-busy (default: none)',
    },
    { flags: '--among <USERS>', description: 'the users and team:NAME to assign to', repeat: 'list' },
  ],
  examples: [
    'pipeline add Hardware --id hardware --currency USD --stages "Prospecting,Engaging"',
    'pipeline add Renewals --template automated-sales --assign round-robin --among team:north',
  ],
  async run(context, args, options) {
    const [name] = args;
    if (name === undefined) throw usage('name the pipeline', 'crm pipeline add NAME');
    const id = newId(name, options.text('id'));
    const stages = asNames(options.text('stages') ?? '');
    const template = options.text('template');
    if (template !== undefined && stages.length > 0)
      throw usage('a template has stages of its own', 'use one of --template and --stages');
    const values = readSettings('pipeline', pipelineKeys, given(options));
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
    const { addPipeline } = await import('../../app/templates/add-pipeline.ts');
    const committed = await context.changeSettings(async (writer, draft) => {
      const first = writer.config.pipelines[0]?.id;
      await addPipeline(draft, writer.view.viewer, pipeline);
      return first;
    });
    await reportSetting(context, committed, id);
    const first = committed.result;
    if (first !== undefined && first > id)
      await context.message(
        `${id} comes before ${first}, so new deals go there unless --pipeline says where`,
      );
    if (stages.length === 0 && template === undefined)
      await context.message(`it needs a stage: crm stage add NAME --pipeline ${id}`);
  },
};

/** The options that `crm pipeline set` has as keys, as `readSettings` takes them. */
const given = (options: Options): [string, string][] =>
  ['currency', 'access', 'assign', 'among'].flatMap(key => {
    const text = options.text(key);
    return text === undefined ? [] : [[key, text] as [string, string]];
  });

const asNames = (text: string): string[] =>
  text
    .split(',')
    .map(name => name.trim())
    .filter(name => name !== '');
