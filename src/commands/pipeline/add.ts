import { newId, writeSettings } from '../../app/settings/settings.ts';
import { scalar } from '../../app/templates/base.ts';
import { conflict, usage } from '../../domain/errors.ts';
import { isCurrency } from '../../domain/money.ts';
import { reportSetting } from '../changed.ts';
import type { Command } from '../command.ts';

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
  ],
  examples: ['pipeline add Hardware --id hardware --currency USD --stages "Prospecting,Engaging"'],
  async run(context, args, options) {
    const [name] = args;
    if (name === undefined) throw usage('which name?', 'crm pipeline add NAME');
    const id = newId(name, options.text('id'));
    const stages = (options.text('stages') ?? '')
      .split(',')
      .flatMap(text => (text.trim() === '' ? [] : [text.trim()]));
    const currency = options.text('currency')?.toUpperCase();
    if (currency !== undefined && !isCurrency(currency))
      throw usage(
        `${JSON.stringify(currency)} is not a currency`,
        'accepted: an ISO 4217 code such as EUR or USD',
      );
    const text = [
      `name: ${scalar(name)}`,
      ...(currency ? [`currency: ${currency}`] : []),
      stages.length === 0 ? 'stages: []' : 'stages:',
      ...stages.map(stage => `  - { id: ${newId(stage, undefined)}, name: ${scalar(stage)} }`),
    ].join('\n');
    const committed = await context.changeSettings(async (writer, draft) => {
      const path = `pipelines/${id}.yaml`;
      if (typeof draft.state.named('file').get(path)?.text === 'string')
        throw conflict(`there is a pipeline ${id} already`);
      const first = writer.config.pipelines[0]?.id;
      await writeSettings(draft, writer.view.viewer, path, `${text}\n`);
      return first;
    });
    await reportSetting(context, committed, id);
    const first = committed.result;
    if (first !== undefined && first > id)
      await context.message(
        `${id} comes before ${first}, so new deals go there unless --pipeline says where`,
      );
    if (stages.length === 0) await context.message(`it needs a stage: crm stage add NAME --pipeline ${id}`);
  },
};
