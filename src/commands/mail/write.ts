import { templateNamed } from '../../app/settings/email-templates.ts';
import { usage } from '../../domain/errors.ts';
import { mark, record, template as templateWord } from '../args/declare.ts';
import { command } from '../line/command.ts';
import { sendingOptions, sendLetter, startIn } from './send-letter.ts';

export const write = command({
  summary: 'write an e-mail to the contact of a deal, or to a contact, and send it',
  effect: 'delivery',
  args: { key: record(['deal', 'contact'], { asks: 'to whom' }), isTyped: mark('-') },
  options: [
    {
      flags: '--template <NAME>',
      description: 'begin with the subject and text of a template',
      value: templateWord(),
    },
    { flags: '--subject <TEXT>', description: 'the subject' },
    ...sendingOptions,
  ],
  examples: [
    'mail write D12',
    'mail write jane@example.com --template offer --start follow-up --when replied',
    'mail write D12 --subject "Your chairs" - < text.txt',
  ],
  jsonAs: 'message show',
  async run(context, { key, isTyped }, options) {
    const name = options.text('template');
    const subject = options.text('subject');
    if (isTyped && name !== undefined)
      throw usage('a text from standard input and a template cannot be used together', 'use one of them');
    if (isTyped && subject === undefined)
      throw usage('which subject?', `crm mail write ${key} --subject TEXT -`);
    const start = startIn(options);
    const workspace = await context.workspace();
    const view = await workspace.view();
    const { beginLetter } = await import('../../app/outbox/letters.ts');
    const template = name === undefined ? undefined : templateNamed(workspace.visible, name);
    const id = view.find(['deal', 'contact'], key);
    const { letter, around } = await beginLetter(view, id, { template, subject });
    return sendLetter(context, { letter, around: { ...around, start } }, options, {
      isTyped,
      name: `mail-${id}.md`,
      instead: `crm mail write ${id} --subject TEXT - < text.txt`,
    });
  },
});
