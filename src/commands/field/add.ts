import type { Kinds } from '../../domain/kinds.ts';
import { editSettings } from '../../app/settings/settings.ts';
import { customFieldTypes } from '../../domain/config.ts';
import { conflict, usage } from '../../domain/errors.ts';
import { findField } from '../../kinds/fields.ts';
import { requireName } from '../../domain/names.ts';
import { reportSetting } from '../changed.ts';
import type { Command } from '../command.ts';
import { oneOf } from '../globals.ts';

export const add = (kinds: Kinds): Command => ({
  summary: 'add a custom field',
  usage: `${kinds.extensible.join('|')} NAME`,
  options: [
    { flags: '--type <TYPE>', description: `${customFieldTypes.join(', ')} (text)` },
    {
      flags: '--options <LIST>',
      description: 'the options of a choice: "unknown,target group"',
      repeat: 'list',
    },
    { flags: '--label <TEXT>', description: 'what people see' },
  ],
  examples: [
    'field add deal product --type text',
    'field add contact size --type choice --options "small,large"',
  ],
  async run(context, args, options) {
    const [kindName, name] = args;
    if (kindName === undefined || name === undefined)
      throw usage('of what, and which name?', 'crm field add deal product --type text');
    const kind = oneOf('field add', kindName, kinds.extensible);
    const type = oneOf('--type', options.text('type') ?? 'text', customFieldTypes);
    const choices = options
      .text('options')
      ?.split(',')
      .map(text => text.trim());
    const label = options.text('label');
    const isChoice = type === 'choice' || type === 'choices';
    if (isChoice && !choices?.some(text => text !== ''))
      throw usage(`a ${type} needs options`, '--options "small,large"');
    if (!isChoice && choices)
      throw usage(`options are of a choice, and ${name} is a ${type}`, '--type choice');
    const committed = await context.changeSettings(async ({ view, config }, draft) => {
      requireName('a field', name);
      if (findField(config, kind, name)) throw conflict(`${kind} has a field ${name} already`);
      await editSettings(draft, view.viewer, 'crm.yaml', tree => {
        const field = { type, ...(label !== undefined && { label }), ...(choices && { options: choices }) };
        tree.put(['fields', kind, name], field);
      });
    });
    await reportSetting(context, committed, name);
  },
});
