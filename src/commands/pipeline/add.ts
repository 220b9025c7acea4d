import { writeSettings } from '../../app/settings.ts';
import { scalar } from '../../app/templates/base.ts';
import { conflict, usage } from '../../domain/errors.ts';
import { slug } from '../../domain/fold.ts';
import { reportSetting } from '../changed.ts';
import type { Command } from '../command.ts';

export const add: Command = {
  summary: 'add a pipeline',
  usage: 'NAME',
  options: [
    { flags: '--id <ID>', description: 'the id; else made of the name' },
    { flags: '--currency <CODE>', description: "the currency of its deals; else the workspace's" },
    { flags: '--stages <NAMES>', description: 'its stages in order: "To contact,Proposal sent"' },
  ],
  examples: ['pipeline add Hardware --id hardware --currency USD --stages "Prospecting,Engaging"'],
  async run(context, args, options) {
    const [name] = args;
    if (name === undefined || args.length > 1) throw usage('which name?', 'crm pipeline add NAME');
    const id = options.text('id') ?? slug(name);
    if (id === '' || slug(id) !== id)
      throw usage(`${JSON.stringify(id)} is no id`, 'lower-case ASCII words with hyphens: --id hardware');
    const stages = (options.text('stages') ?? '')
      .split(',')
      .flatMap(text => (text.trim() === '' ? [] : [text.trim()]));
    const currency = options.text('currency')?.toUpperCase();
    const text = [
      `name: ${scalar(name)}`,
      ...(currency ? [`currency: ${currency}`] : []),
      stages.length === 0 ? 'stages: []' : 'stages:',
      ...stages.map(stage => `  - { id: ${slug(stage)}, name: ${scalar(stage)} }`),
    ].join('\n');
    const committed = await context.change(async (writer, draft) => {
      const path = `pipelines/${id}.yaml`;
      if (typeof draft.state.named('file').get(path)?.text === 'string')
        throw conflict(`there is a pipeline ${id} already`);
      await writeSettings(draft, writer.view.viewer, path, `${text}\n`);
    });
    await reportSetting(context, committed, id);
  },
};
